"""Tells a kept history again: each event is decided anew by the frozen rules on the facts that were kept with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.golden.histories import Line
from workflow.engine.decide import Compiled, choose_way, decide, follow_outcome
from workflow.engine.panels import Given, settle
from workflow.problems import Reason


@dataclass(frozen=True)
class Retold:
    """Where an event leads by the rules, or why it may not be."""

    state: str
    reasons: tuple[Reason, ...] = ()


def retell(compiled: Compiled, state: str, line: Line) -> Retold:
    """What the engine makes of one event of a case that is in a state."""
    data, action = line["data"], line["action"]
    if line["from"] is None:
        return Retold(_chosen(compiled, data.get("chose", {}).get("at", line["to"]), data))
    if "outcome" in data and data["outcome"] in compiled.procedure.states[state].outcomes:
        _check_outcome(compiled, state, data)
        came_to = follow_outcome(compiled, state=state, outcome=data["outcome"]).to_state or ""
        return Retold(_chosen(compiled, came_to, data))
    if (state, action) not in compiled.actions:
        return Retold(_unmoved(compiled, state, line))
    facts = {**line["facts"], "form.values": data.get("values"), "form.key": data.get("form")}
    target = data.get("chose", {}).get("at", line["to"])
    decision = decide(compiled, facts, state=state, action=action, target=target)
    if not decision.is_allowed:
        return Retold(state, decision.reasons)
    return Retold(_chosen(compiled, decision.to_state or "", data))


def _unmoved(compiled: Compiled, state: str, line: Line) -> str:
    """Where something leads that is no action of the state: nowhere, but for a case cancelled with its own."""
    is_cancelled = line["action"] == "cancel"
    return (compiled.procedure.cancelled or state) if is_cancelled else state


def _chosen(compiled: Compiled, state: str, data: Mapping[str, Any]) -> str:
    """The state a choice leads on to, by the facts it was made on."""
    if not compiled.procedure.states[state].choose:
        return state
    facts = {**data["chose"]["facts"], "form.values": data.get("values"), "form.key": data.get("form")}
    return choose_way(compiled, facts, state=state)


def _check_outcome(compiled: Compiled, state: str, data: Mapping[str, Any]) -> None:
    """A meeting's record comes to the outcome it was recorded with."""
    rules = compiled.procedure.states[state].panel
    if rules is None or "seats" not in data:
        return
    settled = settle(rules, [Given(seat["opinion"], seat["attendance"]) for seat in data["seats"]])
    assert settled.outcome == data["outcome"], f"{state}: {settled.outcome} instead of {data['outcome']}"
