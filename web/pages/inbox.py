"""The inbox: what waits for the reader, by urgency, and narrowed to what they look for."""

from flask import Blueprint, render_template, request

from web.menu import Entry
from web.request import reading
from workflow.cases.calling import called
from workflow.cases.inbox import Narrowing, inbox_head
from workflow.cases.inbox import inbox as oldest
from workflow.cases.inbox_statements import BUCKETS

blueprint = Blueprint("inbox", __name__)
menu_entry = Entry("Inbox", "inbox.inbox", 10, "inbox")


@blueprint.get("/inbox")
def inbox() -> str:
    """One page of what waits, oldest first, by urgency, procedure and stage, person or body."""
    bucket = request.args.get("due", "all")
    cursor = request.args.get("after") or None
    step = request.args.get("step", "")
    procedure, _dot, stage = step.partition(".")
    narrowing = Narrowing(procedure or None, stage or None, request.args.get("q", ""))
    with reading() as context:
        counts, procedures = inbox_head(context, narrowing=narrowing)
        page = oldest(context, bucket=bucket, narrowing=narrowing, cursor=cursor)
        names = called(context.session, page.items)
    return render_template(
        "inbox/inbox.html",
        page=page,
        names=names,
        counts=counts,
        buckets=BUCKETS,
        bucket=bucket,
        step=step,
        text=narrowing.text,
        narrowed={"step": step or None, "q": narrowing.text or None},
        procedures=tuple(procedures.values()),
        is_first=cursor is None,
    )
