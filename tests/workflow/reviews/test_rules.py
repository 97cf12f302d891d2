"""The first review comes in the first year whose opening day the member has served by."""

from datetime import date

import pytest
from pydantic import ValidationError

from workflow.engine.effects import ScheduleReview
from workflow.reviews.rules import first_review_year

YEAR_END = ScheduleReview(procedure="annual-review", opens_on="12-01", due_on="12-31")


@pytest.mark.parametrize(
    ("tenure", "today", "year"),
    [
        (date(2026, 9, 7), date(2026, 9, 15), 2026),
        (date(2026, 12, 1), date(2026, 12, 9), 2026),
        (date(2026, 12, 2), date(2026, 12, 10), 2027),
        (date(2026, 11, 20), date(2026, 12, 31), 2026),
        (date(2026, 11, 20), date(2027, 1, 5), 2027),
        (date(2019, 3, 1), date(2026, 2, 1), 2026),
    ],
)
def test_first_review_year(tenure: date, today: date, year: int) -> None:
    assert first_review_year(YEAR_END, tenure_from_date=tenure, today=today) == year


def test_a_due_day_before_the_opening_day_lies_in_the_next_year() -> None:
    effect = ScheduleReview(procedure="annual-review", opens_on="12-15", due_on="01-31")
    assert (effect.opens_date(2026), effect.due_date(2026)) == (date(2026, 12, 15), date(2027, 1, 31))


@pytest.mark.parametrize("day", ["02-29", "13-01", "1-1", "12-32", "0x-01"])
def test_a_day_that_not_every_year_has_is_refused(day: str) -> None:
    with pytest.raises(ValidationError):
        ScheduleReview(procedure="annual-review", opens_on=day, due_on="12-31")
