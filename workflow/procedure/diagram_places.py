"""Where the lanes and boxes of a drawn procedure stand: a lane as high as the words in it need."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflow.procedure.diagram_ways import Drawn
from workflow.procedure.model import Procedure

LANE_TITLE = 150
BOX_WIDTH, BOX_HEIGHT = 158, 54
GAP_X, MARGIN = 30, 14
ABOVE, BELOW = 27, 27
"""Free room above and below a box."""
LINE, WORDS_UNITS = 15, 26
"""Height and width of what is written beside boxes, counting a Chinese character as two."""


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

    @property
    def foot(self) -> int:
        return self.y + BOX_HEIGHT


@dataclass(frozen=True, slots=True)
class Places:
    """The box of each state, where each lane begins and the last one ends, and the size of the whole."""

    boxes: Mapping[str, Box]
    tops: tuple[int, ...]
    width: int
    height: int


def places(procedure: Procedure, drawn: Drawn) -> Places:
    """Stages below each other, their states side by side."""
    boxes: dict[str, Box] = {}
    tops = [0]
    for lane, (stage, content) in enumerate(procedure.stages.items()):
        refs = [f"{stage}.{key}" for key in content.states]
        for column, ref in enumerate(refs):
            boxes[ref] = Box(ref, lane, LANE_TITLE + MARGIN + column * (BOX_WIDTH + GAP_X), tops[-1] + ABOVE)
        foot = max(BELOW, *(gap_below(drawn, ref) + LINE * len(lines_below(drawn, ref)) + 14 for ref in refs)) + (
            LINE + 3
        ) * len(drawn.shared.get(stage, ()))
        tops.append(tops[-1] + ABOVE + BOX_HEIGHT + foot)
    width = max(box.x for box in boxes.values()) + BOX_WIDTH + MARGIN
    written = [line for stage, lines in drawn.shared.items() for line in lines]
    width = max(width, LANE_TITLE + 2 * MARGIN + max((7 * units(line) for line in written), default=0))
    return Places(boxes, tuple(tops), width, tops[-1] + MARGIN + (LINE + 3) * len(drawn.shared.get(None, ())))


def lines_below(drawn: Drawn, ref: str) -> list[str]:
    """What is written below a state, in lines that fit below its box."""
    return [line for text in drawn.below.get(ref, ()) for line in wrapped(text, WORDS_UNITS)]


def gap_below(drawn: Drawn, ref: str) -> int:
    """Room for arrows that come back to a state along its lane."""
    stage = ref.partition(".")[0]
    is_come_back_to = any(
        arrow.kind == "back" and arrow.target == ref and arrow.source.partition(".")[0] == stage
        for arrow in drawn.arrows
    )
    return 13 if is_come_back_to and drawn.below.get(ref) else 0


def line_above(drawn: Drawn, ref: str) -> str:
    """What is written above a state: from where else it is come to, as far as there is room."""
    text = " · ".join(drawn.above.get(ref, ()))
    while units(text) > WORDS_UNITS:
        text = f"{text.rstrip('…')[:-1].rstrip(' ·')}…"
    return text


def units(text: str) -> int:
    """How wide a text is, in Latin letters."""
    return sum(2 if ord(char) > 0x2E80 else 1 for char in text)


def wrapped(text: str, limit: int) -> list[str]:
    """Lines of at most `limit` units; English breaks at spaces, Chinese anywhere."""
    words = text.split(" ") if " " in text else list(text)
    glue = " " if " " in text else ""
    lines = [words[0]]
    for word in words[1:]:
        if units(lines[-1] + glue + word) <= limit:
            lines[-1] += glue + word
        else:
            lines.append(word)
    return lines
