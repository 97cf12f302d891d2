"""What a case brings with it into a state: who is waited for, what falls due, who may read from now on."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from workflow.calendar.queries import calendar
from workflow.cases.follow_ups import Moved, follow_up_named
from workflow.cases.gathering import gather_facts
from workflow.cases.loading import LoadedCase
from workflow.cases.roles import Address, addresses_of, body_role_of
from workflow.context import Context
from workflow.engine.deadlines import plan_deadline
from workflow.engine.decide import Compiled
from workflow.engine.effects import Effect, Notify
from workflow.procedure.stages import Deadline, State
from workflow.store.types import canonical_json, instant, instant_text


def enter_state(context: Context, moved: Moved, effects: tuple[Effect, ...]) -> None:
    """Fills the step with everything that follows from entering its state, effects first."""
    step, case, compiled = moved.step, moved.case, moved.compiled
    state = compiled.procedure.states[step.to_state]
    _leave(context, moved)
    for effect in effects:
        if isinstance(effect, Notify):
            _tell(context, moved, effect)
        else:
            follow_up_named(effect.key)(context, moved, effect)
    step.is_final, step.outcome = state.final is not None, state.final
    if state.deadline:
        _start_timers(context, moved, state.deadline)
    if case.stage != step.to_state.partition(".")[0] or case.last_seq == 0:
        step.readers += _readers(context.session, compiled, case, step.to_state)
    if state.panel:
        follow_up_named("enter:panel")(context, moved, state.panel)
    elif state.notice:
        follow_up_named("enter:notice")(context, moved, state.notice)
    for role in awaited_roles(state):
        for address in addresses_of(context.session, compiled, case, role):
            # The clock has no account, and neither has a role in a body: only somebody themselves need not be told.
            is_own = address.account_id is not None and address.account_id == context.actor.account_id
            wait_for(moved, address, is_told=not is_own)


def awaited_roles(state: State) -> tuple[str, ...]:
    """Roles whose move a state waits for, each once; a panel's own seats apart."""
    roles = [role for action in state.actions.values() if action.awaited for role in action.by]
    return tuple(dict.fromkeys(roles))


def wait_for(moved: Moved, address: Address, *, seat_id: int | None = None, is_told: bool = True) -> None:
    """Adds a work item for an address, and the message that says so."""
    step = moved.step
    step.items.append(
        {
            "case_id": moved.case.id,
            "body_role_id": address.body_role_id,
            "account_id": address.account_id,
            "seat_id": seat_id,
            "role": address.role,
            "state": step.to_state,
            "created_at": step.at,
            "due_at": step.due_at,
            "is_open": True,
        }
    )
    if is_told:
        _message(moved, address, "work_waiting")


def _message(moved: Moved, address: Address, template: str, **params: Any) -> None:
    step, case = moved.step, moved.case
    shown = {"reference": case.reference, "state": step.to_state, "due_at": step.due_at, **params}
    step.messages.append(
        {
            "template": template,
            "params": canonical_json({**shown, "digest": step.digest}),
            "case_id": case.id,
            "body_role_id": address.body_role_id,
            "account_id": address.account_id,
            "created_at": step.at,
            "once_key": None,
        }
    )


def _tell(context: Context, moved: Moved, effect: Notify) -> None:
    for address in addresses_of(context.session, moved.compiled, moved.case, effect.to):
        _message(moved, address, effect.template, reason=moved.step.data.get("reason", ""))


def _leave(context: Context, moved: Moved) -> None:
    if not moved.case.last_seq:
        return
    left = moved.compiled.procedure.states[moved.case.state]
    if left.panel:
        follow_up_named("leave:panel")(context, moved, left.panel)
    elif left.notice:
        follow_up_named("leave:notice")(context, moved, left.notice)


def _readers(session: Session, compiled: Compiled, case: LoadedCase, ref: str) -> list[dict[str, Any]]:
    """Rows for roles that act in the stage entered; named people and panel members come with their panel."""
    stage = ref.partition(".")[0]
    panels = [state.panel for state in compiled.procedure.stages[stage].states.values() if state.panel]
    members = {panel.of.everyone for panel in panels}
    rows = []
    for role in sorted(compiled.procedure.acting_roles(stage) - members | set(compiled.procedure.seen_by)):
        if not compiled.procedure.roles[role].is_chosen:
            rows += [reader_row(case.id, address) for address in addresses_of(session, compiled, case, role)]
    return rows


def reader_row(case_id: int, address: Address) -> dict[str, Any]:
    """The row that lets an address read a case under its role."""
    return {
        "case_id": case_id,
        "body_role_id": address.body_role_id,
        "account_id": address.account_id,
        "role": address.role,
    }


def _start_timers(context: Context, moved: Moved, deadline: Deadline) -> None:
    step = moved.step
    plan = plan_deadline(
        deadline,
        entered=instant(step.at),
        calendar=calendar(context),
        zone=context.zone,
        dates=_dates(context, moved.case, deadline),
    )
    if plan is None:
        return
    step.due_at = instant_text(plan.due_at)
    step.data["due"] = {"at": step.due_at, "calendar": plan.calendar_version, "is_provisional": plan.is_provisional}
    for rung in plan.rungs:
        params: dict[str, Any] = {"reference": moved.case.reference, "digest": step.digest, "due_at": step.due_at}
        if rung.kind == "escalate" and deadline.escalate:
            role = moved.compiled.procedure.roles[deadline.escalate.to]
            params["body_role_id"] = body_role_of(context.session, role, moved.case.body_id)
        step.timers.append(
            {
                "kind": rung.kind,
                "case_id": moved.case.id,
                "state": step.to_state,
                "rung": rung.rung,
                "due_at": instant_text(rung.due_at),
                "is_open": True,
                "params": canonical_json(params),
            }
        )


def _dates(context: Context, case: LoadedCase, deadline: Deadline) -> dict[str, date | None]:
    if deadline.on is None:
        return {}
    facts = gather_facts(context, case, needs=(deadline.on,), form=None)
    text = facts[deadline.on]
    return {deadline.on: None if text is None else date.fromisoformat(text)}
