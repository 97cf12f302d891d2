"""Entering a year's notice of days off before the installed data knows it."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import func, select

from workflow.calendar.rules import FIRST_YEAR, LAST_YEAR
from workflow.calendar.tables import CalendarYear
from workflow.context import Context
from workflow.problems import Forbidden, Invalid

MOST_DAYS = 60
LONGEST_SOURCE = 300
_SATURDAY = 5
_DECEMBER = 12


def enter_year(
    context: Context, *, year: int, days_off: Sequence[date], working_weekend_days: Sequence[date], source: str
) -> int:
    """Adds the next version of a year's notice and returns its number; deadlines already computed keep their version.

    `days_off` lists the days off as the notice does (weekend days among them may stand there), `working_weekend_days`
    the weekend days worked instead. Days of the December before belong to a notice too. Raises Forbidden for anybody
    but an administrator, Invalid with every fault found.
    """
    if not context.actor.is_administrator:
        raise Forbidden("calendar_for_administrators")
    problems = tuple(_faults(year, days_off, working_weekend_days, source))
    if problems:
        raise Invalid("calendar_year_invalid", problems=problems, year=year)
    newest = context.session.execute(select(func.max(CalendarYear.version)).where(CalendarYear.year == year)).scalar()
    row = CalendarYear(
        year=year,
        version=(newest or 0) + 1,
        days_off=[day.isoformat() for day in sorted(days_off)],
        working_weekend_days=[day.isoformat() for day in sorted(working_weekend_days)],
        source=source.strip(),
        entered_at=context.now,
    )
    context.session.add(row)
    context.session.flush()
    return row.version


def _faults(
    year: int, days_off: Sequence[date], working_weekend_days: Sequence[date], source: str
) -> Iterable[Invalid]:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        yield Invalid("calendar_year_out_of_range", field="year", year=year, first=FIRST_YEAR, last=LAST_YEAR)
    if not days_off:
        yield Invalid("calendar_days_off_empty", field="days_off", year=year)
    if not source.strip() or len(source) > LONGEST_SOURCE:
        yield Invalid("calendar_source_missing", field="source", most=LONGEST_SOURCE)
    for field, days in (("days_off", days_off), ("working_weekend_days", working_weekend_days)):
        yield from _list_faults(year, field, days)
    for day in sorted(set(days_off) & set(working_weekend_days)):
        yield Invalid("calendar_day_both", field="working_weekend_days", date=day)
    for day in working_weekend_days:
        if day.weekday() < _SATURDAY:
            yield Invalid("calendar_day_no_weekend", field="working_weekend_days", date=day)


def _list_faults(year: int, field: str, days: Sequence[date]) -> Iterable[Invalid]:
    if len(days) > MOST_DAYS:
        yield Invalid("calendar_too_many_days", field=field, most=MOST_DAYS)
    seen: set[date] = set()
    for day in days:
        if day in seen:
            yield Invalid("calendar_day_twice", field=field, date=day)
        seen.add(day)
        if day.year != year and (day.year, day.month) != (year - 1, _DECEMBER):
            yield Invalid("calendar_day_of_other_year", field=field, date=day, year=year)
