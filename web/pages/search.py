"""The search over everything the reader may see."""

from flask import Blueprint, render_template, request

from web.request import now, reading
from workflow.cases.listing import MAX_SEARCH, find_cases

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
def search() -> str:
    """Cases by reference or person."""
    text = request.args.get("q", "")[:MAX_SEARCH]
    with reading() as context:
        lines = find_cases(context, text)
    return render_template("lists/search.html", lines=lines, search_text=text, now=now())
