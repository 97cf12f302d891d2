"""Draws the times of stages as boxes on a bar: one SVG element whose look comes from classes."""

from collections.abc import Callable, Sequence
from html import escape

from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.simulation.figures import StageFigure

TITLE_WIDTH, PLOT_WIDTH, LINE, FOOT, MARGIN = 190, 520, 40, 34, 14
BOX = 18
Say = Callable[[Words], str]
STEPS = (1, 2, 5)


def draw_times(procedure: Procedure, stages: Sequence[StageFigure], say: Say, *, label: str, unit: str) -> str:
    """A line per stage: a whisker from the least to nine tenths, a box for the middle half, a stroke for the median.

    `label` names the drawing for those who do not see it; `unit` stands at the axis.
    """
    farthest = max((figure.days.ninetieth for figure in stages), default=0) or 1
    step = _step(farthest)
    top = -(-farthest // step) * step
    height = len(stages) * LINE + FOOT
    width = TITLE_WIDTH + PLOT_WIDTH + MARGIN * 2

    def x(days: float) -> int:
        return TITLE_WIDTH + MARGIN + round(min(days, top) / top * PLOT_WIDTH)

    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" class="boxes" {size} role="img" aria-label="{escape(label)}">']
    parts += _axis(x, top, step, height - FOOT, unit)
    for number, figure in enumerate(stages):
        parts += _line(figure, say(procedure.stages[figure.stage].title), x, number * LINE + LINE // 2)
    return "".join([*parts, "</svg>"])


def _step(farthest: float) -> float:
    """A round number of days that divides the axis into at most six."""
    size = 0.1
    while True:
        for step in STEPS:
            if farthest / (step * size) <= 6:
                return step * size
        size *= 10


def _axis(x: Callable[[float], int], top: float, step: float, bottom: int, unit: str) -> list[str]:
    parts = []
    for number in range(round(top / step) + 1):
        at = x(number * step)
        parts.append(f'<path class="boxes-rule" d="M{at} 0V{bottom}"/>')
        parts.append(
            f'<text class="boxes-tick" x="{at}" y="{bottom + 15}" text-anchor="middle">{number * step:g}</text>'
        )
    end = x(top)
    parts.append(f'<text class="boxes-tick" x="{end}" y="{bottom + 29}" text-anchor="end">{escape(unit)}</text>')
    return parts


def _line(figure: StageFigure, title: str, x: Callable[[float], int], middle: int) -> list[str]:
    days = figure.days
    low, high = x(days.lower), x(days.upper)
    told = f"{title}: {days.median:g} ({days.lower:g}–{days.upper:g}; {days.ninetieth:g})"
    return [
        f'<g class="boxes-stage"><title>{escape(told)}</title>',
        f'<text class="boxes-title" x="{TITLE_WIDTH}" y="{middle + 5}" text-anchor="end">{escape(title)}</text>',
        f'<path class="boxes-whisker" d="M{x(days.least)} {middle}H{x(days.ninetieth)}"/>',
        f'<rect class="boxes-box" x="{low}" y="{middle - BOX // 2}" width="{max(2, high - low)}" height="{BOX}" rx="3"/>',
        f'<path class="boxes-median" d="M{x(days.median)} {middle - BOX // 2}v{BOX}"/></g>',
    ]
