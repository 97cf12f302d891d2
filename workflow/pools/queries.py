"""Reading the lists of people: sizes and vacancies, members with their tenure, where one person stands."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true

from workflow.bodies.tables import Body
from workflow.context import Context
from workflow.people.tables import Person
from workflow.pools.rules import bodies_read, may_read_all
from workflow.pools.tables import Membership, Pool
from workflow.problems import Forbidden
from workflow.procedure.parts import Words


@dataclass(frozen=True, slots=True)
class PoolView:
    """A list with its size. `vacancies` is what it lacks of its target; none need be filled."""

    pool_id: int
    key: str
    title: Words
    target: int
    members: int

    @property
    def vacancies(self) -> int:
        return max(0, self.target - self.members)


@dataclass(frozen=True, slots=True)
class MemberView:
    """Somebody's place on a list."""

    membership_id: int
    pool_key: str
    pool: Words
    person_id: int
    person: str
    person_latin: str
    birth_date: date
    body: Words | None
    case_id: int | None
    tenure_from_date: date
    left_at: datetime | None
    left_reason: str | None


def pools(context: Context) -> tuple[PoolView, ...]:
    """Every list with its size. Raises Forbidden for whoever does not read whole lists."""
    if not may_read_all(context.actor):
        raise Forbidden("pools_not_yours")
    counted = func.count(Membership.id).filter(Membership.left_at.is_(None))
    rows = context.session.execute(
        select(Pool, counted.label("members"))
        .outerjoin(Membership, Membership.pool_id == Pool.id)
        .group_by(Pool.id)
        .order_by(Pool.id)
    )
    return tuple(
        PoolView(pool.id, pool.key, Words(zh=pool.title_zh, en=pool.title_en), pool.target, members)
        for pool, members in rows
    )


def members(context: Context, *, pool_key: str) -> tuple[MemberView, ...]:
    """Who is on a list now, by surname strokes as official lists are; of those the actor may see."""
    statement = _members().where(Pool.key == pool_key, Membership.left_at.is_(None), visible_people(context))
    rows = context.session.execute(statement.order_by(Person.sort_strokes, Membership.id))
    return tuple(_member(row) for row in rows)


def memberships(context: Context, *, person_id: int) -> tuple[MemberView, ...]:
    """A person's places on lists, newest first, those left among them; of those the actor may see."""
    statement = _members().where(Membership.person_id == person_id, visible_people(context))
    return tuple(_member(row) for row in context.session.execute(statement.order_by(Membership.id.desc())))


def visible_people(context: Context) -> ColumnElement[bool]:
    """The condition on `person`: all for readers of whole lists, else the own body's people and oneself."""
    actor = context.actor
    if may_read_all(actor):
        return true()
    return or_(Person.body_id.in_(sorted(bodies_read(actor))), Person.id == actor.person_id)


def _members() -> Select[Membership, Pool, str, str, date, str, str]:
    return (
        select(Membership, Pool, Person.name, Person.name_latin, Person.birth_date, Body.title_zh, Body.title_en)
        .join(Pool, Pool.id == Membership.pool_id)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Body, Body.id == Person.body_id)
    )


def _member(row: Any) -> MemberView:
    membership, pool = row.Membership, row.Pool
    return MemberView(
        membership_id=membership.id,
        pool_key=pool.key,
        pool=Words(zh=pool.title_zh, en=pool.title_en),
        person_id=membership.person_id,
        person=row.name,
        person_latin=row.name_latin,
        birth_date=row.birth_date,
        body=None if row.title_zh is None else Words(zh=row.title_zh, en=row.title_en),
        case_id=membership.case_id,
        tenure_from_date=membership.tenure_from_date,
        left_at=membership.left_at,
        left_reason=membership.left_reason,
    )
