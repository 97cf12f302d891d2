"""The case page: where it is, what was said, and what the reader may do about it."""

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from definitions.explaining import action_text, line_text, reason_text, remedy_text, source_text
from web.drawing import drawn
from web.forms import faults, number, prefixed, typed_values
from web.i18n import language, words
from web.problems import problem_text
from web.request import now, reading, stepping, writing
from workflow.cases.case_page import case_page
from workflow.cases.case_views import CaseView
from workflow.cases.inbox import inbox
from workflow.cases.loading import load_case
from workflow.cases.naming import eligible_accounts
from workflow.cases.operations import act, grant_waiver
from workflow.cases.reading import reading_roles
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.engine.panels import Line
from workflow.notices.queries import notices_of_case
from workflow.panels.operations import give_opinion, preview_meeting, record_meeting
from workflow.panels.queries import panels_of_case
from workflow.problems import Conflict, Invalid, Problem, Reason, Refused
from workflow.procedure.model import Procedure

blueprint = Blueprint("case", __name__, url_prefix="/cases")


@dataclass
class Told:
    """What a failed attempt tells: faults by field, refused reasons, what changed meanwhile, and what was typed."""

    action: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    reasons: list[dict[str, Any]] = field(default_factory=list)
    changed: str = ""
    lines: list[str] = field(default_factory=list)
    typed: dict[str, Any] = field(default_factory=dict)
    status: int = 200


def explained(reason: Reason, procedure: Procedure, names: dict[int, str]) -> dict[str, Any]:
    """A reason as the page shows it."""
    return {
        "text": reason_text(reason, language(), procedure, names),
        "remedy": remedy_text(reason, language(), procedure),
        "source": source_text(reason, language(), procedure),
        "guard": reason.guard,
    }


def _accounts(context: Context, view: CaseView) -> dict[str, list[tuple[int, str]]]:
    """For each field that picks people, who may be picked."""
    compiled = compiled_version(context.session, view.case.version_id)
    forms = [view.procedure.forms[action.form] for action in view.actions if action.form]
    fields = {key: f for form in forms for key, f in form.fields.items() if f.type == "accounts" and f.holders_of}
    return {
        key: list(eligible_accounts(context, compiled, view.case, f.holders_of or "").items())
        for key, f in fields.items()
    }


def _page(case_id: int, told: Told | None = None) -> Response:
    told = told or Told()
    with reading() as context:
        view = case_page(context, case_id)
        panels = panels_of_case(context, view.case, view.roles)
        notices = notices_of_case(context, view.case, view.roles)
        accounts = _accounts(context, view)
    visited = frozenset(event.to_state for event in view.events)
    diagram = drawn(view.procedure, view.case.state, visited)
    page = render_template(
        "case/case.html",
        view=view,
        panels=panels,
        notices=notices,
        accounts=accounts,
        diagram=Markup(diagram),  # noqa: S704 - made by us, every text in it escaped
        told=told,
        now=now(),
        explain=lambda reason: explained(reason, view.procedure, view.names),
        action_title=lambda state, name: action_text(view.procedure, state, name, language()),
        line=lambda line: line_text(line, language()),
        explanation=lambda rows: [line_text(Line(row["code"], row["params"]), language()) for row in rows],
    )
    return make_response(page, told.status)


@blueprint.get("/<int:case_id>")
def case(case_id: int) -> Response:
    """The page of a case."""
    return _page(case_id)


@blueprint.post("/<int:case_id>/act/<action>")
def take_action(case_id: int, action: str) -> Response:
    """Takes an action; a refusal shows every reason beside what was typed."""
    procedure = _procedure(case_id)
    form = _form_of(procedure, case_id, action)
    typed = typed_values(form) if form else None
    try:
        with stepping() as context:
            acted = act(
                context,
                case_id=case_id,
                action=action,
                seen_version=number("version"),
                form=typed,
                reason=request.form.get("reason", ""),
                command_key=request.form.get("command_key") or None,
            )
    except (Refused, Invalid, Conflict) as problem:
        return _page(case_id, _told(problem, procedure, action, typed))
    return _done(acted.case_id)


