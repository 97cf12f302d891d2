"""Where the elements of a graph stand: a lane a row, its states side by side, flows at right angles between them."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflow.procedure.flow import Flow, Graph, Node

POOL_HEADER = LANE_HEADER = 30
LEFT = POOL_HEADER + LANE_HEADER + 90
"""Where the first state of a lane begins; the start event stands before it."""
CELL_WIDTH, LANE_HEIGHT = 340, 260
ROW = 90
"""The middle of the tasks, from the top of their lane."""
SIZES: Mapping[str, tuple[int, int]] = {"task": (120, 80), "panel": (120, 80), "choice": (50, 50), "race": (50, 50)}
EVENT = (36, 36)
Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the drawing, in pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> Point:
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(frozen=True, slots=True)
class Layout:
    """A box for the pool, each lane and each node, and the corners of each flow."""

    pool: Box
    lanes: Mapping[str, Box]
    nodes: Mapping[str, Box]
    flows: Mapping[str, tuple[Point, ...]]


def layout(graph: Graph) -> Layout:
    """The drawing of a graph."""
    rows = {ref: (row, column) for row, lane in enumerate(graph.lanes) for column, ref in enumerate(lane.refs)}
    width = LEFT + max(len(lane.refs) for lane in graph.lanes) * CELL_WIDTH
    beside: dict[tuple[str, str], int] = {}
    nodes = {node.id: _placed(node, rows[node.ref], beside) for node in graph.nodes}
    lanes = {
        lane.id: Box(POOL_HEADER, row * LANE_HEIGHT, width - POOL_HEADER, LANE_HEIGHT)
        for row, lane in enumerate(graph.lanes)
    }
    flows = {flow.id: _corners(flow, nodes, index) for index, flow in enumerate(graph.flows)}
    return Layout(Box(0, 0, width, len(graph.lanes) * LANE_HEIGHT), lanes, nodes, flows)


def _placed(node: Node, cell: tuple[int, int], beside: dict[tuple[str, str], int]) -> Box:
    """The node's box in the cell of its state: the state in the middle, a choice behind it, what belongs to it below."""
    row, column = cell
    left, middle = LEFT + column * CELL_WIDTH, row * LANE_HEIGHT + ROW
    width, height = SIZES.get(node.kind, EVENT)
    if node.kind in {"interruption", "deadline", "expiry", "wait"}:
        place = "below" if node.kind == "wait" else "edge"
        number = beside[node.ref, place] = beside.get((node.ref, place), -1) + 1
        y = middle + 90 if place == "below" else middle + SIZES["task"][1] // 2
        return _around(left + 70 + 20 + number * 42, y, width, height)
    x = {"start": left - 40, "race": left + 10, "choice": left + 250, "told": left + 90}.get(node.kind, left + 130)
    return _around(x, middle + 120 if node.kind == "told" else middle, width, height)


def _around(x: int, y: int, width: int, height: int) -> Box:
    return Box(x - width // 2, y - height // 2, width, height)


def _corners(flow: Flow, nodes: Mapping[str, Box], index: int) -> tuple[Point, ...]:
    """Straight on or down where that is free, otherwise by the channel at the foot of the source's lane and a gutter."""
    source, target = nodes[flow.source], nodes[flow.target]
    (sx, sy), (tx, ty) = source.middle, target.middle
    right, foot = (source.x + source.width, sy), (sx, source.y + source.height)
    if sy == ty and 0 < target.x - right[0] < CELL_WIDTH:
        return right, (target.x, ty)
    if sx == tx and 0 < ty - sy <= LANE_HEIGHT and source.height == EVENT[1]:
        return foot, (tx, target.y)
    if sy // LANE_HEIGHT == ty // LANE_HEIGHT and sy < ty and abs(tx - sx) < CELL_WIDTH // 2:
        return foot, (sx, ty), (target.x if tx > sx else target.x + target.width, ty)
    shift = index % 6
    channel = (sy // LANE_HEIGHT + 1) * LANE_HEIGHT - 12 - 7 * shift
    gutter = LEFT + (tx - LEFT) // CELL_WIDTH * CELL_WIDTH + 40 + 4 * shift
    out, into = right[0] + 6 + 3 * shift, min(target.x - 8 - 3 * shift, gutter)
    return right, (out, sy), (out, channel), (into, channel), (into, ty), (target.x, ty)
