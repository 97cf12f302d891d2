"""Saves, withdraws and publishes drafts of definitions: one person writes, another publishes."""

from dataclasses import dataclass

from sqlalchemy import select

from workflow.access.rules import may_draft
from workflow.cases.tables import ProcedureVersion
from workflow.cases.versions import Origin, publish_procedure
from workflow.context import Context
from workflow.problems import Conflict, Forbidden, Missing
from workflow.procedure.loader import parse_procedure
from workflow.procedure.model import Procedure
from workflow.procedure.soundness import Vocabulary
from workflow.store.serializing import serialize_on
from workflow.versions.rules import FILE, check_note, check_notes_given, check_second_person, check_source, key_in
from workflow.versions.tables import ProcedureDraft


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft as it stands now."""

    draft_id: int
    revision: int


def require_designer(context: Context) -> int:
    """The actor's account. Raises Forbidden for whoever neither designs procedures nor administers."""
    if context.actor.account_id is None or not may_draft(context.actor):
        raise Forbidden("designers_only")
    return context.actor.account_id


def save_draft(
    context: Context,
    *,
    source: str,
    note_en: str = "",
    note_zh: str = "",
    draft_id: int | None = None,
    seen_revision: int | None = None,
) -> Saved:
    """Keeps the text of a definition, sound or not; a new draft without `draft_id`.

    Raises Forbidden for another's draft (a copy of one's own can be made), Conflict for one closed or saved since it
    was read, Invalid for what is no text.
    """
    author = require_designer(context)
    text = check_source(source)
    given = {
        "key": key_in(text),
        "source": text,
        "note_en": check_note(note_en, "note_en"),
        "note_zh": check_note(note_zh, "note_zh"),
        "saved_at": context.now,
    }
    if draft_id is None:
        row = ProcedureDraft(author_id=author, revision=1, **given)
        context.session.add(row)
    else:
        row = _open_draft(context, draft_id, seen_revision)
        if row.author_id != author:
            raise Forbidden("draft_of_another")
        for name, value in given.items():
            setattr(row, name, value)
        row.revision += 1
    context.session.flush()
    return Saved(row.id, row.revision)


def withdraw_draft(context: Context, *, draft_id: int) -> None:
    """Closes the author's own draft without publishing it; the text is kept. Raises Forbidden, Missing, Conflict."""
    author = require_designer(context)
    row = _open_draft(context, draft_id, None)
    if row.author_id != author:
        raise Forbidden("draft_of_another")
    row.closed_at, row.closed_by = context.now, author
    context.session.flush()


def publish_draft(context: Context, *, draft_id: int, seen_revision: int, vocabulary: Vocabulary) -> int:
    """Makes a draft the next version of its procedure; returns the version's id.

    Raises Forbidden for the draft's own author, Conflict for a draft closed or saved since it was read and for rules
    that are a version already, Invalid without a changelog line in both languages, Unsound with every finding.
    """
    publisher = require_designer(context)
    row = _open_draft(context, draft_id, seen_revision)
    check_second_person(row.author_id, publisher)
    check_notes_given(row.note_en, row.note_zh)
    procedure = parse_procedure(row.source, FILE, vocabulary)
    serialize_on(context.session, f"versions:{procedure.procedure}")
    _check_new(context, procedure)
    version_id = publish_procedure(context, procedure, Origin(row.source, row.author_id, row.note_en, row.note_zh))
    row.closed_at, row.closed_by, row.version_id = context.now, publisher, version_id
    row.key = procedure.procedure
    context.session.flush()
    return version_id


def _check_new(context: Context, procedure: Procedure) -> None:
    same = select(ProcedureVersion.key, ProcedureVersion.number).where(ProcedureVersion.digest == procedure.digest)
    known = context.session.execute(same).one_or_none()
    if known is not None:
        raise Conflict("rules_published_before", procedure=known.key, number=known.number)


def _open_draft(context: Context, draft_id: int, seen_revision: int | None) -> ProcedureDraft:
    """The draft, locked. Raises Missing, Conflict where it is closed or another revision than the one seen."""
    row = context.session.scalar(select(ProcedureDraft).where(ProcedureDraft.id == draft_id).with_for_update())
    if row is None:
        raise Missing("draft_missing")
    if row.closed_at is not None:
        raise Conflict("draft_closed")
    if seen_revision is not None and row.revision != seen_revision:
        raise Conflict("draft_changed", seen=seen_revision, revision=row.revision)
    return row
