"""Adds bodies and gives or ends roles held in them."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from workflow.bodies.tables import Body, BodyRole, RoleHolding
from workflow.context import Context
from workflow.people.tables import Account
from workflow.problems import Conflict, Forbidden, Invalid, Missing
from workflow.store.serializing import serialize_on

KINDS = ("committee", "department", "subdistrict", "industry", "bureau", "organ")
ROLES = ("officer", "head", "member", "assessor", "recorder", "administrator", "inspector", "designer")
"""Roles every office has; procedures may name others (`holds: developer`)."""


def require_administrator(context: Context) -> None:
    """Raises Forbidden for everybody but administrators; they configure, they do not read cases by right."""
    if not context.actor.is_administrator:
        raise Forbidden("administrators_only")


def add_body(
    context: Context,
    *,
    code: str,
    kind: str,
    title_zh: str,
    title_en: str,
    parent_id: int | None = None,
    position: int = 0,
) -> int:
    """Adds a body. Raises Invalid for an unknown kind, Missing for an unknown parent, Conflict for a code that is taken."""
    require_administrator(context)
    if kind not in KINDS:
        raise Invalid("body_kind_unknown", field="kind", allowed=", ".join(KINDS))
    if parent_id is not None and context.session.get(Body, parent_id) is None:
        raise Missing("parent_missing")
    serialize_on(context.session, "bodies")
    if context.session.scalar(select(Body.id).where(Body.code == code)) is not None:
        raise Conflict("body_code_taken", body=code)
    row = Body(code=code, kind=kind, title_zh=title_zh, title_en=title_en, parent_id=parent_id, position=position)
    context.session.add(row)
    context.session.flush()
    return row.id


def add_role_holding(
    context: Context,
    *,
    body_id: int,
    role: str,
    account_id: int,
    from_date: date,
    to_date: date | None = None,
    also: Collection[str] = (),
) -> int:
    """Gives an account a role in a body from a day to a day; `also` are roles that procedures here name beside `ROLES`.

    Raises Invalid for an unknown role or dates reversed.
    """
    require_administrator(context)
    if role not in ROLES and role not in also:
        raise Invalid("role_unknown", field="role", allowed=", ".join((*ROLES, *also)))
    if to_date is not None and to_date < from_date:
        raise Invalid("dates_reversed", field="to_date")
    if context.session.get(Body, body_id) is None or context.session.get(Account, account_id) is None:
        raise Missing("holding_of_nobody")
    serialize_on(context.session, "bodies")
    body_role = context.session.scalar(select(BodyRole).where(BodyRole.body_id == body_id, BodyRole.role == role))
    if body_role is None:
        body_role = BodyRole(body_id=body_id, role=role)
        context.session.add(body_role)
        context.session.flush()
    holding = RoleHolding(body_role_id=body_role.id, account_id=account_id, from_date=from_date, to_date=to_date)
    context.session.add(holding)
    context.session.flush()
    return holding.id


def end_role_holding(context: Context, *, holding_id: int, to_date: date) -> None:
    """Ends a holding on a day, included. Raises Missing; Invalid for a day before its beginning."""
    require_administrator(context)
    holding = context.session.get(RoleHolding, holding_id)
    if holding is None:
        raise Missing("holding_missing")
    if to_date < holding.from_date:
        raise Invalid("dates_reversed", field="to_date")
    holding.to_date = to_date
    context.session.flush()
