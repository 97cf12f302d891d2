"""The child cases that members of a panel choose among, as those members see them."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.cases.loading import LoadedCase
from workflow.cases.subjects import SUBJECT, SUBJECT_LATIN
from workflow.cases.tables import Case
from workflow.people.tables import Person
from workflow.procedure.panel import CANDIDATE
from workflow.procedure.panel import Panel as PanelRules


@dataclass(frozen=True, slots=True)
class CandidateView:
    """A child case as an option of a vote: `opinion` is what a member says to choose it."""

    case_id: int
    reference: str
    name: str
    name_latin: str
    is_open: bool
    """Whether it may be voted for."""
    state: str

    @property
    def opinion(self) -> str:
        return f"{CANDIDATE}{self.case_id}"


def open_candidates(session: Session, case_id: int, rules: PanelRules) -> tuple[int, ...]:
    """The child cases that may be voted for now, in the order they were opened; none where members choose among no cases."""
    if rules.candidates is None:
        return ()
    still = select(Case.id).where(Case.parent_id == case_id, Case.closed_at.is_(None)).order_by(Case.id)
    return tuple(session.scalars(still.where(Case.state.in_(rules.candidates_in)) if rules.candidates_in else still))


def candidates_in(session: Session, case: LoadedCase) -> tuple[CandidateView, ...]:
    """Every child case there is or was to choose, in the order they were opened."""
    rows = session.execute(
        select(
            Case.id,
            Case.reference,
            SUBJECT,
            SUBJECT_LATIN,
            Case.closed_at.is_(None),
            Case.state,
        )
        .outerjoin(Person, Person.id == Case.person_id)
        .where(Case.parent_id == case.id)
        .order_by(Case.id)
    )
    return tuple(CandidateView(*row) for row in rows)


def standing(candidates: tuple[CandidateView, ...], rules: PanelRules) -> tuple[CandidateView, ...]:
    """The candidates of a panel: in a run-off only some of those still open may be voted for."""
    if rules.candidates is None or not rules.candidates_in:
        return candidates if rules.candidates else ()
    return tuple(replace(one, is_open=one.is_open and one.state in rules.candidates_in) for one in candidates)
