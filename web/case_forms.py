"""What a browser sends from the forms of a case's page: what was typed, in the shape in which it is kept and shown."""

import re
from typing import Any

from flask import g, request

from web.case_files import files_with
from web.forms import prefixed, typed_values
from web.request import reading
from workflow.cases.loading import load_case
from workflow.cases.reading import reading_roles
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.problems import Missing
from workflow.procedure.forms import Form
from workflow.procedure.model import Procedure
from workflow.procedure.stages import Action

HAS_DRAFT = "draft"
"""A form that is kept as a draft says so: when it is sent, the draft goes with it."""
OF_PANEL = re.compile(r"(opinion|meeting)-[0-9]{1,9}")
"""Forms of panels are known by the seat or the panel they are for; names of actions have no hyphen."""


def procedure_of(case_id: int) -> Procedure:
    """The procedure of a case. Raises Missing for a reader it is not open to."""
    with reading() as context:
        # Kept for the page that says what went wrong: only the procedure knows what its roles are called.
        g.procedure = procedure_in(context, case_id)
    return g.procedure


def procedure_in(context: Context, case_id: int) -> Procedure:
    """The procedure of a case open to the context's actor. Raises Missing for anybody else."""
    reading_roles(context, case_id)
    return compiled_version(context.session, load_case(context.session, case_id).version_id).procedure


def form_of(procedure: Procedure, case_id: int, action: str) -> Form | None:
    """The form of the action in whichever state has it; an action nobody knows is the operation's to refuse."""
    with reading() as context:
        state = load_case(context.session, case_id).state
    known = _action(procedure, state, action)
    return procedure.forms[known.form] if known and known.form else None


def _action(procedure: Procedure, state: str, name: str) -> Action | None:
    candidates = [procedure.states[state], *procedure.states.values()]
    return next((one.actions[name] for one in candidates if name in one.actions), None)


def typed_form(procedure: Procedure, case_id: int, action: str, form: Form | None) -> dict[str, Any] | None:
    """What was typed into an action's form, and the files that go with it; None where it has none."""
    return typed_values(form) | files_with(procedure, case_id, action, form) if form else None


def typed_opinion() -> dict[str, Any]:
    """The opinion and the points of a seat."""
    return {"opinion": request.form.get("opinion", ""), **prefixed("score_")}


def typed_meeting() -> dict[str, Any]:
    """Attendance and stance of every seat; `rest` is the stance of everybody present who was given none."""
    entries: dict[int, dict[str, str]] = {}
    for name, value in request.form.items():
        kind, _dash, seat = name.partition("_")
        if kind in {"attendance", "opinion"} and seat.isdecimal() and len(seat) <= 9:
            entries.setdefault(int(seat), {})[kind] = value
    rest = request.form.get("rest", "")
    for entry in entries.values():
        if entry.get("attendance") == "present" and not entry.get("opinion"):
            entry["opinion"] = rest
    return {"entries": entries}


def typed_at(context: Context, case_id: int, what: str) -> dict[str, Any]:
    """Everything typed into one form of a case's page, to be kept. Raises Missing for a form nobody knows."""
    procedure = procedure_in(context, case_id)
    if OF_PANEL.fullmatch(what):
        typed = typed_opinion() if what.startswith("opinion") else typed_meeting()
        return {**typed, "reason": request.form.get("reason", "")}
    action = _action(procedure, load_case(context.session, case_id).state, what)
    if action is None:
        raise Missing("page_missing")
    typed = typed_values(procedure.forms[action.form]) if action.form else {}
    beside = {"reason": action.reason != "none", "target": "target" in request.form}
    return typed | {
        name: request.form.get(name, "") for name, is_asked in beside.items() if is_asked and name not in typed
    }


def is_empty(typed: dict[str, Any]) -> bool:
    """Whether nothing was typed at all."""
    return not any(value.strip() if isinstance(value, str) else value for value in typed.values())
