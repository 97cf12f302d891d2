"""`python -m scheduler`: looks for due work until it is told to stop."""

import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from queue import SimpleQueue
from types import FrameType

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from scheduler.jobs import JOBS, Work
from scheduler.leading import leadership, own_name
from scheduler.ticking import Ticker
from workflow.log_lines import configure_logging
from workflow.settings import SettingInvalid, Settings
from workflow.store.database import Database

log = structlog.get_logger()


def _now() -> datetime:
    return datetime.now(UTC)


def _asked_to_stop() -> Callable[[], object]:
    """What waits for SIGTERM or Ctrl-C. The handler only says so: it could meet the scheduler in the middle of starting.

    It may also meet its own thread beginning to wait. An `Event` holds a lock then, which the handler would ask for again
    and never get; a `SimpleQueue` is made to be put into from handlers.
    """
    stopping: SimpleQueue[int] = SimpleQueue()

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.put(number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return stopping.get


def run(settings: Settings) -> None:
    """Ticks until SIGTERM or Ctrl-C; a job at work is let finish."""
    database = Database(settings.database_url)
    work, lead = Work(database, settings), leadership(database)
    clock = BackgroundScheduler(executors={"default": ThreadPoolExecutor(len(JOBS))}, timezone=UTC)
    for job in JOBS:
        ticker = Ticker(job, work, lead, _now)
        clock.add_job(
            ticker.tick,
            "interval",
            seconds=job.seconds,
            id=job.name,
            max_instances=1,
            coalesce=True,
            next_run_time=_now(),
        )

    wait = _asked_to_stop()
    log.info("scheduler_started", process=own_name())
    clock.start()
    wait()
    clock.shutdown(wait=True)
    work.close()
    lead.release()
    database.dispose()
    log.info("scheduler_stopped", process=own_name())


def main() -> int:
    """The exit status: 0 when asked to stop, 2 for settings that cannot be used."""
    configure_logging()
    try:
        settings = Settings.from_environment()
    except SettingInvalid as error:
        log.critical("setting_invalid", error=str(error))
        return 2
    run(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
