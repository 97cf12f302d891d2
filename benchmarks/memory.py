"""What a live case costs the engine: a version is compiled once and shared, a case leaves nothing behind in memory."""

import gc
import tracemalloc
from typing import Any

from benchmarks.step import NOW, Bench, prepared, scratch
from workflow.cases.deciding import ask_all
from workflow.cases.loading import load_case
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.store.database import Database

CASES = 5_000
LIMIT = 200
"""Bytes of engine per live case that are allowed."""


def _touch(bench: Bench, cases: list[int]) -> set[int]:
    """Loads and decides every case once; the identities of the compiled versions they used."""
    used = set()
    with bench.database.reading() as session:
        context = Context(session, bench.actor, NOW)
        for case_id in cases:
            case = load_case(session, case_id)
            compiled = compiled_version(session, case.version_id)
            ask_all(context, compiled, case)
            used.add(id(compiled))
    return used


def measure(database: Database) -> dict[str, Any]:
    """Bytes that stay allocated after so many live cases were loaded and decided, per case."""
    bench = prepared(database)
    cases = list(range(1, CASES + 1))
    _touch(bench, cases[:100])
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    used = _touch(bench, cases)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    per_case = (after - before) / CASES
    return {
        "ratio": round(per_case / LIMIT, 3),
        "bytes_per_live_case": round(per_case, 1),
        "compiled_versions": len(used),
        "live_cases": CASES,
    }


def run(database_url: str | None, *, json: bool = False) -> dict[str, Any]:
    """Measures on the database named, or on a new SQLite file."""
    with scratch(database_url) as (kind, database):
        return {f"memory_{kind}": measure(database)}
