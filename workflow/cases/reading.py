"""Who may read a case, as which roles: one rule for pages, lists, counts and search."""

from sqlalchemy import ColumnElement, exists, or_, select

from workflow.cases.tables import Case, CaseReader
from workflow.context import Context
from workflow.problems import Missing


def is_reader(context: Context) -> ColumnElement[bool]:
    """The condition on `case_reader` rows that name the actor, by a role held now or by account."""
    actor = context.actor
    return or_(CaseReader.body_role_id.in_(sorted(actor.body_role_ids)), CaseReader.account_id == actor.account_id)


def may_read(context: Context) -> ColumnElement[bool]:
    """The condition on `case` for everything the actor may read; nothing without a reader row."""
    return exists(select(CaseReader.id).where(CaseReader.case_id == Case.id, is_reader(context)))


def reading_roles(context: Context, case_id: int) -> frozenset[str]:
    """The procedure's roles under which the actor reads a case.

    Raises Missing where there are none: whether the case exists is not told either.
    """
    roles = context.session.scalars(select(CaseReader.role).where(CaseReader.case_id == case_id, is_reader(context)))
    found = frozenset(roles)
    if not found:
        raise Missing("case_missing")
    return found
