"""Which ways of a procedure are drawn as arrows, and which are written: those across a whole lane, and those of many states."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from workflow.procedure.flow_words import ANYWHERE, CHILD_CASE, FROM, joined
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.procedure.ways import Out, children_opened, ways_anywhere, ways_out

Say = Callable[[Words], str]
"""Chooses the reader's language."""
Kind = Literal["on", "back", "child"]
Place = TypeVar("Place", str, str | None)


@dataclass(frozen=True, slots=True)
class Arrow:
    """From a state to another; however many ways lead there, all of them are named."""

    source: str
    target: str
    titles: tuple[str, ...]
    kind: Kind


@dataclass(slots=True)
class Drawn:
    """Arrows, and the lines written below and above states, at the foot of stages, and for the whole procedure."""

    arrows: list[Arrow] = field(default_factory=list)
    below: dict[str, list[str]] = field(default_factory=dict)
    above: dict[str, list[str]] = field(default_factory=dict)
    shared: dict[str | None, list[str]] = field(default_factory=dict)


def drawn_ways(procedure: Procedure, say: Say) -> Drawn:
    """Every way once."""
    drawn, order = Drawn(), {ref: number for number, ref in enumerate(procedure.states)}
    for ref in procedure.entrances[1:]:
        drawn.above[ref] = [say(CHILD_CASE)]
    for ref in procedure.states:
        targets: dict[str, list[str]] = {}
        for out in ways_out(procedure, ref):
            if out.back:
                _add(drawn.below, ref, f"↳ {say(out.back)}")
            for target in out.targets:
                targets.setdefault(target, []).append(say(out.title))
        for target, titles in targets.items():
            if target != ref:
                kind: Kind = "on" if order[target] > order[ref] else "back"
                _way(drawn, procedure, Arrow(ref, target, tuple(titles), kind), say)
        for child in children_opened(procedure, ref):
            _way(drawn, procedure, Arrow(ref, child, (say(CHILD_CASE),), "child"), say)
    for way in ways_anywhere(procedure):
        _add(drawn.shared, way.stage, _shared(procedure, way.out, say))
    return drawn


def _way(drawn: Drawn, procedure: Procedure, arrow: Arrow, say: Say) -> None:
    lanes = list(procedure.stages)
    source, target = (lanes.index(ref.partition(".")[0]) for ref in (arrow.source, arrow.target))
    if abs(source - target) <= 1:
        drawn.arrows.append(arrow)
        return
    title = procedure.states[arrow.target].title
    _add(drawn.below, arrow.source, say(joined(CHILD_CASE, title)) if arrow.kind == "child" else f"↳ {say(title)}")
    if arrow.kind != "child" and procedure.states[arrow.target].final is None:
        origin = procedure.states[arrow.source].title
        is_first = arrow.target not in drawn.above
        _add(drawn.above, arrow.target, say(joined(FROM, origin) if is_first else origin))


def _shared(procedure: Procedure, out: Out, say: Say) -> str:
    titles = [procedure.states[ref].title for ref in out.targets] or [out.back or out.title]
    return f"{say(joined(ANYWHERE, out.title))} → {' · '.join(say(title) for title in titles)}"


def _add(lines: dict[Place, list[str]], key: Place, line: str) -> None:
    lines.setdefault(key, []).append(line)
