"""The inbox: what waits for the reader, and what they started."""

from flask import Blueprint, render_template, request

from web.menu import Entry
from web.request import now, reading
from workflow.cases.inbox import BUCKETS, inbox_counts
from workflow.cases.inbox import inbox as oldest

blueprint = Blueprint("inbox", __name__)
menu_entry = Entry("Inbox", "inbox.inbox", 10, "inbox")


@blueprint.get("/inbox")
def inbox() -> str:
    """One page of what waits, oldest first, by urgency and procedure."""
    bucket = request.args.get("due", "all")
    prefix = request.args.get("procedure") or None
    cursor = request.args.get("after") or None
    with reading() as context:
        counts = inbox_counts(context)
        page = oldest(context, bucket=bucket, procedure_key=prefix, cursor=cursor)
    return render_template(
        "inbox/inbox.html",
        page=page,
        counts=counts,
        buckets=BUCKETS,
        bucket=bucket,
        prefix=prefix,
        is_first=cursor is None,
        now=now(),
    )
