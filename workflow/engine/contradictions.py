"""Guards of one action that cannot all be true: found before anybody waits for a button that never works."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from workflow.engine.guards.base import Guard
from workflow.engine.guards.case import FieldIs, NotDoneBySame
from workflow.engine.guards.person import Age, PoliticalStatus
from workflow.engine.guards.stating import Stated
from workflow.procedure.impossible import Domain, contradiction
from workflow.procedure.parts import number_for

Kind = TypeVar("Kind", bound=Guard)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an action's guards look at: categories of the procedure, answers a field can have, codes of a table."""

    categories: tuple[str, ...] = ()
    answers: Mapping[str, frozenset[str]] | None = None
    """Field of the action's form → its answers, where they can be listed; None without a form."""
    political_statuses: frozenset[str] = frozenset()
    facts: Mapping[str, Domain] = field(default_factory=dict)
    """What facts of conditions can be."""
    doings: tuple[frozenset[str], ...] = ()
    """The actions that make somebody one of those who may act, role by role; empty where a role is held otherwise."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The guard's name, what cannot be, and the categories it concerns: none of them means all."""

    guard: str
    detail: str
    categories: tuple[str, ...] = field(default=())


def contradictions(guards: Iterable[Guard], around: Surroundings) -> Iterator[Contradiction]:
    """Every contradiction among guards that nobody may waive."""
    every = tuple(guards)
    yield from _ages(_of(Age, every), around.categories)
    yield from _answers(_of(FieldIs, every), around.answers)
    refused = {status for guard in _of(PoliticalStatus, every) for status in guard.not_in}
    if around.political_statuses and around.political_statuses <= refused:
        yield Contradiction("political_status", "∅")
    if reason := contradiction((guard.when for guard in _of(Stated, every)), around.facts):
        yield Contradiction("condition", reason)
    yield from _same(_of(NotDoneBySame, every), around.doings)


def _same(guards: tuple[NotDoneBySame, ...], doings: tuple[frozenset[str], ...]) -> Iterator[Contradiction]:
    """Whoever may act did what nobody may have done who acts."""
    barred = {action for guard in guards for action in guard.actions}
    if barred and doings and all(did and did <= barred for did in doings):
        yield Contradiction("not_done_by_same", ", ".join(sorted(frozenset[str]().union(*doings))))


def _of(kind: type[Kind], guards: tuple[Guard, ...]) -> tuple[Kind, ...]:
    return tuple(guard for guard in guards if isinstance(guard, kind))


def _ages(guards: tuple[Age, ...], categories: tuple[str, ...]) -> Iterator[Contradiction]:
    """Ages on the same day: the youngest allowed is older than the oldest."""
    for moment in dict.fromkeys(guard.on for guard in guards):
        limits = {category: _range(guards, moment, category) for category in categories or (None,)}
        empty = {category: f"{least} > {most}" for category, (least, most) in limits.items() if least > most}
        if empty:
            named = () if len(empty) == len(limits) else tuple(category for category in empty if category)
            yield Contradiction("age", next(iter(empty.values())), named)


def _range(guards: tuple[Age, ...], moment: str, category: str | None) -> tuple[int, float]:
    counted = [guard for guard in guards if guard.on == moment]
    least = [number_for(guard.at_least, category) for guard in counted if guard.at_least is not None]
    most = [number_for(guard.at_most, category) for guard in counted if guard.at_most is not None]
    return (
        max((limit for limit in least if limit is not None), default=0),
        min((limit for limit in most if limit is not None), default=float("inf")),
    )


def _answers(guards: tuple[FieldIs, ...], possible: Mapping[str, frozenset[str]] | None) -> Iterator[Contradiction]:
    """Answers accepted by one guard and not by another, or not offered by the form."""
    for name in dict.fromkeys(name for guard in guards for name in guard.fields):
        accepted = frozenset.intersection(*(frozenset(guard.one_of) for guard in guards if name in guard.fields))
        if possible is not None and name in possible:
            accepted &= possible[name]
        if not accepted:
            yield Contradiction("field_is", f"{name} ∈ ∅")
