"""Scratch databases: files that nobody needs after a crash, made from one empty database that is migrated once per process."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event

from workflow.store.database import Database
from workflow.store.migrating import upgrade


@cache
def empty() -> bytes:
    """The file of an empty database with every table."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        database = _open(path)
        upgrade(database)
        database.dispose()
        return path.read_bytes()


def scratch(path: Path, content: bytes) -> Database:
    """A database in a new file with a content: that of `empty`, or of a database put away after its last connection closed."""
    path.write_bytes(content)
    return _open(path)


def _open(path: Path) -> Database:
    """Commits do not wait for the disk."""
    database = Database(f"sqlite:///{path}")

    @event.listens_for(database.engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    return database
