"""Which states of a definition are come to, and from which an end can be."""

from collections.abc import Iterator, Mapping

from workflow.procedure.findings import Fault
from workflow.procedure.model import Procedure


def reachability_faults(procedure: Procedure) -> Iterator[Fault]:
    """States nobody comes to, and states from which no end can be reached; while a way leads nowhere, it alone is named."""
    states = procedure.states
    ways = {ref: {target for _, target in procedure.targets(ref)} for ref in states}
    entered = {*procedure.entrances, *((procedure.cancelled,) if procedure.cancelled else ())}
    if not states.keys() >= entered.union(*ways.values()):
        return
    reached = closure(entered, ways)
    back: dict[str, set[str]] = {ref: set() for ref in states}
    for ref, targets in ways.items():
        for target in targets:
            back[target].add(ref)
    ending = closure({ref for ref, state in states.items() if state.final is not None}, back)
    for ref, state in states.items():
        stage, _, key = ref.partition(".")
        path = ("stages", stage, "states", key)
        if ref not in reached:
            yield path, "unreachable", {"state": ref}
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
