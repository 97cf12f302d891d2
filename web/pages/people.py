"""The register of people: by tier and category, one person's archive, and adding somebody."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from definitions.codes import tables
from web.forms import faults
from web.i18n import words
from web.menu import Entry
from web.pages.sign_in import local_target
from web.request import current_actor, now, reading, writing
from workflow.access.rules import may_open
from workflow.cases.listing import cases_of_person
from workflow.context import Actor
from workflow.people.operations import PersonData, add_person
from workflow.people.queries import person_page, structure
from workflow.people.queries import register as register_of
from workflow.pools.queries import memberships
from workflow.problems import Conflict, Forbidden, Invalid

blueprint = Blueprint("people", __name__, url_prefix="/people")
DATES = ("birth_date", "work_start_date", "post_since")
CHOICES = ("sex", "nationality", "political_status", "education", "degree")


def _may(actor: Actor) -> bool:
    return may_open(actor, "register")


menu_entry = Entry("Register", "people.register", 50, "people", _may)


@blueprint.get("/")
def register() -> str:
    """The archives by tier and category, in the order of surname strokes."""
    chosen = {name: request.args.get(name) or None for name in ("tier", "category")}
    chosen = {name: value if value in tables()[name] else None for name, value in chosen.items()}
    search, cursor = request.args.get("search", "")[:80], request.args.get("after") or None
    with reading() as context:
        if not _may(context.actor):
            raise Forbidden("page_forbidden")
        page = register_of(context, **chosen, search=search or None, cursor=cursor)
        counts = structure(context)
    return render_template(
        "register/register.html",
        page=page,
        counts=counts,
        tiers=tables()["tier"],
        categories=tables()["category"],
        search=search,
        is_first=cursor is None,
        **chosen,
    )


@blueprint.get("/<int:person_id>")
def person(person_id: int) -> str:
    """One person's archive: open to the two departments, and to the officers and head of the person's own body."""
    with reading() as context:
        view = person_page(context, person_id)
        own = any(holding.body_id == view.person.body_id for holding in context.actor.holdings)
        if not (_may(context.actor) or own or context.actor.person_id == person_id):
            raise Forbidden("page_forbidden")
        cases = cases_of_person(context, person_id)
        lists = memberships(context, person_id=person_id)
    return render_template("register/person.html", view=view, cases=cases, lists=lists, now_moment=now())


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> Response:
    """Adds somebody to the archive of the reader's body."""
    bodies = sorted({holding.body_id for holding in current_actor().holdings if holding.role == "officer"})
    if not bodies:
        raise Forbidden("page_forbidden")
    if request.method == "GET":
        return _new_page({}, 200)
    try:
        with writing() as context:
            add_person(context, data=_typed(bodies[0]), codes={name: frozenset(tables()[name]) for name in CHOICES})
    except (Invalid, Conflict) as problem:
        return _new_page(faults(problem), problem.status)
    flash(_("%(name)s is in the archive of your body.", name=request.form.get("name", "").strip()), "done")
    return redirect(local_target(request.args.get("next")))


def _typed(body_id: int) -> PersonData:
    form = request.form
    dates = {name: _date(name) for name in DATES}
    return PersonData(
        name=form.get("name", ""),
        sex=form.get("sex", ""),
        nationality=form.get("nationality", ""),
        birth_date=dates["birth_date"],
        id_number=form.get("id_number", "") or None,
        political_status=form.get("political_status", ""),
        work_start_date=dates["work_start_date"],
        education=form.get("education", ""),
        degree=form.get("degree", "") or None,
        post_organization=form.get("post_organization", ""),
        post_title=form.get("post_title", ""),
        post_since=dates["post_since"],
        body_id=body_id,
        unread_dates=[name for name, day in dates.items() if day is None and form.get(name, "").strip()],
    )


def _date(name: str) -> date | None:
    try:
        return date.fromisoformat(request.form.get(name, "").strip())
    except ValueError:
        return None


def _new_page(errors: dict[str, str], status: int) -> Response:
    options: dict[str, list[tuple[str, Any]]] = {
        name: [(code, words(row)) for code, row in tables()[name].items()] for name in CHOICES
    }
    page = render_template("register/new.html", options=options, typed=request.form, errors=errors)
    return make_response(page, status)
