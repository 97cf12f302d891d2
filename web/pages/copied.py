"""What the reader was told about and has nothing to do in."""

from flask import Blueprint, render_template, request

from web.menu import Entry
from web.request import now, reading
from workflow.cases.listing import cases_copied

blueprint = Blueprint("copied", __name__)
menu_entry = Entry("Copied", "copied.copied", 35, "envelope-open")


@blueprint.get("/copied")
def copied() -> str:
    """Cases the reader was told about."""
    cursor = request.args.get("after") or None
    with reading() as context:
        found = cases_copied(context, cursor=cursor)
    return render_template("lists/copied.html", found=found, is_first=cursor is None, now=now())
