"""The case page: where it is, what was said, and what the reader may do about it."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from definitions.explaining import line_text
from definitions.wording import outcome_text
from web.case_files import hold_chosen, release
from web.case_forms import HAS_DRAFT, form_of, procedure_of, typed_form, typed_meeting, typed_opinion
from web.case_rendering import Told, alone_response, case_response, told_of, typed_beside
from web.drawing import drawn
from web.form_fields import AGAIN, changed_form
from web.forms import number, prefixed, typed_values
from web.i18n import language, words
from web.request import reading, stepping, writing
from workflow.cases.case_page import case_page
from workflow.cases.case_views import CaseView
from workflow.cases.drafts import case_place, discard_draft
from workflow.cases.inbox import inbox
from workflow.cases.offering import extended_by
from workflow.cases.operations import act, grant_waiver
from workflow.panels.operations import give_opinion, preview_meeting, record_meeting
from workflow.problems import Conflict, Invalid, Missing, Refused

blueprint = Blueprint("case", __name__, url_prefix="/cases")
LONGEST_NUMBER = 4
"""Digits of a number of days or months somebody types."""


@blueprint.get("/<int:case_id>")
def case(case_id: int) -> Response:
    """The page of a case."""
    return case_response(case_id)


@blueprint.post("/<int:case_id>/act/<action>")
def take_action(case_id: int, action: str) -> Response:
    """Takes an action; a refusal shows every reason beside what was typed."""
    procedure = procedure_of(case_id)
    form = form_of(procedure, case_id, action)
    typed = typed_form(procedure, case_id, action, form)
    has_draft = HAS_DRAFT in request.form
    try:
        with (writing if has_draft else stepping)() as context:
            acted = act(
                context,
                case_id=case_id,
                action=action,
                seen_version=number("version"),
                form=typed,
                reason=request.form.get("reason", ""),
                target=request.form.get("target") or None,
                command_key=request.form.get("command_key") or None,
            )
            if has_draft:
                discard_draft(context, place=case_place(case_id, action))
                release(context, case_id, action, form)
    except (Refused, Invalid, Conflict) as problem:
        hold_chosen(case_id, action, form)
        return case_response(case_id, told_of(problem, procedure, action, typed))
    return _done(acted.case_id)


@blueprint.get("/<int:case_id>/act/<action>")
def form_alone(case_id: int, action: str) -> Response:
    """The form of an action on a page of its own, for long ones; an action without one is on the case's page."""
    return alone_response(case_id, action) or _redirect(case_id)


@blueprint.get("/<int:case_id>/again/<action>")
def once_more(case_id: int, action: str) -> Response:
    """Somebody comes back to where a form was shown again: the form as it is kept."""
    return alone_response(case_id, action) or _redirect(case_id)


@blueprint.post("/<int:case_id>/again/<action>")
def again(case_id: int, action: str) -> Response:
    """The form once more with a row added or taken away, people found, or the date shown; nothing is done.

    Of what was sent only files are held: the browser forgets which were chosen.
    """
    procedure = procedure_of(case_id)
    form = form_of(procedure, case_id, action)
    what = request.form.get(AGAIN, "")
    typed = changed_form(form, typed_values(form, keeps_empty_rows=True), what) if form else {}
    told = Told(action=action, typed={**typed, **typed_beside()})
    hold_chosen(case_id, action, form)
    if what == "preview":
        told.preview = _preview_of(case_id, action, typed)
    return case_response(case_id, told)


def _preview_of(case_id: int, action: str, typed: dict[str, Any]) -> date | None:
    """The last day as the answers would move it; None where they do not say a number."""
    with reading() as context:
        view = case_page(context, case_id)
        offered = next((one.extends for one in view.actions if one.name == action), None)
        text = str(typed.get(offered.number_from or "", "")).strip() if offered else ""
        if offered is None or not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
            return None
        return extended_by(context, view.case, offered, int(text)) if int(text) else None


