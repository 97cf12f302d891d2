"""Makes transactions that look before they write wait for each other, by a name for what they look at."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from workflow.store.database import engine_of


def serialize_on(session: Session, name: str) -> None:
    """Waits for every other transaction of the same name, until this one ends; SQLite's one writer does so by itself."""
    if engine_of(session).dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
