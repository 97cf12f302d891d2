"""The sweep over a million timers of which ten thousand are due, beside the bare statements writing the same rows."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from typing import Any

from sqlalchemy import insert, text

from benchmarks.step import scratch, scratch_postgres
from workflow.bodies.tables import Body, BodyRole
from workflow.cases.tables import Case, ProcedureVersion, Timer, WorkItem
from workflow.cases.timers import Sweep
from workflow.record.rules import GENESIS
from workflow.store.database import Database
from workflow.store.types import instant_text
from workflow.tables import metadata

TIMERS = 1_000_000
DUE = 10_000
ROUNDS = 5
CASES = ROUNDS * DUE
POLLS = 2_000
CHUNK = 10_000
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=200)
STATE = "review.writing"


def prepared(database: Database) -> None:
    """One round's cases for each round, and timers far ahead around them."""
    metadata.create_all(database.engine)
    with database.writing() as session:
        session.execute(
            insert(Body).values(id=1, code="desk", kind="department", title_zh="台", title_en="Desk", position=0)
        )
        session.execute(insert(BodyRole).values(id=1, body_id=1, role="officer"))
        version = {"id": 1, "key": "bench", "number": 1, "digest": "d" * 64, "canonical": "{}", "published_at": NOW}
        session.execute(insert(ProcedureVersion).values(version))
    for start in range(0, TIMERS, CHUNK):
        with database.writing() as session:
            if start < CASES:
                session.execute(insert(Case), [_case(number) for number in range(start + 1, start + CHUNK + 1)])
                session.execute(insert(WorkItem), [_item(number) for number in range(start + 1, start + CHUNK + 1)])
            session.execute(insert(Timer), [_timer(number) for number in range(start + 1, start + CHUNK + 1)])
    if not database.is_sqlite:  # which is never analysed where it is used either
        with database.writing() as session:
            session.execute(text("ANALYZE"))


def _case(number: int) -> dict[str, Any]:
    moments = {"entered_at": NOW, "opened_at": NOW}
    chain = {"version": 1, "last_seq": 0, "last_hash": GENESIS}
    return {"id": number, "reference": f"B-{number}", "procedure_version_id": 1, "state": STATE, **chain, **moments}


def _item(number: int) -> dict[str, Any]:
    moments = {"created_at": NOW, "is_open": True}
    return {"case_id": number, "body_role_id": 1, "role": "officer", "state": STATE, **moments}


def _timer(number: int) -> dict[str, Any]:
    params = {"reference": f"B-{number}", "digest": "d" * 64, "due_at": instant_text(NOW)}
    case = (number - 1) % CASES + 1
    due_at = LATER + timedelta(seconds=number)
    return {
        "kind": "remind",
        "case_id": case,
        "state": STATE,
        "rung": -7,
        "due_at": due_at,
        "is_open": True,
        "params": params,
    }


def _due(database: Database, number: int) -> None:
    """Makes the first timer of each case of one round due."""
    first = number * DUE
    with database.writing() as session:
        session.execute(
            text("UPDATE timer SET due_at = :now WHERE id > :first AND id <= :last"),
            {"now": instant_text(NOW), "first": first, "last": first + DUE},
        )


def _sweeps(database: Database) -> Iterator[float]:
    sweep = Sweep(database, act_on_expiry=_never, open_review=_never)
    for number in range(ROUNDS):
        _due(database, number)
        started = time.perf_counter()
        swept = sweep.run(NOW)
        seconds = time.perf_counter() - started
        assert (swept.sent, swept.messages) == (DUE, DUE), swept
        yield DUE / seconds
    sweep.close()


def _never(*_given: Any, **_named: Any) -> None:
    raise AssertionError


def _poll_milliseconds(database: Database) -> float:
    sweep = Sweep(database, act_on_expiry=_never, open_review=_never)
    times = []
    for _ in range(POLLS):
        started = time.perf_counter()
        sweep.run(NOW)
        times.append(time.perf_counter() - started)
    sweep.close()
    return median(times) * 1_000


def _trip_milliseconds(database: Database) -> float:
    """What the least question costs on a connection of its own in the driver's ordinary way: the empty poll's floor."""
    pooled = database.engine.raw_connection()
    driver: Any = pooled.driver_connection
    if not database.is_sqlite:
        driver.autocommit = True
    cursor = driver.cursor()
    times = []
    for _ in range(POLLS):
        started = time.perf_counter()
        cursor.execute("SELECT 1").fetchone()
        times.append(time.perf_counter() - started)
    if not database.is_sqlite:
        driver.autocommit = False
    pooled.close()
    return median(times) * 1_000


def _floor(database: Database) -> float:
    """Due per second of the bare driver: reads a due timer's row, writes a message and closes the timer, batch by batch."""
    mark = "?" if database.is_sqlite else "%s"
    off = "0" if database.is_sqlite else "false"
    pooled = database.engine.raw_connection()
    driver: Any = pooled.driver_connection
    cursor = driver.cursor()
    moment = instant_text(NOW)
    started = time.perf_counter()
    for first in range(CASES, CASES + DUE, 1_000):
        if database.is_sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        read = f"SELECT id, case_id, params FROM timer WHERE id > {mark} AND id <= {mark} ORDER BY id"
        rows = cursor.execute(read, (first, first + 1_000)).fetchall()
        add = "INSERT INTO message (template, params, case_id, body_role_id, created_at) VALUES "
        cursor.executemany(add + f"('x', {mark}, {mark}, 1, {mark})", [(row[2], row[1], moment) for row in rows])
        close = f"UPDATE timer SET is_open = {off}, done_at = {mark}, result = 'sent' WHERE id = {mark}"
        cursor.executemany(close, [(moment, row[0]) for row in rows])
        driver.commit()
    seconds = time.perf_counter() - started
    pooled.close()
    return DUE / seconds


def measure(database: Database) -> dict[str, Any]:
    """Due timers per second, claimed and written; the empty poll; both beside the bare driver."""
    prepared(database)
    trip, poll = _trip_milliseconds(database), _poll_milliseconds(database)
    rates = list(_sweeps(database))
    floor = _floor(database)
    low, middle, high = quantiles([rate / floor for rate in rates], n=4)
    return {
        "ratio": round(middle, 3),
        "quartiles": [round(low, 3), round(high, 3)],
        "due_per_second": round(median(rates)),
        "floor_per_second": round(floor),
        "empty_poll_ms": round(poll, 4),
        "select_1_ms": round(trip, 4),
        "timers": TIMERS,
        "due": DUE,
    }


def run(database_url: str | None, *, json: bool = False) -> dict[str, Any]:
    """Measures on the database named, or on SQLite and PostgreSQL both."""
    if database_url:
        with scratch(database_url) as (kind, database):
            return {f"sweep_{kind}": measure(database)}
    with scratch(None) as (kind, database):
        results = {f"sweep_{kind}": measure(database)}
    with scratch_postgres() as url, scratch(url) as (kind, database):
        results[f"sweep_{kind}"] = measure(database)
    return results
