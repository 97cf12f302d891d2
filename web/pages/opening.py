"""Opening a case: the procedures and rounds in which the reader may, then about whom or what, then the case."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from web.forms import faults, number
from web.menu import Entry
from web.openers import may_open_cases
from web.problems import problem_text
from web.request import reading, writing
from workflow.cases.openers import Opener, concerned_bodies, may_be_about, openable, opener_of, start_newest
from workflow.cases.operations import Acted
from workflow.cases.reading import reading_roles
from workflow.context import Context
from workflow.people.queries import MOST_FOUND, find_people
from workflow.problems import Conflict, Invalid, Missing, Refused
from workflow.rounds.applying import apply_to_round, bodies_to_apply_at, rounds_to_apply_in

blueprint = Blueprint("opening", __name__, url_prefix="/open")
menu_entry = Entry("Open a case", "opening.choose", 17, "folder-plus", may_open_cases)
LONGEST_SEARCH = 80


@blueprint.get("/")
def choose() -> str:
    """Every procedure of which the reader may open a case, and every round they may apply in."""
    with reading() as context:
        openers = openable(context)
        rounds = rounds_to_apply_in(context)
    return render_template("opening/choose.html", openers=openers, rounds=rounds)


@blueprint.route("/<procedure>", methods=["GET", "POST"])
def begin(procedure: str) -> Response:
    """About whom or what the case is; a case that is open already has to be passed over knowingly."""
    if request.method == "GET":
        return _begin_page(procedure, {}, 200)
    try:
        with writing() as context:
            acted = start_newest(
                context,
                procedure=procedure,
                person_id=number("person") or None,
                title=request.form.get("title", ""),
                body_id=number("body") or None,
                category=request.form.get("category") or None,
                is_another="another" in request.form,
            )
    except (Invalid, Conflict) as problem:
        return _begin_page(procedure, faults(problem), problem.status)
    return _opened(acted)


def _begin_page(procedure: str, errors: dict[str, str], status: int) -> Response:
    search = request.values.get("search", "")[:LONGEST_SEARCH]
    with reading() as context:
        opener = opener_of(context, procedure)
        people = _people(context, opener, search)
        bodies = concerned_bodies(context, opener) if opener.asks_body else ()
    page = render_template(
        "opening/begin.html",
        opener=opener,
        procedure=opener.procedure,
        people=people,
        most=MOST_FOUND,
        bodies=bodies,
        search=search,
        typed=request.form,
        errors=errors,
    )
    return make_response(page, status)


def _people(context: Context, opener: Opener, search: str) -> Any:
    if opener.procedure.subject != "person" or opener.is_about_self:
        return ()
    return find_people(context, search, among=may_be_about(opener, context.actor))


@blueprint.route("/rounds/<int:round_id>", methods=["GET", "POST"])
def apply(round_id: int) -> Response:
    """Applying in a round: the category, then the form."""
    if request.method == "GET":
        return _apply_page(round_id, {}, 200)
    try:
        with writing() as context:
            category = request.form.get("category", "")
            acted = apply_to_round(context, round_id=round_id, category=category, body_id=number("body_id") or None)
    except (Invalid, Conflict, Refused) as problem:
        told = faults(problem) if isinstance(problem, Invalid) else {"": problem_text(problem)}
        return _apply_page(round_id, told, problem.status)
    return _opened(acted)


def _apply_page(round_id: int, errors: dict[str, str], status: int) -> Response:
    with reading() as context:
        found = next((one for one in rounds_to_apply_in(context) if one.round_id == round_id), None)
        bodies = bodies_to_apply_at(context, round_id) if found else ()
    if found is None:
        raise Missing("page_missing")
    page = render_template("opening/apply.html", round=found, bodies=bodies, typed=request.form, errors=errors)
    return make_response(page, status)


def _opened(acted: Acted) -> Response:
    """To the case; to the list where whoever opened it does not read it."""
    flash(_("Opened: %(reference)s.", reference=acted.reference), "done")
    try:
        with reading() as context:
            reading_roles(context, acted.case_id)
    except Missing:
        return redirect(url_for("opening.choose"))
    return redirect(url_for("case.case", case_id=acted.case_id))
