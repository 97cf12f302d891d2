"""The reader's notifications."""

from itertools import groupby
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from definitions.notifying import notification_text
from web.forms import number
from web.i18n import language
from web.request import reading, writing
from workflow.cases.versions import procedures_by_digest
from workflow.messages.operations import mark_read
from workflow.messages.queries import PAGE, NotificationView
from workflow.messages.queries import notifications as newest

blueprint = Blueprint("notifications", __name__, url_prefix="/notifications")


@blueprint.get("/")
def notifications() -> str:
    """Newest first, day by day; unread ones are marked, and may be shown alone."""
    before = request.args.get("before", type=int)
    is_unread_only = request.args.get("unread") == "1"
    with reading() as context:
        found = newest(context, before=before, is_unread_only=is_unread_only)
        known = procedures_by_digest(context.session)
        zone = context.zone
    lines: list[dict[str, Any]] = []
    for view in found:
        subject, body = notification_text(view.template, language(), view.params, known)
        local = view.created_at.astimezone(zone)
        line = {"view": view, "subject": subject, "body": body, "day": local.date(), "time": f"{local:%H:%M}"}
        lines.append({**line, "target": _target(view)})
    return render_template(
        "notifications/notifications.html",
        days=[(day, list(group)) for day, group in groupby(lines, key=lambda line: line["day"])],
        newest=found[0].delivery_id if found else 0,
        following=found[-1].delivery_id if len(found) == PAGE else None,
        is_first=before is None,
        is_unread_only=is_unread_only,
    )


def _target(view: NotificationView) -> str | None:
    """Where to go on from a notification: its case, the calls to nominate, or the inbox where it is about several cases."""
    if view.case_id is not None:
        return url_for("case.case", case_id=view.case_id)
    if view.template.startswith("round_"):
        return url_for("calls.calls")
    return url_for("inbox.inbox") if "cases" in view.params else None


@blueprint.post("/read")
def read_all() -> Response:
    """Marks one notification as read, or everything up to the newest shown."""
    one = number("one")
    with writing() as context:
        mark_read(context, **({"delivery_id": one} if one else {"up_to": number("up_to")}))
    return redirect(url_for("notifications.notifications", unread=1 if request.form.get("unread") == "1" else None))
