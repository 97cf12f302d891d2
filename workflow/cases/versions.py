"""Published procedure versions: stored once, never changed, compiled once per process."""

from collections.abc import Iterable
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from workflow.cases.tables import ProcedureVersion
from workflow.context import Context
from workflow.engine.decide import Compiled, compile_procedure
from workflow.problems import Missing
from workflow.procedure.model import Procedure
from workflow.store.database import engine_of

_by_engine: WeakKeyDictionary[Engine, dict[int, Compiled]] = WeakKeyDictionary()
_by_digest: dict[str, Compiled] = {}


def publish_procedure(context: Context, procedure: Procedure) -> int:
    """The id of the version with exactly these rules; a new number of its key where there is none yet."""
    return _published(context.session, procedure, context.now)


def publish_all(context: Context, procedures: Iterable[Procedure]) -> dict[str, int]:
    """Procedure key → id of the version, for every procedure given."""
    return {procedure.procedure: publish_procedure(context, procedure) for procedure in procedures}


def _published(session: Session, procedure: Procedure, now: datetime) -> int:
    known = session.scalar(select(ProcedureVersion.id).where(ProcedureVersion.digest == procedure.digest))
    if known is not None:
        return known
    last = session.scalar(select(func.max(ProcedureVersion.number)).where(ProcedureVersion.key == procedure.procedure))
    row = ProcedureVersion(
        key=procedure.procedure,
        number=(last or 0) + 1,
        digest=procedure.digest,
        canonical=procedure.canonical,
        published_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def compiled_version(session: Session, version_id: int) -> Compiled:
    """The version ready to decide with. Raises Missing for an id that was never published."""
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
            found = compile_procedure(Procedure.model_validate_json(row.canonical))
            _by_digest[row.digest] = found
        cache[version_id] = found
    return found


def newest_version(session: Session, key: str) -> tuple[int, Compiled]:
    """Id and compiled rules of the newest version of a procedure. Raises Missing."""
    version_id = session.scalar(
        select(ProcedureVersion.id).where(ProcedureVersion.key == key).order_by(ProcedureVersion.number.desc()).limit(1)
    )
    if version_id is None:
        raise Missing("procedure_missing", procedure=key)
    return version_id, compiled_version(session, version_id)


def newest_versions(session: Session) -> list[Compiled]:
    """The compiled rules of the newest version of every procedure, by key."""
    rows = session.execute(select(ProcedureVersion.key, ProcedureVersion.id).order_by(ProcedureVersion.number))
    newest = {row.key: row.id for row in rows}
    return [compiled_version(session, newest[key]) for key in sorted(newest)]


def procedures_by_digest(session: Session) -> dict[str, Procedure]:
    """Digest → rules, for every version published here."""
    ids = session.scalars(select(ProcedureVersion.id).order_by(ProcedureVersion.id)).all()
    compiled = [compiled_version(session, version_id) for version_id in ids]
    return {version.procedure.digest: version.procedure for version in compiled}
