"""Reading the calendar in force and the notices entered by hand."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Text, select, type_coerce

from workflow.calendar.rules import Calendar, EnteredYear, build_calendar
from workflow.calendar.tables import CalendarYear
from workflow.context import Context
from workflow.store.hot import Hot


@dataclass(frozen=True, slots=True)
class EnteredNotice:
    """One version of a year's notice as it was entered."""

    year: int
    version: int
    days_off: tuple[date, ...]
    working_weekend_days: tuple[date, ...]
    source: str
    entered_at: datetime
    is_in_force: bool


ENTERED = select(
    CalendarYear.year,
    CalendarYear.version,
    type_coerce(CalendarYear.days_off, Text),
    type_coerce(CalendarYear.working_weekend_days, Text),
).order_by(CalendarYear.year, CalendarYear.version)
_ENTERED = Hot(ENTERED)
_NOTICES = select(CalendarYear).order_by(CalendarYear.year.desc(), CalendarYear.version.desc())


def calendar(context: Context) -> Calendar:
    """The calendar in force: one small statement; building is done once per state of the table."""
    return calendar_of(_ENTERED.all(context.session, {}))


def calendar_of(rows: Iterable[Sequence[Any]]) -> Calendar:
    """The calendar of the rows of `ENTERED`."""
    return _built(tuple((year, version, days_off, working) for year, version, days_off, working in rows))


@lru_cache(maxsize=8)
def _built(rows: tuple[tuple[int, int, str, str], ...]) -> Calendar:
    # Versions come in order, so the newest of a year is the one that stays.
    return build_calendar(
        {
            year: EnteredYear(version, frozenset(_days(days_off)), frozenset(_days(working_weekend_days)))
            for year, version, days_off, working_weekend_days in rows
        }
    )


def _days(texts: str) -> list[date]:
    return [date.fromisoformat(text) for text in json.loads(texts)]


def notices(context: Context) -> tuple[EnteredNotice, ...]:
    """Every version of every year entered, newest year and version first."""
    rows = context.session.execute(_NOTICES).scalars().all()
    newest = {row.year: row.version for row in reversed(rows)}
    return tuple(
        EnteredNotice(
            year=row.year,
            version=row.version,
            days_off=tuple(map(date.fromisoformat, row.days_off)),
            working_weekend_days=tuple(map(date.fromisoformat, row.working_weekend_days)),
            source=row.source,
            entered_at=row.entered_at,
            is_in_force=newest[row.year] == row.version,
        )
        for row in rows
    )
