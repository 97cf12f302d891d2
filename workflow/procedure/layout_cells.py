"""Where the elements of one state stand around it: its task, what comes to it at the left, each way out in a row of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workflow.procedure.flow_parts import ENTRIES, ON_TASKS, STATES, Flow, Kind, Node
from workflow.procedure.parts import Words

Point = tuple[int, int]
TASK, DIAMOND, EVENT = (120, 80), (50, 50), (36, 36)
SIZES: Mapping[Kind, tuple[int, int]] = {
    "task": TASK, "panel": TASK, "children": TASK,
    "choose": DIAMOND, "choice": DIAMOND, "parting": DIAMOND, "race": DIAMOND,
}  # fmt: skip
TOP, ROW = 66, 50
"""The middle of the first row, and from one row to the next."""
WORDS = 124
"""Room for what is written on a way."""
NAME_WIDTH, LINE, LINE_UNITS = 90, 13, 13
"""The room modelling tools give the name of an event or a flow; a Chinese character takes two units of it."""
INTO = 24
"""Before a state: where the flows to it come together."""


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


def around(point: Point, size: Point) -> Box:
    """The box of a size with a middle."""
    return Box(point[0] - size[0] // 2, point[1] - size[1] // 2, *size)


def name_lines(text: str) -> list[str]:
    """A name as modelling tools break it."""
    pieces = text.split(" ")
    lines = [""]
    for piece in (part for word in pieces for part in _pieces(word)):
        longer = f"{lines[-1]} {piece}".strip()
        if units(longer) <= LINE_UNITS:
            lines[-1] = longer
        else:
            lines.append(piece)
    return [line for line in lines if line] or [""]


def shortened(text: str, *, lines: int) -> str:
    """As much of a name as fits on so many lines."""
    if len(name_lines(text)) <= lines:
        return text
    most = range(min(len(text), lines * LINE_UNITS), 0, -1)
    return next((f"{text[:end].rstrip()}…" for end in most if len(name_lines(f"{text[:end]}…")) <= lines), "…")


def _pieces(word: str) -> list[str]:
    """A word in pieces that fit on a line."""
    pieces = [""]
    for character in word:
        if units(pieces[-1] + character) > LINE_UNITS:
            pieces.append("")
        pieces[-1] += character
    return pieces


def units(text: str) -> int:
    """How wide a text is."""
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text)


def name_size(title: Words | None, *, most: int = 3) -> Point:
    """The room a name takes in whichever language is longer, in lines at most."""
    lines = max(len(name_lines(title.en)), len(name_lines(title.zh))) if title else 1
    return NAME_WIDTH, LINE * min(lines, most) + 2


@dataclass(slots=True)
class Cell:
    """The boxes of one state and of the names of its elements, counted from the middle of the left side of its task.

    `rows` holds, for every way out, the height at which it leaves.
    """

    boxes: dict[str, Box] = field(default_factory=dict)
    names: dict[str, Box] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    left: int = INTO
    right: int = 0
    foot: int = TASK[1] // 2


class CellBuilder:
    """Builds the cell of a state from its nodes and the flows out of them."""

    def __init__(self, nodes: Iterable[Node], flows: Iterable[Flow], *, straight_to: str | None, is_free: bool) -> None:
        self.nodes = {node.id: node for node in nodes}
        self.out: dict[str, list[Flow]] = {}
        for flow in flows:
            self.out.setdefault(flow.source, []).append(flow)
        self.straight_to, self.is_free = straight_to, is_free
        self.cell = Cell()
        self.row = 0
        self.mouth = 0

    def build(self) -> Cell:
        """The cell."""
        state = next(node for node in self.nodes.values() if node.kind in STATES)
        events = [node for node in self.nodes.values() if node.kind in ON_TASKS]
        self._state(state, events)
        for flow in self._straight_first(self._trunk(state)):
            self._way(flow, self.mouth)
        self.row = max(self.row, 2)
        for number, event in reversed(list(enumerate(events))):
            self._way_of(event, 32 + 44 * number, TASK[1] // 2)
        for event in self.nodes.values():
            if event.kind in {"wait", "reopening"}:
                self._way_of(event, TASK[0] // 2, self.row * ROW)
        self._entries()
        cell = self.cell
        drawn = [*cell.boxes.values(), *cell.names.values()]
        cell.right = max(cell.right, *(box.x + box.width + 10 for box in drawn))
        cell.foot = max(cell.foot, *(box.y + box.height for box in drawn), *cell.rows.values(), 0) + 16
        return cell

    def _state(self, state: Node, events: list[Node]) -> None:
        width, height = SIZES.get(state.kind, EVENT)
        if (width, height) == TASK:
            width = max(width, 44 * len(events) + 20)
        box = Box((TASK[0] - width) // 2 if width < TASK[0] else 0, -height // 2, width, height)
        self.cell.boxes[state.id] = box
        self.mouth = max(TASK[0], width) + 30
        if state.kind == "choose":
            self.mouth = box.x + NAME_WIDTH
            self.cell.names[state.id] = _above(box.x + NAME_WIDTH // 2, box.y, state.title)
        elif state.kind not in SIZES:
            write = _beside if state.kind == "end" else _below
            self.cell.names[state.id] = write(box, state.title)

    def _trunk(self, state: Node) -> str:
        """Where the state's own ways part: a gateway behind it, or itself."""
        choice = f"choice-{state.id}"
        if choice not in self.nodes:
            return state.id
        self.cell.boxes[choice] = around((self.mouth + 10, 0), DIAMOND)
        self.mouth += 36
        return choice

    def _straight_first(self, trunk: str) -> list[Flow]:
        flows = [flow for flow in self.out.get(trunk, ()) if not flow.target.startswith("choice-")]
        return sorted(flows, key=lambda flow: flow.target != self.straight_to)

    def _way(self, flow: Flow, start: int) -> None:
        """A row for a way, and what stands at its end."""
        y, end = self.row * ROW, start + WORDS
        self.cell.rows[flow.id] = y
        if flow.is_named and flow.title:
            self.cell.names[flow.id] = _above(start + WORDS // 2, y, flow.title)
        target = self.nodes.get(flow.target)
        if target is not None and target.kind == "parting":
            self.cell.boxes[target.id] = around((end + 25, y), DIAMOND)
            for after in self._straight_first(target.id):
                self._way(after, end + 50)
            return
        self.row += 1
        if target is None or target.kind in STATES or target.kind == "race":
            self.cell.right = max(self.cell.right, end)
            return
        self.cell.boxes[target.id] = around((end + EVENT[0] // 2, y), EVENT)
        if target.title:
            self.cell.names[target.id] = _beside(self.cell.boxes[target.id], target.title)

    def _way_of(self, event: Node, x: int, y: int) -> None:
        self.cell.boxes[event.id] = around((x, y), EVENT)
        for flow in self.out.get(event.id, ()):
            self._way(flow, self.mouth)
            middle = max(x + NAME_WIDTH // 2 + (20 if y == self.cell.rows[flow.id] else 2), self.mouth + 10)
            self.cell.names[event.id] = _above(middle, self.cell.rows[flow.id], event.title)

    def _entries(self) -> None:
        """At the left; a race stands between them and the task."""
        cell = self.cell
        for node in self.nodes.values():
            if node.kind == "race":
                cell.boxes[node.id] = around((-50, 0), DIAMOND)
                cell.left = 75 + INTO
        entries = sorted(
            (node for node in self.nodes.values() if node.kind in ENTRIES), key=lambda one: one.kind != "start"
        )
        x = -cell.left - 45
        for number, node in enumerate(entries, start=0 if self.is_free else 1):
            cell.boxes[node.id] = around((x, number * 80), EVENT)
            cell.names[node.id] = _below(cell.boxes[node.id], node.title)
        if entries:
            cell.left += 95


def _above(middle: int, y: int, title: Words | None) -> Box:
    width, height = name_size(title)
    return Box(middle - width // 2, y - height - 3, width, height)


def _below(box: Box, title: Words | None) -> Box:
    width, height = name_size(title, most=4)
    return Box(box.middle[0] - width // 2, box.y + box.height + 2, width, height)


def _beside(box: Box, title: Words | None) -> Box:
    width, height = name_size(title)
    return Box(box.x + box.width + 3, box.middle[1] - height // 2, width, height)


def part_cell(nodes: Iterable[Node]) -> Cell:
    """A part that begins anywhere: its frame, the trigger at the left, the departures at the right."""
    inner = list(nodes)
    frame = next(node for node in inner if node.kind == "anywhere")
    ends = [node for node in inner if node.kind in {"departure", "back"}]
    gateway = next((node for node in inner if node.kind == "parting"), None)
    wider = 80 if gateway else 0
    cell = Cell()
    cell.boxes[frame.id] = Box(0, -TASK[1] // 2, 240 + wider, 60 + 60 * len(ends))
    middle = cell.boxes[frame.id].middle[1] + 8
    for node in inner:
        if node.kind in {"trigger", "cancellation"}:
            cell.boxes[node.id] = around((42, middle), EVENT)
    if gateway:
        cell.boxes[gateway.id] = around((115, middle), DIAMOND)
    for number, node in enumerate(ends):
        y = middle + 60 * number - 30 * (len(ends) - 1)
        cell.boxes[node.id] = around((115 + wider, y), EVENT)
        cell.names[node.id] = _beside(cell.boxes[node.id], node.title)
    cell.right = cell.boxes[frame.id].width + 20
    cell.foot = cell.boxes[frame.id].height - TASK[1] // 2 + 16
    return cell
