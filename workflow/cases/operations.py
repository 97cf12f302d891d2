"""The single write path: opens cases and moves them; case, event, work items and messages in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.cases.choosing import choose_state
from workflow.cases.deciding import ask
from workflow.cases.entering import enter_state, stay_in_state
from workflow.cases.follow_ups import Moved
from workflow.cases.loading import LoadedCase, load_case, lock_family
from workflow.cases.naming import check_named, name_people
from workflow.cases.references import next_reference
from workflow.cases.roles import roles_of_actor
from workflow.cases.step import Step
from workflow.cases.tables import Case, CaseForm, Waiver
from workflow.cases.versions import compiled_version
from workflow.cases.writing import write_step
from workflow.context import Context
from workflow.engine.decide import ROLE_CODE, Compiled, CompiledAction, Decision, follow_outcome
from workflow.engine.effects import Effect
from workflow.engine.forms import check_form
from workflow.problems import Conflict, Forbidden, Invalid, Problem, Refused
from workflow.procedure.stages import Action
from workflow.record.rules import GENESIS
from workflow.record.tables import Event
from workflow.store.types import instant_text

MAX_REASON = 2_000
OPENED, CANCELLED = "open", "cancel"


@dataclass(frozen=True, slots=True)
class Acted:
    """What an operation did: the event's number in the case's record, and where the case is now.

    `is_repeat` says that the same command had been carried out before and nothing was done now.
    """

    case_id: int
    reference: str
    seq: int
    state: str
    version: int
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Parent:
    """The case a child is opened for: in which state and by which event, and the child's reference and first state."""

    case_id: int
    state: str
    seq: int
    reference: str
    branch: str | None = None


def open_case(
    context: Context,
    *,
    version_id: int,
    person_id: int | None,
    body_id: int | None,
    round_id: int | None = None,
    category: str | None = None,
    channel: str | None = None,
    title: str | None = None,
    data: Mapping[str, Any] | None = None,
    parent: Parent | None = None,
    link: Callable[[int], None] | None = None,
) -> Acted:
    """Starts a case in its procedure's first state, a branch in its own. Raises Invalid for a category it does not have.

    `link` is called with the new case's id before it enters that state, for facts that are found through the case.
    """
    compiled = compiled_version(context.session, version_id)
    procedure = compiled.procedure
    if procedure.categories and category not in procedure.categories:
        raise Invalid("category_unknown", field="category", allowed=", ".join(procedure.categories))
    row = Case(
        reference=parent.reference if parent else next_reference(context, procedure.prefix),
        procedure_version_id=version_id,
        round_id=round_id,
        person_id=person_id,
        body_id=body_id,
        category=category,
        channel=channel,
        title=title,
        parent_id=parent.case_id if parent else None,
        parent_state=parent.state if parent else None,
        parent_seq=parent.seq if parent else None,
        state=(parent.branch if parent else None) or procedure.starts,
        version=0,
        last_seq=0,
        last_hash=GENESIS,
        entered_at=context.now,
        opened_at=context.now,
    )
    context.session.add(row)
    context.session.flush()
    if link:
        link(row.id)
    case = load_case(context.session, row.id)
    step = _step(context, compiled, case, action=OPENED, to_state=row.state)
    step.data.update(data or {})
    step.data["person_id"] = person_id
    return _move(context, compiled, case, step, ())


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

    `roles` stand in for those the actor holds, where another case or an outside system triggers the action. Raises Refused with every reason; Forbidden where the actor holds none of the roles; Invalid for a form or
    reason that does not fit; Conflict where the case is no longer the version seen. A command key that was
    carried out before gives the same answer again.
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
    step = _step(context, compiled, case, action=action, to_state=asked.decision.to_state or case.state)
    step.role, step.command_key, step.facts = asked.role, command_key, asked.facts
    _add_data(step, known.action, values, _checked_reason(known.action, reason), asked.decision)
    if known.action.form:
        _keep_form(context, case, step, known.action.form, values or {})
        name_people(context.session, compiled, case, known.action.form, values or {})
    if step.to_state == case.state and not compiled.procedure.states[case.state].final:
        return _stay(context, compiled, case, step, asked.decision.effects)
    return _move(context, compiled, case, step, asked.decision.effects)


def move_by_outcome(
    context: Context, *, case: LoadedCase, outcome: str, action: str, role: str | None, data: dict[str, Any]
) -> Acted:
    """Moves a case by the outcome of its panel or notice; the caller has settled it."""
    compiled = compiled_version(context.session, case.version_id)
    decision = follow_outcome(compiled, state=case.state, outcome=outcome)
    step = _step(context, compiled, case, action=action, to_state=decision.to_state or case.state)
    step.role, step.data = role, {**data, "outcome": outcome}
    return _move(context, compiled, case, step, decision.effects)


