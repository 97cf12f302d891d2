"""Reading procedures with their versions and drafts, and how many cases run by each."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from workflow.access.rules import may_draft, may_open
from workflow.cases.tables import Case, ProcedureVersion
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.people.called import Name
from workflow.people.tables import Account
from workflow.problems import Forbidden, Missing
from workflow.procedure.model import Procedure
from workflow.versions.tables import MigrationPlan, ProcedureDraft


@dataclass(frozen=True, slots=True)
class VersionView:
    """A published version and what runs by it."""

    id: int
    key: str
    number: int
    digest: str
    published_at: datetime
    publisher: Name | None
    author: Name | None
    note_en: str
    note_zh: str
    running: int
    ended: int
    procedure: Procedure
    running_in: Mapping[str, int] = field(default_factory=dict)
    """State → how many cases stand there; only where one version was asked for."""

    @property
    def is_shipped(self) -> bool:
        """Whether it came with the application instead of being published by somebody here."""
        return self.publisher is None


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft with the names of its author and of who closed it. `status`: `open`, `published` or `withdrawn`."""

    id: int
    key: str
    source: str
    note_en: str
    note_zh: str
    author_id: int
    author: Name
    revision: int
    saved_at: datetime
    closed_at: datetime | None
    closer: Name | None
    version_id: int | None
    is_own: bool

    @property
    def status(self) -> str:
        if self.closed_at is None:
            return "open"
        return "published" if self.version_id is not None else "withdrawn"


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan in the list of its procedure."""

    id: int
    from_number: int
    to_number: int
    maker: Name
    made_at: datetime
    reverts_id: int | None


def require_reader(context: Context) -> None:
    """Raises Forbidden for whoever may not read procedures."""
    if not may_open(context.actor, "procedures"):
        raise Forbidden("page_forbidden")


def newest_of_each(context: Context) -> tuple[VersionView, ...]:
    """The newest version of every procedure, by key."""
    newest = {view.key: view for view in _versions(context)}
    return tuple(newest[key] for key in sorted(newest))


def versions_of(context: Context, key: str) -> tuple[VersionView, ...]:
    """The versions of a procedure, newest first. Raises Missing for a key nobody published."""
    found = _versions(context, ProcedureVersion.key == key)
    if not found:
        raise Missing("procedure_missing", procedure=key)
    return tuple(reversed(found))


def version_of(context: Context, version_id: int) -> VersionView:
    """One version with how many cases stand in which state. Raises Missing."""
    found = _versions(context, ProcedureVersion.id == version_id)
    if not found:
        raise Missing("version_missing", version=version_id)
    counts = context.session.execute(
        select(Case.state, func.count().label("number"))
        .where(Case.procedure_version_id == version_id, Case.closed_at.is_(None))
        .group_by(Case.state)
    )
    return replace(found[0], running_in={row.state: row.number for row in counts})


def plans_of(context: Context, key: str) -> tuple[PlanLine, ...]:
    """Plans between versions of a procedure, newest first; none for whoever does not design."""
    if not may_draft(context.actor):
        return ()
    old, new = aliased(ProcedureVersion), aliased(ProcedureVersion)
    rows = context.session.execute(
        select(
            MigrationPlan.id,
            old.number.label("from_number"),
            new.number.label("to_number"),
            Account.name,
            Account.name_latin,
            MigrationPlan.made_at,
            MigrationPlan.reverts_id,
        )
        .join(old, old.id == MigrationPlan.from_version_id)
        .join(new, new.id == MigrationPlan.to_version_id)
        .join(Account, Account.id == MigrationPlan.made_by)
        .where(new.key == key)
        .order_by(MigrationPlan.id.desc())
    )
    return tuple(PlanLine(*row[:3], Name(row.name, row.name_latin), *row[5:]) for row in rows)


def source_of(context: Context, version_id: int) -> str:
    """The text of a version as it was written; its canonical text where that was not kept. Raises Missing."""
    require_reader(context)
    row = context.session.get(ProcedureVersion, version_id)
    if row is None:
        raise Missing("version_missing", version=version_id)
    return row.source or row.canonical


def drafts(context: Context, *, key: str | None = None) -> tuple[DraftView, ...]:
    """Open drafts, newest first, of one procedure or of all; none for whoever does not design."""
    require_reader(context)
    if not may_draft(context.actor):
        return ()
    wanted = _drafts().where(ProcedureDraft.closed_at.is_(None))
    wanted = wanted if key is None else wanted.where(ProcedureDraft.key == key)
    rows = context.session.execute(wanted.order_by(ProcedureDraft.saved_at.desc(), ProcedureDraft.id.desc()))
    return tuple(_draft(context, row) for row in rows)


def draft(context: Context, draft_id: int) -> DraftView:
    """One draft, open or closed. Raises Missing, also for whoever does not design."""
    if not may_draft(context.actor):
        raise Missing("draft_missing")
    row = context.session.execute(_drafts().where(ProcedureDraft.id == draft_id)).one_or_none()
    if row is None:
        raise Missing("draft_missing")
    return _draft(context, row)


def _versions(context: Context, *where: Any) -> list[VersionView]:
    """Versions in the order of their numbers, each counted in the same statement."""
    require_reader(context)
    publisher, author = aliased(Account), aliased(Account)
    running = func.count(Case.id).filter(Case.closed_at.is_(None))
    ended = func.count(Case.id).filter(Case.closed_at.is_not(None))
    version = ProcedureVersion
    columns = (version.id, version.key, version.number, version.digest, version.published_at)
    notes = (version.note_en, version.note_zh)
    names = (publisher.name.label("publisher"), author.name.label("author"))
    latin = (publisher.name_latin.label("publisher_latin"), author.name_latin.label("author_latin"))
    rows = context.session.execute(
        select(*columns, *notes, *names, *latin, running.label("running"), ended.label("ended"))
        .outerjoin(publisher, publisher.id == version.published_by)
        .outerjoin(author, author.id == version.author_id)
        .outerjoin(Case, Case.procedure_version_id == version.id)
        .where(*where)
        .group_by(*columns, *notes, publisher.name, author.name, publisher.name_latin, author.name_latin)
        .order_by(version.number)
    )
    return [_version(context, row) for row in rows.all()]


def _version(context: Context, row: Any) -> VersionView:
    given: dict[str, Any] = {name: value or "" if name in TEXTS else value for name, value in row._mapping.items()}
    for who in ("publisher", "author"):
        latin = given.pop(f"{who}_latin")
        given[who] = Name(given[who], latin) if given[who] else None
    return VersionView(**given, procedure=compiled_version(context.session, row.id).procedure)


TEXTS = frozenset({"note_en", "note_zh"})


def _drafts() -> Any:
    author, closer = aliased(Account), aliased(Account)
    return (
        select(
            ProcedureDraft,
            author.name.label("author"),
            author.name_latin.label("author_latin"),
            closer.name.label("closer"),
            closer.name_latin.label("closer_latin"),
        )
        .join(author, author.id == ProcedureDraft.author_id)
        .outerjoin(closer, closer.id == ProcedureDraft.closed_by)
    )


def _draft(context: Context, row: Any) -> DraftView:
    found: ProcedureDraft = row.ProcedureDraft
    return DraftView(
        id=found.id,
        key=found.key,
        source=found.source,
        note_en=found.note_en,
        note_zh=found.note_zh,
        author_id=found.author_id,
        author=Name(row.author, row.author_latin),
        revision=found.revision,
        saved_at=found.saved_at,
        closed_at=found.closed_at,
        closer=Name(row.closer, row.closer_latin) if row.closer else None,
        version_id=found.version_id,
        is_own=found.author_id == context.actor.account_id,
    )
