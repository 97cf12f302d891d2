"""Working hours since the first day of a simulation, and the days they fall on."""

from collections.abc import Iterator
from datetime import date, timedelta

from workflow.calendar.rules import LAST_YEAR, Calendar
from workflow.simulation.assumptions import Meets


class OfficeHours:
    """Turns working hours into days and back; hour 0 is when the office opens on the first working day."""

    def __init__(self, calendar: Calendar, start: date, hours_a_day: int) -> None:
        self.calendar = calendar
        self.hours_a_day = hours_a_day
        self.first = start if calendar.is_working_day(start) else calendar.shift_working_days(start, 1)

    def day(self, hour: float) -> date:
        """The working day on which an hour lies; the end of a day is the beginning of the next."""
        return self.calendar.shift_working_days(self.first, int(hour // self.hours_a_day))

    def opening(self, day: date) -> float:
        """The hour at which the office opens on a day, or on the next working day after it; 0 for days before the first."""
        if day <= self.first:
            return 0.0
        before = min(day, date(LAST_YEAR, 12, 31)) - timedelta(days=1)
        return float((self.calendar.working_days_between(self.first, before) + 1) * self.hours_a_day)

    def closing(self, day: date) -> float:
        """The hour at which a day is over."""
        return self.opening(day + timedelta(days=1))

    def meeting(self, meets: Meets, hour: float) -> float:
        """The hour of the next meeting; the given hour itself where there are no more."""
        today = self.day(hour)
        for on in self._days(meets, today):
            opens = self.opening(on)
            if opens >= hour or self.day(hour) == on:
                return max(hour, opens)
        return hour

    def _days(self, meets: Meets, today: date) -> Iterator[date]:
        yield from (on for on in sorted(meets.on) if on >= today)
        if meets.weekday is not None:
            first = self.first + timedelta(days=(meets.weekday - self.first.isoweekday()) % 7)
            weeks = timedelta(weeks=meets.every_weeks)
            passed = max(0, (today - first) // weeks)
            # A meeting that falls on a day off takes place on the next working day.
            yield from (first + (passed + ahead) * weeks for ahead in range(3))
