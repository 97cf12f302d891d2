"""What a simulation found, as lines of text tables in either language."""

from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width

from definitions.explaining import words
from definitions.texts import say
from workflow.procedure.model import Procedure
from workflow.simulation.earliest import Earliest
from workflow.simulation.figures import Simulated, Spread

FIRST, OTHERS = 36, 9
"""Widths of columns, in characters of Latin; a Chinese one is as wide as two."""
NOTHING = "–"


def simulated_lines(procedure: Procedure, found: Simulated, earliest: Earliest, lang: str) -> Iterator[str]:
    """Stages, roles and ends, then the earliest lawful day of each end."""
    yield say("simulated.head", lang, cases=found.cases, start=found.starts, seed=found.seed)
    yield from _stages(procedure, found, lang)
    yield from _roles(procedure, found, lang)
    yield from _ends(procedure, found, lang)
    yield ""
    yield say("simulated.earliest", lang, start=found.starts)
    for reached in earliest.ends:
        mark = f" ({say('simulated.provisional', lang)})" if reached.is_provisional else ""
        yield _line(words(procedure.states[reached.state].title, lang), (f"{reached.on}{mark}",))
    if earliest.undated:
        yield say("simulated.undated", lang, dates=", ".join(earliest.undated))


def _stages(procedure: Procedure, found: Simulated, lang: str) -> Iterator[str]:
    yield from _head("stage", ("stays", "median", "p90"), lang)
    for stage in found.stages:
        yield _line(words(procedure.stages[stage.stage].title, lang), (str(stage.stays), *_days(stage.days)))


def _roles(procedure: Procedure, found: Simulated, lang: str) -> Iterator[str]:
    yield from _head("role", ("people", "work", "wait", "queue", "most", "busy"), lang)
    for role in found.roles:
        busy = NOTHING if role.share_busy is None else f"{role.share_busy:.0%}"
        people = say("simulated.any", lang) if role.people is None else str(role.people)
        cells = (people, str(role.pieces), f"{role.mean_wait:g}", f"{role.mean_queue:g}", str(role.longest_queue), busy)
        yield _line(_role(procedure, role.role, lang), cells)
    if found.bottleneck:
        yield say("simulated.bottleneck", lang, role=_role(procedure, found.bottleneck, lang))
    else:
        yield say("simulated.no_bottleneck", lang)


def _role(procedure: Procedure, key: str, lang: str) -> str:
    """A role's title; a child case's role of another procedure keeps its key."""
    known = procedure.roles.get(key)
    return words(known.title, lang) if known else key


def _ends(procedure: Procedure, found: Simulated, lang: str) -> Iterator[str]:
    yield from _head("end", ("cases", "share", "median", "p90"), lang)
    for end in found.ends:
        yield _line(_end(procedure, end.outcome, lang), (str(end.cases), f"{end.share:.0%}", *_days(end.days)))


def _end(procedure: Procedure, outcome: str | None, lang: str) -> str:
    """The title of the state in which cases end with a word; the word itself where several do."""
    titles = {words(state.title, lang) for state in procedure.states.values() if state.final and state.final == outcome}
    return titles.pop() if len(titles) == 1 else outcome or say("simulated.not_ended", lang)


def _head(first: str, others: Sequence[str], lang: str) -> Iterator[str]:
    yield ""
    yield _line(say(f"simulated.{first}", lang), [say(f"simulated.{other}", lang) for other in others])


def _line(first: str, cells: Sequence[str]) -> str:
    return first + " " * max(1, FIRST - _width(first)) + "".join(" " * (OTHERS - _width(cell)) + cell for cell in cells)


def _days(days: Spread | None) -> tuple[str, str]:
    return (f"{days.median:g}", f"{days.ninetieth:g}") if days else (NOTHING, NOTHING)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