def cancel_case(context: Context, *, case_id: int) -> Acted:
    """Ends a child case that nobody waits for any more, in the state its procedure names for that."""
    case = load_case(context.session, case_id, is_locked=True)
    compiled = compiled_version(context.session, case.version_id)
    if compiled.procedure.cancelled is None:
        raise Conflict("case_not_cancellable", reference=case.reference)
    step = _step(context, compiled, case, action=CANCELLED, to_state=compiled.procedure.cancelled)
    return _move(context, compiled, case, step, ())


def note_in_state(
    context: Context,
    *,
    case: LoadedCase,
    action: str,
    role: str | None,
    data: dict[str, Any],
    closes_seat: int | None = None,
    command_key: str | None = None,
) -> Acted:
    """Records something that does not move the case: an opinion given while others are awaited, a waiver."""
    if case.outcome is not None:
        raise Conflict("case_closed", reference=case.reference)
    compiled = compiled_version(context.session, case.version_id)
    step = _step(context, compiled, case, action=action, to_state=case.state)
    step.closes_items, step.closes_seat = False, closes_seat
    step.role, step.data, step.command_key, step.outcome = role, data, command_key, case.outcome
    write_step(context.session, step)
    return _acted(case, step)


def grant_waiver(context: Context, *, case_id: int, guard: str, reason: str, seen_version: int) -> Acted:
    """Sets one guard aside for one case. Raises Forbidden unless the actor holds a role the guard names for it."""
    case = load_case(context.session, case_id)
    if case.version != seen_version:
        raise Conflict("case_changed", reference=case.reference, seen=seen_version)
    compiled = compiled_version(context.session, case.version_id)
    bound = next((b for a in waivable_actions(compiled, case.state) for b in a.guards if b.identity == guard), None)
    if bound is None or not bound.waivable_by:
        raise Invalid("guard_not_waivable", guard=guard)
    role = next(iter(roles_of_actor(context, compiled, case) & set(bound.waivable_by)), None)
    if role is None:
        raise Forbidden("waiver_not_yours", roles=[f"role:{name}" for name in bound.waivable_by])
    text = _reason_text(reason)
    if not text:
        raise Invalid("reason_required", field="reason")
    acted = note_in_state(context, case=case, action="waive", role=role, data={"guard": guard, "reason": text})
    context.session.add(
        Waiver(
            case_id=case_id,
            guard=guard,
            reason=text,
            granted_by=context.actor.account_id,
            granted_at=context.now,
            seq=acted.seq,
        )
    )
    context.session.flush()
    return acted


def waivable_actions(compiled: Compiled, state: str) -> tuple[CompiledAction, ...]:
    """Actions whose guards may be waived while a case is in a state: its own, and of the state it answers for."""
    other = compiled.procedure.states[state].waivers_for
    return (*compiled.actions_in(state), *(compiled.actions_in(other) if other else ()))


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


def _reason_text(reason: str) -> str:
    text = reason.strip()
    if len(text) > MAX_REASON:
        raise Invalid("field_too_long", field="reason", limit=MAX_REASON, length=len(text))
    return text


def _checked_reason(action: Action, reason: str) -> str:
    text = _reason_text(reason)
    if action.reason == "required" and not text:
        raise Invalid("reason_required", field="reason")
    return text


def _step(context: Context, compiled: Compiled, case: LoadedCase, *, action: str, to_state: str) -> Step:
    return Step(
        case=case,
        at=instant_text(context.now),
        actor_id=context.actor.account_id,
        role=None,
        action=action,
        to_state=to_state,
        digest=compiled.procedure.digest,
    )


def _add_data(step: Step, action: Action, values: dict[str, Any] | None, reason: str, decision: Decision) -> None:
    if action.form:
        step.data.update(form=action.form, values=values)
    if reason:
        step.data["reason"] = reason
    if decision.waived:
        step.data["waived"] = sorted({waived.guard for waived in decision.waived if waived.guard})


def _move(
    context: Context,
    compiled: Compiled,
    case: LoadedCase,
    step: Step,
    effects: tuple[Effect, ...],
) -> Acted:
    moved = Moved(compiled, case, step)
    choose_state(context, moved)
    enter_state(context, moved, effects + compiled.entry_effects.get(step.to_state, ()))
    return _written(context, case, step)


def _stay(context: Context, compiled: Compiled, case: LoadedCase, step: Step, effects: tuple[Effect, ...]) -> Acted:
    stay_in_state(context, Moved(compiled, case, step), effects)
    return _written(context, case, step)


def _written(context: Context, case: LoadedCase, step: Step) -> Acted:
    """Writes a step, then what follows for other cases, in one transaction."""
    if not step.afterwards:
        write_step(context.session, step)
        return _acted(case, step)
    context.session.connection()  # what follows for other cases belongs to the same transaction
    write_step(context.session, step)
    for follow in step.afterwards:
        follow(context)
    now = load_case(context.session, case.id)
    return Acted(now.id, now.reference, case.last_seq + 1, now.state, now.version)


def _acted(case: LoadedCase, step: Step) -> Acted:
    return Acted(case.id, case.reference, case.last_seq + 1, step.to_state, case.version + 1)


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
