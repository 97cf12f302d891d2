"""The inbox of somebody with three roles among 10 k, 100 k and 1 M cases: the twenty oldest items, and the counts."""

import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any

from sqlalchemy import insert

from benchmarks.step import NOW, definition, scratch, scratch_postgres
from workflow.bodies.tables import Body, BodyRole
from workflow.cases.inbox import inbox, inbox_head
from workflow.cases.tables import Case, WorkItem
from workflow.cases.versions import publish_procedure
from workflow.context import CLOCK, Actor, Context, Holding
from workflow.engine.catalogue import Catalogue
from workflow.procedure.loader import parse_procedure
from workflow.record.rules import GENESIS
from workflow.store.database import Database
from workflow.tables import metadata

SIZES = (1_000, 10_000, 100_000, 1_000_000)
ROLES = 300
"""Work is spread over so many roles; the reader holds three of them."""
REPEATS = 60
CHUNK = 20_000


def _prepare(database: Database) -> int:
    metadata.create_all(database.engine)
    with database.writing() as session:
        session.execute(
            insert(Body).values(id=1, code="desk", kind="department", title_zh="台", title_en="Desk", position=0)
        )
        rows = [{"id": n, "body_id": 1, "role": f"role{n}"} for n in range(1, ROLES + 1)]
        session.execute(insert(BodyRole), rows)
        procedure = parse_procedure(definition(), "bench.yaml", Catalogue())
        return publish_procedure(Context(session, CLOCK, NOW), procedure)


def _grow(database: Database, version_id: int, start: int, end: int) -> None:
    """Cases numbered from start to end, each with one open item and one closed."""
    for first in range(start, end, CHUNK):
        numbers = range(first + 1, min(end, first + CHUNK) + 1)
        cases = [
            {
                "id": n, "reference": f"BE-{n}", "procedure_version_id": version_id, "body_id": 1, "state": "desk.s0",
                "version": 1, "last_seq": 1, "last_hash": GENESIS, "entered_at": NOW, "opened_at": NOW,
            }
            for n in numbers
        ]  # fmt: skip
        items = [
            {
                "case_id": n, "body_role_id": n % ROLES + 1, "role": "clerk0", "state": "desk.s0", "is_open": is_open,
                "created_at": NOW + timedelta(seconds=n), "due_at": NOW + timedelta(days=n % 60 - 10),
            }
            for n in numbers
            for is_open in (True, False)
        ]  # fmt: skip
        with database.writing() as session:
            session.execute(insert(Case), cases)
            session.execute(insert(WorkItem), items)
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE work_item")


def _milliseconds(database: Database, ask: Callable[[Context], Any]) -> float:
    actor = Actor(account_id=1, name="b", holdings=tuple(Holding(n, 1, "desk", f"role{n}") for n in (7, 8, 9)))
    taken = []
    with database.reading() as session:
        for _ in range(REPEATS):
            started = time.perf_counter()
            ask(Context(session, actor, NOW))
            taken.append((time.perf_counter() - started) * 1_000)
    return round(median(taken), 3)


def measure(database: Database) -> dict[str, Any]:
    """Medians at each size; `ratio` is the page at the largest size to that at ten thousand cases."""
    version_id, before = _prepare(database), 0
    pages, counts = {}, {}
    for size in SIZES:
        _grow(database, version_id, before, size)
        before = size
        pages[size] = _milliseconds(database, inbox)
        counts[size] = _milliseconds(database, inbox_head)
    base = pages.get(10_000) or pages[SIZES[0]]
    ratio = round(pages[SIZES[-1]] / base, 2)
    return {"ratio": ratio, "page_ms": pages, "counts_ms": counts}


def run(database_url: str | None, *, json: bool = False) -> dict[str, Any]:
    """Measures on the database named, or on SQLite and PostgreSQL both."""
    results: dict[str, Any] = {}
    if database_url:
        with scratch(database_url) as (kind, database):
            return {f"inbox_{kind}": measure(database)}
    with scratch(None) as (kind, database):
        results[f"inbox_{kind}"] = measure(database)
    with scratch_postgres() as url, scratch(url) as (kind, database):
        results[f"inbox_{kind}"] = measure(database)
    return results
