"""Holds files chosen for a form that is not sent yet: for their chooser alone, at the place of the form, until they are sent."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from workflow.context import Context
from workflow.engine.files import Upload, shown_name
from workflow.files.tables import HeldFile
from workflow.store.serializing import serialize_on

HELD_FOR = timedelta(days=30)
"""So long a file waits for its form to be sent."""
MOST_BYTES = 60_000_000
"""Of one account; files chosen longest ago go first."""


@dataclass(frozen=True, slots=True)
class Held:
    """A file that waits to be sent, without its content."""

    id: int
    field: str
    name: str
    size: int
    held_at: datetime


def hold_files(
    context: Context, *, place: str, files: Mapping[str, Sequence[Upload]], single: Collection[str] = ()
) -> frozenset[int]:
    """Holds files for the actor's form at a place, question by question; a question in `single` holds only the last.

    Returns the ids under which they wait. The same content for the same question waits once.
    """
    serialize_on(context.session, f"held:{context.actor.account_id}")
    ids = frozenset(one for field, some in files.items() for one in _held(context, place, field, some))
    for field in {*single} & files.keys():
        others = (*_mine(context, place), HeldFile.field == field, HeldFile.id.not_in(ids))
        context.session.execute(delete(HeldFile).where(*others))
    _make_room(context)
    return ids


def _held(context: Context, place: str, field: str, files: Sequence[Upload]) -> Iterator[int]:
    for upload in files:
        same = (*_mine(context, place), HeldFile.field == field, HeldFile.sha256 == upload.sha256)
        row = context.session.scalars(select(HeldFile).where(*same)).first()
        if row is None:
            row = HeldFile(
                account_id=context.actor.account_id, place=place, field=field, sha256=upload.sha256,
                content=upload.content, size=len(upload.content),
            )  # fmt: skip
            context.session.add(row)
        row.name, row.held_at = shown_name(upload.name), context.now
        context.session.flush()
        yield row.id


def _make_room(context: Context) -> None:
    mine = HeldFile.account_id == context.actor.account_id
    newest = select(HeldFile.id, HeldFile.size).where(mine).order_by(HeldFile.held_at.desc(), HeldFile.id.desc())
    room, gone = MOST_BYTES, []
    for number, size in context.session.execute(newest).all():
        room -= size
        if room < 0:
            gone.append(number)
    if gone:
        context.session.execute(delete(HeldFile).where(HeldFile.id.in_(gone)))


def held_files(context: Context, place: str) -> dict[str, tuple[Held, ...]]:
    """What waits for the actor's form at a place, question by question, in the order in which it was chosen."""
    columns = (HeldFile.id, HeldFile.field, HeldFile.name, HeldFile.size, HeldFile.held_at)
    rows = context.session.execute(select(*columns).where(*_mine(context, place)).order_by(HeldFile.id)).all()
    found = [Held(*row) for row in rows]
    return {field: tuple(one for one in found if one.field == field) for field in {one.field for one in found}}


def held_uploads(context: Context, *, place: str, wanted: Mapping[str, Collection[str]]) -> dict[str, list[Upload]]:
    """The files with the ids asked for, as if they had been chosen now; only the actor's own, for this form and question."""
    held = held_files(context, place)
    ids = {
        field: [one.id for one in held.get(field, ()) if str(one.id) in numbers] for field, numbers in wanted.items()
    }
    every = [one for some in ids.values() for one in some]
    rows = select(HeldFile.id, HeldFile.name, HeldFile.content).where(HeldFile.id.in_(every))
    uploads = {row.id: Upload(row.name, row.content) for row in context.session.execute(rows)} if every else {}
    return {field: [uploads[one] for one in some] for field, some in ids.items() if some}


def release_files(context: Context, *, place: str) -> None:
    """Forgets what waits for the actor's form at a place: it was sent, or its draft is discarded."""
    context.session.execute(delete(HeldFile).where(*_mine(context, place)))


def forget_held_files(context: Context) -> int:
    """Forgets every file that has waited too long, whoever chose it; returns how many."""
    old = delete(HeldFile).where(HeldFile.held_at < context.now - HELD_FOR).returning(HeldFile.id)
    return len(context.session.execute(old).all())


def _mine(context: Context, place: str) -> tuple[Any, Any]:
    return HeldFile.account_id == context.actor.account_id, HeldFile.place == place
