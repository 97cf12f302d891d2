"""One tick of one job: by the leader alone, logged, and noted as a sign of life."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from scheduler.jobs import Job, Work
from scheduler.leading import Leadership, own_name
from workflow.heartbeat.operations import beat
from workflow.problems import Problem

BEAT_EVERY = timedelta(seconds=60)
"""A job that finds nothing to do is noted no more often than this."""
log = structlog.get_logger()


class Ticker:
    """Runs a job's ticks; keeps when it last noted one."""

    def __init__(self, job: Job, work: Work, leadership: Leadership, clock: Callable[[], datetime]) -> None:
        self._job = job
        self._work = work
        self._leadership = leadership
        self._clock = clock
        self._noted_at: datetime | None = None
        self._had_error = False

    def tick(self) -> None:
        """Never raises: the next tick is the retry."""
        if not self._leadership.hold():
            return
        now = self._clock()
        done, error = 0, None
        try:
            done = self._job.run(self._work, now)
        except Problem as problem:
            error = str(problem)
            log.warning("job_failed", job=self._job.name, error=error)
        except Exception as caught:
            error = f"{type(caught).__name__}: {caught}"
            log.exception("job_failed", job=self._job.name)
        if done:
            log.info("job_done", job=self._job.name, done=done)
        self._note(now, done, error)

    def _note(self, now: datetime, done: int, error: str | None) -> None:
        is_quiet = not done and not error and not self._had_error
        if is_quiet and self._noted_at is not None and now - self._noted_at < BEAT_EVERY:
            return
        try:
            with self._work.database.writing() as session:
                beat(session, job=self._job.name, leader=own_name(), now=now, done=done, error=error)
        except Problem:
            # The database is away: the job itself has said so already.
            return
        self._noted_at, self._had_error = now, error is not None
