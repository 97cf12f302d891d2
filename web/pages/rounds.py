"""Rounds as the departments see them: open one, the board, the ranking."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from web.forms import faults, number
from web.menu import Entry
from web.problems import problem_text
from web.request import current_actor, now, reading, writing
from workflow.access.rules import may_open
from workflow.bodies.queries import bodies
from workflow.cases.versions import newest_version
from workflow.context import Actor
from workflow.problems import Conflict, Forbidden, Invalid, Refused
from workflow.rounds.board import board as board_of
from workflow.rounds.board import stuck_cases
from workflow.rounds.comparing import ranking as ranking_of
from workflow.rounds.operations import close_round, open_round, remind_bodies
from workflow.rounds.queries import rounds as surveyed

blueprint = Blueprint("rounds", __name__, url_prefix="/rounds")
QUIET_DAYS = 14
"""A case in which nothing happened for so many days stands among the stuck ones."""
PROCEDURE = "reserve-official"
NOMINATING_KINDS = ("subdistrict", "industry", "bureau")


def _surveys(actor: Actor) -> bool:
    return may_open(actor, "rounds")


def _require_surveyor() -> None:
    if not _surveys(current_actor()):
        raise Forbidden("page_forbidden")


menu_entry = Entry("Rounds", "rounds.rounds", 40, "kanban", _surveys)


@blueprint.get("/")
def rounds() -> str:
    """Every round the reader surveys."""
    _require_surveyor()
    with reading() as context:
        found = surveyed(context)
    return render_template("rounds/rounds.html", rounds=found)


@blueprint.get("/<int:round_id>")
def board(round_id: int) -> str:
    """Cases by stage, answers by body, stuck cases."""
    with reading() as context:
        found = board_of(context, round_id)
        stuck = stuck_cases(context, round_id, quiet_days=QUIET_DAYS)
    return render_template("rounds/board.html", board=found, stuck=stuck, now=now(), quiet_days=QUIET_DAYS)


@blueprint.get("/<int:round_id>/ranking")
def ranking(round_id: int) -> str:
    """All candidates by the same yardstick."""
    with reading() as context:
        found = ranking_of(context, round_id)
    return render_template("rounds/ranking.html", ranking=found, round_id=round_id)


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> Response:
    """Opens a round."""
    _require_surveyor()
    typed: dict[str, Any] = {"called": request.form.getlist("called"), **request.form.to_dict()}
    if request.method == "GET":
        return _new_page(typed, {}, 200)
    try:
        with writing() as context:
            procedure = newest_version(context.session, PROCEDURE)[1].procedure
            opened = open_round(
                context,
                procedure=PROCEDURE,
                title_zh=request.form.get("title_zh", ""),
                title_en=request.form.get("title_en", ""),
                opens_date=_date("opens_date"),
                closes_date=_date("closes_date"),
                body_ids=[int(value) for value in request.form.getlist("called") if value.isdecimal()],
                seats={key: number(f"seats_{key}") for key in procedure.categories},
            )
    except Invalid as problem:
        return _new_page(typed, faults(problem), 422)
    flash(_("Round %(reference)s is open; the bodies called are told.", reference=opened.reference), "done")
    return redirect(url_for("rounds.board", round_id=opened.round_id))


def _date(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError as error:
        raise Invalid("field_not_date", field=name) from error


def _new_page(typed: dict[str, Any], errors: dict[str, str], status: int) -> Response:
    with reading() as context:
        called = bodies(context, kinds=NOMINATING_KINDS)
        procedure = newest_version(context.session, PROCEDURE)[1].procedure
    page = render_template("rounds/new.html", bodies=called, procedure=procedure, typed=typed, errors=errors)
    return make_response(page, status)


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
