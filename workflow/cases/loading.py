"""One case as the hot path reads it: a single row, in the order of its columns."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import String, bindparam, select, type_coerce
from sqlalchemy.orm import Session

from workflow.cases.tables import Case
from workflow.people.tables import Person
from workflow.problems import Missing
from workflow.store.hot import Hot


class LoadedCase(NamedTuple):
    """The row of a case and what the archive says of its person; moments are stored texts.

    The person comes along because nearly every rule asks about them, and each trip to a server costs more than the row.
    """

    id: int
    reference: str
    version_id: int
    round_id: int | None
    person_id: int | None
    body_id: int | None
    category: str | None
    state: str
    version: int
    last_seq: int
    last_hash: str
    entered_at: str
    due_at: str | None
    has_timers: bool
    has_named: bool
    outcome: str | None
    parent_id: int | None
    birth_date: date | str | None
    """Of the person, as the driver gives it; None where the case is about nobody."""
    political_status: str | None
    education: str | None
    work_start_date: date | str | None
    sex: str | None

    @property
    def stage(self) -> str:
        return self.state.partition(".")[0]


CASE_ROW = (
    select(
        Case.id,
        Case.reference,
        Case.procedure_version_id,
        Case.round_id,
        Case.person_id,
        Case.body_id,
        Case.category,
        Case.state,
        Case.version,
        Case.last_seq,
        Case.last_hash,
        type_coerce(Case.entered_at, String),
        type_coerce(Case.due_at, String),
        Case.has_timers,
        Case.has_named,
        Case.outcome,
        Case.parent_id,
        Person.birth_date,
        Person.political_status,
        Person.education,
        Person.work_start_date,
        Person.sex,
    )
    .outerjoin(Person, Person.id == Case.person_id)
    .where(Case.id == bindparam("case_id"))
)
_LOAD = Hot(CASE_ROW)
_LOAD_LOCKED = Hot(CASE_ROW.with_for_update(of=Case))


def load_case(session: Session, case_id: int, *, is_locked: bool = False) -> LoadedCase:
    """The case as it stands now; locked, other writers wait until this transaction ends. Raises Missing."""
    row = _LOAD.one(session, {"case_id": case_id})
    if row is None:
        raise Missing("case_missing")
    case = LoadedCase._make(row)
    return lock_family(session, case) if is_locked else case


def lock_family(session: Session, case: LoadedCase) -> LoadedCase:
    """Locks a child case and its parent, the parent first as everybody does; the child as it stands then."""
    session.connection()  # locks last as long as a transaction
    if case.parent_id is not None:
        _LOAD_LOCKED.one(session, {"case_id": case.parent_id})
    row = _LOAD_LOCKED.one(session, {"case_id": case.id})
    return LoadedCase._make(row)
