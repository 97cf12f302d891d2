"""Who may read a case, as which roles: one rule for pages, lists, counts and search."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import ColumnElement, bindparam, exists, or_, select

from workflow.cases.tables import Case, CaseReader
from workflow.context import Context
from workflow.problems import Missing
from workflow.procedure.model import Procedure
from workflow.store.hot import Hot


def is_reader(context: Context) -> ColumnElement[bool]:
    """The condition on `case_reader` rows that name the actor, by a role held now or by account."""
    actor = context.actor
    return or_(CaseReader.body_role_id.in_(sorted(actor.body_role_ids)), CaseReader.account_id == actor.account_id)


def may_read(context: Context) -> ColumnElement[bool]:
    """The condition on `case` for everything the actor may read; nothing without a reader row."""
    return exists(select(CaseReader.id).where(CaseReader.case_id == Case.id, is_reader(context)))


READERS = select(CaseReader.role, CaseReader.body_role_id, CaseReader.account_id).where(
    CaseReader.case_id == bindparam("case_id")
)
_READERS = Hot(READERS)


def reading_roles(context: Context, case_id: int) -> frozenset[str]:
    """The procedure's roles under which the actor reads a case.

    Raises Missing where there are none: whether the case exists is not told either.
    """
    return roles_among(context, _READERS.all(context.session, {"case_id": case_id}))


def roles_among(context: Context, readers: Iterable[Sequence[Any]]) -> frozenset[str]:
    """The roles of the actor among the rows of `READERS`. Raises Missing as `reading_roles` does."""
    actor = context.actor
    found = frozenset(
        role
        for role, body_role, account in readers
        if body_role in actor.body_role_ids or (account is not None and account == actor.account_id)
    )
    if not found:
        raise Missing("case_missing")
    return found


def may_have_had(
    what: Literal["panel", "notice"], procedure: Procedure, visited: Collection[str], visible: Collection[str]
) -> bool:
    """Whether a case that came to these states can have had one in the stages its reader sees.

    Nothing is known of a state of another version, so that it may.
    """
    states = ((ref, procedure.states.get(ref)) for ref in visited)
    return any(state is None or (getattr(state, what) and ref.partition(".")[0] in visible) for ref, state in states)


DOCUMENTS = '"documents":['
"""Stands in an event's data where its step made documents."""


def open_documents(
    procedure: Procedure, lines: Iterable[dict[str, Any]], visible: frozenset[str], roles: frozenset[str]
) -> tuple[Mapping[str, Any], ...]:
    """Those of a stage that is read, without an answer that is kept from the reader."""
    return tuple(
        MappingProxyType(line)
        for line in lines
        if (line["stage"] in visible or procedure.readers(line["stage"]) & roles)
        and all(roles & set(readers) for readers in line.get("readers", ()))
    )
