"""Reading bulk jobs: how far one has come, what became of each case, and the jobs somebody began."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from workflow.bodies.tables import Body
from workflow.bulk.operations import own_job
from workflow.bulk.rules import CANCELLED, CHANGED, DONE, REFUSED, as_reason
from workflow.bulk.tables import BulkEntry, BulkJob
from workflow.cases.reading import may_read
from workflow.cases.subjects import SUBJECT, SUBJECT_LATIN
from workflow.cases.tables import Case
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.people.tables import Person
from workflow.problems import Reason
from workflow.procedure.model import Procedure

LATEST = 20


@dataclass(frozen=True, slots=True)
class EntryView:
    """One case of a job. Where the actor may no longer read it, its person is not told."""

    case_id: int
    reference: str
    is_readable: bool
    person: str
    person_latin: str
    birth_date: date | None
    body_zh: str
    body_en: str
    outcome: str | None
    reasons: tuple[Reason, ...]
    procedure: Procedure


@dataclass(frozen=True, slots=True)
class JobView:
    """A job in numbers."""

    id: int
    procedure: Procedure
    state: str
    doing: str
    reason: str
    created_at: datetime
    ended_at: datetime | None
    cancelled_at: datetime | None
    done: int
    refused: int
    changed: int
    cancelled: int
    waiting: int

    @property
    def total(self) -> int:
        return self.settled + self.waiting

    @property
    def settled(self) -> int:
        return self.done + self.refused + self.changed + self.cancelled


def job(context: Context, job_id: int) -> JobView:
    """One of the actor's jobs. Raises Missing for another's."""
    own_job(context, job_id)
    (row,) = context.session.execute(_jobs(context).where(BulkJob.id == job_id))
    return _view(context, row)


def jobs(context: Context) -> tuple[JobView, ...]:
    """The actor's latest jobs, newest first."""
    rows = context.session.execute(_jobs(context).order_by(BulkJob.id.desc()).limit(LATEST))
    return tuple(_view(context, row) for row in rows)


def entries(context: Context, job_id: int) -> tuple[EntryView, ...]:
    """The cases of one of the actor's jobs, in the order in which they are done. Raises Missing for another's."""
    own_job(context, job_id)
    rows = context.session.execute(
        select(
            BulkEntry, Case.reference, Case.procedure_version_id, may_read(context).label("is_readable"),
            SUBJECT.label("name"), SUBJECT_LATIN.label("name_latin"), Person.birth_date, Body.title_zh, Body.title_en,
        )
        .join(Case, Case.id == BulkEntry.case_id)
        .outerjoin(Person, Person.id == Case.person_id)
        .outerjoin(Body, Body.id == Case.body_id)
        .where(BulkEntry.job_id == job_id)
        .order_by(BulkEntry.id)
    )  # fmt: skip
    return tuple(_entry(context, row) for row in rows)


def open_jobs(context: Context) -> tuple[int, ...]:
    """Ids of everybody's jobs that have cases waiting, oldest first: for the scheduler."""
    return tuple(context.session.scalars(select(BulkJob.id).where(BulkJob.ended_at.is_(None)).order_by(BulkJob.id)))


def _jobs(context: Context) -> Any:
    outcome = BulkEntry.outcome
    counts = [func.count().filter(outcome == one).label(one) for one in (DONE, REFUSED, CHANGED, CANCELLED)]
    return (
        select(BulkJob, *counts, func.count().filter(outcome.is_(None)).label("waiting"))
        .join(BulkEntry, BulkEntry.job_id == BulkJob.id)
        .where(BulkJob.account_id == context.actor.account_id)
        .group_by(BulkJob.id)
    )


def _view(context: Context, row: Any) -> JobView:
    found: BulkJob = row.BulkJob
    return JobView(
        id=found.id,
        procedure=compiled_version(context.session, found.procedure_version_id).procedure,
        state=found.state,
        doing=found.doing,
        reason=found.reason,
        created_at=found.created_at,
        ended_at=found.ended_at,
        cancelled_at=found.cancelled_at,
        done=row.done,
        refused=row.refused,
        changed=row.changed,
        cancelled=row.cancelled,
        waiting=row.waiting,
    )


def _entry(context: Context, row: Any) -> EntryView:
    entry: BulkEntry = row.BulkEntry
    is_readable = bool(row.is_readable)
    return EntryView(
        case_id=entry.case_id,
        reference=row.reference,
        is_readable=is_readable,
        person=row.name or "" if is_readable else "",
        person_latin=row.name_latin or "" if is_readable else "",
        birth_date=row.birth_date if is_readable else None,
        body_zh=row.title_zh or "" if is_readable else "",
        body_en=row.title_en or "" if is_readable else "",
        outcome=entry.outcome,
        reasons=tuple(as_reason(kept) for kept in entry.reasons),
        procedure=compiled_version(context.session, row.procedure_version_id).procedure,
    )
