"""The rules that settle a panel's outcome, and the words that explain the arithmetic."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

from workflow.engine.tally import enough_for_one, votes_cast
from workflow.procedure.panel import CANDIDATE, RECUSED, Panel


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
    winner: int | None = None
    """The child case that was chosen, where members choose among candidates."""


def with_silence(panel: Panel, seats: Sequence[Given]) -> list[Given]:
    """What the seats say once the deadline has expired: the silent say what the panel takes silence for, or stay away."""
    silent = Given(panel.silence) if panel.silence else Given(None, "absent")
    return [silent if seat.opinion is None and seat.attendance is None else seat for seat in seats]


def settle(panel: Panel, seats: Sequence[Given]) -> Settlement:
    """The outcome of a panel from what its seats say so far.

    A meeting short of its quorum is `void`. The bases of a majority are explained in the panel's definition.
    """
    lines: list[Line] = []
    seats = [Given(None, RECUSED) if seat.opinion == RECUSED else seat for seat in seats]
    able = sum(seat.attendance != RECUSED for seat in seats)
    if panel.fewest is not None and able < panel.fewest:
        return Settlement("too_few", (Line("panel.too_few", {"seats": able, "fewest": panel.fewest}),))
    if panel.quorum is not None:
        present = sum(seat.attendance == "present" for seat in seats)
        needed = _needed_for_quorum(Fraction(panel.quorum.present), len(seats))
        shown = {"present": present, "seats": len(seats), "needed": needed, "share": panel.quorum.present}
        if present < needed:
            return Settlement("void", (Line("panel.quorum_missed", shown),))
        lines.append(Line("panel.quorum_met", shown))
    outcome, more = (_one_has_enough if panel.has_to_win else _RULES[panel.settle.rule])(panel, seats)
    return Settlement(outcome, (*lines, *more), _winner(panel, outcome, seats))


def _needed_for_quorum(share: Fraction, seats: int) -> int:
    """The smallest whole number of members that is at least the share."""
    return -(-share.numerator * seats // share.denominator)


def _all(panel: Panel, seats: Sequence[Given]) -> tuple[str | None, list[Line]]:
    against = sum(number for opinion, number in votes_cast(panel, seats).items() if opinion != "agree")
    agreed = sum(seat.opinion == "agree" for seat in seats)
    waiting = sum(seat.opinion is None and seat.attendance != RECUSED for seat in seats)
    line = Line("panel.all", {"agreed": agreed, "against": against, "waiting": waiting, "seats": len(seats)})
    if against and (panel.settle.one_veto or not waiting):
        return "refused", [line]
    return (None if waiting or not seats else "agreed"), [line]


def _everyone_answered(panel: Panel, seats: Sequence[Given]) -> tuple[str | None, list[Line]]:
    asked = [seat for seat in seats if seat.attendance != RECUSED]
    given = sum(seat.opinion is not None for seat in asked)
    line = Line("panel.everyone_answered", {"given": given, "seats": len(asked)})
    return ("complete" if asked and given == len(asked) else None), [line]


def _base(panel: Panel, seats: Sequence[Given]) -> int:
    rule = panel.settle
    if rule.base == "present":
        return sum(seat.attendance == "present" for seat in seats)
    if rule.base == "cast":
        return votes_cast(panel, seats).total()
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
    if waiting and panel.settle.base == "cast":
        return None, lines  # every further opinion moves the line itself
    if counts["agree"] >= needed:
        return "agreed", lines
    if waiting and max(counts["agree"], counts["defer"]) + waiting >= needed:
        return None, lines
    return ("deferred" if counts["defer"] >= needed else "refused"), lines


def _share(panel: Panel, seats: Sequence[Given]) -> tuple[str | None, list[Line]]:
    base = _base(panel, seats)
    needed = _needed_for_quorum(Fraction(panel.settle.share or "1"), base)
    return _enough(panel, seats, needed, {"base_rule": f"base:{panel.settle.base}", "base": base})


def _at_least(panel: Panel, seats: Sequence[Given]) -> tuple[str | None, list[Line]]:
    return _enough(panel, seats, panel.settle.at_least or 1, {"base_rule": "base:seats", "base": len(seats)})


def _enough(panel: Panel, seats: Sequence[Given], needed: int, shown: dict[str, Any]) -> tuple[str | None, list[Line]]:
    """Agreed as soon as so many agree, refused as soon as so many no longer can."""
    counts = Counter(seat.opinion for seat in seats if seat.opinion is not None)
    waiting = sum(seat.opinion is None and seat.attendance in (None, "present") for seat in seats)
    line = Line("panel.enough", {**shown, "needed": needed, "agreed": counts["agree"], "waiting": waiting})
    if waiting and panel.settle.rule == "share" and panel.settle.base == "cast":
        return None, [line]  # every further opinion moves the line itself
    if counts["agree"] >= needed:
        return "agreed", [line]
    if max(counts["agree"], counts["defer"]) + waiting >= needed and waiting:
        return None, [line]
    return ("deferred" if counts["defer"] >= needed else "refused"), [line]


def _one_has_enough(panel: Panel, seats: Sequence[Given]) -> tuple[str | None, list[Line]]:
    outcome, shown = enough_for_one(panel, seats, _base(panel, seats))
    rule = "base:seats" if panel.settle.rule == "at_least" else f"base:{panel.settle.base}"
    return outcome, [Line("panel.one_has_enough", {**shown, "base_rule": rule})]


def _most(panel: Panel, seats: Sequence[Given]) -> tuple[str | None, list[Line]]:
    """The opinion ahead of all others once those who have not spoken can no longer change it."""
    counts = votes_cast(panel, seats).most_common()
    waiting = sum(seat.opinion is None and seat.attendance in (None, "present") for seat in seats)
    first, second = ([*(number for _, number in counts), 0, 0])[:2]
    line = Line("panel.most", {"cast": sum(number for _, number in counts), "first": first, "second": second})
    if waiting and first - second <= waiting:
        return None, [line]
    if not counts or first == second:
        return "tied", [line]
    leading = counts[0][0]
    return ("chosen" if leading.startswith(CANDIDATE) else leading), [line]


def leading(opinions: Iterable[str | None], uncounted: Collection[str] = ()) -> frozenset[str]:
    """What has the most votes, several where they are equal; nothing where nobody has voted. Abstentions are no votes."""
    counts = Counter(one for one in opinions if one is not None and one != RECUSED and one not in uncounted)
    most = max(counts.values(), default=0)
    return frozenset(opinion for opinion, number in counts.items() if number == most)


def _winner(panel: Panel, outcome: str | None, seats: Sequence[Given]) -> int | None:
    if outcome != "chosen":
        return None
    counts = votes_cast(panel, seats)
    return int(counts.most_common(1)[0][0].removeprefix(CANDIDATE))


_RULES: dict[str, Callable[[Panel, Sequence[Given]], tuple[str | None, list[Line]]]] = {
    "all": _all,
    "at_least": _at_least,
    "everyone_answered": _everyone_answered,
    "majority": _majority,
    "most": _most,
    "share": _share,
}


MOST_SEATS = 5
"""Rules treat seats alike, so that a handful shows every outcome there can be."""


def _with_few(panel: Panel) -> Panel:
    """The same rule for a handful of seats: numbers of members beyond it ask no more than all of them."""
    fewest = panel.fewest and min(panel.fewest, MOST_SEATS)
    needed = panel.settle.at_least and min(panel.settle.at_least, MOST_SEATS)
    settle_by = panel.settle.model_copy(update={"at_least": needed})
    return panel.model_copy(update={"fewest": fewest, "settle": settle_by})


def reachable_outcomes(panel: Panel) -> frozenset[str]:
    """Every outcome that some way of attending and answering leads to, tried out with few seats."""
    silent = (Given(attendance="absent"), Given(attendance="recused")) if panel.recorded_by else (Given(),)
    attendance = "present" if panel.recorded_by else None
    votes = (*panel.opinions, *((f"{CANDIDATE}1", f"{CANDIDATE}2") if panel.candidates else ()))
    said = [*(Given(opinion, attendance) for opinion in votes), *silent]
    seats = (len(panel.of.roles),) if 0 < len(panel.of.roles) <= MOST_SEATS else range(1, MOST_SEATS + 1)
    small = _with_few(panel)
    outcomes = {settle(small, given).outcome for n in seats for given in combinations_with_replacement(said, n)}
    return frozenset(outcome for outcome in outcomes if outcome is not None)
