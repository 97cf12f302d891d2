"""Draws a procedure: stages as lanes, states as boxes, ways as arrows; as SVG without a style of its own, or as Mermaid."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape

from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words

LANE_TITLE = 150
BOX_WIDTH, BOX_HEIGHT = 158, 46
GAP_X, LANE_HEIGHT = 30, 104
MARGIN = 14
LINE_UNITS = 20
"""Width of a box's line of text, counting a Chinese character as two."""


@dataclass(frozen=True, slots=True)
class Box:
    """A state's place on the drawing, in pixels."""

    ref: str
    lane: int
    x: int
    y: int

    @property
    def middle(self) -> int:
        return self.x + BOX_WIDTH // 2


@dataclass(frozen=True, slots=True)
class Way:
    """An arrow: from a state by an action or outcome to another."""

    source: Box
    target: Box
    name: str


ARROW = (
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0L8 4L0 8z" class="diagram-head"/></marker></defs>'
)
Say = Callable[[Words], str]
"""Chooses the reader's language."""
NameWay = Callable[[str, str], str]
"""(state, action or outcome) → what the way is called."""


def draw_svg(
    procedure: Procedure,
    say: Say,
    *,
    current: str | None = None,
    visited: frozenset[str] = frozenset(),
    name_way: NameWay | None = None,
) -> str:
    """The diagram as one SVG element whose look comes from classes: it passes a policy without inline styles.

    `current` is marked as the present state, `visited` as those gone through; `name_way` says what an arrow is called.
    """
    boxes = _boxes(procedure)
    width = max(box.x for box in boxes.values()) + BOX_WIDTH + MARGIN
    height = len(procedure.stages) * LANE_HEIGHT + MARGIN
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="diagram" {size} role="img" aria-label="{escape(say(procedure.title))}">',
        ARROW,
    ]
    parts += _lanes(procedure, say, width)
    ways = list(_ways(procedure, boxes, name_way or partial(way_title, procedure, say=say)))
    parts += [_arrow(way, index) for index, way in enumerate(ways) if not _is_far_end(procedure, way)]
    parts += _stubs(procedure, [way for way in ways if _is_far_end(procedure, way)], say)
    parts += [_box(procedure, box, say, current, visited) for box in boxes.values()]
    return "".join([*parts, "</svg>"])


def draw_mermaid(procedure: Procedure, say: Say) -> str:
    """The diagram as Mermaid text (`stateDiagram-v2`)."""
    lines = ["stateDiagram-v2", "    direction TB"]
    for stage_key, stage in procedure.stages.items():
        lines.append(f'    state "{_quoted(say(stage.title))}" as {stage_key} {{')
        lines += [
            f'        state "{_quoted(say(state.title))}" as {stage_key}__{key}' for key, state in stage.states.items()
        ]
        lines.append("    }")
    lines.append(f"    [*] --> {_mermaid_id(procedure.starts)}")
    for ref, state in procedure.states.items():
        for name, target in procedure.targets(ref):
            lines.append(
                f"    {_mermaid_id(ref)} --> {_mermaid_id(target)} : {_quoted(way_title(procedure, ref, name, say))}"
            )
        if state.final is not None:
            lines.append(f"    {_mermaid_id(ref)} --> [*]")
    return "\n".join(lines) + "\n"


def way_title(procedure: Procedure, ref: str, name: str, say: Say) -> str:
    """What an arrow is called: the action's title, or the name of the outcome."""
    action = procedure.states[ref].actions.get(name)
    return say(action.title) if action and action.title else name


def _quoted(text: str) -> str:
    return text.replace('"', "'").replace(":", "：").replace("\n", " ")


def _mermaid_id(ref: str) -> str:
    return ref.replace(".", "__")


def _boxes(procedure: Procedure) -> dict[str, Box]:
    boxes = {}
    for lane, (stage_key, stage) in enumerate(procedure.stages.items()):
        for column, key in enumerate(stage.states):
            x = LANE_TITLE + MARGIN + column * (BOX_WIDTH + GAP_X)
            y = lane * LANE_HEIGHT + (LANE_HEIGHT - BOX_HEIGHT) // 2
            boxes[f"{stage_key}.{key}"] = Box(f"{stage_key}.{key}", lane, x, y)
    return boxes


def _ways(procedure: Procedure, boxes: Mapping[str, Box], name_way: NameWay) -> Iterator[Way]:
    """One arrow between two states, however many actions lead there."""
    for ref in procedure.states:
        targets: dict[str, list[str]] = {}
        for name, target in procedure.targets(ref):
            if target != ref:
                targets.setdefault(target, []).append(name_way(ref, name))
        for target, names in targets.items():
            yield Way(boxes[ref], boxes[target], ", ".join(names))


