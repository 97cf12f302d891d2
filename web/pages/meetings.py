"""Meetings and votes: what the reader has to vote on, sign or record, and what came of it."""

from flask import Blueprint, render_template

from web.menu import Entry
from web.request import now, reading
from workflow.panels.agenda import agenda

blueprint = Blueprint("meetings", __name__)
menu_entry = Entry("Meetings and votes", "meetings.meetings", 45, "people-fill")
KINDS = ("committee", "co_sign", "scoring")
"""In the order of the page."""


@blueprint.get("/meetings")
def meetings() -> str:
    """Open panels by kind, and those settled lately."""
    with reading() as context:
        found = agenda(context)
    groups = [(kind, [line for line in found.waiting if line.kind == kind]) for kind in KINDS]
    return render_template("meetings/meetings.html", groups=groups, settled=found.settled, now=now())
