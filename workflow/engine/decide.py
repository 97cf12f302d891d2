"""The decision itself: compiles a procedure to one `transitions` machine and asks it, collecting every reason.

The machine is shared and never holds a case: each question is a throw-away cursor that starts in the case's state.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from transitions import EventData, Machine, Transition

from workflow.engine.conditions import holds, needs_of
from workflow.engine.effects import REGISTRY as EFFECTS
from workflow.engine.effects import Effect
from workflow.engine.facts import Facts
from workflow.engine.guards import REGISTRY as GUARDS
from workflow.engine.guards import Guard
from workflow.problems import Reason
from workflow.procedure.citations import guard_identities
from workflow.procedure.conditions import Condition
from workflow.procedure.model import Procedure
from workflow.procedure.stages import EARLIER, RESUMED, Action, Use

ROLE_CODE = "role.needed"
CHOOSE = "choose"
_TARGET_FACTS: Mapping[Any, set[str]] = {EARLIER: {"case.visited"}, RESUMED: {"case.suspended_in"}}
"""What must be known to say where an action can lead."""


@dataclass(frozen=True, slots=True)
class BoundGuard:
    """A guard as one action uses it; `identity` names it within the procedure."""

    identity: str
    guard: Guard
    cites: tuple[str, ...]
    waivable_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledAction:
    """An action with its guards built and the facts they need known."""

    name: str
    action: Action
    guards: tuple[BoundGuard, ...]
    effects: tuple[Effect, ...]
    needs: frozenset[str]
    """Facts this action's guards look at, beside `actor.roles`."""
    targets: tuple[str, ...]

    def trigger(self, target: str) -> str:
        """The machine's name for taking this action to a target."""
        return self.name if len(self.targets) == 1 else f"{self.name}>{target}"

    def open_targets(self, facts: Facts, state: str) -> tuple[str, ...]:
        """Where it can lead a case that is in a state, as things are."""
        if self.action.to == RESUMED:
            return tuple(ref for ref in self.targets if ref == facts["case.suspended_in"])
        if self.action.to == EARLIER:
            return tuple(ref for ref in facts["case.visited"] if ref in self.targets and ref != state)
        return self.targets


@dataclass(frozen=True, slots=True)
class Decision:
    """What an action leads to, or why it may not be: exactly one of `to_state` and `reasons` is there."""

    to_state: str | None
    reasons: tuple[Reason, ...] = ()
    waived: tuple[Reason, ...] = ()
    effects: tuple[Effect, ...] = ()
    """What follows from the action itself; entering its state has effects of its own."""
    targets: tuple[str, ...] = ()
    """The states it may lead to now, where who acts has the choice."""

    @property
    def is_allowed(self) -> bool:
        return self.to_state is not None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question put to an action's condition without the machine."""

    model: "_Cursor"


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


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A procedure ready to decide with; one per version, shared by all threads, equal only to itself."""

    procedure: Procedure
    machine: Machine
    actions: Mapping[tuple[str, str], CompiledAction]
    outcome_effects: Mapping[tuple[str, str], tuple[Effect, ...]]
    entry_effects: Mapping[str, tuple[Effect, ...]]
    by_state: Mapping[str, tuple[CompiledAction, ...]] = field(default_factory=dict)
    choosing: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """State that is left by itself → the facts its choice looks at, and those of choices that may follow it."""

    def actions_in(self, state: str) -> tuple[CompiledAction, ...]:
        """The actions a state offers, in the order of the file."""
        return self.by_state.get(state, ())


def _effects(uses: tuple[Use, ...]) -> tuple[Effect, ...]:
    return tuple(EFFECTS[use.name].model_validate(use.params) for use in uses)


def _compiled_action(procedure: Procedure, state: str, name: str, action: Action) -> CompiledAction:
    guards = []
    for identity, use in zip(guard_identities(state, name, action), action.guards, strict=True):
        guards.append(BoundGuard(identity, GUARDS[use.name].model_validate(use.params), use.cites, use.waivable_by))
    needs = {fact for bound in guards for fact in bound.guard.facts_needed} | _TARGET_FACTS.get(action.to, set())
    if any(bound.waivable_by for bound in guards):
        needs.add("case.waived")
    targets = procedure.targets_of(action)
    return CompiledAction(name, action, tuple(guards), _effects(action.effects), frozenset(needs), targets)


def _permit(compiled: CompiledAction) -> Callable[[EventData], bool]:
    """The machine's condition for an action: true when no reason speaks against it; the cursor keeps those that do."""
    by = frozenset(compiled.action.by)

    def permitted(event: EventData) -> bool:
        cursor = cast("_Cursor", event.model)
        facts = cursor.facts
        if by.isdisjoint(facts["actor.roles"]):
            cursor.reasons.append(Reason(ROLE_CODE, {"roles": [f"role:{role}" for role in compiled.action.by]}))
        for bound in compiled.guards:
            if bound.guard.is_about_form and facts.get("form.values") is None:
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
        (ref, name): _compiled_action(procedure, ref, name, action)
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
        {ref: _chosen_by(procedure, ref, frozenset()) for ref, state in states.items() if state.choose},
    )


