"""Sets one guard aside for one case, with a reason, by whoever the rules name for it."""

from workflow.cases.loading import load_case
from workflow.cases.moving import Acted, note_in_state
from workflow.cases.roles import roles_of_actor
from workflow.cases.tables import Waiver
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.engine.decide import Compiled, CompiledAction
from workflow.problems import Conflict, Forbidden, Invalid

MAX_REASON = 2_000


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
    text = reason_text(reason)
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


def reason_text(reason: str) -> str:
    """The reason without blanks around it. Raises Invalid for one that is too long."""
    text = reason.strip()
    if len(text) > MAX_REASON:
        raise Invalid("field_too_long", field="reason", limit=MAX_REASON, length=len(text))
    return text
