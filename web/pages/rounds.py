"""Rounds as the departments see them: open one, the board, the ranking."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from web.forms import faults, number, sent_again, sent_date
from web.menu import Entry
from web.openers import may_call_rounds
from web.problems import problem_text
from web.request import current_actor, now, reading, writing
from workflow.access.rules import may_open
from workflow.bodies.queries import BodyView, bodies
from workflow.context import Actor
from workflow.problems import Conflict, Forbidden, Invalid, Refused
from workflow.procedure.model import Procedure
from workflow.rounds.board import board as board_of
from workflow.rounds.board import stuck_cases
from workflow.rounds.choosing import VersionChoice, look_at_round, version_choices
from workflow.rounds.comparing import ranking as ranking_of
from workflow.rounds.operations import close_round, open_round, remind_bodies
from workflow.rounds.queries import rounds as surveyed
from workflow.rounds.rules import MAX_SEATS
from workflow.rounds.suggesting import FIRST_NOMINATIONS, Suggestion, suggestion
from workflow.rounds.timetable import CLOSES, OPENS

blueprint = Blueprint("rounds", __name__, url_prefix="/rounds")
QUIET_DAYS = 14
"""A case in which nothing happened for so many days stands among the stuck ones."""
MOST_STUCK = 5
"""Stuck cases shown at once; the others are folded up below them."""
USUAL = "reserve-official"
"""The procedure chosen at first, where there are several."""
PLANNED = "date_"
"""Begins the names of fields for planned dates."""
NOMINATING_KINDS = ("subdistrict", "industry", "bureau")


def _surveys(actor: Actor) -> bool:
    return may_open(actor, "rounds")


def _may_come(actor: Actor) -> bool:
    return _surveys(actor) or may_call_rounds(actor)


def _require_surveyor() -> None:
    if not _may_come(current_actor()):
        raise Forbidden("page_forbidden")


menu_entry = Entry("Rounds", "rounds.rounds", 40, "kanban", _may_come)


@blueprint.get("/")
def rounds() -> str:
    """Every round the reader surveys."""
    _require_surveyor()
    with reading() as context:
        found = surveyed(context)
        may_open_one = bool(version_choices(context))
    return render_template("rounds/rounds.html", rounds=found, may_open_one=may_open_one)


@blueprint.get("/<int:round_id>")
def board(round_id: int) -> str:
    """Cases by stage, answers by body, stuck cases."""
    with reading() as context:
        found = board_of(context, round_id)
        stuck = stuck_cases(context, round_id, quiet_days=QUIET_DAYS)
        today = context.today
    page: dict[str, Any] = {"board": found, "stuck": stuck, "quiet_days": QUIET_DAYS, "most_stuck": MOST_STUCK}
    return render_template("rounds/board.html", now=now(), today=today, **page)


@blueprint.get("/<int:round_id>/ranking")
def ranking(round_id: int) -> str:
    """All candidates by the same yardstick."""
    with reading() as context:
        found = ranking_of(context, round_id)
    return render_template("rounds/ranking.html", ranking=found, round_id=round_id)


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> Response:
    """Opens a round: filled in, looked at, and only then announced."""
    _require_surveyor()
    with reading() as context:
        choices = version_choices(context)
        called = bodies(context, kinds=NOMINATING_KINDS) or bodies(context)
    if not choices:
        raise Forbidden("round_for_callers")
    chosen = _chosen(choices)
    if request.method == "GET":
        with reading() as context:
            proposed = suggestion(context, chosen.procedure)
        return _new_page(choices, chosen, called, {}, 200, proposed)
    try:
        given = _given(chosen.procedure)
        if request.form.get("step") == "change":
            return _new_page(choices, chosen, called, {}, 200)
        if request.form.get("step") != "open":
            return _look(chosen, given, called)
        with writing() as context:
            titles = given.pop("titles")
            opened = open_round(context, procedure=chosen.key, version_id=chosen.version_id, **titles, **given)
    except Invalid as problem:
        return _new_page(choices, chosen, called, _renamed(faults(problem), chosen.procedure), 422)
    flash(_("Round %(reference)s is open; the bodies called are told.", reference=opened.reference), "done")
    return redirect(url_for("rounds.board", round_id=opened.round_id))


def _chosen(choices: Sequence[VersionChoice]) -> VersionChoice:
    """The version asked for; else the newest of the usual procedure, or of the first there is."""
    asked = request.values.get("version", "")
    newest = [choice for choice in choices if choice.is_newest] or list(choices)
    usual = next((choice for choice in newest if choice.key == USUAL), newest[0])
    return next((choice for choice in choices if str(choice.version_id) == asked), usual)


def _given(procedure: Procedure) -> dict[str, Any]:
    """What was filled in, as opening a round takes it. Raises Invalid for what is no date or number."""
    return {
        "titles": {name: request.form.get(name, "") for name in ("title_zh", "title_en")},
        "opens_date": sent_date("opens_date"),
        "closes_date": sent_date("closes_date"),
        "planned": _planned_dates(procedure),
        "body_ids": [int(value) for value in request.form.getlist("called") if value.isdecimal()],
        "seats": {key: _seats(key) for key in procedure.categories if request.form.get(f"seats_{key}", "").strip()},
    }


def _seats(category: str) -> int:
    found = number(f"seats_{category}", default=-1)
    if found < 0:
        raise Invalid("round_seats_faulty", field=f"seats_{category}", limit=MAX_SEATS)
    return found


def _planned_dates(procedure: Procedure) -> dict[str, date]:
    return {key: sent_date(f"{PLANNED}{key}") for key in procedure.timetable if request.form.get(f"{PLANNED}{key}")}


def _renamed(errors: dict[str, str], procedure: Procedure) -> dict[str, str]:
    """Faults of planned dates under the names of their fields."""
    return {f"{PLANNED}{key}" if key in procedure.timetable else key: text for key, text in errors.items()}


def _typed() -> dict[str, Any]:
    return {**request.form.to_dict(), "called": request.form.getlist("called")}


def _filled_in(proposed: Suggestion) -> dict[str, Any]:
    """A suggestion under the names of the fields."""
    days = {key if key in (OPENS, CLOSES) else f"{PLANNED}{key}": f"{day}" for key, day in proposed.days.items()}
    seats = {f"seats_{key}": number for key, number in proposed.seats.items()}
    return {"title_zh": proposed.title_zh, "title_en": proposed.title_en, **days, **seats}


def _new_page(
    choices: Sequence[VersionChoice],
    chosen: VersionChoice,
    called: Sequence[BodyView],
    errors: dict[str, str],
    status: int,
    proposed: Suggestion | None = None,
) -> Response:
    typed = _typed()
    if proposed:
        typed = {**_filled_in(proposed), "called": [str(body.id) for body in called]}
    page = render_template(
        "rounds/new.html",
        proposed=proposed,
        first_days=FIRST_NOMINATIONS,
        choices=choices,
        chosen=chosen,
        procedure=chosen.procedure,
        bodies=called,
        typed=typed,
        errors=errors,
        prefix=PLANNED,
    )
    return make_response(page, status)


def _look(chosen: VersionChoice, given: dict[str, Any], called: Sequence[BodyView]) -> Response:
    """The round as it would be, with what is doubtful about its dates. Raises Invalid as opening it does."""
    with reading() as context:
        dates = look_at_round(context, chosen.procedure, **given)
    names = [body for body in called if body.id in set(given["body_ids"])]
    page = render_template(
        "rounds/check.html", chosen=chosen, dates=dates, given=given, bodies=names, typed=sent_again(), now=now()
    )
    return make_response(page, 200)


@blueprint.post("/<int:round_id>/remind")
def remind(round_id: int) -> Response:
    """Reminds the bodies that have not answered."""
    try:
        with writing() as context:
            count = remind_bodies(context, round_id=round_id)
    except Refused as problem:
        flash(problem_text(problem), "info")
    else:
        flash(_("Reminded: %(count)s bodies.", count=count), "done")
    return redirect(url_for("rounds.board", round_id=round_id))


@blueprint.post("/<int:round_id>/close")
def close(round_id: int) -> Response:
    """Takes no more nominations."""
    try:
        with writing() as context:
            close_round(context, round_id=round_id)
    except Conflict as problem:
        flash(problem_text(problem), "info")
    else:
        flash(_("The round takes no more nominations; cases on their way go on."), "done")
    return redirect(url_for("rounds.board", round_id=round_id))
