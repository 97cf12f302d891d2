"""What deadlines and guards may know of a case that is a yearly review."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from workflow.cases.gathering import Gathered, fact_source, iso_text
from workflow.cases.loading import LoadedCase
from workflow.reviews.tables import Review
from workflow.store.hot import Hot

_DUE = Hot(select(Review.due_date).where(Review.case_id == bindparam("case_id")))


@fact_source("review.due_date")
def review_due_date(session: Session, case: LoadedCase, _facts: Gathered) -> Gathered:
    row = _DUE.one(session, {"case_id": case.id})
    return {"review.due_date": iso_text(row[0]) if row else None}
