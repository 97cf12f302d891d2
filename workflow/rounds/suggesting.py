"""What a new round might be like: the last one of the same procedure, or as long as its rules allow, on the days that come."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from workflow.calendar.queries import calendar
from workflow.calendar.rules import Calendar
from workflow.cases.tables import ProcedureVersion
from workflow.context import Context
from workflow.procedure.model import Procedure
from workflow.procedure.stages import Deadline
from workflow.rounds.tables import Round
from workflow.rounds.timetable import CLOSES, OPENS

FIRST_NOMINATIONS = 15
"""Working days for which the first round of a procedure takes nominations, where nothing else is decided."""
YEAR = 250
"""Working days after which a date is for people to set."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A round to begin from; `reference` is the one it follows, empty where it is the first; `days` has every date under its key."""

    reference: str
    title_zh: str
    title_en: str
    days: Mapping[str, date]
    seats: Mapping[str, int]


def suggestion(context: Context, procedure: Procedure) -> Suggestion:
    """The last round of the procedure from the next working day on, with as many working days between its dates.

    A year in a title becomes the year in which the new round opens. The first round takes nominations for
    `FIRST_NOMINATIONS` working days and gives each stage what its deadlines and notices come to.
    """
    key = ProcedureVersion.key == procedure.procedure
    rounds = select(Round).join(ProcedureVersion, ProcedureVersion.id == Round.procedure_version_id).where(key)
    last = context.session.scalars(rounds.order_by(Round.id.desc()).limit(1)).first()
    days = calendar(context)
    opens = days.shift_working_days(context.today, 1)
    if last is None:
        return Suggestion("", "", "", dict(_allowed(days, opens, procedure)), {})
    year, now = str(last.opens_date.year), str(opens.year)
    return Suggestion(
        reference=last.reference,
        title_zh=last.title_zh.replace(year, now),
        title_en=last.title_en.replace(year, now),
        days=dict(_moved(days, opens, last, procedure)),
        seats={category: number for category, number in last.seats.items() if category in procedure.categories},
    )


def _allowed(days: Calendar, opens: date, procedure: Procedure) -> Iterator[tuple[str, date]]:
    """Every date as far from the one before it as the rules allow for the work, and at least a working day.

    Deadlines of a date's stage run before it; a public notice runs after it, before the date that follows.
    """
    day = days.shift_working_days(opens, FIRST_NOMINATIONS)
    yield OPENS, opens
    yield CLOSES, day
    shown = 0
    for key, planned in procedure.timetable.items():
        stage = procedure.stages.get(planned.stage or "")
        states = list(stage.states.values()) if stage else []
        worked = sum(_length(state.deadline) for state in states if state.deadline)
        day = days.shift_working_days(day, max(shown + worked, 1))
        yield key, day
        shown = sum(state.notice.working_days + 1 for state in states if state.notice)


def _length(deadline: Deadline) -> int:
    """Working days a deadline comes to, a year at most; none where it follows a date."""
    rounded_up = -(-(deadline.days or 0) * 5 // 7)
    return min(deadline.working_days or rounded_up or (deadline.months or 0) * 21, YEAR)


def _moved(days: Calendar, opens: date, last: Round, procedure: Procedure) -> Iterator[tuple[str, date]]:
    """Every date of the last round that the procedure still knows, at the same distance from the one before it."""
    yield OPENS, opens
    planned: Mapping[str, Any] = last.planned
    before, day = last.opens_date, opens
    for key, was in (
        (CLOSES, last.closes_date),
        *((key, date.fromisoformat(planned[key])) for key in procedure.timetable if planned.get(key)),
    ):
        between = days.working_days_between(before, was)
        day = days.shift_working_days(day, between) if between > 0 else day
        yield key, day
        before = was
