"""Administration: health, calendar years, accounts and the roles they hold."""

from datetime import date

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from web.forms import faults, number
from web.menu import Entry
from web.problems import problem_text
from web.request import reading, settings, writing
from workflow.access.operations import issue_link
from workflow.access.rules import may_open
from workflow.bodies.operations import ROLES, add_role_holding, end_role_holding
from workflow.bodies.queries import bodies, holders
from workflow.calendar.operations import enter_year
from workflow.calendar.queries import calendar, notices
from workflow.cases.versions import roles_named
from workflow.context import Actor
from workflow.heartbeat.queries import jobs
from workflow.messages.queries import outbox
from workflow.people.operations import add_account
from workflow.problems import Conflict, Forbidden, Invalid, Missing
from workflow.reviews.queries import list_reviews

blueprint = Blueprint("administration", __name__, url_prefix="/administration")


def _may(actor: Actor) -> bool:
    return may_open(actor, "administration")


menu_entry = Entry("Administration", "administration.health", 90, "gear", _may)


@blueprint.before_request
def _require_administrator() -> None:
    with reading() as context:
        if not _may(context.actor):
            raise Forbidden("page_forbidden")


@blueprint.get("/")
def health() -> Response:
    """Whether everything runs: the scheduler's jobs, mail, the calendar, and by which review each list goes."""
    return _health({})


def _health(errors: dict[str, str], status: int = 200) -> Response:
    with reading() as context:
        running = jobs(context)
        entered = notices(context)
        days = calendar(context)
        lists = list_reviews(context)
        mail = outbox(context)
        years = [(year, days.is_confirmed(year)) for year in range(context.today.year, context.today.year + 2)]
    page = render_template(
        "administration/health.html",
        jobs=running,
        lists=lists,
        mail=mail,
        notices=entered,
        years=years,
        version=days.version,
        smtp=settings().smtp_host,
        errors=errors,
        typed=request.form,
    )
    return make_response(page, status)


@blueprint.post("/calendar")
def enter_calendar() -> Response:
    """Enters a year's notice of days off."""
    try:
        with writing() as context:
            enter_year(
                context,
                year=number("year"),
                days_off=_dates("days_off"),
                working_weekend_days=_dates("working_weekend_days"),
                source=request.form.get("source", ""),
            )
    except (Invalid, Conflict) as problem:
        return _health(faults(problem), problem.status)
    flash(_("The notice is entered; new deadlines are computed by it."), "done")
    return redirect(url_for("administration.health"))


def _dates(name: str) -> list[date]:
    try:
        return [date.fromisoformat(text) for text in request.form.get(name, "").split()]
    except ValueError as error:
        raise Invalid("field_not_date", field=name) from error


@blueprint.get("/accounts")
def accounts() -> Response:
    """Who holds which role."""
    return _accounts({})


def _accounts(errors: dict[str, str], status: int = 200, link: str = "") -> Response:
    with reading() as context:
        held = holders(context)
        known = bodies(context)
        named = roles_named(context.session)
    page = render_template(
        "administration/accounts.html",
        holders=held,
        bodies=known,
        roles=(*ROLES, *sorted(named.keys() - set(ROLES))),
        named=named,
        errors=errors,
        typed=request.form,
        link=link,
    )
    return make_response(page, status)


@blueprint.post("/accounts")
def add() -> Response:
    """Makes an account with a role in a body; shows its one-time link once."""
    try:
        with writing() as context:
            account_id = add_account(
                context,
                sign_in_name=request.form.get("sign_in_name", "").strip(),
                name=request.form.get("name", "").strip(),
                name_latin=request.form.get("name_latin", "").strip(),
                email=request.form.get("email", "").strip(),
            )
            add_role_holding(
                context,
                body_id=number("body"),
                role=request.form.get("role", ""),
                account_id=account_id,
                from_date=context.today,
                also=roles_named(context.session),
            )
            token = issue_link(context, account_id=account_id)
    except (Invalid, Conflict, Missing) as problem:
        return _accounts(faults(problem), problem.status)
    return _accounts({}, link=f"{settings().public_url}/welcome/{token}")


@blueprint.post("/holdings/<int:holding_id>/end")
def end(holding_id: int) -> Response:
    """Ends a role holding today."""
    try:
        with writing() as context:
            end_role_holding(context, holding_id=holding_id, to_date=context.today)
    except Invalid as problem:
        flash(problem_text(problem), "info")
    else:
        flash(_("The role ends today."), "done")
    return redirect(url_for("administration.accounts"))
