"""What can never come true of child cases: joins that nothing completes, and deadlines that outlast who waits for them."""

from collections.abc import Iterator

from workflow.procedure.children import Children, Opening
from workflow.procedure.findings import Fault, Path, listed
from workflow.procedure.model import Procedure
from workflow.procedure.reachability import closure
from workflow.procedure.stages import Deadline, State

FEWEST_DAYS = {"working_days": 1, "days": 1, "months": 28}
MOST_DAYS = {"working_days": 2, "days": 1, "months": 31}
"""How many days of the calendar one of them lasts, at the least and at the most."""
HOLIDAYS = 14
"""Days that holidays add to a number of working days at the most."""
UNITS = {"working_days": ("working day", "个工作日"), "days": ("day", "天"), "months": ("month", "个月")}


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
        ends = _ends(procedure, children)
        for outcome in children.join.counting:
            if outcome not in ends:
                yield (
                    (*path, "children", "join", "counting"),
                    "counts_nothing",
                    {"outcome": outcome, "allowed": listed(ends)},
                )


def _ends(procedure: Procedure, children: Children) -> set[str]:
    """The words with which the branches of a state can end."""
    ways = {ref: {to for _, to in procedure.targets(ref) if to in procedure.states} for ref in procedure.states}
    begun = {opening.branch for opening in children.opens if opening.branch in procedure.states}
    reached = closure({ref for ref in begun if ref}, ways)
    cancelled = {procedure.cancelled} if procedure.cancelled else set()
    return {end for ref in reached | cancelled if ref in procedure.states and (end := procedure.states[ref].final)}


def outlasting(procedure: Procedure, state: State, path: Path) -> Iterator[Fault]:
    """Deadlines of a branch that end after the deadline of the state that waits for it, whatever the calendar says."""
    if state.children is None or state.deadline is None:
        return
    ways = {ref: {to for _, to in procedure.targets(ref) if to in procedure.states} for ref in procedure.states}
    starts = {opening.branch for opening in state.children.opens if opening.branch in procedure.states}
    for ref in procedure.states:
        own = procedure.states[ref].deadline
        if own is None or ref not in closure({start for start in starts if start}, ways):
            continue
        length, limit = _length(own), _length(state.deadline)
        if length and limit and _outlasts(length, limit):
            stage, _, key = ref.partition(".")
            place = ("stages", stage, "states", key, "deadline")
            said = {"length": _said(length), "limit": _said(limit)}
            yield place, "outlasts", {**said, "state": f"{path[1]}.{path[3]}"}


def _length(deadline: Deadline) -> tuple[str, int] | None:
    """What a deadline is counted in, and how many of them; None where it ends on a date."""
    for unit in ("working_days", "days", "months"):
        length = getattr(deadline, unit)
        if length is not None:
            return unit, length
    return None


def _outlasts(length: tuple[str, int], limit: tuple[str, int]) -> bool:
    """Whether one is longer than the other: counted alike, or the fewest days it can last more than the most of the other."""
    if length[0] == limit[0]:
        return length[1] > limit[1]
    return length[1] * FEWEST_DAYS[length[0]] > limit[1] * MOST_DAYS[limit[0]] + (
        HOLIDAYS if limit[0] == "working_days" else 0
    )


def _said(length: tuple[str, int]) -> dict[str, str]:
    """A number of days in words."""
    unit, number = length
    en, zh = UNITS[unit]
    return {"en": f"{number} {en if number == 1 else en + 's'}", "zh": f"{number} {zh}"}


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
