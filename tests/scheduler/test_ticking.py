"""A tick does its job for the leader alone, survives what the job raises, and leaves a sign of life."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scheduler.jobs import JOBS, Job, Work
from scheduler.leading import leadership
from scheduler.ticking import BEAT_EVERY, Ticker
from tests.fixtures.databases import ContextBuilder
from tests.workflow.rows import NOON
from workflow.heartbeat.queries import JobView, jobs
from workflow.settings import Settings
from workflow.store.database import Database


class Bench:
    """A ticker on a database with a clock of its own."""

    def __init__(self, database: Database, settings: Settings, run: Callable[[Work, datetime], int]) -> None:
        self.now = NOON
        self.lead = leadership(database)
        self.work = Work(database, settings)
        self.ticker = Ticker(Job("job", run, 1), self.work, self.lead, lambda: self.now)


def seen(database: Database, context_for: ContextBuilder) -> JobView:
    with database.reading() as session:
        return jobs(context_for(session, at=NOON))[0]


def test_only_the_leader_works_and_the_next_takes_over(any_database: Database, settings: Settings) -> None:
    done: list[str] = []

    def named(name: str) -> Callable[[Work, datetime], int]:
        def run(_work: Work, _now: datetime) -> int:
            done.append(name)
            return 1

        return run

    first = Bench(any_database, settings, named("first"))
    second = Bench(any_database, settings, named("second"))
    for bench in (first, second, first):
        bench.ticker.tick()
    first.lead.release()
    for bench in (second, first):
        bench.ticker.tick()
    second.lead.release()
    assert done == ["first", "first", "second"]


def test_error_is_kept_and_the_next_tick_goes_on(
    database: Database, settings: Settings, context_for: ContextBuilder
) -> None:
    ticks: list[datetime] = []

    def run(_work: Work, now: datetime) -> int:
        ticks.append(now)
        if len(ticks) == 1:
            raise RuntimeError("broken")
        return 3

    bench = Bench(database, settings, run)
    bench.ticker.tick()
    assert seen(database, context_for).error == "RuntimeError: broken"
    bench.ticker.tick()
    assert (seen(database, context_for).error, seen(database, context_for).done) == (None, 3)
    bench.lead.release()


def test_quiet_job_is_noted_once_a_minute(database: Database, settings: Settings, context_for: ContextBuilder) -> None:
    bench = Bench(database, settings, lambda *_: 0)
    bench.ticker.tick()
    bench.now += timedelta(seconds=30)
    bench.ticker.tick()
    assert seen(database, context_for).ticked_at == NOON
    bench.now = NOON + BEAT_EVERY
    bench.ticker.tick()
    assert seen(database, context_for).ticked_at == NOON + BEAT_EVERY
    bench.lead.release()


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_runs_twice_on_an_empty_database(any_database: Database, settings: Settings, job: Job) -> None:
    work = Work(any_database, settings)
    assert (job.run(work, NOON), job.run(work, NOON)) == (0, 0)
    work.close()


STOPPED = """
import os, signal, sys, threading
from scheduler.__main__ import _asked_to_stop

def stop():
    os.kill(os.getpid(), signal.SIGTERM)

for place in range(1, 40):
    left = [place]

    def trace(frame, event, given):
        left[0] -= 1
        if left[0] == 0:
            stop()
        return trace

    wait = _asked_to_stop()
    late = threading.Timer(0.05, stop)
    late.start()
    sys.settrace(trace)
    wait()
    sys.settrace(None)
    late.join()
"""
"""Told to stop at each line that waiting runs through, and again while it sleeps."""


def test_it_hears_the_signal_at_whatever_moment_it_comes() -> None:
    """A handler runs between two steps of whatever its thread is doing, beginning to wait for it included."""
    heard = subprocess.run([sys.executable, "-c", STOPPED], cwd=Path.cwd(), timeout=20, check=False)
    assert heard.returncode == 0


def test_process_stops_cleanly_when_told(database: Database, tmp_path: Path) -> None:
    environment = {**os.environ, "SELECTION_DATABASE_URL": database.url, "SELECTION_VAR_DIRECTORY": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "scheduler"], env=environment, stderr=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert process.stderr is not None
    assert "scheduler_started" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=20)[1]
    assert process.returncode == 0
    assert "scheduler_stopped" in said
    assert "Traceback" not in said
