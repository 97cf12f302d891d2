"""Makes the demonstration's database: a district, and one round of it as far as the stage chosen."""

from collections.abc import Callable
from datetime import date, datetime, time

from definitions.demo import stages
from definitions.demo.deciding import assess_all, decide_all
from definitions.demo.diary import Desk, Diary, Directory, office_days
from definitions.demo.plan import Plan
from definitions.demo.recommending import Progress, call_bodies, nominate_all
from definitions.demo.reviewing import after_the_round, first_day_of_last_winter, last_winter, take_over
from definitions.library import shipped
from workflow import composition
from workflow.calendar.rules import Calendar
from workflow.cases.versions import publish_shipped
from workflow.context import CLOCK, Context
from workflow.store.database import Database

__all__ = ["composition", "load_round"]
# Importing the composition registers what follows when a case moves.

Fill = Callable[[Context, date], Plan]
"""Fills an empty database with bodies, accounts and people, and says what the round is played with. The date is the day
the round opens: ages and years of service are measured on it."""


def load_round(database: Database, *, stage: str, now: datetime, fill: Fill) -> None:
    """Fills an empty database and plays the round up to a stage; nothing happens after `now`."""
    days = office_days(database, now)
    opens = _opening_day(days, stage, now)
    winter = first_day_of_last_winter(now.date())
    with database.writing() as session:
        context = Context(session, CLOCK, datetime.combine(min(winter, opens), time(8), tzinfo=now.tzinfo))
        plan = fill(context, opens)
        publish_shipped(context, shipped())
        take_over(Desk(session, context.now, Directory()).as_name("secretary"), plan.older)
    diary = Diary(days, opens, now)
    last_winter(diary)
    progress = Progress()
    call_bodies(diary, plan, progress)
    nominate_all(diary, plan, progress)
    assess_all(diary, plan, progress)
    decide_all(diary, plan, progress)
    after_the_round(diary)
    diary.carry_out(database)


def _opening_day(days: Calendar, stage: str, now: datetime) -> date:
    """So many working days ago that today is the stage's day of the round."""
    return days.shift_working_days(now.date(), -int(stages.TODAY[stage]))
