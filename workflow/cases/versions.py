"""Published procedure versions: stored once, never changed, compiled once per process."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from workflow.cases.tables import ProcedureVersion
from workflow.context import Context
from workflow.engine.decide import Compiled, compile_procedure
from workflow.problems import Conflict, Missing
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.record.tables import Event
from workflow.store.database import engine_of
from workflow.store.serializing import serialize_on

_by_engine: WeakKeyDictionary[Engine, dict[int, Compiled]] = WeakKeyDictionary()
_by_digest: dict[str, Compiled] = {}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a version comes from: its text as it was written, who wrote it, and the changelog line in both languages."""

    source: str | None = None
    author_id: int | None = None
    note_en: str | None = None
    note_zh: str | None = None


def publish_procedure(context: Context, procedure: Procedure, origin: Origin | None = None) -> int:
    """The id of the version with exactly these rules; a new number of its key where there is none yet."""
    known = context.session.scalar(select(ProcedureVersion.id).where(ProcedureVersion.digest == procedure.digest))
    return known if known is not None else _published(context, procedure, origin or Origin())


def publish_all(context: Context, procedures: Iterable[Procedure]) -> dict[str, int]:
    """Procedure key → id of the version, for every procedure given."""
    return {procedure.procedure: publish_procedure(context, procedure) for procedure in procedures}


def publish_shipped(context: Context, shipped: Iterable[tuple[Procedure, str]]) -> tuple[str, ...]:
    """Publishes definitions that ship, with their texts; returns the keys of those held back.

    A key whose newest version somebody here has published is the office's own: what ships does not come after it
    unasked, it may be put forward as a draft.
    """
    held = []
    for procedure, source in shipped:
        is_known = select(ProcedureVersion.id).where(ProcedureVersion.digest == procedure.digest)
        if context.session.scalar(is_known) is None and _is_own(context.session, procedure.procedure):
            held.append(procedure.procedure)
        else:
            publish_procedure(context, procedure, Origin(source=source))
    return tuple(held)


def _is_own(session: Session, key: str) -> bool:
    newest = select(ProcedureVersion.published_by).where(ProcedureVersion.key == key)
    return session.scalar(newest.order_by(ProcedureVersion.number.desc()).limit(1)) is not None


def _published(context: Context, procedure: Procedure, origin: Origin) -> int:
    session = context.session
    serialize_on(session, f"versions:{procedure.procedure}")
    last = session.scalar(select(func.max(ProcedureVersion.number)).where(ProcedureVersion.key == procedure.procedure))
    row = ProcedureVersion(
        key=procedure.procedure,
        number=(last or 0) + 1,
        digest=procedure.digest,
        canonical=procedure.canonical,
        published_at=context.now,
        published_by=context.actor.account_id,
        author_id=origin.author_id,
        note_en=origin.note_en,
        note_zh=origin.note_zh,
        source=origin.source,
    )
    session.add(row)
    session.flush()
    return row.id


def compiled_version(session: Session, version_id: int) -> Compiled:
    """The version ready to decide with.

    Raises Missing for an id that was never published, Conflict where its stored text is not the one published.
    """
    engine = engine_of(session)
    cache = _by_engine.get(engine)
    if cache is None:
        cache = _by_engine.setdefault(engine, {})
    found = cache.get(version_id)
    if found is None:
        row = session.execute(
            select(ProcedureVersion.digest, ProcedureVersion.canonical).where(ProcedureVersion.id == version_id)
        ).one_or_none()
        if row is None:
            raise Missing("version_missing", version=version_id)
        found = _by_digest.get(row.digest)
        if found is None:
            if sha256(row.canonical.encode()).hexdigest() != row.digest:
                raise Conflict("version_altered", version=version_id)
            found = compile_procedure(Procedure.model_validate_json(row.canonical))
            _by_digest[row.digest] = found
        cache[version_id] = found
    return found


def compiled_digest(session: Session, digest: str) -> Compiled:
    """The compiled rules that an event names by their digest. Raises Missing for rules never published here."""
    found = _by_digest.get(digest)
    if found is None:
        version_id = session.scalar(select(ProcedureVersion.id).where(ProcedureVersion.digest == digest))
        if version_id is None:
            raise Missing("version_missing", version=digest[:12])
        found = compiled_version(session, version_id)
    return found


def procedure_then(session: Session, case_id: int, seq: int) -> Procedure:
    """The rules by which a case ran when one of its events was written: other than now where it has been moved since."""
    digest = session.scalar(select(Event.procedure_digest).where(Event.case_id == case_id, Event.seq == seq))
    return compiled_digest(session, digest or "").procedure


def newest_version(session: Session, key: str) -> tuple[int, Compiled]:
    """Id and compiled rules of the newest version of a procedure. Raises Missing."""
    version_id = session.scalar(
        select(ProcedureVersion.id).where(ProcedureVersion.key == key).order_by(ProcedureVersion.number.desc()).limit(1)
    )
    if version_id is None:
        raise Missing("procedure_missing", procedure=key)
    return version_id, compiled_version(session, version_id)


def version_numbered(session: Session, key: str, number: int) -> Compiled:
    """The compiled rules of one numbered version of a procedure. Raises Missing."""
    version_id = session.scalar(
        select(ProcedureVersion.id).where(ProcedureVersion.key == key, ProcedureVersion.number == number)
    )
    if version_id is None:
        raise Missing("version_not_numbered", procedure=key, number=number)
    return compiled_version(session, version_id)


def newest_versions(session: Session) -> list[Compiled]:
    """The compiled rules of the newest version of every procedure, by key."""
    rows = session.execute(select(ProcedureVersion.key, ProcedureVersion.id).order_by(ProcedureVersion.number))
    newest = {row.key: row.id for row in rows}
    return [compiled_version(session, newest[key]) for key in sorted(newest)]


def roles_named(session: Session) -> dict[str, Words]:
    """Roles that the procedures published here want held in a body → what the procedure calls them."""
    return {
        role.holds: role.title
        for compiled in newest_versions(session)
        for role in compiled.procedure.roles.values()
        if role.of is not None
    }


def procedures_by_digest(session: Session) -> dict[str, Procedure]:
    """Digest → rules, for every version published here."""
    ids = session.scalars(select(ProcedureVersion.id).order_by(ProcedureVersion.id)).all()
    compiled = [compiled_version(session, version_id) for version_id in ids]
    return {version.procedure.digest: version.procedure for version in compiled}
