"""What a new round might be like: the last one of the same procedure, moved to the days that come."""

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
from workflow.rounds.tables import Round
from workflow.rounds.timetable import CLOSES, OPENS


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A round to begin from; `reference` is the one it follows, `days` has every date under its key."""

    reference: str
    title_zh: str
    title_en: str
    days: Mapping[str, date]
    seats: Mapping[str, int]


def suggestion(context: Context, procedure: Procedure) -> Suggestion | None:
    """The last round of the procedure from the next working day on, with as many working days between its dates.

    None where there was none. A year in a title becomes the year in which the new round opens.
    """
    key = ProcedureVersion.key == procedure.procedure
    rounds = select(Round).join(ProcedureVersion, ProcedureVersion.id == Round.procedure_version_id).where(key)
    last = context.session.scalars(rounds.order_by(Round.id.desc()).limit(1)).first()
    if last is None:
        return None
    days = calendar(context)
    opens = days.shift_working_days(context.today, 1)
    year, now = str(last.opens_date.year), str(opens.year)
    return Suggestion(
        reference=last.reference,
        title_zh=last.title_zh.replace(year, now),
        title_en=last.title_en.replace(year, now),
        days=dict(_moved(days, opens, last, procedure)),
        seats={category: number for category, number in last.seats.items() if category in procedure.categories},
    )


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
