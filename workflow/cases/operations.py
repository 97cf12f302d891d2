"""The single write path: opens cases and moves them; case, event, work items and messages in one transaction."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.cases.deciding import ask
from workflow.cases.loading import LoadedCase, load_case, lock_family
from workflow.cases.moving import (
    Acted,
    cancel_case,
    move_by_outcome,
    move_case,
    new_step,
    note_in_state,
    stay_where_it_is,
)
from workflow.cases.naming import check_named, name_people
from workflow.cases.opening import Parent, open_case
from workflow.cases.starting import start_case
from workflow.cases.step import Step
from workflow.cases.tables import CaseForm
from workflow.cases.versions import compiled_version
from workflow.cases.waiving import grant_waiver, reason_text, waivable_actions
from workflow.context import Context
from workflow.engine.decide import ROLE_CODE, Compiled, Decision
from workflow.engine.forms import check_form
from workflow.files.operations import store_files
from workflow.problems import Conflict, Forbidden, Invalid, Problem, Refused
from workflow.procedure.stages import Action
from workflow.record.tables import Event

__all__ = [
    "Acted",
    "Parent",
    "act",
    "cancel_case",
    "grant_waiver",
    "move_by_outcome",
    "note_in_state",
    "open_case",
    "start_case",
    "waivable_actions",
]
"""The door of the write path: everything that changes a case goes in here."""


def act(
    context: Context,
    *,
    case_id: int,
    action: str,
    seen_version: int,
    form: Mapping[str, Any] | None = None,
    reason: str = "",
    target: str | None = None,
    roles: frozenset[str] | None = None,
    command_key: str | None = None,
) -> Acted:
    """Takes an action on a case; `target` is the state chosen where the action may lead to several.

    `roles` stand in for those the actor holds, where another case or an outside system triggers the action. Raises
    Refused with every reason; Forbidden where the actor holds none of the roles; Invalid for a form or reason that does
    not fit; Conflict where the case is no longer the version seen. A command key that was carried out before gives the
    same answer again.
    """
    case = load_case(context.session, case_id)
    compiled = compiled_version(context.session, case.version_id)
    if case.parent_id is not None:
        case = lock_family(context.session, case)
    if case.version != seen_version:
        return _repeated(context.session, case, command_key)
    known = compiled.actions.get((case.state, action))
    if known is None:
        decision = ask(context, compiled, case, action, form=None).decision
        raise Refused(decision.reasons)
    values, faults = _values(compiled, known.action, form)
    asked = ask(context, compiled, case, action, form=values, target=target, roles=roles)
    _raise_unless_allowed(asked.decision, faults.problems if faults else ())
    if faults:
        raise faults
    if target is None and len(asked.decision.targets) > 1:
        raise Invalid("target_required", field="target", allowed=[f"state:{ref}" for ref in asked.decision.targets])
    if known.action.form:
        check_named(context, compiled, case, known.action.form, values or {})
    step = new_step(context, compiled, case, action=action, to_state=asked.decision.to_state or case.state)
    step.role, step.command_key, step.facts = asked.role, command_key, asked.facts
    _add_data(step, known.action, values, _checked_reason(known.action, reason), asked.decision)
    if known.action.form:
        _keep_form(context, case, step, known.action.form, values or {})
        store_files(context, form or {})
        name_people(context.session, compiled, case, known.action.form, values or {})
    if step.to_state == case.state and not compiled.procedure.states[case.state].final:
        return stay_where_it_is(context, compiled, case, step, asked.decision.effects)
    return move_case(context, compiled, case, step, asked.decision.effects)


def repeated(session: Session, case: LoadedCase, command_key: str | None) -> Acted | None:
    """The answer to a command that was carried out before; None where it was not."""
    if command_key is None:
        return None
    row = session.execute(
        select(Event.seq, Event.to_state).where(Event.case_id == case.id, Event.command_key == command_key)
    ).one_or_none()
    return Acted(case.id, case.reference, row.seq, row.to_state, case.version, is_repeat=True) if row else None


def _repeated(session: Session, case: LoadedCase, command_key: str | None) -> Acted:
    """The answer to a command that was carried out before; Conflict where it was not."""
    done = repeated(session, case, command_key)
    if done is None:
        raise Conflict("case_changed", reference=case.reference, seen=case.version)
    return done


def _values(
    compiled: Compiled, action: Action, form: Mapping[str, Any] | None
) -> tuple[dict[str, Any] | None, Invalid | None]:
    """The form's values, or its faults: rules are asked in either case, so that a refusal names everything at once."""
    if action.form is None:
        if form:
            raise Invalid("form_not_expected")
        return None, None
    try:
        return check_form(compiled.procedure.forms[action.form], form or {}), None
    except Invalid as faults:
        return None, faults


def _raise_unless_allowed(decision: Decision, problems: tuple[Problem, ...]) -> None:
    if decision.is_allowed:
        return
    for reason in decision.reasons:
        if reason.code == ROLE_CODE:
            raise Forbidden("role_needed", **reason.params)
    raise Refused(decision.reasons, problems)


def _checked_reason(action: Action, reason: str) -> str:
    text = reason_text(reason)
    if action.reason == "required" and not text:
        raise Invalid("reason_required", field="reason")
    return text


def _add_data(step: Step, action: Action, values: dict[str, Any] | None, reason: str, decision: Decision) -> None:
    if action.form:
        step.data.update(form=action.form, values=values)
    if reason:
        step.data["reason"] = reason
    if decision.waived:
        step.data["waived"] = sorted({waived.guard for waived in decision.waived if waived.guard})


def _keep_form(context: Context, case: LoadedCase, step: Step, form: str, values: dict[str, Any]) -> None:
    context.session.add(
        CaseForm(
            case_id=case.id,
            form=form,
            stage=case.stage,
            seq=case.last_seq + 1,
            values=values,
            filled_at=context.now,
            filled_by=context.actor.account_id,
        )
    )
