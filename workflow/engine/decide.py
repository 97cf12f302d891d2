"""The decision itself: compiles a procedure to one `transitions` machine and asks it, collecting every reason.

The machine is shared and never holds a case: each question is a throw-away cursor that starts in the case's state.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from transitions import EventData, Machine, Transition

from workflow.engine.effects import REGISTRY as EFFECTS
from workflow.engine.effects import Effect
from workflow.engine.facts import Facts
from workflow.engine.guards import REGISTRY as GUARDS
from workflow.engine.guards import Guard
from workflow.problems import Reason
from workflow.procedure.model import Procedure
from workflow.procedure.stages import Action, Use

ROLE_CODE = "role.needed"


@dataclass(frozen=True, slots=True)
class BoundGuard:
    """A guard as one action uses it; `identity` names it within the procedure."""

    identity: str
    guard: Guard
    cites: tuple[str, ...]
    waivable_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompiledAction:
    """An action with its guards built and the facts they need known."""

    name: str
    action: Action
    guards: tuple[BoundGuard, ...]
    effects: tuple[Effect, ...]
    needs: frozenset[str]
    """Facts this action's guards look at, beside `actor.roles`."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What an action leads to, or why it may not be: exactly one of `to_state` and `reasons` is there."""

    to_state: str | None
    reasons: tuple[Reason, ...] = ()
    waived: tuple[Reason, ...] = ()
    effects: tuple[Effect, ...] = ()

    @property
    def is_allowed(self) -> bool:
        return self.to_state is not None


class _Cursor:
    """One question on its way through the machine."""

    __slots__ = ("facts", "reasons", "state", "waived")

    def __init__(self, state: str, facts: Facts) -> None:
        self.state = state
        self.facts = facts
        self.reasons: list[Reason] = []
        self.waived: list[Reason] = []


class _PlainTransition(Transition):
    """A transition without callbacks, which none of ours has: asks its conditions, moves the cursor, and that is all."""

    def execute(self, event_data: EventData) -> bool:
        """Whether the cursor moved; the library's own way looks at nine empty lists of callbacks on the way."""
        if not all(condition.check(event_data) for condition in self.conditions):
            return False
        cast("_Cursor", event_data.model).state = str(self.dest)
        return True


class _Machine(Machine):
    """A machine of plain transitions."""

    transition_cls = _PlainTransition


@dataclass(frozen=True, slots=True)
class Compiled:
    """A procedure ready to decide with; one per version, shared by all threads."""

    procedure: Procedure
    machine: Machine
    actions: Mapping[tuple[str, str], CompiledAction]
    outcome_effects: Mapping[tuple[str, str], tuple[Effect, ...]]
    entry_effects: Mapping[str, tuple[Effect, ...]]
    by_state: Mapping[str, tuple[CompiledAction, ...]] = field(default_factory=dict)

    def actions_in(self, state: str) -> tuple[CompiledAction, ...]:
        """The actions a state offers, in the order of the file."""
        return self.by_state.get(state, ())


def _effects(uses: tuple[Use, ...]) -> tuple[Effect, ...]:
    return tuple(EFFECTS[use.name].model_validate(use.params) for use in uses)


def _compiled_action(state: str, name: str, action: Action) -> CompiledAction:
    guards = []
    for index, use in enumerate(action.guards):
        same_before = sum(earlier.name == use.name for earlier in action.guards[:index])
        identity = f"{state}.{name}.{use.name}" + (f".{same_before + 1}" if same_before else "")
        guards.append(BoundGuard(identity, GUARDS[use.name].model_validate(use.params), use.cites, use.waivable_by))
    needs = {fact for bound in guards for fact in bound.guard.needs}
    if any(bound.waivable_by for bound in guards):
        needs.add("case.waived")
    return CompiledAction(name, action, tuple(guards), _effects(action.effects), frozenset(needs))


