"""Writing a definition: a text that is checked as it is saved, and published by somebody else."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from definitions.library import catalogue
from web.forms import faults, number
from web.problems import problem_text
from web.procedure_rendering import check_text, diagram_of, differences
from web.request import reading, writing
from workflow.cases.versions import newest_version
from workflow.context import Context
from workflow.problems import Conflict, Forbidden, Invalid, Missing, Problem
from workflow.procedure.findings import Unsound
from workflow.procedure.model import Procedure
from workflow.versions.operations import publish_draft, require_designer, save_draft, withdraw_draft
from workflow.versions.queries import DraftView, source_of
from workflow.versions.queries import draft as draft_of

blueprint = Blueprint("procedure_drafts", __name__, url_prefix="/procedure-drafts")


@blueprint.get("/new")
def new() -> Response:
    """An editor with the text of a version to begin with, or empty."""
    version_id = request.args.get("version", 0, type=int)
    with reading() as context:
        require_designer(context)
        source = source_of(context, version_id) if version_id else ""
    return _editor(None, {"source": source})


@blueprint.post("/new")
def create() -> Response:
    """Keeps a new draft, sound or not."""
    return _save(None)


@blueprint.get("/<int:draft_id>")
def draft(draft_id: int) -> Response:
    """A draft: its author edits it, others read it."""
    with reading() as context:
        view = draft_of(context, draft_id)
    return _editor(view, {})


@blueprint.post("/<int:draft_id>")
def save(draft_id: int) -> Response:
    """Keeps the author's draft anew."""
    with reading() as context:
        view = draft_of(context, draft_id)
    return _save(view)


def _save(view: DraftView | None) -> Response:
    given = {name: request.form.get(name, "") for name in ("source", "note_en", "note_zh")}
    try:
        with writing() as context:
            saved = save_draft(
                context,
                **given,
                draft_id=view.id if view else None,
                seen_revision=number("revision") if view else None,
            )
    except (Invalid, Conflict) as problem:
        return _editor(view, given, problem)
    is_sound = check_text(given["source"]).procedure is not None
    flash(_("The draft is kept.") if is_sound else _("The draft is kept; what is wrong with it stands below."), "done")
    return redirect(url_for("procedure_drafts.draft", draft_id=saved.draft_id))


def _editor(view: DraftView | None, typed: dict[str, str], problem: Problem | None = None) -> Response:
    shown = {name: typed.get(name, getattr(view, name, "")) for name in ("source", "note_en", "note_zh")}
    checked = check_text(shown["source"]) if shown["source"].strip() else None
    page = render_template(
        "procedures/draft.html",
        draft=view,
        typed=shown,
        checked=checked,
        diagram=diagram_of(checked.procedure) if checked and checked.procedure else "",
        errors=faults(problem) if problem else {},
        is_open=view is None or view.status == "open",
        is_own=view is None or view.is_own,
    )
    return make_response(page, problem.status if problem else 200)


@blueprint.post("/check")
def check() -> str:
    """What is wrong with a text, and its diagram: asked while one types, nothing is kept."""
    with reading() as context:
        require_designer(context)
    checked = check_text(request.form.get("source", ""))
    diagram = diagram_of(checked.procedure) if checked.procedure else ""
    return render_template("procedures/checked.html", checked=checked, diagram=diagram)


@blueprint.post("/<int:draft_id>/withdraw")
def withdraw(draft_id: int) -> Response:
    """Closes the author's draft without publishing it."""
    with reading() as context:
        draft_of(context, draft_id)
    try:
        with writing() as context:
            withdraw_draft(context, draft_id=draft_id)
    except Conflict as problem:
        flash(problem_text(problem), "info")
    else:
        flash(_("The draft is withdrawn; its text is kept."), "done")
    return redirect(url_for("procedure_drafts.draft", draft_id=draft_id))


@blueprint.get("/<int:draft_id>/publish")
def publish(draft_id: int) -> Response:
    """What would change, for the second person to read before they publish."""
    return _publish_page(draft_id)


def _publish_page(draft_id: int, problem: Problem | None = None) -> Response:
    with reading() as context:
        view = draft_of(context, draft_id)
        checked = check_text(view.source)
        before = _newest(context, checked.procedure.procedure if checked.procedure else view.key)
    changes = differences(before, checked.procedure) if before and checked.procedure else []
    page = render_template(
        "procedures/publish.html",
        draft=view,
        checked=checked,
        before=before,
        changes=changes,
        errors=faults(problem) if problem else {},
    )
    return make_response(page, problem.status if problem else 200)


def _newest(context: Context, key: str) -> Procedure | None:
    try:
        return newest_version(context.session, key)[1].procedure
    except Missing:
        return None


@blueprint.post("/<int:draft_id>/publish")
def publish_it(draft_id: int) -> Response:
    """Makes the draft a version, as it was read."""
    with reading() as context:
        view = draft_of(context, draft_id)
    try:
        with writing() as context:
            publish_draft(context, draft_id=draft_id, seen_revision=number("revision"), vocabulary=catalogue())
    except (Invalid, Conflict, Forbidden) as problem:
        return _publish_page(draft_id, problem)
    except Unsound:
        return make_response(_publish_page(draft_id).get_data(as_text=True), 422)
    flash(_("The version is published. Cases begun from now on follow it; those running stay with theirs."), "done")
    return redirect(url_for("procedures.procedure", key=check_text(view.source).procedure.procedure))  # type: ignore[union-attr]