def _lanes(procedure: Procedure, say: Say, width: int) -> list[str]:
    lanes = []
    for lane, stage in enumerate(procedure.stages.values()):
        y = lane * LANE_HEIGHT
        lanes.append(
            f'<rect class="diagram-lane" x="0" y="{y + 4}" width="{width}" height="{LANE_HEIGHT - 8}" rx="6"/>'
        )
        lines = _wrapped(say(stage.title), 16)
        start = y + LANE_HEIGHT // 2 + 5 - 9 * (len(lines) - 1)
        lanes += [
            f'<text class="diagram-stage" x="{MARGIN}" y="{start + 18 * number}">{escape(line)}</text>'
            for number, line in enumerate(lines)
        ]
    return lanes


def _is_far_end(procedure: Procedure, way: Way) -> bool:
    """Ways to an end in a distant lane would cross everything between; they are written below the box instead."""
    return procedure.states[way.target.ref].final is not None and way.target.lane - way.source.lane > 1


def _stubs(procedure: Procedure, ways: list[Way], say: Say) -> list[str]:
    ends: dict[Box, list[str]] = {}
    for way in ways:
        ends.setdefault(way.source, []).append(say(procedure.states[way.target.ref].title))
    return [
        f'<text class="diagram-end" x="{box.x + BOX_WIDTH}" y="{box.y + BOX_HEIGHT + 15}" text-anchor="end">'
        f"↳ {escape(' · '.join(titles))}</text>"
        for box, titles in ends.items()
    ]


def _arrow(way: Way, index: int) -> str:
    source, target = way.source, way.target
    is_back = target.lane < source.lane or (target.lane == source.lane and target.x < source.x)
    shift = (index % 5 - 2) * 9
    if source.lane == target.lane:
        path = _along_lane(source, target, is_back=is_back)
    elif target.lane > source.lane:
        path = _between(source.middle + shift, source.y + BOX_HEIGHT, target.middle + shift, target.y)
    else:
        path = _between(source.middle + shift, source.y, target.middle + shift, target.y + BOX_HEIGHT)
    kind = "diagram-way diagram-back" if is_back else "diagram-way"
    return f'<path class="{kind}" d="{path}" marker-end="url(#arrow)"><title>{escape(way.name)}</title></path>'


def _along_lane(source: Box, target: Box, *, is_back: bool) -> str:
    middle = source.y + BOX_HEIGHT // 2
    if not is_back and target.x - source.x == BOX_WIDTH + GAP_X:
        return f"M{source.x + BOX_WIDTH} {middle}L{target.x} {middle}"
    edge = source.y + BOX_HEIGHT if is_back else source.y
    bend = edge + 22 if is_back else edge - 22
    shift = -16 if is_back else 16
    start, end = source.middle + shift, target.middle - shift
    return f"M{start} {edge}C{start} {bend} {end} {bend} {end} {edge}"


def _between(x1: int, y1: int, x2: int, y2: int) -> str:
    half = (y2 - y1) // 2
    return f"M{x1} {y1}C{x1} {y1 + half} {x2} {y2 - half} {x2} {y2}"


def _box(procedure: Procedure, box: Box, say: Say, current: str | None, visited: frozenset[str]) -> str:
    state = procedure.states[box.ref]
    kinds = ["diagram-state"]
    kinds += ["is-current"] if box.ref == current else ["is-visited"] if box.ref in visited else []
    kinds += ["is-final"] if state.final is not None else ["is-panel"] if state.panel else []
    lines = _wrapped(say(state.title), LINE_UNITS)[:2]
    start = box.y + BOX_HEIGHT // 2 + 5 - 8 * (len(lines) - 1)
    text = "".join(
        f'<text x="{box.middle}" y="{start + 16 * number}" text-anchor="middle">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    radius = BOX_HEIGHT // 2 if state.final is not None else 6
    rect = f'<rect x="{box.x}" y="{box.y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="{radius}"/>'
    return f'<g class="{" ".join(kinds)}"><title>{escape(box.ref)}</title>{rect}{text}</g>'


def _units(text: str) -> int:
    return sum(2 if ord(char) > 0x2E80 else 1 for char in text)


def _wrapped(text: str, limit: int) -> list[str]:
    """Lines of at most `limit` units; English breaks at spaces, Chinese anywhere."""
    words = text.split(" ") if " " in text else list(text)
    glue = " " if " " in text else ""
    lines = [words[0]]
    for word in words[1:]:
        if _units(lines[-1] + glue + word) <= limit:
            lines[-1] += glue + word
        else:
            lines.append(word)
    return lines
