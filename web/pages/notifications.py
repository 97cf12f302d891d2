"""The reader's notifications."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from definitions.notifying import notification_text
from web.forms import number
from web.i18n import language
from web.request import reading, writing
from workflow.cases.versions import procedures_by_digest
from workflow.messages.operations import mark_read
from workflow.messages.queries import PAGE
from workflow.messages.queries import notifications as newest

blueprint = Blueprint("notifications", __name__, url_prefix="/notifications")


@blueprint.get("/")
def notifications() -> str:
    """Newest first; unread ones are marked."""
    before = request.args.get("before", type=int)
    with reading() as context:
        found = newest(context, before=before)
        known = procedures_by_digest(context.session)
    lines: list[dict[str, Any]] = []
    for view in found:
        subject, body = notification_text(view.template, language(), view.params, known)
        lines.append({"view": view, "subject": subject, "body": body})
    following = found[-1].delivery_id if len(found) == PAGE else None
    return render_template(
        "notifications/notifications.html", lines=lines, following=following, is_first=before is None
    )


@blueprint.post("/read")
def read_all() -> Response:
    """Marks everything up to the newest shown as read."""
    with writing() as context:
        mark_read(context, up_to=number("up_to"))
    return redirect(url_for("notifications.notifications"))
