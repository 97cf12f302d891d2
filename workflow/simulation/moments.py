"""Moments of the earliest way: a day, and whether the office has closed on it."""

from datetime import date, timedelta
from typing import NamedTuple

from workflow.calendar.rules import Calendar


class Moment(NamedTuple):
    """A day; `is_closed` after office hours, when a deadline of that day has passed and nobody acts any more."""

    day: date
    is_closed: bool = False


def at_work(moment: Moment, calendar: Calendar) -> Moment:
    """The first moment from then on at which somebody is in the office."""
    day = moment.day + timedelta(days=1) if moment.is_closed else moment.day
    return Moment(day if calendar.is_working_day(day) else calendar.shift_working_days(day, 1))
