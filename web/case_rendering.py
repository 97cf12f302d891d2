"""Draws the case page: the case, what a failed attempt tells, what is kept as a draft, and what is new to its reader."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import make_response, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from definitions.explaining import reason_text, remedy_text, source_text
from definitions.notifying import notification_text
from web.drawing import drawn
from web.form_fields import FormHelp, help_for
from web.forms import faults
from web.i18n import language
from web.problems import problem_text
from web.request import noting, now, reading, settings
from workflow.cases.attached import attached_files
from workflow.cases.case_page import case_page
from workflow.cases.case_views import CaseView
from workflow.cases.changes import comparisons, since_view
from workflow.cases.family import family_of_case
from workflow.cases.last_views import Visit, note_visit
from workflow.cases.offering import ActionView
from workflow.cases.recalling import as_seen
from workflow.cases.standing import standing
from workflow.cases.timeline import Timeline, timeline
from workflow.context import Context
from workflow.documents.queries import documents_in
from workflow.notices.queries import notices_of_case
from workflow.panels.queries import panels_of_case
from workflow.panels.views import PanelView
from workflow.people.called import Name
from workflow.problems import Conflict, Problem, Reason, Refused, Unavailable
from workflow.procedure.model import Procedure


@dataclass
class Told:
    """What a failed attempt tells: faults by field, refused reasons, what changed meanwhile, and what was typed."""

    action: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    refused: tuple[Reason, ...] = ()
    changed: str = ""
    lines: list[str] = field(default_factory=list)
    typed: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    preview: date | None = None
    """The last day of the deadline as it would be with what was typed."""


@dataclass(frozen=True)
class ShownDraft:
    """A draft as the page shows it; it is outdated when the case moved after it was kept."""

    what: str
    values: dict[str, Any]
    saved_at: datetime
    is_today: bool
    is_outdated: bool


def told_of(problem: Problem, procedure: Procedure, action: str, typed: dict[str, Any] | None) -> Told:
    """What a problem tells, beside what was typed."""
    told = Told(action=action, typed={**(typed or {}), **typed_beside()}, status=problem.status)
    if isinstance(problem, Refused):
        told.refused = problem.reasons
        told.errors = faults(problem, procedure) if problem.problems else {}
    elif isinstance(problem, Conflict):
        told.changed = problem_text(problem)
    else:
        told.errors = faults(problem, procedure)
    return told


def typed_beside() -> dict[str, str]:
    """What was typed beside the form of an action: why, and where to."""
    return {name: request.form.get(name, "") for name in ("reason", "target")}


def explained(reason: Reason, procedure: Procedure, names: Mapping[int, Name]) -> dict[str, Any]:
    """A reason as the page shows it."""
    return {
        "text": reason_text(reason, language(), procedure, names),
        "remedy": remedy_text(reason, language(), procedure),
        "source": source_text(reason, language(), procedure),
        "guard": reason.guard,
    }


def case_response(case_id: int, told: Told | None = None) -> Response:
    """The page of a case, with what a failed attempt tells; of a form on a page of its own, that page again."""
    told = told or Told()
    if told.action and request.form.get("alone") and (alone := alone_response(case_id, told.action, told)):
        return alone
    with reading() as context:
        view = case_page(context, case_id)
        panels = panels_of_case(context, view.case, roles=view.roles, visited=view.visited)
        notices = notices_of_case(context, view.case, roles=view.roles, visited=view.visited)
        drafts = _drafts(view)
        helps = {action.name: _help(context, view, action, told, drafts) for action in view.actions if action.form}
        family = family_of_case(context, view)
        shown = timeline(context, view, request.args.get("show", ""))
    page = render_template(
        "case/case.html",
        view=view,
        panels=panels,
        notices=notices,
        **_papers(view),
        helps=helps,
        family=family,
        standing=standing(view),
        told=told,
        now=now(),
        drafts=drafts,
        leftover=_leftover(drafts, view, panels),
        **_history(view, shown),
        explain=lambda reason: explained(as_seen(view, reason), view.procedure, view.names),
    )
    if view.is_visit_new and request.method == "GET":
        _note(case_id, view.visit)
    return make_response(page, told.status)


def alone_response(case_id: int, name: str, told: Told | None = None) -> Response | None:
    """The form of one action on a page of its own; None where the reader has no such form now."""
    told = told or Told()
    with reading() as context:
        view = case_page(context, case_id)
        action = next((one for one in view.actions if one.name == name and one.form), None)
        if action is None:
            return None
        drafts = _drafts(view)
        helps = {name: _help(context, view, action, told, drafts)}
    page = render_template(
        "case/alone.html",
        view=view,
        action=action,
        helps=helps,
        told=told,
        drafts=drafts,
        explain=lambda reason: explained(as_seen(view, reason), view.procedure, view.names),
    )
    return make_response(page, told.status)


def _help(context: Context, view: CaseView, action: ActionView, told: Told, drafts: dict[str, ShownDraft]) -> FormHelp:
    kept = drafts[action.name].values if action.name in drafts else {}
    typed = told.typed if told.action == action.name else kept
    form = view.procedure.forms[action.form or ""]
    return help_for(context, view, form, typed, action=action.name, goes_on=action.tone == "primary")


def _papers(view: CaseView) -> dict[str, Any]:
    return {"documents": documents_in(view), "files": attached_files(view)}


def _note(case_id: int, visit: Visit) -> None:
    """A busy database keeps nobody from reading: then the next look is noted."""
    with suppress(Unavailable), noting() as context:
        note_visit(context, case_id=case_id, visit=visit)


def _history(view: CaseView, shown: Timeline) -> dict[str, Any]:
    chosen = {name: request.args.get(name, 0, type=int) for name in ("older", "newer")}
    return {
        "shown": shown,
        "compared": comparisons(view, form=request.args.get("form", ""), **chosen),
        "since": since_view(view, view.visit),
        "diagram": Markup(drawn(view.procedure, view.case.state, view.visited)),  # noqa: S704 - ours, every text escaped
        "subject": lambda message: notification_text(
            message.template, language(), message.params, {view.procedure.digest: view.procedure}
        )[0],
    }


def _drafts(view: CaseView) -> dict[str, ShownDraft]:
    zone = settings().zone
    today = now().astimezone(zone).date()
    return {
        what: ShownDraft(
            what=what,
            values=_entered(one.values),
            saved_at=one.saved_at,
            is_today=one.saved_at.astimezone(zone).date() == today,
            is_outdated=one.saved_at < view.entered_at,
        )
        for what, one in view.drafts.items()
    }


def _entered(values: dict[str, Any]) -> dict[str, Any]:
    """Seats are numbers again, as they were before they were kept."""
    if "entries" not in values:
        return values
    return {**values, "entries": {int(seat): entry for seat, entry in values["entries"].items()}}


def _leftover(drafts: dict[str, ShownDraft], view: CaseView, panels: tuple[PanelView, ...]) -> list[ShownDraft]:
    """Drafts of forms that are not on the page any more."""
    present = {action.name for action in view.actions}
    present |= {f"meeting-{panel.id}" for panel in panels if panel.may_record}
    present |= {f"opinion-{panel.my_open_seat.id}" for panel in panels if panel.my_open_seat}
    return [draft for what, draft in drafts.items() if what not in present]