def _permit(compiled: CompiledAction) -> Callable[[EventData], bool]:
    """The machine's condition for an action: true when no reason speaks against it; the cursor keeps those that do."""
    by = frozenset(compiled.action.by)

    def permitted(event: EventData) -> bool:
        cursor = cast("_Cursor", event.model)
        facts = cursor.facts
        if by.isdisjoint(facts["actor.roles"]):
            cursor.reasons.append(Reason(ROLE_CODE, {"roles": [f"role:{role}" for role in compiled.action.by]}))
        for bound in compiled.guards:
            if bound.guard.looks_at_form and facts.get("form.values") is None:
                continue
            for reason in bound.guard.reasons(facts):
                _keep(cursor, bound, reason)
        return not cursor.reasons

    return permitted


def _keep(cursor: _Cursor, bound: BoundGuard, reason: Reason) -> None:
    told = Reason(
        reason.code,
        reason.params,
        remedy=reason.remedy,
        cites=bound.cites[0] if bound.cites else None,
        waivable_by=bound.waivable_by,
        guard=bound.identity,
    )
    is_waived = bool(bound.waivable_by) and bound.identity in cursor.facts["case.waived"]
    (cursor.waived if is_waived else cursor.reasons).append(told)


def compile_procedure(procedure: Procedure) -> Compiled:
    """The machine and tables of a sound procedure."""
    states = procedure.states
    actions = {
        (ref, name): _compiled_action(ref, name, action)
        for ref, state in states.items()
        for name, action in state.actions.items()
    }
    return Compiled(
        procedure,
        _machine(procedure, actions),
        actions,
        {(ref, key): _effects(uses) for ref, state in states.items() for key, uses in state.outcome_effects.items()},
        {ref: _effects(state.on_entry) for ref, state in states.items() if state.on_entry},
        {ref: tuple(actions[ref, name] for name in state.actions) for ref, state in states.items()},
    )


def _machine(procedure: Procedure, actions: Mapping[tuple[str, str], CompiledAction]) -> Machine:
    """One machine for all cases of a version; `queued` stays off because threads share it."""
    transitions: list[dict[str, Any]] = [
        {"trigger": name, "source": ref, "dest": compiled.action.to, "conditions": [_permit(compiled)]}
        for (ref, name), compiled in actions.items()
    ]
    transitions += [
        {"trigger": f"outcome_{outcome}", "source": ref, "dest": target}
        for ref, state in procedure.states.items()
        for outcome, target in state.outcomes.items()
    ]
    return _Machine(
        model=None,
        states=list(procedure.states),
        transitions=transitions,
        initial=procedure.starts,
        auto_transitions=False,
        send_event=True,
        queued=False,
    )


def decide(compiled: Compiled, facts: Facts, *, state: str, action: str) -> Decision:
    """What the action leads to from the state, or every reason why it may not be.

    `facts` hold `actor.roles` and whatever the action's `needs` name. While `form.values` is None, guards that
    look at the form are silent: the answer is whether the action may be begun.
    """
    known = compiled.actions.get((state, action))
    if known is None:
        return Decision(
            None, (Reason("action.unknown_here", {"action": f"action:{action}", "state": f"state:{state}"}),)
        )
    cursor = _Cursor(state, facts)
    if not compiled.machine.events[action].trigger(cursor):
        return Decision(None, tuple(cursor.reasons))
    effects = known.effects + (compiled.entry_effects.get(cursor.state, ()) if cursor.state != state else ())
    return Decision(cursor.state, (), tuple(cursor.waived), effects)


def follow_outcome(compiled: Compiled, *, state: str, outcome: str) -> Decision:
    """Where a panel's or notice's outcome leads. Raises KeyError for an outcome the state does not know."""
    cursor = _Cursor(state, {})
    if outcome not in compiled.procedure.states[state].outcomes:
        raise KeyError(outcome)
    compiled.machine.events[f"outcome_{outcome}"].trigger(cursor)
    effects = compiled.outcome_effects.get((state, outcome), ()) + compiled.entry_effects.get(cursor.state, ())
    return Decision(cursor.state, effects=effects)
