"""One step of a case written whole: into a state, by an outcome, or noted where the case is; and what follows elsewhere."""

from dataclasses import dataclass
from typing import Any

from workflow.cases.choosing import choose_state
from workflow.cases.entering import enter_state, stay_in_state
from workflow.cases.follow_ups import Moved
from workflow.cases.loading import LoadedCase, load_case
from workflow.cases.step import Step
from workflow.cases.versions import compiled_version
from workflow.cases.writing import write_step
from workflow.context import Context
from workflow.engine.decide import Compiled, follow_outcome
from workflow.engine.effects import Effect
from workflow.problems import Conflict
from workflow.store.types import instant_text

CANCELLED = "cancel"


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


def new_step(context: Context, compiled: Compiled, case: LoadedCase, *, action: str, to_state: str) -> Step:
    """A step of the actor at this moment."""
    return Step(
        case=case,
        at=instant_text(context.now),
        actor_id=context.actor.account_id,
        role=None,
        action=action,
        to_state=to_state,
        digest=compiled.procedure.digest,
    )


def move_case(
    context: Context,
    compiled: Compiled,
    case: LoadedCase,
    step: Step,
    effects: tuple[Effect, ...],
) -> Acted:
    """Takes a step into its state, or the one its choices lead to, with everything that follows."""
    moved = Moved(compiled, case, step)
    choose_state(context, moved)
    enter_state(context, moved, effects)
    return _written(context, case, step)


def stay_where_it_is(
    context: Context, compiled: Compiled, case: LoadedCase, step: Step, effects: tuple[Effect, ...]
) -> Acted:
    """Takes a step that leads back to where the case is."""
    stay_in_state(context, Moved(compiled, case, step), effects)
    return _written(context, case, step)


def move_by_outcome(
    context: Context, *, case: LoadedCase, outcome: str, action: str, role: str | None, data: dict[str, Any]
) -> Acted:
    """Moves a case by the outcome of its panel or notice; the caller has settled it."""
    compiled = compiled_version(context.session, case.version_id)
    decision = follow_outcome(compiled, state=case.state, outcome=outcome)
    step = new_step(context, compiled, case, action=action, to_state=decision.to_state or case.state)
    step.role, step.data = role, {**data, "outcome": outcome}
    return move_case(context, compiled, case, step, decision.effects)


def cancel_case(context: Context, *, case_id: int) -> Acted:
    """Ends a child case that nobody waits for any more, in the state its procedure names for that."""
    case = load_case(context.session, case_id, is_locked=True)
    compiled = compiled_version(context.session, case.version_id)
    if compiled.procedure.cancelled is None:
        raise Conflict("case_not_cancellable", reference=case.reference)
    step = new_step(context, compiled, case, action=CANCELLED, to_state=compiled.procedure.cancelled)
    return move_case(context, compiled, case, step, ())


def note_in_state(
    context: Context,
    *,
    case: LoadedCase,
    action: str,
    role: str | None,
    data: dict[str, Any],
    closes_seat: int | None = None,
    command_key: str | None = None,
    may_be_closed: bool = False,
) -> Acted:
    """Records something that does not move the case: an opinion given while others are awaited, a waiver.

    Raises Conflict for a closed case, unless what is recorded belongs to the very step that closed it.
    """
    if case.outcome is not None and not may_be_closed:
        raise Conflict("case_closed", reference=case.reference)
    compiled = compiled_version(context.session, case.version_id)
    step = new_step(context, compiled, case, action=action, to_state=case.state)
    step.closes_items, step.closes_seat = False, closes_seat
    step.role, step.data, step.command_key, step.outcome = role, data, command_key, case.outcome
    step.is_final = case.outcome is not None
    write_step(context.session, step)
    return _acted(case, step)


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
