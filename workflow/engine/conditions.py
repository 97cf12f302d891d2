"""Whether a condition of a definition holds of the facts; nothing is evaluated but comparisons of plain values."""

from decimal import Decimal, InvalidOperation
from typing import Any

from workflow.engine.facts import FORM_BEING_SENT, Facts, fact_behind
from workflow.procedure.conditions import Condition


def needs_of(condition: Condition) -> frozenset[str]:
    """The facts that have to be gathered before the condition can be asked."""
    return frozenset(fact_behind(name) for name in condition.facts)


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether the condition is true of the facts. Raises KeyError for a fact that was not gathered."""
    if condition.all_of:
        return all(holds(part, facts) for part in condition.all_of)
    if condition.any_of:
        return any(holds(part, facts) for part in condition.any_of)
    if condition.negated is not None:
        return not holds(condition.negated, facts)
    return _compares(condition, facts)


def value_of(name: str, facts: Facts) -> Any:
    """The value a condition's name stands for; None where it is unknown."""
    if name.startswith("field."):
        key, *cell = name.removeprefix("field.").split(".")
        answer = (facts[FORM_BEING_SENT] or {}).get(key)
        return _rows_with(answer or [], *cell) if len(cell) == 2 else answer
    return facts[name]


def _rows_with(rows: list[dict[str, Any]], column: str, value: str) -> int:
    """How many rows of a table have an answer in a column."""
    return sum(_same(row.get(column), value) for row in rows)


def _compares(condition: Condition, facts: Facts) -> bool:
    found = value_of(condition.this or "", facts)
    if condition.is_set is not None and condition.is_set == (found in (None, "", [])):
        return False
    if condition.none_of and _is_among(found, condition.none_of):
        return False
    wanted = _wanted(condition)
    if found is None:
        return not wanted
    return all(test(found, facts) for test in wanted)


def _wanted(condition: Condition) -> list[Any]:
    """The comparisons that need a known fact, each as a function of it."""
    tests: list[Any] = []
    if condition.equals is not None:
        tests.append(lambda found, _facts: _same(found, condition.equals))
    if condition.one_of:
        tests.append(lambda found, _facts: _is_among(found, condition.one_of))
    if condition.at_least is not None:
        tests.append(lambda found, _facts: _order(found, condition.at_least) in {0, 1})
    if condition.at_most is not None:
        tests.append(lambda found, _facts: _order(found, condition.at_most) in {-1, 0})
    if condition.same_as:
        tests.append(lambda found, facts: found == value_of(condition.same_as or "", facts))
    if condition.differs_from:
        tests.append(lambda found, facts: found != value_of(condition.differs_from or "", facts))
    return tests


def _is_among(found: Any, values: tuple[Any, ...]) -> bool:
    several = found if isinstance(found, list) else [found]
    return any(_same(one, value) for one in several for value in values)


def _same(found: Any, value: Any) -> bool:
    """Equality as definitions write it: yes and no are answers of a yes/no question."""
    if isinstance(found, bool) and isinstance(value, str):
        return value == ("yes" if found else "no")
    return bool(found == value) and isinstance(found, bool) == isinstance(value, bool)


def _order(found: Any, limit: Any) -> int | None:
    """Negative, zero or positive as the fact is less, equal or more; None where the two cannot be compared.

    A list is as much as it has entries. Numbers with decimals are kept as text, and compared as the numbers they are.
    """
    found = len(found) if isinstance(found, list) else found
    if isinstance(limit, int) and isinstance(found, str):
        found = _decimal(found)
    if found is None or isinstance(found, bool) or isinstance(found, str) != isinstance(limit, str):
        return None
    return int(found > limit) - int(found < limit)


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
