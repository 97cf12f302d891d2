"""The table of jobs: what is done, and how often it is looked for. A new job is one function and one row."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import structlog

from scheduler.mail import Mailer
from workflow.bulk.operations import go_on
from workflow.bulk.queries import open_jobs
from workflow.cases.timers import Sweep
from workflow.context import CLOCK, Context
from workflow.expiring import act_on_expiry, open_review
from workflow.files.holding import forget_held_files
from workflow.messages.delivering import claim_deliveries
from workflow.messages.operations import SPREAD_AT_ONCE, spread
from workflow.problems import Unavailable
from workflow.reviews.planning import plan_missing_reviews
from workflow.rounds.telling import remind_when_due
from workflow.settings import Settings
from workflow.store.database import Database

MAILS_AT_ONCE = 50
BULK_AT_ONCE = 50
"""Cases of one job in one tick."""
log = structlog.get_logger()


class Work:
    """What jobs work with."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self.mailer = Mailer(database, settings)
        self.reviews_planned_on: date | None = None
        """The office's day on which this process last looked for reviews to plan."""

    @cached_property
    def sweep(self) -> Sweep:
        """The sweep, with the steps it may take."""
        return Sweep(self.database, act_on_expiry=act_on_expiry, open_review=open_review, zone=self.settings.zone)

    def close(self) -> None:
        """Gives up the connections the jobs hold."""
        self.sweep.close()


def spread_messages(work: Work, now: datetime) -> int:
    """Deliveries for messages that have none yet; returns for how many messages."""
    done = 0
    while True:
        with work.database.writing() as session:
            context = Context(session, CLOCK, now, work.settings.zone)
            count = spread(context, is_mailing=bool(work.settings.smtp_host))
        done += count
        if count < SPREAD_AT_ONCE:
            return done


def deliver_mail(work: Work, now: datetime) -> int:
    """Mail that is due goes to the mail server; returns how many it took.

    Raises Unavailable where the server cannot be talked to: nothing is lost then, and the next tick tries again.
    """
    done = 0
    while work.settings.smtp_host:
        with work.database.writing() as session:
            claimed = claim_deliveries(session, now, MAILS_AT_ONCE)
        if not claimed:
            break
        delivered = work.mailer.deliver(claimed, now)
        done += delivered.sent
        if delivered.trouble:
            raise Unavailable("mail_server_unreachable", error=delivered.trouble)
    return done


def sweep_timers(work: Work, now: datetime) -> int:
    """Reminders, escalations, expiries and reviews to open that are due; returns how many timers were closed."""
    swept = work.sweep.run(now)
    for failed in swept.failures:
        log.error("timer_failed", timer=failed.timer_id, error=failed.error)
    return swept.done


def remind_bodies(work: Work, now: datetime) -> int:
    """Bodies that have not answered a round are reminded on the days its procedure names; returns how many were."""
    with work.database.writing() as session:
        return remind_when_due(Context(session, CLOCK, now, work.settings.zone))


def plan_reviews(work: Work, now: datetime) -> int:
    """Every member of a list without a planned review gets one; returns how many did.

    Looks once on each day of the office, and at once after a start: the ticks in between cost nothing. A day that
    failed is tried again by the next tick.
    """
    today = now.astimezone(work.settings.zone).date()
    if work.reviews_planned_on == today:
        return 0
    done = 0
    while True:
        with work.database.writing() as session:
            planned = plan_missing_reviews(Context(session, CLOCK, now, work.settings.zone))
        done += planned.members
        if not planned.is_more:
            break
    for key in planned.undecided:
        log.warning("list_without_timetable", list=key)
    work.reviews_planned_on = today
    return done


def forget_files(work: Work, now: datetime) -> int:
    """Files chosen for forms that were not sent for a month are forgotten; returns how many."""
    with work.database.writing() as session:
        return forget_held_files(Context(session, CLOCK, now, work.settings.zone))


def continue_bulk(work: Work, now: datetime) -> int:
    """Cases that wait in bulk jobs, in the name of whoever began them; returns how many were settled.

    Each job gets its turn, so that a long one holds up nobody else's.
    """
    with work.database.reading() as session:
        waiting = open_jobs(Context(session, CLOCK, now, work.settings.zone))
    return sum(go_on(work.database, now, job_id=job, limit=BULK_AT_ONCE, zone=work.settings.zone) for job in waiting)


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of due work."""

    name: str
    run: Callable[[Work, datetime], int]
    seconds: float


JOBS = (
    Job("sweep_timers", sweep_timers, 5),
    Job("spread_messages", spread_messages, 2),
    Job("continue_bulk", continue_bulk, 2),
    Job("deliver_mail", deliver_mail, 5),
    Job("remind_bodies", remind_bodies, 60),
    Job("plan_reviews", plan_reviews, 60),
    Job("forget_files", forget_files, 600),
)
