"""Nominating somebody: choose the person, fill in the tasks, check the answers, send, and know what happens next."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from definitions.explaining import reason_text
from web.case_files import files_with, hold_chosen, release
from web.case_rendering import explained
from web.form_fields import AGAIN, changed_form, help_for
from web.forms import faults, number, typed_values
from web.i18n import language, words
from web.problems import problem_text
from web.request import current_actor, now, reading, writing
from workflow.cases.answer_names import titles_of
from workflow.cases.case_page import case_page
from workflow.cases.case_views import CaseView
from workflow.cases.drafts import case_place, discard_draft, draft, save_draft
from workflow.cases.foreseeing import foreseen_reasons
from workflow.cases.offering import ActionView
from workflow.cases.operations import act
from workflow.cases.reading import reading_roles
from workflow.context import Context
from workflow.engine.forms import check_form, missing_fields
from workflow.people.queries import archive_of_body
from workflow.problems import Conflict, Invalid, Missing, Problem, Refused
from workflow.procedure.forms import Form
from workflow.rounds.operations import nominate as open_nomination
from workflow.rounds.queries import called_rounds

blueprint = Blueprint("nominate", __name__)


def _call(context: Context, round_id: int) -> Any:
    """The actor's call in the round. Raises Missing where none of the actor's bodies is called."""
    for body_id in sorted({holding.body_id for holding in current_actor().holdings if holding.role == "officer"}):
        for call in called_rounds(context, body_id=body_id):
            if call.round.round_id == round_id:
                return call
    raise Missing("page_missing")


@blueprint.route("/calls/<int:round_id>/nominate", methods=["GET", "POST"])
def begin(round_id: int) -> Response:
    """Chooses the person and the category; the case begins as a draft."""
    if request.method == "GET":
        return _begin_page(round_id, {}, 200)
    try:
        with writing() as context:
            call = _call(context, round_id)
            acted = open_nomination(
                context,
                round_id=round_id,
                person_id=number("person"),
                category=request.form.get("category", ""),
                body_id=call.body_id,
            )
    except (Invalid, Conflict) as problem:
        return _begin_page(round_id, faults(problem), problem.status)
    except Refused as problem:
        return _begin_page(round_id, {}, problem.status)
    except Missing:
        return _begin_page(round_id, {"person": _("Choose a person from the list.")}, 422)
    return redirect(url_for("nominate.tasks", case_id=acted.case_id))


def _begin_page(round_id: int, errors: dict[str, str], status: int) -> Response:
    search = request.values.get("search", "")[:80]
    with reading() as context:
        call = _call(context, round_id)
        people = archive_of_body(context, call.body_id, search=search or None)
    page = render_template(
        "nominate/begin.html",
        call=call,
        people=people,
        search=search,
        typed=request.form,
        errors=errors,
        closed=[reason_text(reason, language(), None, {}) for reason in call.round.not_open],
    )
    return make_response(page, status)


def _submission(view: CaseView) -> ActionView:
    """The action that sends the nomination. Raises Missing where the case is not a draft of the reader's."""
    found = next((action for action in view.actions if action.form and action.tone == "primary"), None)
    if found is None or view.case.state != view.procedure.starts:
        raise Missing("page_missing")
    return found


def _kept(context: Context, view: CaseView, action: ActionView) -> dict[str, Any]:
    """What has been typed so far: the draft, else what was sent before the case came back."""
    form = action.form or ""
    sent = next((filled.values for filled in view.forms if filled.key == form), {})
    fields = view.procedure.forms[form].fields if form else {}
    typed = {key: value for key, value in sent.items() if fields[key].type != "file"}
    return draft(context, case_place(view.case.id, action.name)) or typed


@blueprint.get("/nominations/<int:case_id>")
def tasks(case_id: int) -> Response:
    """The task list: the person, the form, whether the rules are met, and sending."""
    with reading() as context:
        view = case_page(context, case_id)
        if view.case.state != view.procedure.starts:
            return redirect(url_for("case.case", case_id=case_id))
        action = _submission(view)
        kept = _kept(context, view, action)
        reasons = foreseen_reasons(context, case_id=case_id, action=action.name, typed=_given(kept))
    form = view.procedure.forms[action.form or ""]
    page = render_template(
        "nominate/tasks.html",
        view=view,
        action=action,
        form=form,
        missing=[key for key in missing_fields(form, _given(kept)) if key not in _files_of(form)],
        reasons=[explained(reason, view.procedure, view.names) for reason in reasons],
        is_waivable=any(reason.waivable_by for reason in reasons),
        others_stay=not all(reason.waivable_by for reason in reasons),
        returned=_returned(view),
        now=now(),
    )
    return make_response(page)


def _given(kept: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in kept.items() if value not in ("", None, [])}


def _returned(view: CaseView) -> Any:
    """The event that handed the case back, where it came back."""
    last = view.events[-1]
    return (
        last if last.seq > 1 and last.to_state == view.procedure.starts and last.from_state != last.to_state else None
    )


