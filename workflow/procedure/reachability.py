"""Where the ways of a definition lead: states nobody comes to, and states from which no end can be reached."""

from collections.abc import Iterator, Mapping

from workflow.procedure.findings import Fault
from workflow.procedure.model import Procedure


def reachability_faults(procedure: Procedure) -> Iterator[Fault]:
    """States nobody comes to, and states from which no end can be reached.

    Of states that only states nobody comes to lead to, nothing is said, nor anything where a way leads to no state at
    all: they mend themselves with what they follow from.
    """
    states = procedure.states
    named = {ref: {target for _, target in procedure.targets(ref)} for ref in states}
    if procedure.starts not in states or any(not targets <= states.keys() for targets in named.values()):
        return
    entered = {*procedure.entrances, *((procedure.cancelled,) if procedure.cancelled else ())}
    reached = closure(entered & states.keys(), named)
    back: dict[str, set[str]] = {ref: set() for ref in states}
    for ref, targets in named.items():
        for target in targets:
            back[target].add(ref)
    ending = closure({ref for ref, state in states.items() if state.final is not None}, back)
    told = set(reached)
    for ref, state in states.items():
        stage, _, key = ref.partition(".")
        path = ("stages", stage, "states", key)
        if ref not in reached:
            if ref not in told and not (closure({ref}, back) - closure({ref}, named)):
                yield path, "unreachable", {"state": ref}
                told |= closure({ref}, named)
        elif ref not in ending and (state.actions or state.outcomes or state.choose):
            yield path, "no_way_out", {"state": ref}


def closure(start: set[str], ways: Mapping[str, set[str]]) -> set[str]:
    """Everything that is come to from the start, the start included."""
    seen, todo = set(start), list(start)
    while todo:
        fresh = ways[todo.pop()] - seen
        seen |= fresh
        todo.extend(fresh)
    return seen
