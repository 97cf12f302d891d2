"""The rules that settle a panel's outcome, and the words that explain the arithmetic."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

from workflow.procedure.panel import Panel


@dataclass(frozen=True, slots=True)
class Given:
    """What one seat says: attendance (`present`, `absent`, `recused`, or None where nobody meets) and opinion."""

    opinion: str | None = None
    attendance: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the explanation: a key of the text catalogue and its values."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settlement:
    """The outcome, or None while opinions are awaited that can still change it, with the explanation."""

    outcome: str | None
    lines: tuple[Line, ...]


def settle(panel: Panel, seats: Sequence[Given]) -> Settlement:
    """The outcome of a panel from what its seats say so far.

    A meeting short of its quorum is `void`. The bases of a majority are explained in the panel's definition.
    """
    lines: list[Line] = []
    if panel.quorum is not None:
        present = sum(seat.attendance == "present" for seat in seats)
        needed = _needed_for_quorum(Fraction(panel.quorum.present), len(seats))
        shown = {"present": present, "seats": len(seats), "needed": needed, "share": panel.quorum.present}
        if present < needed:
            return Settlement("void", (Line("panel.quorum_missed", shown),))
        lines.append(Line("panel.quorum_met", shown))
    outcome, more = _RULES[panel.settle.rule](panel, seats)
    return Settlement(outcome, (*lines, *more))


def _needed_for_quorum(share: Fraction, seats: int) -> int:
    """The smallest whole number of members that is at least the share."""
    return -(-share.numerator * seats // share.denominator)


def _all(panel: Panel, seats: Sequence[Given]) -> tuple[str | None, list[Line]]:
    against = sum(seat.opinion is not None and seat.opinion != "agree" for seat in seats)
    agreed = sum(seat.opinion == "agree" for seat in seats)
    waiting = len(seats) - against - agreed
    line = Line("panel.all", {"agreed": agreed, "against": against, "waiting": waiting, "seats": len(seats)})
    if against and (panel.settle.one_veto or not waiting):
        return "refused", [line]
    return (None if waiting or not seats else "agreed"), [line]


def _everyone_answered(panel: Panel, seats: Sequence[Given]) -> tuple[str | None, list[Line]]:
    given = sum(seat.opinion is not None for seat in seats)
    line = Line("panel.everyone_answered", {"given": given, "seats": len(seats)})
    return ("complete" if seats and given == len(seats) else None), [line]


def _base(panel: Panel, seats: Sequence[Given]) -> int:
    rule = panel.settle
    if rule.base == "present":
        return sum(seat.attendance == "present" for seat in seats)
    if rule.base == "cast":
        return sum(seat.opinion is not None for seat in seats)
    recused = 0 if rule.recused_counts else sum(seat.attendance == "recused" for seat in seats)
    return len(seats) - recused


def _majority(panel: Panel, seats: Sequence[Given]) -> tuple[str | None, list[Line]]:
    counts = Counter(seat.opinion for seat in seats if seat.opinion is not None)
    base = _base(panel, seats)
    needed = base // 2 + 1
    may_speak = [seat for seat in seats if seat.attendance in (None, "present")]
    shown = {"base_rule": f"base:{panel.settle.base}", "base": base, "needed": needed, "agreed": counts["agree"]}
    lines = [Line("panel.majority", {**shown, "against": counts["disagree"], "deferred": counts["defer"]})]
    if len(may_speak) < needed:
        lines.append(Line("panel.majority_impossible", {"able": len(may_speak), "needed": needed}))
    waiting = sum(seat.opinion is None for seat in may_speak)
    if counts["agree"] >= needed:
        return "agreed", lines
    if waiting and max(counts["agree"], counts["defer"]) + waiting >= needed:
        return None, lines
    return ("deferred" if counts["defer"] >= needed else "refused"), lines


_RULES: dict[str, Callable[[Panel, Sequence[Given]], tuple[str | None, list[Line]]]] = {
    "all": _all,
    "everyone_answered": _everyone_answered,
    "majority": _majority,
}


MOST_SEATS = 5
"""Rules treat seats alike, so that a handful shows every outcome there can be."""


def reachable_outcomes(panel: Panel) -> frozenset[str]:
    """Every outcome that some way of attending and answering leads to, tried out with few seats."""
    silent = (Given(attendance="absent"), Given(attendance="recused")) if panel.recorded_by else (Given(),)
    attendance = "present" if panel.recorded_by else None
    said = [*(Given(opinion, attendance) for opinion in panel.opinions), *silent]
    seats = (len(panel.of.roles),) if 0 < len(panel.of.roles) <= MOST_SEATS else range(1, MOST_SEATS + 1)
    outcomes = {settle(panel, given).outcome for n in seats for given in combinations_with_replacement(said, n)}
    return frozenset(outcome for outcome in outcomes if outcome is not None)
