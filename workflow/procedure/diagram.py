"""Draws a procedure as SVG without a style of its own: stages as lanes, states as boxes, ways as arrows or words."""

from collections.abc import Iterator, Mapping
from html import escape

from workflow.procedure.diagram_places import (
    BOX_HEIGHT,
    BOX_WIDTH,
    GAP_X,
    LANE_TITLE,
    LINE,
    MARGIN,
    Box,
    Places,
    gap_below,
    line_above,
    lines_below,
    places,
    wrapped,
)
from workflow.procedure.diagram_ways import Arrow, Drawn, Say, drawn_ways
from workflow.procedure.model import Procedure
from workflow.procedure.stages import State

LINE_UNITS = 20
"""Width of a box's line of text, counting a Chinese character as two."""
ARROW = (
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0L8 4L0 8z" class="diagram-head"/></marker></defs>'
)


def draw_svg(
    procedure: Procedure, say: Say, *, current: str | None = None, visited: frozenset[str] = frozenset()
) -> str:
    """The diagram as one SVG element whose look comes from classes: it passes a policy without inline styles.

    `current` is marked as the present state, `visited` as those gone through.
    """
    drawn = drawn_ways(procedure, say)
    at = places(procedure, drawn)
    size = f'viewBox="0 0 {at.width} {at.height}" width="{at.width}" height="{at.height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="diagram" {size} role="img" aria-label="{escape(say(procedure.title))}">',
        ARROW,
    ]
    parts += _lanes(procedure, at, say)
    parts += [_arrow(arrow, at.boxes, index) for index, arrow in enumerate(drawn.arrows)]
    parts += [*_beside(drawn, at), *_shared(procedure, drawn, at)]
    parts += [_box(procedure, box, say, current, visited) for box in at.boxes.values()]
    parts += [_begin(at.boxes[ref], is_first=ref == procedure.starts) for ref in procedure.entrances]
    return "".join([*parts, "</svg>"])


def _lanes(procedure: Procedure, at: Places, say: Say) -> Iterator[str]:
    for stage, top, foot in zip(procedure.stages.values(), at.tops, at.tops[1:], strict=False):
        yield (f'<rect class="diagram-lane" x="0" y="{top + 4}" width="{at.width}" height="{foot - top - 8}" rx="6"/>')
        lines = wrapped(say(stage.title), 16)
        middle = next(box.y for box in at.boxes.values() if box.y > top) + BOX_HEIGHT // 2
        for number, line in enumerate(lines):
            y = middle + 5 - 9 * (len(lines) - 1) + 18 * number
            yield f'<text class="diagram-stage" x="{MARGIN}" y="{y}">{escape(line)}</text>'


def _beside(drawn: Drawn, at: Places) -> Iterator[str]:
    for ref, box in at.boxes.items():
        foot = box.foot + gap_below(drawn, ref)
        for number, line in enumerate(lines_below(drawn, ref), start=1):
            yield _written("diagram-end", box.x + BOX_WIDTH, foot + LINE * number, line, anchor="end")
        above = line_above(drawn, ref)
        if above:
            yield _written("diagram-from", box.x + 10, box.y - 12, above)


def _shared(procedure: Procedure, drawn: Drawn, at: Places) -> Iterator[str]:
    """Ways of many states: at the foot of their stage, or below everything."""
    feet: dict[str | None, int] = dict(zip(procedure.stages, (foot - 13 for foot in at.tops[1:]), strict=True))
    feet[None] = at.height - MARGIN // 2
    for stage, lines in drawn.shared.items():
        for number, line in enumerate(reversed(lines)):
            kind, x = ("diagram-shared", LANE_TITLE + MARGIN) if stage else ("diagram-shared is-whole", MARGIN)
            yield _written(kind, x, feet[stage] - (LINE + 3) * number, line)


def _written(kind: str, x: int, y: int, text: str, *, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


def _arrow(arrow: Arrow, boxes: Mapping[str, Box], index: int) -> str:
    source, target = boxes[arrow.source], boxes[arrow.target]
    shift = (index % 4) * 8 + 8
    if source.lane == target.lane:
        path = _along_lane(source, target, is_back=target.x < source.x)
    elif target.lane > source.lane:
        path = _between(source.middle - shift, source.foot, target.middle - shift, target.y)
    else:
        path = _between(source.middle + shift, source.y, target.middle + shift, target.foot)
    kind = {"on": "diagram-way", "back": "diagram-way diagram-back", "child": "diagram-way diagram-child"}[arrow.kind]
    names = escape(", ".join(dict.fromkeys(arrow.titles)))
    return f'<path class="{kind}" d="{path}" marker-end="url(#arrow)"><title>{names}</title></path>'


def _along_lane(source: Box, target: Box, *, is_back: bool) -> str:
    middle = source.y + BOX_HEIGHT // 2
    if not is_back and target.x - source.x == BOX_WIDTH + GAP_X:
        return f"M{source.x + BOX_WIDTH} {middle}L{target.x} {middle}"
    edge = source.foot if is_back else source.y
    bend = edge + 22 if is_back else edge - 22
    shift = -16 if is_back else 16
    start, end = source.middle + shift, target.middle - shift
    return f"M{start} {edge}C{start} {bend} {end} {bend} {end} {edge}"


def _between(x1: int, y1: int, x2: int, y2: int) -> str:
    half = (y2 - y1) // 2
    return f"M{x1} {y1}C{x1} {y1 + half} {x2} {y2 - half} {x2} {y2}"


def _begin(box: Box, *, is_first: bool) -> str:
    """A dot at the corner of a state in which cases begin; of child cases it is open."""
    kind = "diagram-start" if is_first else "diagram-start is-child"
    return f'<circle class="{kind}" cx="{box.x}" cy="{box.y}" r="6"/>'


def _box(procedure: Procedure, box: Box, say: Say, current: str | None, visited: frozenset[str]) -> str:
    state = procedure.states[box.ref]
    kinds = ["diagram-state"]
    kinds += ["is-current"] if box.ref == current else ["is-visited"] if box.ref in visited else []
    kinds += ["is-final"] if state.final is not None else ["is-panel"] if state.panel else []
    kinds += ["is-choice"] if state.choose else ["is-many"] if state.children else []
    lines = wrapped(say(state.title), LINE_UNITS)[:3]
    start = box.y + BOX_HEIGHT // 2 + 5 - 8 * (len(lines) - 1)
    text = "".join(
        f'<text x="{box.middle}" y="{start + 16 * number}" text-anchor="middle">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    return f'<g class="{" ".join(kinds)}"><title>{escape(box.ref)}</title>{_shape(box, state)}{text}</g>'


def _shape(box: Box, state: State) -> str:
    """Rounded at the end of a case, pointed where it is left at once, several where child cases are waited for."""
    x, y, right, foot = box.x, box.y, box.x + BOX_WIDTH, box.foot
    if state.choose:
        middle = y + BOX_HEIGHT // 2
        return f'<path d="M{x} {middle}L{x + 14} {y}H{right - 14}L{right} {middle}L{right - 14} {foot}H{x + 14}z"/>'
    radius = BOX_HEIGHT // 2 if state.final is not None else 6
    rect = f'<rect x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="{radius}"/>'
    behind = f'<rect x="{x + 4}" y="{y + 4}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="{radius}"/>'
    return f"{behind}{rect}" if state.children else rect
