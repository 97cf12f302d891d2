"""What scenarios exercised of a procedure: states, actions, outcomes, ways of choices, guards both passed and failed."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from workflow.cases.tables import Case
from workflow.engine.conditions import holds
from workflow.engine.decide import Compiled, compile_procedure
from workflow.procedure.model import Procedure
from workflow.record.tables import Event
from workflow.rehearsal.play import Play

Items = frozenset[str]


@dataclass(frozen=True, slots=True)
class Exercised:
    """What one scenario, or several, came through.

    Actions are `stage.state.action`, outcomes `stage.state.outcome`, ways `stage.state>stage.state` where a state chooses
    by itself and `stage.state.action>stage.state` where who acts chooses.
    """

    states: Items = frozenset()
    actions: Items = frozenset()
    outcomes: Items = frozenset()
    ways: Items = frozenset()
    guards_passed: Items = frozenset()
    guards_failed: Items = frozenset()

    def __or__(self, other: "Exercised") -> "Exercised":
        return Exercised(
            self.states | other.states,
            self.actions | other.actions,
            self.outcomes | other.outcomes,
            self.ways | other.ways,
            self.guards_passed | other.guards_passed,
            self.guards_failed | other.guards_failed,
        )


@dataclass(frozen=True, slots=True)
class Share:
    """One kind of thing: all there are in the order of the procedure, and those that were not exercised."""

    kind: str
    every: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def covered(self) -> int:
        return len(self.every) - len(self.missed)


def exercised(play: Play) -> Exercised:
    """What a play left in the record of its cases, and the refusals met on the way."""
    if not play.office.versions:
        return Exercised()
    found = Exercised(
        guards_passed=frozenset[str]().union(*(attempt.passed for attempt in play.attempts)),
        guards_failed=frozenset[str]().union(*(attempt.failed for attempt in play.attempts)),
    )
    compiled = compile_procedure(play.procedure)
    with play.looking() as context:
        rows = context.session.execute(
            select(Event.action, Event.from_state, Event.to_state, Event.data)
            .join(Case, Case.id == Event.case_id)
            .where(Case.procedure_version_id == play.version_id)
        )
        for row in rows:
            found |= _of_event(compiled, row.action, row.from_state, row.to_state, json.loads(row.data))
    return found


def _of_event(compiled: Compiled, action: str, source: str | None, target: str, data: dict[str, Any]) -> Exercised:
    passed = tuple(_passed_through(compiled, data))
    came_to = passed[0][0] if passed else target
    states = frozenset(filter(None, (source, target, *(state for state, _ in passed))))
    # A note about a child names the child's outcome, which is none of this state's.
    settled = source and "outcome" in data and "child" not in data
    found = Exercised(
        states,
        outcomes=frozenset({f"{source}.{data['outcome']}"} if settled else ()),
        ways=frozenset(f"{state}>{way}" for state, way in passed),
    )
    known = compiled.actions.get((source or "", action))
    if known is None:
        return found
    guards = frozenset(bound.identity for bound in known.guards)
    waived = data.get("waived")
    failed = frozenset(waived) if isinstance(waived, list) else frozenset[str]()
    taken = f"{source}.{action}"
    ways = frozenset({f"{taken}>{came_to}"} if len(known.action.named_targets) > 1 else ())
    return found | Exercised(
        frozenset(), frozenset({taken}), ways=ways, guards_passed=guards - failed, guards_failed=failed
    )


def _passed_through(compiled: Compiled, data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each state on the way that chose by itself, with the state it led to, as the facts kept with the event say."""
    chose = data.get("chose")
    if not chose:
        return
    facts = {**chose["facts"], "form.values": data.get("values")}
    at: str = chose["at"]
    while at in compiled.procedure.states and (ways := compiled.procedure.states[at].choose):
        way = next(one for one in ways if one.when is None or holds(one.when, facts))
        yield at, way.to
        at = way.to


def coverage(procedure: Procedure, of: Iterable[Exercised]) -> tuple[Share, ...]:
    """Each kind of thing with what was missed of it."""
    whole = Exercised()
    for one in of:
        whole |= one
    compiled = compile_procedure(procedure)
    guards = tuple(bound.identity for action in compiled.actions.values() for bound in action.guards)
    return (
        _share("states", procedure.states, whole.states),
        _share("actions", (f"{state}.{name}" for state, name in compiled.actions), whole.actions),
        _share("outcomes", _outcomes(procedure), whole.outcomes),
        _share("ways", _ways(procedure), whole.ways),
        _share("guards_passed", guards, whole.guards_passed),
        _share("guards_failed", guards, whole.guards_failed),
    )


def _outcomes(procedure: Procedure) -> Iterator[str]:
    for ref, state in procedure.states.items():
        for outcome in state.outcomes:
            yield f"{ref}.{outcome}"


def _ways(procedure: Procedure) -> Iterator[str]:
    for ref, state in procedure.states.items():
        yield from (f"{ref}>{way.to}" for way in state.choose)
        for name, action in state.actions.items():
            yield from (f"{ref}.{name}>{to}" for to in action.named_targets if len(action.named_targets) > 1)


def _share(kind: str, every: Iterable[str], done: Items) -> Share:
    known = tuple(dict.fromkeys(every))
    return Share(kind, known, tuple(one for one in known if one not in done))
