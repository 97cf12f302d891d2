"""Where the elements of a graph stand: a lane a row, its states side by side, flows at right angles on tracks of their own."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflow.procedure.flow_parts import ENTRIES, STATES, Flow, Graph
from workflow.procedure.layout_cells import TOP, Box, Cell, CellBuilder, Point, part_cell

POOL_HEADER = LANE_HEADER = 30
TRACK = 9
"""From one flow to the next beside it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A box for the pool, each lane and each node, the corners of each flow, and where names are written."""

    pool: Box
    lanes: Mapping[str, Box]
    nodes: Mapping[str, Box]
    flows: Mapping[str, tuple[Point, ...]]
    names: Mapping[str, Box]


def layout(graph: Graph) -> Layout:
    """The drawing of a graph."""
    return _Drawing(graph).drawn()


class _Drawing:
    """Cells on a grid: columns as wide as their widest cell, lanes as high as their highest and its tracks."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.places = {
            ref: (row, column) for row, lane in enumerate(graph.lanes) for column, ref in enumerate(lane.refs)
        }
        self.home = {node.id: node.ref for node in graph.nodes}
        self.joint = {node.id for node in graph.nodes if node.kind in STATES or node.kind == "race"}
        self.entries = {node.id for node in graph.nodes if node.kind in ENTRIES}
        self.cells = {ref: self._cell(ref) for ref in self.places}
        self.out: dict[str, int] = {}
        self.feet: list[dict[str, int]] = [{} for _ in graph.lanes]
        self._take_tracks()
        self.across, self.tops = self._across(), self._tops()
        self.boxes = self._absolute({ref: cell.boxes for ref, cell in self.cells.items()})

    def drawn(self) -> Layout:
        height = self.tops[-1]
        width = max(x + self.cells[ref].right for ref, x in self.across.items()) + 20
        lanes = {
            lane.id: Box(POOL_HEADER, top, width - POOL_HEADER, after - top)
            for lane, top, after in zip(self.graph.lanes, self.tops, self.tops[1:], strict=False)
        }
        flows = {flow.id: self._corners(flow) for flow in self.graph.flows}
        names = self._absolute({ref: cell.names for ref, cell in self.cells.items()})
        return Layout(Box(0, 0, width, height), lanes, self.boxes, flows, names)

    def _cell(self, ref: str) -> Cell:
        nodes = [node for node in self.graph.nodes if node.ref == ref]
        if any(node.kind == "anywhere" for node in nodes):
            return part_cell(nodes)
        ids = {node.id for node in nodes}
        flows = [flow for flow in self.graph.flows if flow.source in ids]
        row, column = self.places[ref]
        refs = self.graph.lanes[row].refs
        after = refs[column + 1] if column + 1 < len(refs) else ""
        straight = f"race-{after}" if f"race-{after}" in self.home else after
        before = refs[column - 1] if column else None
        is_free = not any(
            self.home[flow.source] == before and self.home[flow.target] == ref for flow in self.graph.flows
        )
        return CellBuilder(nodes, flows, straight_to=straight, is_free=is_free).build()

    def _take_tracks(self) -> None:
        """A track beside its cell for each flow that leaves it by the foot of a lane, one there for all that go to one state."""
        beside = dict.fromkeys(self.cells, 0)
        for flow in self.graph.flows:
            if not self._is_by_the_foot(flow):
                continue
            source, target = self.home[flow.source], self.home[flow.target]
            self.out[flow.id] = beside[source]
            beside[source] += 1
            foot = self.feet[self._channel(flow)]
            foot.setdefault(target, len(foot))
        for ref, tracks in beside.items():
            self.cells[ref].right += TRACK * tracks

    def _is_by_the_foot(self, flow: Flow) -> bool:
        """Not straight on to the state beside, and not within a cell."""
        if flow.target not in self.joint or flow.source in self.entries:
            return False
        source, target = self.home[flow.source], self.home[flow.target]
        rows = self.cells[source].rows
        if flow.id not in rows:
            return False
        (row, column), beside = self.places[source], self.places[target]
        return rows[flow.id] != 0 or beside != (row, column + 1)

    def _channel(self, flow: Flow) -> int:
        """The lane at whose foot a flow runs: between its source's and its target's."""
        source, target = (self.places[self.home[end]][0] for end in (flow.source, flow.target))
        return min(source, target)

    def _across(self) -> dict[str, int]:
        """Where the task of each state begins; the first states of all lanes stand below each other."""
        first = POOL_HEADER + LANE_HEADER + 12 + max(self.cells[lane.refs[0]].left for lane in self.graph.lanes)
        places = {}
        for lane in self.graph.lanes:
            x = first - self.cells[lane.refs[0]].left
            for ref in lane.refs:
                places[ref] = x + self.cells[ref].left
                x = places[ref] + self.cells[ref].right + TRACK
        return places

    def _tops(self) -> list[int]:
        """Where each lane begins, and where the last one ends."""
        tops = [0]
        for lane, foot in zip(self.graph.lanes, self.feet, strict=True):
            content = max(self.cells[ref].foot for ref in lane.refs)
            tops.append(tops[-1] + TOP + content + TRACK * len(foot) + 10)
        return tops

    def _origin(self, ref: str) -> Point:
        return self.across[ref], self.tops[self.places[ref][0]] + TOP

    def _absolute(self, places: Mapping[str, Mapping[str, Box]]) -> dict[str, Box]:
        found: dict[str, Box] = {}
        for ref, boxes in places.items():
            x, y = self._origin(ref)
            found |= {name: Box(x + box.x, y + box.y, box.width, box.height) for name, box in boxes.items()}
        return found

    def _corners(self, flow: Flow) -> tuple[Point, ...]:
        source, target = self.boxes[flow.source], self.boxes[flow.target]
        (sx, sy), (_tx, ty) = source.middle, target.middle
        cell = self.cells[self.home[flow.source]]
        if flow.id not in cell.rows:
            return self._within(source, target, is_entry=flow.source in self.entries)
        height = self._origin(self.home[flow.source])[1] + cell.rows[flow.id]
        begin = [(source.x + source.width, sy)] if height == sy else [(sx, source.y + source.height), (sx, height)]
        if flow.id not in self.out:
            return (*begin, (target.x, ty))
        out, foot = self._tracks(flow)
        into = min(target.x, self.across[self.home[flow.target]]) - 14
        return (*begin, (out, height), (out, foot), (into, foot), (into, ty), (target.x, ty))

    def _within(self, source: Box, target: Box, *, is_entry: bool) -> tuple[Point, ...]:
        """Straight on; from a beginning, or to one of several ends, around a corner."""
        (sx, sy), (_tx, ty) = source.middle, target.middle
        right = source.x + source.width
        if sy == ty:
            return (right, sy), (target.x, ty)
        if is_entry:
            return (right, sy), (target.x - 14, sy), (target.x - 14, ty), (target.x, ty)
        return (sx, source.y + (source.height if ty > sy else 0)), (sx, ty), (target.x, ty)

    def _tracks(self, flow: Flow) -> Point:
        """The x beside the source's cell and the y at the foot of a lane where a flow runs."""
        source, target = self.home[flow.source], self.home[flow.target]
        beside = self.across[source] + self.cells[source].right - TRACK * self.out[flow.id]
        lane = self._channel(flow)
        return beside, self.tops[lane + 1] - 10 - TRACK * self.feet[lane][target]