@blueprint.route("/nominations/<int:case_id>/form", methods=["GET", "POST"])
def form(case_id: int) -> Response:
    """The form, kept on the server as typed; faults are shown and nothing is lost."""
    with reading() as context:
        view = case_page(context, case_id)
        action = _submission(view)
        kept = _kept(context, view, action)
    rules = view.procedure.forms[action.form or ""]
    errors: dict[str, str] = {}
    if request.method == "POST" and AGAIN in request.form:
        kept = changed_form(rules, typed_values(rules, keeps_empty_rows=True), request.form[AGAIN])
    elif request.method == "POST":
        kept = typed_values(rules)
        with writing() as context:
            save_draft(context, place=case_place(case_id, action.name), values=kept)
        try:
            check_form(rules, kept)
        except Invalid as problem:
            found = {} if request.form.get("later") else faults(problem, view.procedure)
            # Files are chosen on the page that sends the form: nothing keeps them until then.
            errors = {key: text for key, text in found.items() if key not in _files_of(rules)}
        if not errors:
            target = "nominate.tasks" if request.form.get("later") else "nominate.check"
            return redirect(url_for(target, case_id=case_id))
    with reading() as context:
        beside = help_for(context, view, rules, kept)
    page = render_template("nominate/form.html", view=view, form=rules, kept=kept, errors=errors, help=beside)
    return make_response(page, 422 if errors else 200)


def _files_of(form: Form) -> frozenset[str]:
    """The questions that are answered with files."""
    return frozenset(key for key, field in form.fields.items() if field.type == "file")


@blueprint.route("/nominations/<int:case_id>/check", methods=["GET", "POST"])
def check(case_id: int) -> Response:
    """Check the answers, and send."""
    problem: Problem | None = None
    with reading() as context:
        view = case_page(context, case_id)
        action = _submission(view)
        kept = _kept(context, view, action)
    if request.method == "POST":
        rules = view.procedure.forms[action.form or ""]
        kept |= files_with(view.procedure, case_id, action.name, rules)
        try:
            with writing() as context:
                act(context, case_id=case_id, action=action.name, seen_version=number("version"), form=kept)
                discard_draft(context, place=case_place(case_id, action.name))
                release(context, case_id, action.name, rules)
        except (Refused, Invalid, Conflict) as refused:
            problem = refused
            hold_chosen(case_id, action.name, rules)
        else:
            return redirect(url_for("nominate.sent", case_id=case_id))
    return _check_page(view, action, kept, problem)


def _check_page(view: CaseView, action: ActionView, kept: dict[str, Any], problem: Problem | None) -> Response:
    is_faulty = isinstance(problem, Invalid) or (isinstance(problem, Refused) and bool(problem.problems))
    errors = faults(problem, view.procedure) if problem is not None and is_faulty else {}
    with reading() as context:
        foreseen = foreseen_reasons(context, case_id=view.case.id, action=action.name, typed=_given(kept))
        reasons = problem.reasons if isinstance(problem, Refused) else foreseen
        titles = titles_of(context.session, view.procedure, [(action.form or "", kept)])
        beside = help_for(
            context, view, view.procedure.forms[action.form or ""], kept, action=action.name, goes_on=True
        )
    page = render_template(
        "nominate/check.html",
        view=view,
        action=action,
        form=view.procedure.forms[action.form or ""],
        kept=kept,
        titles=titles,
        help=beside,
        errors=errors,
        changed=problem_text(problem) if isinstance(problem, Conflict) else "",
        reasons=[explained(reason, view.procedure, view.names) for reason in reasons],
        is_waivable=any(reason.waivable_by for reason in reasons),
        others_stay=not all(reason.waivable_by for reason in reasons),
    )
    return make_response(page, problem.status if problem else 200)


@blueprint.get("/nominations/<int:case_id>/sent")
def sent(case_id: int) -> str:
    """The confirmation: the reference, who has it now, and what happens next."""
    with reading() as context:
        view = case_page(context, case_id)
    return render_template("nominate/sent.html", view=view)


@blueprint.post("/nominations/<int:case_id>/exception")
def ask_exception(case_id: int) -> Response:
    """Asks for an exception to the rules that fail."""
    with reading() as context:
        reading_roles(context, case_id)
    try:
        with writing() as context:
            act(
                context,
                case_id=case_id,
                action="ask_exception",
                seen_version=number("version"),
                reason=request.form.get("reason", ""),
            )
    except (Invalid, Conflict) as problem:
        flash(problem_text(problem), "info")
        return redirect(url_for("nominate.tasks", case_id=case_id))
    with reading() as context:
        view = case_page(context, case_id)
    flash(_("Asked. The case is now at: %(state)s.", state=words(view.state)), "done")
    return redirect(url_for("case.case", case_id=case_id))
