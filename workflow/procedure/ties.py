"""Panels that are asked because another came out tied: a casting vote, or a ballot among those with equal votes."""

from collections.abc import Iterator

from workflow.procedure.findings import Fault, Path
from workflow.procedure.model import Procedure
from workflow.procedure.reachability import closure
from workflow.procedure.stages import State

TIED = "tied"


def asked_about(procedure: Procedure, ref: str) -> frozenset[str]:
    """The states whose panel, when tied, leads to the panel of this one, at once or by choices made by themselves.

    A panel that a tie leads back to is asked anew about everything, and so is one that says so with `among: all`.
    """
    panel = procedure.states[ref].panel
    if panel is None or panel.among == "all":
        return frozenset()
    tied = {one: state.outcomes[TIED] for one, state in procedure.states.items() if TIED in state.outcomes}
    ways = {one: {way.to for way in state.choose} & procedure.states.keys() for one, state in procedure.states.items()}
    return frozenset(one for one, to in tied.items() if one != ref and to in ways and ref in closure({to}, ways))


def tie_faults(procedure: Procedure, ref: str, state: State, path: Path) -> Iterator[Fault]:
    """A panel limited to what a tie left, which no tie leads to."""
    if state.panel and state.panel.among == TIED and not asked_about(procedure, ref):
        yield (*path, "panel", "among"), "no_tie_before", {"state": ref}
