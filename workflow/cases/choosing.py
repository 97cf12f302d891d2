"""Where a case stays that comes to a state which chooses by itself."""

from workflow.cases.follow_ups import Moved
from workflow.cases.gathering import gather_facts
from workflow.context import Context
from workflow.engine.decide import choose_way


def choose_state(context: Context, moved: Moved) -> None:
    """Leads the step on to the state the choices come to; the facts they looked at are kept with the event."""
    step, compiled = moved.step, moved.compiled
    needs = compiled.choosing.get(step.to_state)
    if needs is None:
        return
    known = {
        "form.key": step.data.get("form"),
        "outcome.now": (moved.case.state, step.data.get("outcome")),
        "tally.now": (moved.case.state, step.data.get("tally")),
    }
    facts = gather_facts(context, moved.case, needs=needs, form=step.data.get("values"), known=known)
    came_to = step.to_state
    step.to_state = choose_way(compiled, facts, state=came_to)
    step.data["chose"] = {
        "at": came_to,
        "facts": {name: facts[name] for name in sorted(needs) if name != "form.values"},
    }
