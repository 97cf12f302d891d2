"""A form that comes after its session ran out: what was typed is kept as a draft of the one it was typed by.

Nothing else is done in that person's name and nothing is shown. The request has proved by its token that the form
came from a page of theirs. After signing out, or when a session was revoked, nothing is kept: the form may then come
from somebody else at the same screen.
"""

from contextlib import suppress

from flask import flash, request, url_for
from flask_babel import gettext as _

from web.case_forms import is_empty, typed_at
from web.forms import number
from web.request import writing_for_ended
from workflow.cases.drafts import case_place, save_draft
from workflow.problems import Problem


def keep_what_was_typed() -> str | None:
    """Keeps the form of a case's page as a draft; the address of that page, None where nothing was kept."""
    what = _form()
    if what is None:
        return None
    case_id = int((request.view_args or {})["case_id"])
    with suppress(Problem), writing_for_ended() as context:
        if context is None:
            return None
        typed = typed_at(context, case_id, what)
        if is_empty(typed):
            return None
        save_draft(context, place=case_place(case_id, what), values=typed)
        flash(
            _("Your session ended before this was sent. What you typed is kept as a draft; sign in to go on."), "info"
        )
        return url_for("case.case", case_id=case_id)
    return None


def _form() -> str | None:
    """Which form of a case's page was sent."""
    given = request.view_args or {}
    forms = {
        "case.take_action": given.get("action"),
        "case_drafts.keep": given.get("what"),
        "case.opinion": f"opinion-{number('seat')}",
        "case.meeting": f"meeting-{number('panel')}",
    }
    return forms.get(request.endpoint or "")
