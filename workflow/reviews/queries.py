"""Reading the yearly reviews: a year with where each stands, how many are where, and those overdue."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select

from workflow.bodies.tables import Body
from workflow.cases.tables import Case
from workflow.cases.versions import compiled_version, newest_versions
from workflow.context import Context
from workflow.people.tables import Person
from workflow.pools.queries import visible_people
from workflow.pools.rules import may_read_all
from workflow.pools.tables import Membership, Pool
from workflow.problems import Forbidden
from workflow.procedure.parts import Words
from workflow.reviews.rules import named_timetables
from workflow.reviews.tables import Review

PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One review. `state_ref` is `planned` and `state` None until it is opened."""

    review_id: int
    year: int
    person_id: int
    person: str
    person_latin: str
    birth_date: date
    body: Words | None
    pool: Words
    opens_date: date
    due_date: date
    case_id: int | None
    reference: str | None
    state: Words | None
    state_ref: str
    is_overdue: bool
    grade: str | None
    result: str | None


@dataclass(frozen=True, slots=True)
class ReviewYear:
    """The reviews of a year, and how many stand in each state in the order of the procedure."""

    year: int
    reviews: tuple[ReviewView, ...]
    counts: tuple[tuple[str, Words | None, int], ...]

    @property
    def finished(self) -> int:
        return sum(review.result is not None for review in self.reviews)

    @property
    def overdue(self) -> int:
        return sum(review.is_overdue for review in self.reviews)


@dataclass(frozen=True, slots=True)
class ListReview:
    """How a list is reviewed. With exactly one review, and that published, its members are planned by the clock."""

    key: str
    title: Words
    members: int
    reviews: tuple[str, ...]
    """Keys of the procedures that could be meant."""
    titles: tuple[Words, ...]
    """Those of them that are published here."""

    @property
    def is_planned(self) -> bool:
        return len(self.reviews) == len(self.titles) == 1


def list_reviews(context: Context) -> tuple[ListReview, ...]:
    """By which yearly review each list goes; no people, so that administrators may see it. Raises Forbidden."""
    if not (context.actor.is_administrator or may_read_all(context.actor)):
        raise Forbidden("pools_not_yours")
    procedures = newest_versions(context.session)
    published = {one.procedure.procedure: one.procedure.title for one in procedures}
    rows = context.session.execute(
        select(Pool, func.count(Membership.id).label("members"))
        .outerjoin(Membership, (Membership.pool_id == Pool.id) & Membership.left_at.is_(None))
        .group_by(Pool.id)
        .order_by(Pool.id)
    ).all()
    named = named_timetables([row.Pool.key for row in rows], procedures)
    found = []
    for pool, members in rows:
        keys = tuple(effect.procedure for effect in named[pool.key])
        titles = tuple(published[key] for key in keys if key in published)
        found.append(ListReview(pool.key, Words(zh=pool.title_zh, en=pool.title_en), members, keys, titles))
    return tuple(found)


def reviews_of_year(context: Context, *, year: int) -> ReviewYear:
    """The reviews of a year that the actor may see, each list by surname strokes; those of members who left before it was opened are left out."""
    found = _reviews(context, (Review.year == year) & (Membership.left_at.is_(None) | Review.case_id.is_not(None)))
    numbers = Counter(review.state_ref for review in found)
    titles = {review.state_ref: review.state for review in found}
    order = _order(context, year)
    refs = sorted(numbers, key=lambda ref: order.get(ref, -1))
    return ReviewYear(year, found, tuple((ref, titles[ref], numbers[ref]) for ref in refs))


def overdue_reviews(context: Context) -> tuple[ReviewView, ...]:
    """Reviews past their due day without a result, the longest overdue first; of those the actor may see."""
    return _reviews(context, (Review.due_date < context.today) & Review.result.is_(None) & Membership.left_at.is_(None))


def _reviews(context: Context, condition: ColumnElement[bool]) -> tuple[ReviewView, ...]:
    rows = context.session.execute(
        select(Review, Case, Pool, Person, Body)
        .join(Membership, Membership.id == Review.membership_id)
        .join(Pool, Pool.id == Membership.pool_id)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Body, Body.id == Person.body_id)
        .outerjoin(Case, Case.id == Review.case_id)
        .where(condition, visible_people(context))
        .order_by(Review.due_date, Pool.id, Person.sort_strokes, Review.id)
    )
    return tuple(_view(context, row) for row in rows)


def _view(context: Context, row: Any) -> ReviewView:
    review, person, body, pool, is_open = row.Review, row.Person, row.Body, row.Pool, row.Case is not None
    return ReviewView(
        review_id=review.id,
        year=review.year,
        person_id=person.id,
        person=person.name,
        person_latin=person.name_latin,
        birth_date=person.birth_date,
        body=Words(zh=body.title_zh, en=body.title_en) if body else None,
        pool=Words(zh=pool.title_zh, en=pool.title_en),
        opens_date=review.opens_date,
        due_date=review.due_date,
        case_id=review.case_id,
        reference=row.Case.reference if is_open else None,
        state=_state_title(context, row.Case) if is_open else None,
        state_ref=row.Case.state if is_open else PLANNED,
        is_overdue=review.result is None and review.due_date < context.today,
        grade=review.grade,
        result=review.result,
    )


def _state_title(context: Context, case: Case) -> Words:
    return compiled_version(context.session, case.procedure_version_id).procedure.states[case.state].title


def _order(context: Context, year: int) -> dict[str, int]:
    """State → its place in the procedures the year's cases run under."""
    versions = context.session.scalars(
        select(Case.procedure_version_id).join(Review, Review.case_id == Case.id).where(Review.year == year).distinct()
    )
    refs = [ref for version in sorted(versions) for ref in compiled_version(context.session, version).procedure.states]
    return {ref: place for place, ref in enumerate(dict.fromkeys(refs))}
