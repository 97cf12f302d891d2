"""What is so after a step, written as the step of a scenario would expect it."""

import json
from typing import Any

from sqlalchemy import select

from workflow.cases.loading import LoadedCase
from workflow.cases.tables import WorkItem
from workflow.context import Context
from workflow.messages.tables import Delivery, Message
from workflow.people.tables import Account
from workflow.record.tables import Event
from workflow.rehearsal.looking import Before
from workflow.store.types import instant


def observed(context: Context, case: LoadedCase | None, *, before: Before) -> dict[str, Any]:
    """The values of `then`: state, who is awaited, the deadline, an outcome, the end, and who was told what."""
    told = _told(context, before.delivery)
    if case is None:
        return {"told": told} if told else {}
    found: dict[str, Any] = {"state": case.state, "waits_for": _waits_for(context, case), "due": _due(context, case)}
    if outcome := _outcome(context, case, before.seq):
        found["outcome"] = outcome
    if case.outcome is not None:
        found["ended"] = case.outcome
    return {**found, "told": told} if told else found


def _waits_for(context: Context, case: LoadedCase) -> list[str]:
    awaited = select(WorkItem.role).where(WorkItem.case_id == case.id, WorkItem.is_open).order_by(WorkItem.id)
    return list(dict.fromkeys(context.session.scalars(awaited)))


def _due(context: Context, case: LoadedCase) -> Any:
    return instant(case.due_at).astimezone(context.zone).date() if case.due_at else "none"


def _outcome(context: Context, case: LoadedCase, since: int) -> str | None:
    """The last outcome that the case itself came to with the step."""
    newer = select(Event.data).where(Event.case_id == case.id, Event.seq > since).order_by(Event.seq)
    settled = [
        data["outcome"]
        for data in map(json.loads, context.session.scalars(newer))
        if "outcome" in data and "child" not in data
    ]
    return settled[-1] if settled else None


def _told(context: Context, since: int) -> dict[str, list[str]]:
    rows = context.session.execute(
        select(Account.sign_in_name, Message.template)
        .join(Delivery, Delivery.account_id == Account.id)
        .join(Message, Message.id == Delivery.message_id)
        .where(Delivery.id > since, Delivery.channel == "in_app")
        .order_by(Account.sign_in_name, Message.template)
        .distinct()
    )
    told: dict[str, list[str]] = {}
    for name, template in rows:
        told.setdefault(name, []).append(template)
    return told
