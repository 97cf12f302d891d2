"""Deadlines that end so many days before or after their length would, in the days that are counted."""

from datetime import date, datetime
from typing import Any

import pytest

from workflow.calendar.rules import build_calendar
from workflow.context import OFFICE_ZONE
from workflow.engine.deadlines import plan_deadline, remaining
from workflow.procedure.stages import Deadline

ENTERED = datetime(2026, 4, 6, 10, 0, tzinfo=OFFICE_ZONE)
CALENDAR = build_calendar({})


@pytest.mark.parametrize(
    ("length", "last"),
    [
        ({"months": 12, "shift_days": -42}, date(2027, 2, 23)),
        ({"days": 10, "shift_days": 3}, date(2026, 4, 19)),
        ({"working_days": 10, "shift_days": -2}, date(2026, 4, 16)),
    ],
)
def test_a_deadline_ends_so_many_days_apart_from_its_length(length: dict[str, Any], last: date) -> None:
    plan = plan_deadline(Deadline(**length), entered=ENTERED, calendar=CALENDAR, zone=OFFICE_ZONE, dates={})
    assert plan is not None
    assert plan.due_at.astimezone(OFFICE_ZONE).date() == last


def test_what_is_left_of_it_is_not_moved_again() -> None:
    left = remaining(
        Deadline(months=12, shift_days=-42), stopped=date(2026, 12, 1), due=date(2027, 2, 23), calendar=CALENDAR
    )
    assert (left.days, left.shift_days) == (84, 0)
