"""Keeps what somebody typed on a case's page and has not sent, and forgets it again."""

from flask import Blueprint, flash, jsonify, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from web.case_files import hold_chosen
from web.case_forms import OF_PANEL, form_of, is_empty, procedure_in, typed_at
from web.case_rendering import case_response, told_of
from web.i18n import clock
from web.problems import wants_json
from web.request import now, reading, writing
from workflow.cases.drafts import case_place, discard_draft, save_draft
from workflow.files.holding import release_files
from workflow.problems import Invalid

blueprint = Blueprint("case_drafts", __name__, url_prefix="/cases")


@blueprint.post("/<int:case_id>/drafts/<what>")
def keep(case_id: int, what: str) -> Response:
    """Keeps what was typed into one form of the page; an emptied form is forgotten."""
    with reading() as context:
        procedure = procedure_in(context, case_id)
        typed = typed_at(context, case_id, what)
    form = None if OF_PANEL.fullmatch(what) else form_of(procedure, case_id, what)
    has_files = hold_chosen(case_id, what, form)
    place = case_place(case_id, what)
    try:
        with writing() as context:
            discard_draft(context, place=place) if is_empty(typed) else save_draft(context, place=place, values=typed)
    except Invalid as problem:
        shown = what.partition("-")[0] if OF_PANEL.fullmatch(what) else what
        return case_response(case_id, told_of(problem, procedure, shown, typed))
    if wants_json():
        text = "" if is_empty(typed) else _("Kept as a draft at %(time)s.", time=clock(now()))
        return jsonify({"text": text, "is_kept": not is_empty(typed)})
    flash(
        _("Nothing was typed.") if is_empty(typed) and not has_files else _("Kept as a draft. Only you see it."), "info"
    )
    return _back(case_id, what)


@blueprint.post("/<int:case_id>/drafts/<what>/discard")
def discard(case_id: int, what: str) -> Response:
    """Forgets the reader's draft of one form."""
    with writing() as context:
        procedure_in(context, case_id)
        discard_draft(context, place=case_place(case_id, what))
        release_files(context, place=case_place(case_id, what))
    flash(_("Your draft is discarded."), "info")
    return _back(case_id, what)


def _back(case_id: int, what: str) -> Response:
    """To the form again."""
    return redirect(
        url_for("case.case", case_id=case_id, _anchor="overview" if OF_PANEL.fullmatch(what) else "decision")
    )
