"""What the reader has dealt with."""

from flask import Blueprint, render_template, request

from web.menu import Entry
from web.request import now, reading
from workflow.cases.listing import cases_acted_in

blueprint = Blueprint("done", __name__)
menu_entry = Entry("Done", "done.done", 30, "check2-square")


@blueprint.get("/done")
def done() -> str:
    """Cases in whose record the reader has a line."""
    cursor = request.args.get("after") or None
    with reading() as context:
        found = cases_acted_in(context, cursor=cursor)
    return render_template("lists/done.html", found=found, is_first=cursor is None, now=now())
