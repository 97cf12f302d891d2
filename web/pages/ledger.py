"""The ledger of messages: what was sent to whom, what failed, what goes next."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from definitions.notifying import notification_text
from web.i18n import language
from web.menu import Entry
from web.request import now, reading, writing
from workflow.access.rules import may_open
from workflow.cases.upcoming import ReviewsOpening, Upcoming, reviews_opening, upcoming_timers
from workflow.cases.versions import procedures_by_digest
from workflow.context import Actor
from workflow.messages.operations import retry_failed
from workflow.messages.queries import PAGE, LedgerLine
from workflow.messages.queries import ledger as lines_of
from workflow.problems import Forbidden
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words

blueprint = Blueprint("ledger", __name__, url_prefix="/ledger")
COMING = 60
"""So many timers are looked at; those that do the same at the same time are one line."""
STATUSES = ("sent", "queued", "failed", "waiting", "nobody")


def _may(actor: Actor) -> bool:
    return may_open(actor, "ledger")


menu_entry = Entry("Messages sent", "ledger.ledger", 70, "envelope-check", _may)


@blueprint.get("/")
def ledger() -> str:
    """One page of the ledger, newest first, with what goes next above it."""
    status = request.args.get("status") or None
    status = status if status in STATUSES else None
    before = _cursor(request.args.get("before"))
    with reading() as context:
        if not _may(context.actor):
            raise Forbidden("page_forbidden")
        found = lines_of(context, status=status, before=before)
        known = procedures_by_digest(context.session)
        may_retry = context.actor.is_administrator
        is_front = before is None and status is None
        coming = upcoming_timers(context, limit=COMING) if is_front else ()
        reviews = reviews_opening(context) if is_front else None
    rows: list[dict[str, Any]] = [
        {"line": line, "subject": notification_text(line.template, language(), line.params, known)[0]} for line in found
    ]
    return render_template(
        "ledger/ledger.html",
        rows=rows,
        statuses=STATUSES,
        status=status,
        coming=_in_order(reviews, [_line(one, known) for one in coming]),
        may_retry=may_retry,
        following=_following(found),
        is_first=before is None,
        now=now(),
    )


def _in_order(reviews: ReviewsOpening | None, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What goes next by time: reviews that open together are one line, and so is the same step of several cases."""
    together = [{"due_at": reviews.due_at, "reviews": reviews.count, "timer": None, "told": []}] if reviews else []
    grouped: dict[Any, dict[str, Any]] = {}
    for line in lines:
        timer: Upcoming = line["timer"]
        key = (timer.due_at, timer.kind, timer.rung, timer.state, timer.procedure_digest, timer.error, timer.told)
        grouped.setdefault(key, {**line, "references": []})["references"].append(timer.reference)
    return sorted(together + list(grouped.values()), key=lambda line: line["due_at"])


def _line(timer: Upcoming, known: Mapping[str, Procedure]) -> dict[str, Any]:
    """A timer with what its state is called, and whether the rungs of its ladder are working days."""
    procedure = known.get(timer.procedure_digest or "")
    state = procedure.states.get(timer.state or "") if procedure else None
    ladder = state.deadline if state else None
    return {
        "due_at": timer.due_at,
        "timer": timer,
        "reviews": 0,
        "step": state.title if state else None,
        "told": [(_role_told(procedure, timer, one.role), one) for one in timer.told],
        "is_in_working_days": ladder is not None and ladder.working_days is not None,
    }


def _role_told(procedure: Procedure | None, timer: Upcoming, role: str) -> Words | None:
    """What the role is called that is told: the one that has the work, or the one its delay is reported to."""
    if procedure is None:
        return None
    if not role and (state := procedure.states.get(timer.state or "")) and state.deadline and state.deadline.escalate:
        role = state.deadline.escalate.to
    known = procedure.roles.get(role)
    return known.title if known else None


def _cursor(text: str | None) -> tuple[int, int] | None:
    first, _dash, second = (text or "").partition("-")
    if first.isdecimal() and second.isdecimal() and len(first) < 12 and len(second) < 12:
        return int(first), int(second)
    return None


def _following(found: tuple[LedgerLine, ...]) -> str | None:
    return f"{found[-1].message_id}-{found[-1].delivery_id}" if len(found) == PAGE else None


@blueprint.post("/<int:delivery_id>/retry")
def retry(delivery_id: int) -> Response:
    """Tries a failed delivery again."""
    with writing() as context:
        if not _may(context.actor):
            raise Forbidden("page_forbidden")
        retry_failed(context, delivery_id=delivery_id)
    flash(_("It is queued again."), "done")
    return redirect(url_for("ledger.ledger"))
