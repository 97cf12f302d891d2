"""A round's dates as they are shown: how many working days lie between them, and which are doubtful."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from workflow.calendar.rules import FIRST_YEAR, LAST_YEAR, Calendar
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words

OPENS, CLOSES = "opens_date", "closes_date"


@dataclass(frozen=True, slots=True)
class DateView:
    """One date of a timetable; `title` and `stage` are None for the first and the last day of nominations."""

    key: str
    title: Words | None
    stage: Words | None
    day: date | None
    working_days: int | None
    """Working days since the date before it, that day not counted; None for the first."""
    working_day: date | None
    """The day itself where the office works, else the next working day."""
    is_provisional: bool
    """Whether the notice of days off for its year is not known yet."""

    @property
    def is_working_day(self) -> bool:
        return self.working_day == self.day


def timetable(
    procedure: Procedure, days: Calendar, *, opens_date: date, closes_date: date, planned: Mapping[str, date]
) -> tuple[DateView, ...]:
    """Every date of a round in the order in which they follow each other; those not set have no day."""
    given: dict[str, date | None] = {OPENS: opens_date, CLOSES: closes_date}
    given |= {key: planned.get(key) for key in procedure.timetable}
    found: list[DateView] = []
    before: date | None = None
    for key, day in given.items():
        found.append(_view(procedure, days, key, day, before))
        before = day or before
    return tuple(found)


def _view(procedure: Procedure, days: Calendar, key: str, day: date | None, before: date | None) -> DateView:
    named = procedure.timetable.get(key)
    stage = procedure.stages.get(named.stage or "") if named else None
    title, stage_title = (named.title if named else None), (stage.title if stage else None)
    if day is None or not FIRST_YEAR < day.year < LAST_YEAR:
        return DateView(key, title, stage_title, day, None, day, is_provisional=False)
    works = days.is_working_day(day)
    return DateView(
        key=key,
        title=title,
        stage=stage_title,
        day=day,
        working_days=None if before is None else days.working_days_between(before, day),
        working_day=day if works else days.shift_working_days(day, 1),
        is_provisional=not days.is_confirmed(day.year),
    )
