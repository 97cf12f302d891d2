"""Bodies, and who holds which role on a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from workflow.bodies.tables import Body, BodyRole, RoleHolding
from workflow.context import Actor, Context, Holding
from workflow.people.tables import Account
from workflow.problems import Missing
from workflow.store.hot import Hot


@dataclass(frozen=True, slots=True)
class BodyView:
    """A body in official order."""

    id: int
    code: str
    kind: str
    title_zh: str
    title_en: str
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class HolderView:
    """An account that holds a role in a body."""

    holding_id: int
    account_id: int
    name: str
    name_latin: str
    sign_in_name: str
    role: str
    body_code: str
    body_zh: str
    body_en: str
    from_date: date
    to_date: date | None


HELD = (
    Account.id,
    Account.name,
    Account.person_id,
    Account.is_administrator,
    BodyRole.id.label("body_role_id"),
    Body.id.label("body_id"),
    Body.code,
    BodyRole.role,
)
"""What `actor_of` reads, a row for each role held."""


def joined_to_holdings(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """A statement about accounts, with the roles each holds on the day given as `today`."""
    today = bindparam("today", type_=Date)
    return (
        statement.outerjoin(
            RoleHolding,
            and_(
                RoleHolding.account_id == Account.id,
                RoleHolding.from_date <= today,
                or_(RoleHolding.to_date.is_(None), RoleHolding.to_date >= today),
            ),
        )
        .outerjoin(BodyRole, BodyRole.id == RoleHolding.body_role_id)
        .outerjoin(Body, Body.id == BodyRole.body_id)
        .order_by(RoleHolding.id)
    )


def actor_of(rows: Sequence[Any]) -> Actor:
    """The actor behind rows of `HELD`."""
    account_id, name, person_id, is_administrator, *_first = rows[0]
    held = {row[4]: Holding(*row[4:8]) for row in rows if row[4] is not None}
    return Actor(account_id, name, tuple(held.values()), person_id, bool(is_administrator))


_ACTOR = Hot(joined_to_holdings(select(*HELD)).where(Account.id == bindparam("account_id"), Account.is_active))


def actor(session: Session, account_id: int, today: date) -> Actor:
    """The account with the roles it holds on a day, in one statement. Raises Missing for none or an inactive one."""
    rows = _ACTOR.all(session, {"account_id": account_id, "today": today.isoformat()})
    if not rows:
        raise Missing("account_missing")
    return actor_of(rows)


def bodies(context: Context, *, kinds: Iterable[str] = ()) -> tuple[BodyView, ...]:
    """Bodies in official order, of some kinds or all."""
    statement = select(Body.id, Body.code, Body.kind, Body.title_zh, Body.title_en, Body.parent_id)
    if kinds:
        statement = statement.where(Body.kind.in_(list(kinds)))
    rows = context.session.execute(statement.order_by(Body.position, Body.id))
    return tuple(BodyView(**row._mapping) for row in rows)


def body_role_id(session: Session, code: str, role: str) -> int | None:
    """The id of a role in the body with this code; None where it was never held."""
    statement = select(BodyRole.id).join(Body, Body.id == BodyRole.body_id)
    return session.scalar(statement.where(Body.code == code, BodyRole.role == role))


def holders(context: Context) -> tuple[HolderView, ...]:
    """Every holding of today and later, by body and role."""
    rows = context.session.execute(
        select(
            RoleHolding.id.label("holding_id"),
            Account.id.label("account_id"),
            Account.name,
            Account.name_latin,
            Account.sign_in_name,
            BodyRole.role,
            Body.code.label("body_code"),
            Body.title_zh.label("body_zh"),
            Body.title_en.label("body_en"),
            RoleHolding.from_date,
            RoleHolding.to_date,
        )
        .join(Account, Account.id == RoleHolding.account_id)
        .join(BodyRole, BodyRole.id == RoleHolding.body_role_id)
        .join(Body, Body.id == BodyRole.body_id)
        .where(or_(RoleHolding.to_date.is_(None), RoleHolding.to_date >= context.today))
        .order_by(Body.position, Body.id, BodyRole.role, RoleHolding.id)
    )
    return tuple(HolderView(**row._mapping) for row in rows)
