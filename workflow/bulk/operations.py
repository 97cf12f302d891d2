"""Begins bulk jobs, does their cases one transaction each, and stops them.

A case's step and its entry are written in one transaction: after a crash an entry says truthfully what was done, and
whoever goes on does the rest. Entries are claimed by the row, so two that go on at once do nothing twice.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import CursorResult, exists, insert, select, update
from sqlalchemy.orm import Session

from workflow.bodies.queries import actor as actor_of_account
from workflow.bulk.rules import (
    CANCELLED,
    DONE,
    MOST,
    is_of_the_case,
    kept_reasons,
    offered,
    outcome_of,
    reason_wanted,
)
from workflow.bulk.tables import BulkEntry, BulkJob
from workflow.cases.loading import load_case
from workflow.cases.operations import act
from workflow.cases.reading import reading_roles
from workflow.cases.roles import roles_of_actor
from workflow.cases.versions import compiled_version
from workflow.context import OFFICE_ZONE, Context
from workflow.panels.operations import give_opinion
from workflow.panels.rules import MAX_REASON
from workflow.problems import Conflict, Forbidden, Invalid, Missing, Problem
from workflow.procedure.model import Procedure
from workflow.store.database import Database
from workflow.store.serializing import serialize_on


@dataclass(frozen=True, slots=True)
class Seen:
    """A case as the actor saw it in the preview."""

    case_id: int
    version: int
    seat_id: int | None = None


Doer = Callable[[Context, BulkJob, BulkEntry], None]
"""Does the thing of a job to the case of one entry, in the entry's own transaction, in the name of whoever began the job."""
_doers: dict[str, Doer] = {}


def doer(kind: str) -> Callable[[Doer], Doer]:
    """Registers who does jobs of a kind: what stands before the colon of `BulkJob.doing`."""

    def register(function: Doer) -> Doer:
        _doers[kind] = function
        return function

    return register


def start_bulk(context: Context, *, state: str, doing: str, seen: Sequence[Seen], reason: str, once_key: str) -> int:
    """Makes the job and its entries; does nothing to a case yet. Returns the job's id, the same for the same key.

    `state` is the step the cases were in when they were looked at. Raises Invalid for too many cases or none, for
    something the rules do not offer in bulk there, for a missing or too long reason; Missing for a case the actor
    may not read.
    """
    for case_id in dict.fromkeys(one.case_id for one in seen):
        reading_roles(context, case_id)
    if not seen:
        raise Invalid("bulk_nothing", limit=MOST, count=0)
    version_id = load_case(context.session, seen[0].case_id).version_id
    procedure = compiled_version(context.session, version_id).procedure
    checked = _checked_reason(procedure, state, doing, reason)
    return make_job(
        context, version_id=version_id, state=state, doing=doing, seen=seen, reason=checked, once_key=once_key
    )


def make_job(
    context: Context,
    *,
    version_id: int,
    state: str,
    doing: str,
    seen: Sequence[Seen],
    once_key: str,
    reason: str = "",
    most: int = MOST,
) -> int:
    """A job of any kind with an entry for each case; the same job for the same key. The caller has checked the rest."""
    account = context.actor.account_id
    if account is None:
        raise Forbidden("page_forbidden")
    cases = {one.case_id: one for one in seen}
    if not 0 < len(cases) <= most:
        raise Invalid("bulk_too_many" if cases else "bulk_nothing", limit=most, count=len(cases))
    serialize_on(context.session, f"bulk:{account}:{once_key}")
    same = select(BulkJob.id).where(BulkJob.account_id == account, BulkJob.once_key == once_key)
    if (known := context.session.scalar(same)) is not None:
        return known
    job = BulkJob(
        account_id=account,
        once_key=once_key,
        procedure_version_id=version_id,
        state=state,
        doing=doing,
        reason=reason,
        created_at=context.now,
    )
    context.session.add(job)
    context.session.flush()
    _add_entries(context.session, job.id, cases.values())
    return job.id


def _add_entries(session: Session, job_id: int, seen: Iterable[Seen]) -> None:
    rows: list[dict[str, Any]] = [
        {"job_id": job_id, "case_id": one.case_id, "seen_version": one.version, "seat_id": one.seat_id, "reasons": []}
        for one in seen
    ]
    session.execute(insert(BulkEntry), rows)


def _checked_reason(procedure: Procedure, state: str, doing: str, reason: str) -> str:
    """The reason as it is kept; the thing must be one the rules offer in bulk in the state."""
    rules = procedure.states.get(state)
    if rules is None or not any(doing in rules.in_bulk(role) for role in procedure.roles):
        raise Invalid("bulk_not_offered")
    text, wanted = reason.strip(), reason_wanted(rules, doing)
    if wanted == "required" and not text:
        raise Invalid("reason_required", field="reason")
    if len(text) > MAX_REASON:
        raise Invalid("field_too_long", field="reason", limit=MAX_REASON, length=len(text))
    if "\x00" in text:
        raise Invalid("field_not_text", field="reason")
    return text if wanted != "none" else ""


