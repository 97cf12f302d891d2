"""A form that comes after its session ran out: what was typed is kept as a draft of the one it was typed by.

Nothing else is done in that person's name and nothing is shown. The request has proved by its token that the form
came from a page of theirs. After signing out, or when a session was revoked, nothing is kept: the form may then come
from somebody else at the same screen.
"""

from contextlib import suppress

from flask import flash, request, url_for
from flask_babel import gettext as _

from web.case_forms import is_empty, procedure_in, typed_at
from web.forms import number
from web.request import writing_for_ended
from workflow.cases.drafts import case_place, save_draft
from workflow.context import Context
from workflow.problems import Problem

NOMINATING = "nominate.form"
"""The form of a nomination has a page of its own, and keeps its draft in the same place."""


def keep_what_was_typed() -> str | None:
    """Keeps a form about a case as a draft; the address of its page, None where nothing was kept."""
    case_id = int((request.view_args or {}).get("case_id", 0))
    if not case_id:
        return None
    with suppress(Problem), writing_for_ended() as context:
        what = _form(context, case_id) if context else None
        if context is None or what is None:
            return None
        typed = typed_at(context, case_id, what)
        if is_empty(typed):
            return None
        save_draft(context, place=case_place(case_id, what), values=typed)
        flash(
            _("Your session ended before this was sent. What you typed is kept as a draft; sign in to go on."), "info"
        )
        return url_for("nominate.form" if request.endpoint == NOMINATING else "case.case", case_id=case_id)
    return None


def _form(context: Context, case_id: int) -> str | None:
    """Which form about a case was sent."""
    given = request.view_args or {}
    if request.endpoint == NOMINATING:
        procedure = procedure_in(context, case_id)
        actions = procedure.states[procedure.starts].actions.items()
        return next((name for name, action in actions if action.form and action.tone == "primary"), None)
    forms = {
        "case.take_action": given.get("action"),
        "case_drafts.keep": given.get("what"),
        "case.opinion": f"opinion-{number('seat')}",
        "case.meeting": f"meeting-{number('panel')}",
    }
    return forms.get(request.endpoint or "")
