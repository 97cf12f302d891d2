"""Votes counted by candidate: who has how many, who leads, who is last, and whether anybody has enough."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal, Protocol

from workflow.procedure.panel import CANDIDATE, RECUSED, Panel

Place = Literal["leading", "last"]


class Voted(Protocol):
    """A seat as far as votes go."""

    @property
    def opinion(self) -> str | None: ...
    @property
    def attendance(self) -> str | None: ...


def votes_cast(panel: Panel, seats: Sequence[Voted]) -> Counter[str]:
    """Opinion → how many gave it, those that count as no vote apart."""
    apart = {RECUSED, *panel.settle.uncounted}
    return Counter(seat.opinion for seat in seats if seat.opinion is not None and seat.opinion not in apart)


def tallied(panel: Panel, seats: Sequence[Voted], candidates: Iterable[int]) -> dict[str, int]:
    """Candidate → votes, also for those without any."""
    votes = votes_cast(panel, seats)
    return {str(one): votes[f"{CANDIDATE}{one}"] for one in candidates}


def placed(tally: Mapping[str, int], place: str) -> list[int]:
    """The candidates with the most votes (`leading`) or the fewest (`last`), all of them where they have the same."""
    if not tally:
        return []
    mark = max(tally.values()) if place == "leading" else min(tally.values())
    return [int(one) for one, votes in tally.items() if votes == mark]


def enough_for_one(panel: Panel, seats: Sequence[Voted], base: int) -> tuple[str | None, dict[str, Any]]:
    """Whether a candidate, or one of the panel's opinions, has as many votes as the rule asks; and the figures.

    While votes are out, None, unless nothing can change it any more. Nobody with enough is `undecided`.
    """
    votes = votes_cast(panel, seats).most_common(2)
    waiting = sum(seat.opinion is None and seat.attendance in (None, "present") for seat in seats)
    first, second = (*(number for _, number in votes), 0, 0)[:2]
    final = base + waiting if panel.settle.base == "cast" and panel.settle.rule != "at_least" else base
    shown = {"first": first, "second": second, "needed": _needed(panel, final), "base": final, "waiting": waiting}
    if votes and first >= _needed(panel, final) and first > second + waiting:
        return ("chosen" if votes[0][0].startswith(CANDIDATE) else votes[0][0]), shown
    return (None if waiting else "undecided"), shown


def _needed(panel: Panel, base: int) -> int:
    """The least number of votes that is enough."""
    if panel.settle.rule == "at_least":
        return panel.settle.at_least or 1
    if panel.settle.rule == "share":
        share = Fraction(panel.settle.share or "1")
        return max(1, -(-share.numerator * base // share.denominator))
    return base // 2 + 1
