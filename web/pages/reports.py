"""Reports: the numbers of a round, the cases behind them, and each table as a file."""

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from web.downloads import csv_response
from web.menu import Entry
from web.report_tables import KEYS, list_title, report_tables
from web.request import now, reading
from workflow.access.rules import may_open
from workflow.context import Actor
from workflow.reports.listing import cases_behind
from workflow.reports.queries import heading, reported_rounds

blueprint = Blueprint("reports", __name__, url_prefix="/reports")


def _may(actor: Actor) -> bool:
    return may_open(actor, "reports")


menu_entry = Entry("Reports", "reports.reports", 65, "bar-chart", _may)


@blueprint.get("/")
def reports() -> str:
    """Every round there are numbers about."""
    with reading() as context:
        found = reported_rounds(context)
    return render_template("reports/reports.html", rounds=found)


@blueprint.get("/<int:round_id>")
def report(round_id: int) -> str:
    """All tables of a round."""
    with reading() as context:
        found = heading(context, round_id)
        tables = report_tables(context, found)
        is_masked = not may_open(context.actor, "small_groups")
    return render_template("reports/report.html", round=found, tables=tables, is_masked=is_masked, now=now())


@blueprint.get("/<int:round_id>/<key>.csv")
def table(round_id: int, key: str) -> Response:
    """One table as a file."""
    with reading() as context:
        found = heading(context, round_id)
        if key not in KEYS:
            raise NotFound
        made = report_tables(context, found, [key])[key]
    return csv_response(made.as_texts(), name=f"{found.reference}-{key}")


@blueprint.get("/<int:round_id>/cases/<key>")
def cases(round_id: int, key: str) -> str:
    """The cases behind a number, as far as the reader may read them."""
    cursor = request.args.get("after") or None
    with reading() as context:
        found = heading(context, round_id)
        listed = cases_behind(context, round_id, key, cursor=cursor)
    if listed is None:
        raise NotFound
    return render_template(
        "reports/cases.html",
        round=found,
        found=listed,
        key=key,
        title=list_title(key),
        is_first=cursor is None,
        now=now(),
    )
