"""Reading who was nominated in a round and who was listed: people counted by sex, age, party, education and more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, case, distinct, func, literal, select, union_all

from workflow.access.rules import may_open
from workflow.cases.tables import Case
from workflow.context import Context
from workflow.people.tables import Person
from workflow.reports.queries import reported_round
from workflow.reports.rules import age_groups, listing_outcomes, withheld

CODED: Final = {
    "sex": Person.sex,
    "political_status": Person.political_status,
    "education": Person.education,
    "nationality": Person.nationality,
    "tier": Person.tier,
}
"""Dimensions that a code table names, with their columns."""
DIMENSIONS: Final = ("sex", "age", "political_status", "education", "nationality", "tier")
"""In the order of the page."""
NONE: Final = ""
"""The group of those for whom the archive has no code."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many people; `hidden` says why the number is not told: `few` below three, `cover` because it gives those away."""

    number: int | None
    hidden: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """People who share a code or an age group; `code` is empty where the archive has none."""

    code: str
    nominated: Count
    listed: Count


@dataclass(frozen=True, slots=True)
class Dimension:
    """The people of a round by one property, as the archive has it today; ages are those of the day the round opened."""

    key: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Composition:
    """The people of a round; somebody nominated twice is one person."""

    nominated: int
    listed: int
    dimensions: tuple[Dimension, ...]
    is_masked: bool
    """Whether small groups are hidden from the actor."""


def composition(context: Context, round_id: int) -> Composition:
    """Everybody nominated in a round and everybody listed, by each dimension, in one statement."""
    row, procedure = reported_round(context, round_id)
    is_masked = not may_open(context.actor, "small_groups")
    is_listed = Case.outcome.in_(listing_outcomes(procedure))
    lines = context.session.execute(union_all(*_counts(round_id, row.opens_date, is_listed)))
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for line in lines:
        found.setdefault(line.dimension, {})[line.code or NONE] = (line.nominated, line.listed)
    everybody = found.get("", {}).get(NONE, (0, 0))
    dimensions = tuple(_dimension(key, found.get(key, {}), is_masked=is_masked) for key in DIMENSIONS)
    return Composition(*everybody, dimensions, is_masked)


def _counts(round_id: int, opens: date, is_listed: ColumnElement[bool]) -> list[Any]:
    """One reading for all, one for each dimension."""
    ages = case(
        *((Person.birth_date >= day, name) for name, day in age_groups(opens) if day), else_=age_groups(opens)[-1][0]
    )
    columns: dict[str, Any] = {"": literal(NONE), "age": ages, **CODED}
    return [
        select(
            literal(key).label("dimension"),
            column.label("code"),
            func.count(distinct(Person.id)).label("nominated"),
            func.count(distinct(case((is_listed, Person.id)))).label("listed"),
        )
        .join(Case, Case.person_id == Person.id)
        .where(Case.round_id == round_id)
        .group_by(column)
        for key, column in columns.items()
    ]


def _dimension(key: str, groups: Mapping[str, tuple[int, int]], *, is_masked: bool) -> Dimension:
    nominated = {code: numbers[0] for code, numbers in groups.items()}
    listed = {code: numbers[1] for code, numbers in groups.items()}
    hidden = withheld(nominated) if is_masked else {}
    hidden_listed = withheld(listed, among=hidden) if is_masked else {}
    return Dimension(
        key,
        tuple(
            Group(code, _told(nominated[code], hidden.get(code)), _told(listed[code], hidden_listed.get(code)))
            for code in groups
        ),
    )


def _told(number: int, hidden: str | None) -> Count:
    return Count(None if hidden else number, hidden)