def _chosen_by(procedure: Procedure, ref: str, before: frozenset[str]) -> frozenset[str]:
    """The facts a choice looks at; choices that lead to one another in a circle are not sound, and end here."""
    found: frozenset[str] = frozenset()
    for way in procedure.states[ref].choose if ref not in before else ():
        found |= needs_of(way.when) if way.when else frozenset()
        found |= _chosen_by(procedure, way.to, before | {ref})
    return found


def _way_condition(when: Condition) -> Callable[[EventData], bool]:
    def chosen(event: EventData) -> bool:
        return holds(when, cast("_Cursor", event.model).facts)

    return chosen


def _machine(procedure: Procedure, actions: Mapping[tuple[str, str], CompiledAction]) -> Machine:
    """One machine for all cases of a version; `queued` stays off because threads share it."""
    transitions: list[dict[str, Any]] = [
        {"trigger": compiled.trigger(target), "source": ref, "dest": target, "conditions": [_permit(compiled)]}
        for (ref, _name), compiled in actions.items()
        for target in compiled.targets
    ]
    transitions += [
        {"trigger": f"outcome_{outcome}", "source": ref, "dest": target}
        for ref, state in procedure.states.items()
        for outcome, target in state.outcomes.items()
    ]
    transitions += [
        {"trigger": CHOOSE, "source": ref, "dest": way.to, "conditions": [_way_condition(way.when)] if way.when else []}
        for ref, state in procedure.states.items()
        for way in state.choose
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


def decide(compiled: Compiled, facts: Facts, *, state: str, action: str, target: str | None = None) -> Decision:
    """What the action leads to from the state, or every reason why it may not be.

    `facts` hold `actor.roles` and whatever the action's `needs` name. While `form.values` is None, guards that
    look at the form are silent: the answer is whether the action may be begun. Where the action may lead to several
    states, `target` is the one chosen; without it the first is answered, and all stand in `targets`.
    """
    known = compiled.actions.get((state, action))
    if known is None:
        return Decision(
            None, (Reason("action.unknown_here", {"action": f"action:{action}", "state": f"state:{state}"}),)
        )
    targets = known.open_targets(facts, state)
    chosen = target or (targets[0] if targets else known.targets[0])
    cursor = _Cursor(state, facts)
    if chosen not in targets:
        cursor.reasons.append(Reason("action.no_way_there", {"state": f"state:{chosen}"}))
        _permit(known)(cast("EventData", _Asked(cursor)))
        return Decision(None, tuple(cursor.reasons))
    if not compiled.machine.events[known.trigger(chosen)].trigger(cursor):
        return Decision(None, tuple(cursor.reasons))
    return Decision(cursor.state, (), tuple(cursor.waived), known.effects, targets)


def follow_outcome(compiled: Compiled, *, state: str, outcome: str) -> Decision:
    """Where the outcome of a panel, notice or child cases leads. Raises KeyError for one the state does not know."""
    cursor = _Cursor(state, {})
    if outcome not in compiled.procedure.states[state].outcomes:
        raise KeyError(outcome)
    compiled.machine.events[f"outcome_{outcome}"].trigger(cursor)
    return Decision(cursor.state, effects=compiled.outcome_effects.get((state, outcome), ()))


def choose_way(compiled: Compiled, facts: Facts, *, state: str) -> str:
    """The state a case stays in that comes to a state which chooses by itself; `facts` hold what `choosing` names."""
    while compiled.procedure.states[state].choose:
        cursor = _Cursor(state, facts)
        compiled.machine.events[CHOOSE].trigger(cursor)
        state = cursor.state
    return state
