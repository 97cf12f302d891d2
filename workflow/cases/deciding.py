"""Asks the decision core about a case: the same question for the page that shows a button and for the click on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflow.cases.gathering import gather_facts
from workflow.cases.loading import LoadedCase
from workflow.cases.roles import CLOCK_ROLE, roles_of_actor
from workflow.context import Context
from workflow.engine.decide import Compiled, CompiledAction, Decision, decide

_ALWAYS = frozenset({"actor.roles"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision with the facts it rests on and the role the actor acts in."""

    decision: Decision
    facts: dict[str, Any]
    role: str | None


def ask(
    context: Context,
    compiled: Compiled,
    case: LoadedCase,
    action: str,
    *,
    form: Mapping[str, Any] | None,
    roles: frozenset[str] | None = None,
    target: str | None = None,
) -> Asked:
    """Decides one action on fresh facts; only those its guards name are gathered, and kept with the event."""
    held = roles if roles is not None else _held(context, compiled, case, action)
    known = compiled.actions.get((case.state, action))
    needs = known.needs if known else frozenset()
    sent = {"form.key": known.action.form} if known and form is not None else None
    values = None if form is None else dict(form)
    facts = gather_facts(context, case, needs=needs, form=values, known=sent) if needs else {}
    facts["actor.roles"] = held
    decision = decide(compiled, facts, state=case.state, action=action, target=target)
    role = next((key for key in known.action.by if key in held), None) if known else None
    return Asked(decision, kept_facts(facts, needs), role)


def kept_facts(facts: Mapping[str, Any], needs: frozenset[str]) -> dict[str, Any]:
    """What the decision looked at, as it is kept with the event; the form stands in the event's data already."""
    return {name: facts[name] for name in needs if name != "form.values"} | {
        "actor.roles": sorted(facts["actor.roles"])
    }


def ask_all(context: Context, compiled: Compiled, case: LoadedCase) -> list[tuple[CompiledAction, Decision]]:
    """Every action of the present state with its decision, the facts gathered once for all of them."""
    held = roles_of_actor(context, compiled, case)
    actions = compiled.actions_in(case.state)
    needs = frozenset[str]().union(*(action.needs for action in actions))
    facts = gather_facts(context, case, needs=needs, form=None)
    facts["actor.roles"] = held
    return [(action, decide(compiled, facts, state=case.state, action=action.name)) for action in actions]


def _held(context: Context, compiled: Compiled, case: LoadedCase, action: str) -> frozenset[str]:
    """The clock may take the one action the state's deadline names, in the place of those who could."""
    deadline = compiled.procedure.states[case.state].deadline
    if context.actor.account_id is None and deadline is not None and deadline.on_expiry == action:
        known = compiled.actions[case.state, action]
        return frozenset((*known.action.by, CLOCK_ROLE))
    return roles_of_actor(context, compiled, case)
