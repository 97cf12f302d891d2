"""Work offered to a role: taking it, giving it back, and handing it to a colleague."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from definitions.explaining import reason_text
from web.case_forms import procedure_of
from web.forms import faults, number
from web.i18n import language, words
from web.problems import problem_text
from web.request import reading, writing
from workflow.cases.assigning import case_of_item, claim_item, colleagues_for, reassign_item, release_item
from workflow.cases.case_page import case_page
from workflow.cases.reading import reading_roles
from workflow.problems import Conflict, Invalid, Refused

blueprint = Blueprint("work", __name__, url_prefix="/work")


@blueprint.post("/<int:item_id>/claim")
def claim(item_id: int) -> Response:
    """Takes it: from now on it waits for the reader alone."""
    case_id = _readable(item_id)
    try:
        with writing() as context:
            claim_item(context, item_id=item_id)
    except Conflict as problem:
        flash(problem_text(problem), "info")
    except Refused as problem:
        flash(" ".join(_reason_texts(problem, case_id)), "info")
    else:
        flash(_("You have taken it. It waits for you alone until you give it back."), "done")
    return redirect(url_for("case.case", case_id=case_id))


@blueprint.post("/<int:item_id>/release")
def release(item_id: int) -> Response:
    """Gives it back to everybody of its role."""
    case_id = _readable(item_id)
    try:
        with writing() as context:
            release_item(context, item_id=item_id)
    except Conflict as problem:
        flash(problem_text(problem), "info")
    else:
        flash(_("It is given back and waits for everybody of the role."), "done")
    return redirect(url_for("case.case", case_id=case_id))


@blueprint.route("/<int:item_id>/reassign", methods=["GET", "POST"])
def reassign(item_id: int) -> Response:
    """Hands it to a colleague who holds the role, with a reason."""
    case_id = _readable(item_id)
    if request.method == "GET":
        return _reassign_page(item_id, case_id, {}, 200)
    try:
        with writing() as context:
            reassign_item(context, item_id=item_id, account_id=number("account"), reason=request.form.get("reason", ""))
    except Invalid as problem:
        return _reassign_page(item_id, case_id, faults(problem), problem.status)
    except Refused as problem:
        told = {"account": " ".join(_reason_texts(problem, case_id))}
        return _reassign_page(item_id, case_id, told, problem.status)
    flash(_("It is handed on."), "done")
    return redirect(url_for("case.case", case_id=case_id))


def _reason_texts(problem: Refused, case_id: int) -> list[str]:
    """Every reason of a refusal, by the words of the case's procedure."""
    procedure = procedure_of(case_id)
    return [reason_text(reason, language(), procedure, {}) for reason in problem.reasons]


def _readable(item_id: int) -> int:
    """The case of an item whose case is open to the reader. Raises Missing."""
    with reading() as context:
        case_id = case_of_item(context, item_id)
        reading_roles(context, case_id)
        return case_id


def _reassign_page(item_id: int, case_id: int, errors: dict[str, str], status: int) -> Response:
    with reading() as context:
        colleagues = colleagues_for(context, item_id)
        view = case_page(context, case_id)
    page = render_template(
        "case/reassign.html",
        view=view,
        holder=next((one for one in view.holders if one.item_id == item_id), None),
        colleagues=[(one.account_id, words(one.name)) for one in colleagues if not one.reasons],
        barred=[
            (words(one.name), reason_text(reason, language(), view.procedure, view.names))
            for one in colleagues
            for reason in one.reasons
        ],
        typed=request.form,
        errors=errors,
    )
    return make_response(page, status)
