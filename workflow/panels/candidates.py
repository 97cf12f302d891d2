"""The child cases that members of a panel choose among, as those members see them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.cases.loading import LoadedCase
from workflow.cases.subjects import SUBJECT, SUBJECT_LATIN
from workflow.cases.tables import Case
from workflow.engine.panels import CANDIDATE
from workflow.people.tables import Person


@dataclass(frozen=True, slots=True)
class CandidateView:
    """A child case as an option of a vote: `opinion` is what a member says to choose it."""

    case_id: int
    reference: str
    name: str
    name_latin: str
    is_open: bool

    @property
    def opinion(self) -> str:
        return f"{CANDIDATE}{self.case_id}"


def candidates_in(session: Session, case: LoadedCase) -> tuple[CandidateView, ...]:
    """Every child case there is or was to choose, in the order they were opened."""
    rows = session.execute(
        select(
            Case.id,
            Case.reference,
            SUBJECT,
            SUBJECT_LATIN,
            Case.closed_at.is_(None),
        )
        .outerjoin(Person, Person.id == Case.person_id)
        .where(Case.parent_id == case.id)
        .order_by(Case.id)
    )
    return tuple(CandidateView(*row) for row in rows)
