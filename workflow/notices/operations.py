"""Runs public notices: publishes, pauses for an objection, resumes, and ends them when their days are over."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from workflow.calendar.queries import calendar
from workflow.cases.follow_ups import Moved, follow_up
from workflow.cases.loading import load_case
from workflow.cases.migrating import Carried
from workflow.cases.operations import Acted, move_by_outcome
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.notices.tables import Objection, PublicNotice
from workflow.problems import Conflict
from workflow.procedure.stages import Notice
from workflow.store.types import canonical_json, instant_text


@follow_up("enter:notice")
def publish_notice(context: Context, moved: Moved, notice: Notice) -> None:
    """Starts a notice, or resumes the paused one with the working days it still had."""
    paused = _paused(context, moved)
    days = paused.days_left if paused and paused.days_left is not None else notice.working_days
    end = calendar(context).add_working_days(context.today, days, count_first_day=notice.count_first_day)
    if paused:
        paused.ends_date, paused.paused_at, paused.days_left = end.date, None, None
        paused.calendar_version, paused.is_provisional = end.calendar_version, end.is_provisional
    else:
        context.session.add(
            PublicNotice(
                case_id=moved.case.id,
                state=moved.step.to_state,
                starts_date=context.today,
                ends_date=end.date,
                working_days=notice.working_days,
                calendar_version=end.calendar_version,
                is_provisional=end.is_provisional,
            )
        )
    step = moved.step
    expires_at = datetime.combine(end.date + timedelta(days=1), time(0), tzinfo=context.zone).astimezone(UTC)
    step.due_at = instant_text(expires_at)
    step.data["notice"] = {
        "ends": end.date.isoformat(),
        "calendar": end.calendar_version,
        "is_provisional": end.is_provisional,
    }
    step.timers.append(_expiry(moved, step.due_at))


@follow_up("leave:notice")
def leave_notice(context: Context, moved: Moved, _notice: Notice) -> None:
    """Pauses the notice where the state entered stops its clock, and ends it otherwise; keeps the objection."""
    row = _running(context, moved.case.id, moved.case.state)
    if row is None:
        return
    entered = moved.compiled.procedure.states[moved.step.to_state]
    if entered.pauses == moved.case.state:
        row.paused_at = context.now
        row.days_left = max(1, calendar(context).working_days_between(context.today, row.ends_date))
        _keep_objection(context, moved, row)
    else:
        row.ended_at = context.now


@follow_up("move:notice")
def move_notice(context: Context, moved: Moved, carried: Carried) -> None:
    """A notice with the same rules runs on; one with others begins anew, and the old one ends. A paused one is renamed."""
    running = select(PublicNotice).where(PublicNotice.case_id == moved.case.id, PublicNotice.ended_at.is_(None))
    for row in context.session.scalars(running).all():
        if row.state == moved.case.state and not carried.keeps_work:
            row.ended_at = context.now
        else:
            row.state = carried.states.get(row.state, row.state)
    context.session.flush()
    if carried.after.notice and not carried.keeps_work:
        publish_notice(context, moved, carried.after.notice)


def expire_notice(context: Context, *, case_id: int, state: str) -> Acted:
    """Ends a notice whose last day is over and moves the case on. Raises Conflict where it is not over or has ended."""
    case = load_case(context.session, case_id, is_locked=True)
    compiled = compiled_version(context.session, case.version_id)
    row = _running(context, case_id, state)
    if case.state != state or row is None or row.ends_date >= context.today:
        raise Conflict("notice_not_over", reference=case.reference)
    if compiled.procedure.states[state].notice is None:
        raise Conflict("notice_not_over", reference=case.reference)
    data = {"ended": row.ends_date.isoformat(), "calendar": row.calendar_version}
    return move_by_outcome(context, case=case, outcome="expired", action="expire", role="clock", data=data)


def _expiry(moved: Moved, due_at: str) -> dict[str, Any]:
    return {
        "kind": "expire",
        "case_id": moved.case.id,
        "state": moved.step.to_state,
        "rung": 0,
        "due_at": due_at,
        "is_open": True,
        "params": canonical_json({"reference": moved.case.reference, "digest": moved.step.digest, "due_at": due_at}),
    }


def _paused(context: Context, moved: Moved) -> PublicNotice | None:
    row = _running(context, moved.case.id, moved.step.to_state)
    return row if row is not None and row.paused_at is not None else None


def _running(context: Context, case_id: int, state: str) -> PublicNotice | None:
    return context.session.scalar(
        select(PublicNotice)
        .where(PublicNotice.case_id == case_id, PublicNotice.state == state, PublicNotice.ended_at.is_(None))
        .order_by(PublicNotice.id.desc())
    )


def _keep_objection(context: Context, moved: Moved, notice: PublicNotice) -> None:
    values = moved.step.data.get("values") or {}
    if "text" in values:
        context.session.add(
            Objection(
                notice_id=notice.id,
                text=values["text"],
                complainant=values.get("complainant", ""),
                received_at=context.now,
                received_by=context.actor.account_id,
            )
        )
