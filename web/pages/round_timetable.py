"""The timetable of a round that is open: its dates are moved, and what moves with them is shown first."""

from collections import Counter
from datetime import date

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from web.forms import faults, number, sent_again, sent_date
from web.pages.rounds import PLANNED
from web.request import reading, writing
from workflow.context import Context
from workflow.problems import Conflict, Forbidden, Invalid
from workflow.rounds.queries import RoundView, procedure_of, round_view
from workflow.rounds.rescheduling import Rescheduling, change_timetable, last_change, preview_timetable
from workflow.rounds.rules import checked_reason

blueprint = Blueprint("round_timetable", __name__, url_prefix="/rounds")


@blueprint.route("/<int:round_id>/timetable", methods=["GET", "POST"])
def timetable(round_id: int) -> Response:
    """Moves dates of a round: what moves with them is shown first."""
    with reading() as context:
        found = round_view(context, round_id)
        if not found.may_call:
            raise Forbidden("round_for_callers")
        newest = last_change(context, round_id)
    if request.method == "GET" or request.form.get("step") == "change":
        return _timetable_page(found, newest, {}, 200)
    try:
        if request.form.get("step") != "save":
            return _moves_page(found)
        with writing() as context:
            done = _change(context, found)
    except (Invalid, Conflict) as problem:
        status = 409 if isinstance(problem, Conflict) else 422
        return _timetable_page(found, newest, _renamed(faults(problem), found), status)
    _say(len(done.moved))
    return redirect(url_for("rounds.board", round_id=round_id))


def _change(context: Context, found: RoundView) -> Rescheduling:
    return change_timetable(
        context,
        round_id=found.round_id,
        dates=_changed_dates(found),
        reason=request.form.get("reason", ""),
        seen_change=number("seen"),
    )


def _say(moved: int) -> None:
    text = ngettext(
        "The timetable is changed; %(num)s deadline moved with it.",
        "The timetable is changed; %(num)s deadlines moved with it.",
        moved,
    )
    flash(text, "done")


def _changed_dates(found: RoundView) -> dict[str, date]:
    """The dates sent; one that is left empty stays as it is."""
    return {
        one.key: sent_date(f"{PLANNED}{one.key}") for one in found.timetable if request.form.get(f"{PLANNED}{one.key}")
    }


def _renamed(errors: dict[str, str], found: RoundView) -> dict[str, str]:
    keys = {one.key for one in found.timetable}
    return {f"{PLANNED}{key}" if key in keys else key: text for key, text in errors.items()}


def _timetable_page(found: RoundView, newest: int, errors: dict[str, str], status: int) -> Response:
    page = render_template(
        "rounds/timetable.html", round=found, newest=newest, typed=request.form, errors=errors, prefix=PLANNED
    )
    return make_response(page, status)


def _moves_page(found: RoundView) -> Response:
    """What would move. Raises as changing it does."""
    with reading() as context:
        seen = preview_timetable(context, round_id=found.round_id, dates=_changed_dates(found))
        checked_reason(request.form.get("reason", ""))
        procedure = procedure_of(context, found.round_id)
    groups = Counter((shift.state, shift.was_due_at, shift.due_at, shift.is_kept) for shift in seen.shifts)
    page = render_template(
        "rounds/moves.html",
        round=found,
        seen=seen,
        groups=groups.items(),
        titles={one.key: one.title for one in found.timetable},
        states=procedure.states,
        typed=sent_again(),
    )
    return make_response(page, 200)