def _done(case_id: int, outcome: str | None = None) -> Response:
    """Back to the case, saying what came of a meeting and who has it next; to the inbox where it is closed to the reader."""
    try:
        with reading() as context:
            view = case_page(context, case_id)
    except Missing:
        flash(_("Done. The case has gone on and is not open to you any more."), "done")
        return redirect(url_for("inbox.inbox"))
    with reading() as context:
        waiting = [item.case_id for item in inbox(context).items if item.case_id != case_id]
    flash(_said_of(view, outcome), "done")
    if waiting:
        flash(url_for("case.case", case_id=waiting[0]), "next")
    return _redirect(case_id)


def _said_of(view: CaseView, outcome: str | None) -> str:
    """Where the case is now and who has it; after a meeting also what it came to: a void one leaves the case in its place."""
    separator = "、" if language() == "zh" else ", "
    names = [
        words(holder.account) or getattr(holder, f"body_{language()}") or words(holder.role) for holder in view.holders
    ]
    state, who = words(view.state), separator.join(dict.fromkeys(names))
    if outcome is not None:
        before = view.procedure.states[view.events[-1].from_state or view.case.state]
        result = outcome_text(before, outcome, language())
        if names:
            return _("Recorded: %(result)s. Now: %(state)s, with %(who)s.", result=result, state=state, who=who)
        return _("Recorded: %(result)s. Now: %(state)s.", result=result, state=state)
    if names:
        return _("Done: %(state)s. Now waiting for %(who)s.", state=state, who=who)
    return _("Done: %(state)s.", state=state)


def _redirect(case_id: int) -> Response:
    return redirect(url_for("case.case", case_id=case_id))


@blueprint.post("/<int:case_id>/opinion")
def opinion(case_id: int) -> Response:
    """Gives the reader's opinion in a panel."""
    procedure = procedure_of(case_id)
    typed = typed_opinion()
    try:
        with writing() as context:
            given = give_opinion(
                context,
                case_id=case_id,
                seat_id=number("seat"),
                opinion=typed["opinion"],
                reason=request.form.get("reason", ""),
                scores=prefixed("score_"),
            )
            discard_draft(context, place=case_place(case_id, f"opinion-{number('seat')}"))
    except (Invalid, Conflict) as problem:
        return case_response(case_id, told_of(problem, procedure, "opinion", typed))
    if given.settlement.outcome:
        return _done(case_id)
    flash(_("Your opinion is recorded. The case waits for the others."), "done")
    return _redirect(case_id)


@blueprint.post("/<int:case_id>/meeting")
def meeting(case_id: int) -> Response:
    """Records a meeting; with `preview` it only computes what the record would come to."""
    procedure = procedure_of(case_id)
    typed = typed_meeting()
    entries = typed["entries"]
    try:
        if "preview" in request.form:
            with reading() as context:
                settlement = preview_meeting(context, case_id=case_id, entries=entries)
            lines = [line_text(line, language()) for line in settlement.lines]
            typed["outcome"] = settlement.outcome
            return case_response(case_id, Told(action="meeting", typed=typed, lines=lines))
        with writing() as context:
            settled = record_meeting(
                context,
                case_id=case_id,
                entries=entries,
                seen_version=number("version"),
                remark=request.form.get("reason", ""),
            )
            discard_draft(context, place=case_place(case_id, f"meeting-{number('panel')}"))
    except (Invalid, Conflict) as problem:
        return case_response(case_id, told_of(problem, procedure, "meeting", typed))
    return _done(case_id, settled.settlement.outcome)


@blueprint.post("/<int:case_id>/waive")
def waive(case_id: int) -> Response:
    """Sets one rule aside, with a reason."""
    procedure = procedure_of(case_id)
    guard = request.form.get("guard", "")
    try:
        with writing() as context:
            grant_waiver(
                context,
                case_id=case_id,
                guard=guard,
                reason=request.form.get("reason", ""),
                seen_version=number("version"),
            )
    except (Invalid, Conflict) as problem:
        return case_response(case_id, told_of(problem, procedure, f"waive:{guard}", None))
    flash(_("The exception is granted and recorded."), "done")
    return _redirect(case_id)


@blueprint.get("/<int:case_id>/diagram.svg")
def diagram(case_id: int) -> Response:
    """The diagram alone, to be printed or zoomed."""
    with reading() as context:
        view = case_page(context, case_id)
    if not view.roles:
        raise NotFound
    response = make_response(drawn(view.procedure, view.case.state, view.visited))
    response.mimetype = "image/svg+xml"
    return response