def _done(case_id: int) -> Response:
    """Back to the case, saying who has it next."""
    with reading() as context:
        view = case_page(context, case_id)
        waiting = [item.case_id for item in inbox(context).items if item.case_id != case_id]
        separator = "、" if language() == "zh" else ", "
        names = [
            holder.account or getattr(holder, f"body_{language()}") or words(holder.role) for holder in view.holders
        ]
    if names:
        who = separator.join(dict.fromkeys(names))
        flash(_("Done: %(state)s. Now waiting for %(who)s.", state=words(view.state), who=who), "done")
    else:
        flash(_("Done: %(state)s.", state=words(view.state)), "done")
    if waiting:
        flash(url_for("case.case", case_id=waiting[0]), "next")
    return _redirect(case_id)


def _redirect(case_id: int) -> Response:
    return redirect(url_for("case.case", case_id=case_id))


def _procedure(case_id: int) -> Procedure:
    with reading() as context:
        reading_roles(context, case_id)
        return compiled_version(context.session, load_case(context.session, case_id).version_id).procedure


def _form_of(procedure: Procedure, case_id: int, action: str) -> Any:
    """The form of the action in whichever state has it; an action nobody knows is the operation's to refuse."""
    with reading() as context:
        state = load_case(context.session, case_id).state
    candidates = [procedure.states[state], *procedure.states.values()]
    known = next((s.actions[action] for s in candidates if action in s.actions), None)
    return procedure.forms[known.form] if known and known.form else None


def _told(problem: Problem, procedure: Procedure, action: str, typed: dict[str, Any] | None) -> Told:
    told = Told(action=action, typed={**(typed or {}), "reason": request.form.get("reason", "")}, status=problem.status)
    if isinstance(problem, Refused):
        told.reasons = [explained(reason, procedure, {}) for reason in problem.reasons]
        told.errors = faults(problem, procedure) if problem.problems else {}
    elif isinstance(problem, Conflict):
        told.changed = problem_text(problem)
    else:
        told.errors = faults(problem, procedure)
    return told


@blueprint.post("/<int:case_id>/opinion")
def opinion(case_id: int) -> Response:
    """Gives the reader's opinion in a panel."""
    procedure = _procedure(case_id)
    typed = {"opinion": request.form.get("opinion", ""), **prefixed("score_")}
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
    except (Invalid, Conflict) as problem:
        return _page(case_id, _told(problem, procedure, "opinion", typed))
    if given.settlement.outcome:
        return _done(case_id)
    flash(_("Your opinion is recorded. The case waits for the others."), "done")
    return _redirect(case_id)


@blueprint.post("/<int:case_id>/meeting")
def meeting(case_id: int) -> Response:
    """Records a meeting; with `preview` it only computes what the record would come to."""
    procedure = _procedure(case_id)
    entries = _entries()
    typed: dict[str, Any] = {"entries": entries}
    try:
        if "preview" in request.form:
            with reading() as context:
                settlement = preview_meeting(context, case_id=case_id, entries=entries)
            lines = [line_text(line, language()) for line in settlement.lines]
            typed["outcome"] = settlement.outcome
            return _page(case_id, Told(action="meeting", typed=typed, lines=lines))
        with writing() as context:
            record_meeting(
                context,
                case_id=case_id,
                entries=entries,
                seen_version=number("version"),
                remark=request.form.get("reason", ""),
            )
    except (Invalid, Conflict) as problem:
        told = _told(problem, procedure, "meeting", typed)
        return _page(case_id, told)
    return _done(case_id)


def _entries() -> dict[int, dict[str, str]]:
    entries: dict[int, dict[str, str]] = {}
    for name, value in request.form.items():
        kind, _dash, seat = name.partition("_")
        if kind in {"attendance", "opinion"} and seat.isdecimal() and len(seat) <= 9:
            entries.setdefault(int(seat), {})[kind] = value
    return entries


@blueprint.post("/<int:case_id>/waive")
def waive(case_id: int) -> Response:
    """Sets one rule aside, with a reason."""
    procedure = _procedure(case_id)
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
        return _page(case_id, _told(problem, procedure, f"waive:{guard}", None))
    flash(_("The exception is granted and recorded."), "done")
    return _redirect(case_id)


@blueprint.get("/<int:case_id>/diagram.svg")
def diagram(case_id: int) -> Response:
    """The diagram alone, to be printed or zoomed."""
    with reading() as context:
        view = case_page(context, case_id)
    if not view.roles:
        raise NotFound
    visited = frozenset(event.to_state for event in view.events)
    response = make_response(drawn(view.procedure, view.case.state, visited))
    response.mimetype = "image/svg+xml"
    return response
