"""Working days: which days the office works, and where a number of them leads."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version as installed_version
from typing import Final

import holidays

FIRST_YEAR: Final = 2001
LAST_YEAR: Final = 2060
"""Days outside these years are refused: nobody decides there."""
_MONDAY_TO_FRIDAY = range(5)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day reached by counting; provisional where the count touched a year whose notice is not out."""

    date: date
    is_provisional: bool
    calendar_version: str


@dataclass(frozen=True, slots=True)
class EnteredYear:
    """A year's notice as it was entered: days off beside ordinary weekends, and weekend days worked instead."""

    version: int
    days_off: frozenset[date]
    working_weekend_days: frozenset[date]


class Calendar:
    """The office's working days; `version` names the data they come from."""

    __slots__ = ("_confirmed_years", "_working", "_working_ordinals", "version")

    def __init__(self, *, working: list[int], confirmed_years: frozenset[int], version: str) -> None:
        self._working_ordinals = working
        self._working = frozenset(working)
        self._confirmed_years = confirmed_years
        self.version = version

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on the day."""
        _require_known(day)
        return day.toordinal() in self._working

    def is_confirmed(self, year: int) -> bool:
        """Whether the year's notice of days off is known."""
        return year in self._confirmed_years

    def add_working_days(self, start: date, days: int, *, count_first_day: bool = False) -> Deadline:
        """The last of `days` working days after `start`, or from `start` on where the first day counts.

        With `days` 0 it is `start` itself. Raises ValueError for negative `days` or a day outside the calendar.
        """
        if days < 0:
            raise ValueError(f"a deadline lies ahead, not {days} working days back")
        if days and count_first_day and self.is_working_day(start):
            days -= 1
        end = self.shift_working_days(start, days)
        return Deadline(end, self.is_provisional(start, end), self.version)

    def shift_working_days(self, day: date, days: int) -> date:
        """The working day `days` after `day`, or before it where `days` is negative; `day` itself for 0."""
        _require_known(day)
        if not days:
            return day
        ordinal = day.toordinal()
        place = bisect_right(self._working_ordinals, ordinal) + days - 1
        if days < 0:
            place = bisect_left(self._working_ordinals, ordinal) + days
        if not 0 <= place < len(self._working_ordinals):
            raise ValueError(f"{days} working days from {day} lie outside {FIRST_YEAR} to {LAST_YEAR}")
        return date.fromordinal(self._working_ordinals[place])

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and with `end`; negative where `end` is earlier."""
        _require_known(start)
        _require_known(end)
        up_to = bisect_right(self._working_ordinals, end.toordinal())
        return up_to - bisect_right(self._working_ordinals, start.toordinal())

    def is_provisional(self, start: date, end: date) -> bool:
        """Whether a span reaches a year whose notice of days off is not confirmed."""
        return any(year not in self._confirmed_years for year in range(start.year, end.year + 1))


def _require_known(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{day} lies outside the calendar's years {FIRST_YEAR} to {LAST_YEAR}")


@cache
def _published() -> tuple[frozenset[date], frozenset[date], frozenset[int]]:
    """Days off, weekend days worked, and the years with a notice, as the installed data has them.

    The data answers for any year with statutory days alone; only a notice substitutes days, so a year is confirmed by having some.
    """
    known = holidays.country_holidays("CN", years=range(FIRST_YEAR, LAST_YEAR + 1), language="zh_CN")
    substituted = {day.year for day, title in known.items() if "调休" in title}
    return frozenset(known), frozenset(known.weekend_workdays), frozenset(substituted)


def build_calendar(entered: Mapping[int, EnteredYear]) -> Calendar:
    """The calendar of the installed data, with entered years in place of what it says about them."""
    published_off, published_worked, published_years = _published()
    days_off = {day for day in published_off if day.year not in entered}
    worked = {day for day in published_worked if day.year not in entered}
    for year in entered.values():
        days_off = (days_off - year.working_weekend_days) | year.days_off
        worked = (worked - year.days_off) | year.working_weekend_days
    days = map(date.fromordinal, range(date(FIRST_YEAR, 1, 1).toordinal(), date(LAST_YEAR, 12, 31).toordinal() + 1))
    working = [
        day.toordinal() for day in days if day in worked or (day.weekday() in _MONDAY_TO_FRIDAY and day not in days_off)
    ]
    versions = "".join(f"+{number}v{entered[number].version}" for number in sorted(entered))
    return Calendar(
        working=working,
        confirmed_years=published_years | frozenset(entered),
        version=f"holidays-{installed_version('holidays')}{versions}",
    )
