"""Guards that compare: a case with the others of its round, and numbers of one form with each other."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from workflow.engine.facts import Facts
from workflow.engine.guards.base import Guard
from workflow.problems import Reason
from workflow.procedure.panel import Share
from workflow.procedure.parts import FieldRef, Key, Keys, StateRef, _as_tuple


def _times(number: int, facts: Facts, *, is_per_seat: bool) -> int:
    """The number, or so many for each seat of the round; one seat where the round says nothing of seats."""
    seats = facts["round.seats"].get(facts["case.category"]) if is_per_seat else 1
    return number * (1 if seats is None else int(seats))


class RoundCount(Guard):
    """So many cases of the round and category stand in the named stages and states, this case included.

    At least ten for a post, or none left that is not marked yet. With `per_seat` the numbers hold for each seat.
    """

    key: ClassVar[str] = "round_count"
    needs: ClassVar[tuple[str, ...]] = ("round.seats", "round.states", "case.category", "case.state")
    in_stages: Annotated[Keys, BeforeValidator(_as_tuple)] = ()
    """Stages whose cases count."""
    in_states: Annotated[tuple[StateRef, ...], BeforeValidator(_as_tuple)] = ()
    """States whose cases count."""
    at_least: int | None = Field(default=None, ge=1, le=10_000)
    """So many, or more."""
    fewer_than: int | None = Field(default=None, ge=1, le=10_000)
    """Not so many."""
    per_seat: bool = False
    """Whether the numbers are counted for each seat the round has in the category."""

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        others: Mapping[str, int] = facts["round.states"].get(facts["case.category"], {})
        found = sum(number for state, number in others.items() if self._counts(state))
        found += self._counts(facts["case.state"])
        limits = {name: getattr(self, name) for name in ("at_least", "fewer_than")}
        needed = {name: _times(n, facts, is_per_seat=self.per_seat) for name, n in limits.items() if n is not None}
        if found < needed.get("at_least", 0):
            yield self.reason("at_least", count=found, limit=needed["at_least"])
        if found >= needed.get("fewer_than", found + 1):
            yield self.reason("fewer_than", count=found, limit=needed["fewer_than"])

    def _counts(self, state: str) -> bool:
        return state in self.in_states or state.partition(".")[0] in self.in_stages


class Ranked(Guard):
    """By a number of its forms the case is among the first of its round and category; equal numbers share a place.

    Compared with open cases that have the number. So nobody with the last number that counts is left out.
    """

    key: ClassVar[str] = "ranked"
    by: FieldRef
    """The answer (`form.field`) that orders them, the highest number first."""
    first: int = Field(ge=1, le=10_000)
    """How many places count."""
    per_seat: bool = False
    """Whether so many places count for each seat the round has in the category."""

    @property
    def facts_needed(self) -> tuple[str, ...]:
        return (f"rank.{self.by}", "round.seats", "case.category")

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        place, limit = facts[f"rank.{self.by}"], _times(self.first, facts, is_per_seat=self.per_seat)
        if place is None:
            yield self.reason("unknown", limit=limit)
        elif place > limit:
            yield self.reason("behind", place=place, limit=limit)


class OnList(Guard):
    """The person is on one of the lists today."""

    key: ClassVar[str] = "on_list"
    needs: ClassVar[tuple[str, ...]] = ("person.lists",)
    lists: Annotated[Keys, BeforeValidator(_as_tuple)]
    """Keys of the lists, one of which the person must be on."""

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        if not set(self.lists) & set(facts["person.lists"]):
            yield self.reason("none")


class ShareOf(Guard):
    """One number of the form sent is at least, or at most, a share of another: attendance, ballots that came back."""

    key: ClassVar[str] = "share"
    needs: ClassVar[tuple[str, ...]] = ("form.values",)
    looks_at_form: ClassVar[bool] = True
    part: Key
    """The field with the part."""
    whole: Key
    """The field with the whole."""
    at_least: Share | None = None
    """The least share, as `2/3`."""
    at_most: Share | None = None
    """The largest share: 1 where the part cannot be more than the whole."""

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        part, whole = (_exact(facts["form.values"].get(key)) for key in (self.part, self.whole))
        if part is None or whole is None:
            return
        named = {"part": f"field:{self.part}", "whole": f"field:{self.whole}"}
        figures = {"count": str(part), "of": str(whole)}
        if self.at_least is not None and part < whole * Fraction(self.at_least):
            yield self.reason("at_least", **named, **figures, share=self.at_least)
        if self.at_most is not None and part > whole * Fraction(self.at_most):
            yield self.reason("at_most", **named, **figures, share=self.at_most)


def _exact(value: Any) -> Fraction | None:
    """A number of a form, exactly; those with decimals are kept as text."""
    return None if value is None else Fraction(Decimal(str(value)))
