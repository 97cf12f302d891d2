"""What a bulk job may be: how many cases, which things on offer, and how a problem is kept with an entry."""

from collections.abc import Iterable
from typing import Any

from workflow.problems import Conflict, Forbidden, Invalid, Missing, Problem, Reason, Refused
from workflow.procedure.stages import State

MOST = 200
"""Cases in one job."""
AT_ONCE = 20
"""Cases done while the browser waits; the scheduler does the others."""
DONE, REFUSED, CHANGED, CANCELLED = "done", "refused", "changed", "cancelled"


def offered(states: Iterable[tuple[State, str]]) -> tuple[str, ...]:
    """What may be done to every one of the (state, role) pairs, in the order of the first."""
    ways = [state.in_bulk(role) for state, role in states]
    return tuple(way for way in ways[0] if all(way in other for other in ways)) if ways else ()


def reason_wanted(state: State, doing: str) -> str:
    """`none`, `optional` or `required`: whether a reason is typed for the thing."""
    kind, _colon, key = doing.partition(":")
    return state.actions[key].reason if kind == "act" else "optional"


def outcome_of(problem: Problem) -> str:
    """What became of a case whose step met a problem."""
    return CHANGED if isinstance(problem, Conflict) else REFUSED


def kept_reasons(problem: Problem) -> list[dict[str, Any]]:
    """The reasons of a problem as they are kept with an entry: rules first, anything else as the problem itself."""
    reasons: tuple[Reason, ...] = problem.reasons if isinstance(problem, Refused) else ()
    if reasons:
        return [as_kept(reason) for reason in reasons]
    return [{"code": problem.code, "params": dict(problem.params)}]


def as_kept(reason: Reason) -> dict[str, Any]:
    """A reason as a JSON value."""
    return {
        "code": reason.code,
        "params": dict(reason.params),
        "remedy": reason.remedy,
        "cites": reason.cites,
        "waivable_by": list(reason.waivable_by),
        "guard": reason.guard,
    }


def as_reason(kept: dict[str, Any]) -> Reason:
    """A kept reason as it was."""
    waivable_by = tuple(kept.get("waivable_by", ()))
    return Reason(kept["code"], kept["params"], kept.get("remedy"), kept.get("cites"), waivable_by, kept.get("guard"))


def is_of_the_case(problem: Problem) -> bool:
    """Whether a problem is about one case, so that the others go on; a busy database is not."""
    return isinstance(problem, Refused | Forbidden | Invalid | Conflict | Missing)
