"""Lists of cases: mine, done, and what a search finds."""

from flask import Blueprint, render_template, request

from web.menu import Entry
from web.request import now, reading
from workflow.cases.listing import cases_put_forward

blueprint = Blueprint("mine", __name__)
menu_entry = Entry("Mine", "mine.mine", 20, "send")


@blueprint.get("/mine")
def mine() -> str:
    """Cases of the reader's bodies, or about the reader."""
    cursor = request.args.get("after") or None
    with reading() as context:
        found = cases_put_forward(context, cursor=cursor)
    return render_template("lists/mine.html", found=found, is_first=cursor is None, now=now())
