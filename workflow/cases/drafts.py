"""What somebody typed and has not sent: kept on the server, one text per account and place."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, Text, bindparam, delete, func, or_, select, type_coerce

from workflow.cases.tables import Draft
from workflow.context import Context
from workflow.problems import Invalid
from workflow.store.serializing import serialize_on
from workflow.store.types import canonical_json, instant

DRAFTS_OF_CASE = (
    select(Draft.place, type_coerce(Draft.values, Text), type_coerce(Draft.saved_at, String))
    .where(Draft.account_id == bindparam("account"))
    .where(func.substr(Draft.place, 1, bindparam("size", type_=Integer)) == bindparam("beginning"))
    .order_by(Draft.id)
)
MAX_DRAFT = 200_000
"""Characters of a draft's JSON text."""


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """What the actor typed into one form of a case's page, and when it was kept."""

    what: str
    values: dict[str, Any]
    saved_at: datetime


def case_place(case_id: int, what: str) -> str:
    """The place of a form on a case's page: an action's name, or a seat or meeting of a panel."""
    return f"case:{case_id}:{what}"


def asked_for_drafts(context: Context, case_id: int) -> dict[str, Any]:
    """What `DRAFTS_OF_CASE` is asked with."""
    beginning = case_place(case_id, "")
    return {"account": context.actor.account_id, "beginning": beginning, "size": len(beginning)}


def drafts_in(rows: Iterable[Sequence[Any]], case_id: int) -> dict[str, KeptDraft]:
    """Everything the actor typed and has not sent on a case's page, by form, of the rows of `DRAFTS_OF_CASE`."""
    beginning = case_place(case_id, "")
    found = (KeptDraft(place.removeprefix(beginning), json.loads(text), instant(at)) for place, text, at in rows)
    return {one.what: one for one in found}


def save_draft(context: Context, *, place: str, values: Mapping[str, Any]) -> None:
    """Keeps what the actor typed at a place, in place of what was kept before. Raises Invalid where it is too long."""
    size = len(canonical_json(dict(values)))
    if size > MAX_DRAFT:
        raise Invalid("field_too_long", limit=MAX_DRAFT, length=size)
    serialize_on(context.session, f"draft:{context.actor.account_id}:{place}")
    row = context.session.scalar(_of(context, place))
    if row is None:
        row = Draft(account_id=context.actor.account_id, place=place)
        context.session.add(row)
    row.values, row.saved_at = dict(values), context.now
    context.session.flush()


def draft(context: Context, place: str) -> dict[str, Any] | None:
    """What the actor typed at a place; None where nothing is kept."""
    row = context.session.scalar(_of(context, place))
    return dict(row.values) if row else None


def discard_draft(context: Context, *, place: str) -> None:
    """Forgets what was kept at a place."""
    context.session.execute(delete(Draft).where(Draft.account_id == context.actor.account_id, Draft.place == place))


def discard_drafts(context: Context, *, beginning: str, keep: int, saved_before: datetime) -> None:
    """Forgets the actor's drafts at places with a beginning: all but the newest so many, and those saved before a moment."""
    mine = (Draft.account_id == context.actor.account_id, func.substr(Draft.place, 1, len(beginning)) == beginning)
    newest = select(Draft.id).where(*mine).order_by(Draft.saved_at.desc(), Draft.id.desc()).limit(keep)
    kept = context.session.scalars(newest).all()
    gone = or_(Draft.id.not_in(kept), Draft.saved_at < saved_before)
    context.session.execute(delete(Draft).where(*mine, gone))


def _of(context: Context, place: str) -> Any:
    return select(Draft).where(Draft.account_id == context.actor.account_id, Draft.place == place)
