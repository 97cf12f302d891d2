"""Which year a membership is reviewed first."""

from datetime import date

from workflow.engine.effects import ScheduleReview


def first_review_year(effect: ScheduleReview, *, tenure_from_date: date, today: date) -> int:
    """The first year whose review opens on or after the day the tenure began and is not due before today."""
    year = tenure_from_date.year
    if tenure_from_date > effect.opens_date(year):
        year += 1
    while effect.due_date(year) < today:
        year += 1
    return year
