"""The first review comes in the first year whose opening day the member has served by."""

from datetime import date

import pytest
from pydantic import ValidationError

from workflow.engine.decide import compile_procedure
from workflow.engine.effects import ScheduleReview
from workflow.procedure.model import Procedure
from workflow.reviews.rules import first_review_year, named_timetables, planned_by, timetables

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


def test_a_list_is_reviewed_as_the_procedure_that_leads_to_it_says_and_else_by_the_yearly_review(
    shipped: dict[str, Procedure],
) -> None:
    selection, review = (compile_procedure(shipped[key]) for key in ("reserve-official", "annual-review"))
    both = timetables(["leader", "reserve"], [review, selection])
    assert both == {"leader": YEAR_END, "reserve": YEAR_END}
    assert timetables(["leader", "reserve"], [selection]) == {"leader": None, "reserve": YEAR_END}
    assert timetables(["leader"], []) == {"leader": None}


def test_a_list_that_two_reviews_could_be_of_is_left_to_people(shipped: dict[str, Procedure]) -> None:
    review = shipped["annual-review"]
    renamed = review.model_dump_json(by_alias=True, exclude_defaults=True).replace("annual-review", "talent-review")
    two = [compile_procedure(one) for one in (review, Procedure.model_validate_json(renamed))]
    assert [effect.procedure for effect in map(planned_by, two) if effect] == ["annual-review", "talent-review"]
    assert timetables(["leader"], two) == {"leader": None}
    named = named_timetables(["leader"], two)["leader"]
    assert [effect.procedure for effect in named] == ["annual-review", "talent-review"]
