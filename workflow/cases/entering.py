"""What a case brings with it into a state: who is waited for, what falls due, who may read from now on."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from workflow.calendar.queries import calendar
from workflow.cases.follow_ups import Moved, follow_up_named
from workflow.cases.gathering import gather_facts
from workflow.cases.loading import LoadedCase
from workflow.cases.resting import rested
from workflow.cases.roles import Address, addresses_of, body_role_of
from workflow.context import Context
from workflow.engine.deadlines import plan_deadline
from workflow.engine.decide import Compiled
from workflow.engine.effects import Effect, MakeDocument, Notify
from workflow.procedure.stages import Deadline, State
from workflow.store.types import canonical_json, instant, instant_text

EXTENDED = "extended"
"""In an event's data: from which last day to which the deadline was moved."""


def enter_state(context: Context, moved: Moved, effects: tuple[Effect, ...]) -> None:
    """Fills the step with everything that follows from entering its state, effects first.

    What the state itself has follow comes after its children are opened, so that it can act on them.
    """
    step, case, compiled = moved.step, moved.case, moved.compiled
    state = compiled.procedure.states[step.to_state]
    own = compiled.entry_effects.get(step.to_state, ())
    _leave(context, moved)
    _follow(context, moved, effects if state.children else effects + own)
    step.is_final, step.outcome = state.final is not None, state.final
    if step.is_final:
        follow_up_named("ended")(context, moved, state)
    if state.deadline:
        start_timers(context, moved, state.deadline)
    if case.stage != step.to_state.partition(".")[0] or case.last_seq == 0:
        step.readers += stage_readers(context.session, compiled, case, step.to_state)
    if state.panel:
        follow_up_named("enter:panel")(context, moved, state.panel)
    elif state.notice:
        follow_up_named("enter:notice")(context, moved, state.notice)
    elif state.children:
        follow_up_named("enter:children")(context, moved, state.children)
        _follow(context, moved, own)
    _make_documents(context, moved, effects + own)
    ask_awaited(context, moved, state)


def stay_in_state(context: Context, moved: Moved, effects: tuple[Effect, ...]) -> None:
    """Fills the step of an action that leads back to where the case is: whoever is waited for and until when stays so.

    An effect that extends the deadline sets up its reminders, and the work, anew.
    """
    step, case = moved.step, moved.case
    step.closes_items, step.outcome = False, case.outcome
    _follow(context, moved, effects)
    _make_documents(context, moved, effects)
    if EXTENDED in step.data:
        step.closes_items = True
        state = moved.compiled.procedure.states[case.state]
        if state.deadline:
            start_timers(context, moved, state.deadline)
        ask_awaited(context, moved, state)


def _follow(context: Context, moved: Moved, effects: tuple[Effect, ...]) -> None:
    for effect in effects:
        if isinstance(effect, Notify):
            _tell(context, moved, effect)
        elif not isinstance(effect, MakeDocument):
            follow_up_named(effect.key)(context, moved, effect)


def _make_documents(context: Context, moved: Moved, effects: tuple[Effect, ...]) -> None:
    """Last, so that they say what else came of the step: the notice's last day, the post somebody was appointed to."""
    for effect in effects:
        if isinstance(effect, MakeDocument):
            follow_up_named(effect.key)(context, moved, effect)


def ask_awaited(context: Context, moved: Moved, state: State) -> None:
    """Adds a work item for everybody whose move the state waits for."""
    for role in awaited_roles(state):
        is_assigned = moved.compiled.procedure.roles[role].assigned is not None
        for address in addressed(context, moved, role):
            # The clock has no account, and neither has a role in a body: only somebody themselves need not be told.
            is_own = address.account_id is not None and address.account_id == context.actor.account_id
            wait_for(moved, address, is_told=not (is_own or is_assigned))
        if is_assigned:
            follow_up_named("assign")(context, moved, role)


def addressed(context: Context, moved: Moved, role_key: str) -> tuple[Address, ...]:
    """Where to reach a role once the step is taken: who takes it now is among those who did it."""
    known = addresses_of(context.session, moved.compiled, moved.case, role_key)
    role, actor_id = moved.compiled.procedure.roles[role_key], context.actor.account_id
    if moved.step.action not in role.did or actor_id is None or any(one.account_id == actor_id for one in known):
        return known
    return (*known, Address(role_key, account_id=actor_id))


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
    for address in addressed(context, moved, effect.to):
        _message(moved, address, effect.template, reason=moved.step.data.get("reason", ""))


def _leave(context: Context, moved: Moved) -> None:
    if not moved.case.last_seq:
        return
    states = moved.compiled.procedure.states
    left = states[moved.case.state]
    if states[moved.step.to_state].suspends:
        moved.step.data["rests"] = {"due_at": moved.case.due_at}
        return
    if left.suspends:
        follow_up_named("leave:rest")(context, moved, left)
    elif left.panel:
        follow_up_named("leave:panel")(context, moved, left.panel)
    elif left.notice:
        follow_up_named("leave:notice")(context, moved, left.notice)
    elif left.children:
        follow_up_named("leave:children")(context, moved, left.children)


def stage_readers(session: Session, compiled: Compiled, case: LoadedCase, ref: str) -> list[dict[str, Any]]:
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


def start_timers(context: Context, moved: Moved, deadline: Deadline) -> None:
    """Adds the reminders, escalation and expiry of a deadline that begins with this step."""
    step = moved.step
    plan = plan_deadline(
        rested(context, moved, deadline),
        entered=instant(step.at),
        calendar=calendar(context),
        zone=context.zone,
        dates=_dates(context, moved, deadline),
        ends=date.fromisoformat(step.data[EXTENDED]["to"]) if EXTENDED in step.data else None,
        owed_since=step.owed_since,
    )
    if plan is None:
        return
    step.due_at = instant_text(plan.due_at)
    step.data["due"] = {"at": step.due_at, "calendar": plan.calendar_version, "is_provisional": plan.is_provisional}
    for rung in plan.rungs:
        params: dict[str, Any] = {"reference": moved.case.reference, "digest": step.digest, "due_at": step.due_at}
        if rung.kind == "escalate":
            params |= escalation_role(context.session, moved.compiled, moved.case, deadline)
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


def escalation_role(session: Session, compiled: Compiled, case: LoadedCase, deadline: Deadline) -> dict[str, int]:
    """What a timer keeps of whom a deadline that has passed is told to."""
    if deadline.escalate is None:
        return {}
    role = compiled.procedure.roles[deadline.escalate.to]
    return {"body_role_id": body_role_of(session, role, case.body_id)}


def _dates(context: Context, moved: Moved, deadline: Deadline) -> dict[str, date | None]:
    if deadline.on is None:
        return {}
    data = moved.step.data
    known = {"form.key": data.get("form")}
    facts = gather_facts(context, moved.case, needs=(deadline.on,), form=data.get("values"), known=known)
    text = facts[deadline.on]
    return {deadline.on: None if text is None else date.fromisoformat(text)}
