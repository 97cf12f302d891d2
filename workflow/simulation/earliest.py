"""The earliest lawful day of each end: the shortest way through a procedure when nobody loses a day.

Notices, deadlines that have to pass, meeting days, days off and dates named by rules take their time; everything else takes
none. A person acts on a working day, a clock on any.
"""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from zoneinfo import ZoneInfo

from workflow.calendar.rules import Calendar
from workflow.procedure.model import Procedure
from workflow.settings import OFFICE_ZONE
from workflow.simulation.moments import Moment


@dataclass(frozen=True, slots=True)
class Terms:
    """What days are reckoned with.

    `dates` holds dates that deadlines and guards name (`round.closes_date`, `form.FORM.KEY`); `meetings` the days on which the
    panel of a state meets, any working day where none are given; `procedures` those that child cases may follow.
    """

    calendar: Calendar
    dates: Mapping[str, date] = field(default_factory=dict)
    meetings: Mapping[str, tuple[date, ...]] = field(default_factory=dict)
    procedures: Mapping[str, Procedure] = field(default_factory=dict)
    zone: ZoneInfo = OFFICE_ZONE


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a case is to go on from.

    `ends` is the last day of the notice or deadline that runs; `left` holds state → working days a halted notice still
    has; `children` are the child cases that are waited for, None where the state's own openings say it.
    """

    procedure: Procedure
    state: str
    ends: date | None = None
    left: Mapping[str, int] = field(default_factory=dict)
    visited: tuple[str, ...] = ()
    suspended_in: str | None = None
    children: tuple["Situation", ...] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the shortest way: from a state, by an action or outcome, on a day."""

    state: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class End:
    """An end with the first day on which it can be there, and the way; provisional where a year's days off are not out."""

    state: str
    outcome: str
    on: date
    is_provisional: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Earliest:
    """Every end that can be reached; `undated` names dates nobody has set yet, which were taken to be past."""

    ends: tuple[End, ...]
    undated: tuple[str, ...] = ()


@dataclass(slots=True)
class Found:
    """How a state is come to first: when, from where, by what."""

    at: Moment
    before: str | None
    by: str
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class Leaving:
    """A way out of a state and the first moment it can be taken; `undated` names dates that were missing for it."""

    by: str
    target: str
    at: Moment
    is_provisional: bool = False
    undated: tuple[str, ...] = ()


def search(start: Moment, state: str, leavings: "Leavings") -> tuple[dict[str, Found], tuple[str, ...]]:
    """State → how it is first come to, for every state that can be; and the dates that were missing on the way."""
    found: dict[str, Found] = {state: Found(start, None, "", is_provisional=False)}
    undated: dict[str, None] = {}
    number = count()
    todo = [(start, next(number), state)]
    settled: set[str] = set()
    while todo:
        at, _, here = heapq.heappop(todo)
        if here in settled:
            continue
        settled.add(here)
        for leaving in leavings(here, at, found):
            undated.update(dict.fromkeys(leaving.undated))
            known = found.get(leaving.target)
            if known is None or leaving.at < known.at:
                provisional = found[here].is_provisional or leaving.is_provisional
                found[leaving.target] = Found(leaving.at, here, leaving.by, provisional)
                heapq.heappush(todo, (leaving.at, next(number), leaving.target))
    return found, tuple(undated)


class Leavings:
    """What `search` asks: the ways out of a state once it is come to at a moment."""

    def __call__(self, state: str, at: Moment, found: Mapping[str, Found]) -> tuple[Leaving, ...]:
        raise NotImplementedError


def ends_of(procedure: Procedure, found: Mapping[str, Found], undated: tuple[str, ...]) -> Earliest:
    """The ends among the states come to, in the order of the procedure."""
    reached = [
        End(ref, state.final, found[ref].at.day, found[ref].is_provisional, _steps(ref, found))
        for ref, state in procedure.states.items()
        if state.final is not None and ref in found
    ]
    return Earliest(tuple(reached), undated)


def _steps(ref: str, found: Mapping[str, Found]) -> tuple[Step, ...]:
    steps = []
    here = found[ref]
    while here.before is not None:
        steps.append(Step(here.before, here.by, here.at.day))
        here = found[here.before]
    return tuple(reversed(steps))