def cancel_bulk(context: Context, *, job_id: int) -> int:
    """Leaves alone what has not been done yet; returns how many cases that are. Raises Missing for another's job."""
    job = own_job(context, job_id)
    done = context.session.execute(
        update(BulkEntry)
        .where(BulkEntry.job_id == job_id, BulkEntry.outcome.is_(None))
        .values(outcome=CANCELLED, done_at=context.now)
    )
    count = cast("CursorResult[Any]", done).rowcount
    if count:
        job.cancelled_at = context.now
    end_if_nothing_waits(context.session, job_id, context.now)
    return count


def own_job(context: Context, job_id: int) -> BulkJob:
    """The actor's own job. Raises Missing: whether there is such a job of another is not told."""
    job = context.session.get(BulkJob, job_id)
    if job is None or context.actor.account_id is None or job.account_id != context.actor.account_id:
        raise Missing("bulk_missing")
    return job


def go_on(database: Database, now: datetime, *, job_id: int, limit: int, zone: ZoneInfo = OFFICE_ZONE) -> int:
    """Does up to so many waiting cases of a job in the name of whoever began it; returns how many.

    Their roles are those held at this moment. Raises Unavailable where the database does not answer: what was not
    done still waits then.
    """
    with database.reading() as session:
        waiting = select(BulkEntry.id).where(BulkEntry.job_id == job_id, BulkEntry.outcome.is_(None))
        entries = list(session.scalars(waiting.order_by(BulkEntry.id).limit(limit)))
    done = sum(_done(database, now, entry, zone) for entry in entries)
    with database.writing() as session:
        end_if_nothing_waits(session, job_id, now)
    return done


def _done(database: Database, now: datetime, entry_id: int, zone: ZoneInfo) -> bool:
    """Whether this entry was settled here, and not by somebody else who went on with the job at the same time."""
    try:
        with database.writing() as session:
            return _step(session, now, entry_id, zone)
    except Problem as problem:
        if not is_of_the_case(problem):
            raise
        # Its transaction is undone whole; why it was is kept in one of its own.
        with database.writing() as session:
            return _claimed(session, entry_id, outcome_of(problem), now, kept_reasons(problem))


def _step(session: Session, now: datetime, entry_id: int, zone: ZoneInfo) -> bool:
    if not _claimed(session, entry_id, DONE, now, []):
        return False
    entry = session.get_one(BulkEntry, entry_id)
    job = session.get_one(BulkJob, entry.job_id)
    context = Context(session, actor_of_account(session, job.account_id, now.astimezone(zone).date()), now, zone)
    kind = job.doing.partition(":")[0]
    _doers.get(kind, _act_or_speak)(context, job, entry)
    return True


def _act_or_speak(context: Context, job: BulkJob, entry: BulkEntry) -> None:
    _check_offered(context, job, entry)
    kind, _colon, key = job.doing.partition(":")
    command_key = f"bulk:{job.id}:{entry.case_id}"
    if kind == "opinion":
        give_opinion(
            context,
            case_id=entry.case_id,
            seat_id=entry.seat_id or 0,
            opinion=key,
            reason=job.reason,
            command_key=command_key,
        )
    else:
        act(
            context,
            case_id=entry.case_id,
            action=key,
            seen_version=entry.seen_version,
            reason=job.reason,
            command_key=command_key,
        )


def _check_offered(context: Context, job: BulkJob, entry: BulkEntry) -> None:
    """Whether the rules still offer the thing in bulk for this case; what has moved on is a conflict."""
    case = load_case(context.session, entry.case_id, is_locked=True)
    compiled = compiled_version(context.session, case.version_id)
    state = compiled.procedure.states[case.state]
    is_stale = job.doing.startswith("act:") and case.version != entry.seen_version
    if is_stale or case.state != job.state:
        raise Conflict("case_changed", reference=case.reference, seen=entry.seen_version)
    if not any(job.doing in offered([(state, role)]) for role in roles_of_actor(context, compiled, case)):
        raise Forbidden("bulk_not_yours")


def _claimed(session: Session, entry_id: int, outcome: str, now: datetime, reasons: list[dict[str, Any]]) -> bool:
    """Settles an entry that waits; False where somebody has done so."""
    found = session.execute(
        update(BulkEntry)
        .where(BulkEntry.id == entry_id, BulkEntry.outcome.is_(None))
        .values(outcome=outcome, done_at=now, reasons=reasons)
    )
    return cast("CursorResult[Any]", found).rowcount == 1


def end_if_nothing_waits(session: Session, job_id: int, now: datetime) -> None:
    """Notes the end of a job whose last entry is settled."""
    waits = exists(select(BulkEntry.id).where(BulkEntry.job_id == BulkJob.id, BulkEntry.outcome.is_(None)))
    session.execute(
        update(BulkJob).where(BulkJob.id == job_id, BulkJob.ended_at.is_(None), ~waits).values(ended_at=now)
    )
