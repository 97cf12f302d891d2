"""Whether conditions can all be true at once, as far as plain values tell: what is asked of one fact contradicts itself."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeVar

from workflow.procedure.conditions import Condition
from workflow.procedure.model import Procedure

MOST_WAYS = 64
"""Ways in which nested alternatives are looked at; with more of them nothing is said."""
SINGLE = frozenset({"choice", "yes_no", "integer", "date", "text"})
"""Kinds of answers that are one value."""
Limit = TypeVar("Limit", int, str)
Way = tuple[tuple[Condition, bool], ...]
"""Comparisons that must all hold, or must not."""


@dataclass(frozen=True, slots=True)
class Domain:
    """What a fact can be: one of some values, or a number within bounds; None where nothing limits it."""

    values: frozenset[str] | None = None
    low: int | None = None
    high: int | None = None


def domains(procedure: Procedure, form: str | None = None) -> dict[str, Domain]:
    """Fact → what it can be, for answers that are one value; those of the form being sent are `field.KEY`."""
    found: dict[str, Domain] = {}
    written = {use.params.get("field") for state in procedure.states.values() for use in state.every_effect}
    for form_key, one in procedure.forms.items():
        for key, field in one.fields.items():
            if field.type not in SINGLE:
                continue
            values = frozenset({"yes", "no"}) if field.type == "yes_no" else frozenset(field.options) or None
            low, high = (field.at_least, field.at_most) if field.type == "integer" else (None, None)
            asked = Domain(values, low, high)
            found[f"form.{form_key}.{key}"] = Domain() if f"{form_key}.{key}" in written else asked
            if form_key == form:
                found[f"field.{key}"] = asked
    if procedure.categories:
        found["case.category"] = Domain(frozenset(procedure.categories))
    return found


def contradiction(conditions: Iterable[Condition], known: Mapping[str, Domain]) -> str | None:
    """Why the conditions cannot all hold, in signs anybody can read; None where they can, or it cannot be told."""
    ways = _joined([_ways(one, wanted=True) for one in conditions])
    found = [_conflict(way, known) for way in ways or ()]
    return found[0] if found and all(found) else None


def _ways(condition: Condition, *, wanted: bool) -> list[Way] | None:
    """The ways in which a condition comes true, or does not; None where there are too many."""
    if condition.negated is not None:
        return _ways(condition.negated, wanted=not wanted)
    parts = condition.all_of or condition.any_of
    if not parts:
        return [((condition, wanted),)]
    inner = [_ways(part, wanted=wanted) for part in parts]
    if bool(condition.all_of) == wanted:
        return _joined(inner)
    either = [way for one in inner if one is not None for way in one]
    return None if None in inner or len(either) > MOST_WAYS else either


def _joined(parts: list[list[Way] | None]) -> list[Way] | None:
    ways: list[Way] = [()]
    for part in parts:
        if part is None or len(ways) * len(part) > MOST_WAYS:
            return None
        ways = [(*one, *other) for one, other in product(ways, part)]
    return ways


def _conflict(way: Way, known: Mapping[str, Domain]) -> str | None:
    """The first fact of which too much is asked."""
    asked: dict[str, list[tuple[Condition, bool]]] = {}
    for condition, wanted in way:
        if condition.this and condition.this in known:
            asked.setdefault(condition.this, []).append((condition, wanted))
    found = (_about(fact, comparisons, known[fact]) for fact, comparisons in asked.items())
    return next((one for one in found if one), None)


def _about(fact: str, comparisons: list[tuple[Condition, bool]], domain: Domain) -> str | None:
    sets = [
        frozenset(_plain(value) for value in values)
        for one, wanted in comparisons
        if (values := _among(one)) and wanted
    ]
    if not any(wanted and _asks(one) for one, wanted in comparisons):
        return None  # no answer at all would do
    if any(wanted and one.is_set is False for one, wanted in comparisons):
        return f"{fact}: ∅"
    allowed = [*sets, *((domain.values,) if domain.values is not None else ())]
    left = frozenset.intersection(*allowed) if allowed else None
    refused = {_plain(value) for one, wanted in comparisons for value in _refused(one, wanted=wanted)}
    if left is not None and not left - refused:
        shown = [f"{{{', '.join(sorted(one))}}}" for one in dict.fromkeys(allowed)]
        return f"{fact}: {' ∩ '.join(shown)}{' − {' + ', '.join(sorted(refused)) + '}' if refused & left else ''} = ∅"
    return _bounds(fact, comparisons, domain, left)


def _bounds(
    fact: str, comparisons: list[tuple[Condition, bool]], domain: Domain, left: frozenset[str] | None
) -> str | None:
    """Numbers and days: the least allowed is more than the most, or than every value that is left."""
    lows = [one.at_least for one, wanted in comparisons if wanted and one.at_least is not None]
    highs = [one.at_most for one, wanted in comparisons if wanted and one.at_most is not None]
    if left is not None and all(value.lstrip("-").isdecimal() for value in left) and left:
        numbers = [int(value) for value in left]
        lows, highs = [*lows, min(numbers)], [*highs, max(numbers)]
    numbers_said = _crossed(
        [one for one in (*lows, domain.low) if isinstance(one, int)],
        [one for one in (*highs, domain.high) if isinstance(one, int)],
    )
    days_said = _crossed([one for one in lows if isinstance(one, str)], [one for one in highs if isinstance(one, str)])
    said = numbers_said or days_said
    return f"{fact}: {said}" if said else None


def _crossed(lows: list[Limit], highs: list[Limit]) -> str | None:
    """The least and the most, where nothing lies between them."""
    if lows and highs and max(lows) > min(highs):
        return f"{max(lows)} > {min(highs)}"
    return None


def _among(condition: Condition) -> tuple[Any, ...]:
    """The values of which the fact must have one."""
    return condition.one_of or (() if condition.equals is None else (condition.equals,))


def _asks(condition: Condition) -> bool:
    """Whether it is false where there is no answer."""
    compared = (condition.at_least, condition.at_most, condition.same_as, condition.differs_from)
    return condition.is_set is True or bool(_among(condition)) or any(one is not None for one in compared)


def _refused(condition: Condition, *, wanted: bool) -> Iterator[Any]:
    """Values the fact must not have: named as such, or those of a comparison that must not hold and asks nothing else."""
    if wanted:
        yield from condition.none_of
        return
    others = (condition.at_least, condition.at_most, condition.same_as, condition.differs_from, condition.is_set)
    if not condition.none_of and all(one is None for one in others):
        yield from _among(condition)


def _plain(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
