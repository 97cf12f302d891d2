"""What somebody typed and has not sent: kept on the server, one text per account and place."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select

from workflow.cases.tables import Draft
from workflow.context import Context
from workflow.problems import Invalid
from workflow.store.serializing import serialize_on
from workflow.store.types import canonical_json

MAX_DRAFT = 200_000
"""Characters of a draft's JSON text."""


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


def _of(context: Context, place: str) -> Any:
    return select(Draft).where(Draft.account_id == context.actor.account_id, Draft.place == place)
