"""What can never come true of child cases: joins that nothing completes, and deadlines that outlast who waits for them."""

from collections.abc import Iterator

from workflow.procedure.children import Children, Opening
from workflow.procedure.findings import Fault, Path, listed
from workflow.procedure.model import Procedure
from workflow.procedure.reachability import closure
from workflow.procedure.stages import Deadline, State


def join_faults(procedure: Procedure, state: State, path: Path) -> Iterator[Fault]:
    """A join that wants more children than there can be, and outcomes with which none of them can end."""
    children = state.children
    if children is None:
        return
    most = _most(procedure, state, children)
    needed = children.join.needed
    if needed is not None and most is not None and needed > most:
        yield (*path, "children", "join"), "join_never", {"needed": needed, "most": most}
    if children.join.counting and all(opening.branch for opening in children.opens) and not _opens_elsewhere(state):
        ends = {one.final for one in procedure.states.values() if one.final}
        for outcome in children.join.counting:
            if outcome not in ends:
                yield (
                    (*path, "children", "join", "counting"),
                    "counts_nothing",
                    {"outcome": outcome, "allowed": listed(ends)},
                )


def outlasting(procedure: Procedure, state: State, path: Path) -> Iterator[Fault]:
    """Deadlines of a branch that end after the deadline of the state that waits for it, counted in the same days."""
    if state.children is None or state.deadline is None:
        return
    ways = {ref: {to for _, to in procedure.targets(ref) if to in procedure.states} for ref in procedure.states}
    starts = {opening.branch for opening in state.children.opens if opening.branch in procedure.states}
    for ref in procedure.states:
        own = procedure.states[ref].deadline
        if own is None or ref not in closure({start for start in starts if start}, ways):
            continue
        length, limit = _length(own), _length(state.deadline)
        if length and limit and length[0] == limit[0] and length[1] > limit[1]:
            stage, _, key = ref.partition(".")
            place = ("stages", stage, "states", key, "deadline")
            yield place, "outlasts", {"length": length[1], "limit": limit[1], "state": str(path[-1])}


def _length(deadline: Deadline) -> tuple[str, int] | None:
    """What a deadline is counted in, and how many of them; None where it ends on a date."""
    for unit in ("working_days", "days", "months"):
        length = getattr(deadline, unit)
        if length is not None:
            return unit, length
    return None


def _opens_elsewhere(state: State) -> bool:
    """Whether children come in beside those opened on entering."""
    opened = any(use.name == "open_child" for use in state.every_effect)
    return opened or bool(state.children and state.children.gathers)


def _most(procedure: Procedure, state: State, children: Children) -> int | None:
    """How many children there can be at most; None where nothing limits them."""
    if _opens_elsewhere(state):
        return None
    numbers = [_opened(procedure, opening) for opening in children.opens]
    return None if None in numbers else sum(number or 0 for number in numbers)


def _opened(procedure: Procedure, opening: Opening) -> int | None:
    form, _, key = (opening.for_each or "").partition(".")
    if not form:
        return 1
    field = procedure.forms[form].fields.get(key) if form in procedure.forms else None
    return 1 if field is not None and field.type == "yes_no" else getattr(field, "at_most", None)
