"""Brings a database to the shape the tables describe, and says where the two differ."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.operations.ops import CreateIndexOp, CreateTableOp
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, text

from workflow.problems import Unavailable
from workflow.store.database import Database, translated
from workflow.store.types import Instant, Json
from workflow.tables import metadata

SCRIPTS = Path(__file__).parent / "migrations"
LOCK = 4_615_210
"""The PostgreSQL advisory lock that lets one process at a time migrate."""


def _render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Columns of our own types are written as what the database keeps, so that a migration never changes with our code."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.String(length=27)"
    if kind == "type" and isinstance(item, Json):
        return "sa.Text()"
    return False


def _add_expression_indexes(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Put indexes on expressions beside their new table: the comparison with SQLite leaves them out."""
    upgrade_ops = directives[0].upgrade_ops
    for made in [operation for operation in upgrade_ops.ops if isinstance(operation, CreateTableOp)]:
        for index in metadata.tables[made.table_name].indexes:
            if not all(isinstance(expression, Column) for expression in index.expressions):
                upgrade_ops.ops.append(CreateIndexOp.from_index(index))


OPTIONS: dict[str, Any] = {
    "process_revision_directives": _add_expression_indexes,
    "transactional_ddl": True,
    "render_as_batch": True,
    "compare_type": True,
    "compare_server_default": True,
    "render_item": _render_item,
}


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _migrating(database: Database) -> Iterator[Connection]:
    """One transaction that no other process migrates beside; SQLite's write lock is enough there."""
    engine = database.engine.execution_options(writing=True)
    with translated(), engine.connect() as connection, _references_at_the_end(database, connection), connection.begin():
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        yield connection
        _check_references(database, connection)


@contextmanager
def _references_at_the_end(database: Database, connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew, which rows that point at it would forbid: they are checked at the end."""
    if not database.is_sqlite:
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _check_references(database: Database, connection: Connection) -> None:
    """Raises Unavailable where a row points at nothing now; the transaction is undone then."""
    if database.is_sqlite and (lost := connection.execute(text("PRAGMA foreign_key_check")).all()):
        raise Unavailable("migration_loses_rows", table=lost[0][0], count=len(lost))


@contextmanager
def _quiet_about_expressions() -> Iterator[None]:
    """SQLite cannot tell what an index on an expression says; PostgreSQL can, and the tests compare there."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="autogenerate skipping metadata-specified expression-based index")
        warnings.filterwarnings("ignore", message="Skipped unsupported reflection of expression-based index")
        yield


def heads() -> frozenset[str]:
    """The newest revisions in this checkout."""
    return frozenset(ScriptDirectory.from_config(_config()).get_heads())


def is_current(database: Database) -> bool:
    """Whether the database has every migration of this checkout and no other."""
    with translated(), database.engine.connect() as connection:
        return frozenset(MigrationContext.configure(connection).get_current_heads()) == heads()


def upgrade(database: Database) -> None:
    """Apply what is missing, whole or not at all. Raises alembic's CommandError for a database of a newer checkout."""
    with _migrating(database) as connection:
        command.upgrade(_config(connection), "head")


def downgrade(database: Database, revision: str) -> None:
    """Go back to `revision`; `base` empties the database."""
    with _migrating(database) as connection:
        command.downgrade(_config(connection), revision)


def differences(database: Database) -> tuple[str, ...]:
    """Where the migrated database and the tables of the code disagree; empty when they match."""
    with database.engine.connect() as connection, _quiet_about_expressions():
        migration = MigrationContext.configure(connection, opts={**OPTIONS, "target_metadata": metadata})
        return tuple(str(difference) for difference in compare_metadata(migration, metadata))


def newest() -> Path | None:
    """The file of the newest migration, if there is any."""
    script = ScriptDirectory.from_config(_config())
    head = script.get_current_head()
    return None if head is None else Path(script.get_revision(head).path)


def rewrite_newest() -> Path | None:
    """Write the newest migration anew from the tables of the code: only for one that no installation has applied."""
    path = newest()
    if path is None:
        return None
    title = path.stem.partition("_")[2].replace("_", " ").capitalize()
    kept = path.read_text(encoding="utf-8")
    path.unlink()
    try:
        return write_revision(message=title)
    except BaseException:
        path.write_text(kept, encoding="utf-8")
        raise


def write_revision(*, message: str) -> Path | None:
    """Write the migration from the newest one to the tables of the code; None when nothing changed.

    It is worked out on a scratch database that holds all migrations so far, so nobody's data is needed or touched.
    """
    with TemporaryDirectory() as directory:
        database = Database(f"sqlite:///{directory}/scratch.db")
        upgrade(database)
        changed = differences(database)
        if changed:
            with _migrating(database) as connection, _quiet_about_expressions():
                command.revision(_config(connection), message=message, autogenerate=True, rev_id=_next_number())
        database.dispose()
    return newest() if changed else None


def _next_number() -> str:
    return f"{len(tuple(ScriptDirectory.from_config(_config()).walk_revisions())) + 1:04}"
