"""A diary of things done at working hours in the past: entries are carried out in the order of their time, up to now."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.bodies.queries import actor
from workflow.bodies.tables import Body, BodyRole, RoleHolding
from workflow.calendar.queries import calendar
from workflow.calendar.rules import Calendar
from workflow.cases.timers import Sweep
from workflow.context import CLOCK, Actor, Context
from workflow.expiring import act_on_expiry, open_review
from workflow.messages.operations import spread
from workflow.people.tables import Account
from workflow.store.database import Database

MORNING, AFTERNOON = time(9, 0), time(13, 30)
MORNING_MINUTES, AFTERNOON_MINUTES = 180, 240
Entry = Callable[["Desk"], None]


@dataclass
class Directory:
    """Who holds which role, looked up once: the demonstration's roles do not change hands."""

    actors: dict[int, Actor] = field(default_factory=dict)
    holders: dict[tuple[int, str], tuple[int, ...]] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)


@dataclass
class Desk:
    """Where one entry is carried out: its session and moment, and ways to act as somebody."""

    session: Session
    now: datetime
    directory: Directory

    def clock(self) -> Context:
        return Context(self.session, CLOCK, self.now)

    def as_account(self, account_id: int) -> Context:
        """A context of an account with its roles."""
        known = self.directory.actors.get(account_id)
        if known is None:
            known = self.directory.actors[account_id] = actor(self.session, account_id, self.now.date())
        return Context(self.session, known, self.now)

    def as_name(self, sign_in_name: str) -> Context:
        """A context of the account with a sign-in name."""
        if not self.directory.names:
            rows = self.session.execute(select(Account.sign_in_name, Account.id))
            self.directory.names = {row.sign_in_name: row.id for row in rows}
        return self.as_account(self.directory.names[sign_in_name])

    def as_holder(self, body_id: int, role: str, place: int = 0) -> Context:
        """A context of somebody who holds a role in a body; `place` counts round the holders."""
        accounts = self.holders(body_id, role)
        return self.as_account(accounts[place % len(accounts)])

    def holders(self, body_id: int, role: str) -> tuple[int, ...]:
        """The accounts that hold a role in a body."""
        key = (body_id, role)
        if key not in self.directory.holders:
            rows = self.session.scalars(
                select(RoleHolding.account_id)
                .join(BodyRole, BodyRole.id == RoleHolding.body_role_id)
                .where(BodyRole.body_id == body_id, BodyRole.role == role)
                .order_by(RoleHolding.id)
            )
            self.directory.holders[key] = tuple(rows)
        return self.directory.holders[key]

    def body(self, code: str) -> int:
        """The id of the body with a code."""
        if not self.directory.codes:
            self.directory.codes = {row.code: row.id for row in self.session.execute(select(Body.code, Body.id))}
        return self.directory.codes[code]


class Diary:
    """Entries up to now; `day` counts working days from a first day, its fraction is the time of that day."""

    def __init__(self, days: Calendar, first: date, now: datetime) -> None:
        self.first, self.now = first, now
        self.directory = Directory()
        self._days = days
        self._entries: list[tuple[datetime, int, Entry]] = []
        self._order = count()

    def moment(self, day: float, *, since: date | None = None) -> datetime:
        """The working moment so many working days after the beginning of the first day, or of another."""
        first = since or self.first
        whole = int(day)
        minutes = int((day - whole) * (MORNING_MINUTES + AFTERNOON_MINUTES))
        start = MORNING if minutes < MORNING_MINUTES else AFTERNOON
        rest = minutes if minutes < MORNING_MINUTES else minutes - MORNING_MINUTES
        on = self._days.shift_working_days(first, whole) if whole else first
        return datetime.combine(on, start, tzinfo=self.now.tzinfo) + timedelta(minutes=rest)

    def write(self, day: float, entry: Entry, *, since: date | None = None) -> None:
        """Adds an entry; what lies after now is never carried out."""
        moment = self.moment(day, since=since)
        if moment < self.now:
            heapq.heappush(self._entries, (moment, next(self._order), entry))

    def carry_out(self, database: Database) -> None:
        """Carries everything out, a day in one transaction; between days the clock does its own work."""
        sweep = Sweep(database, act_on_expiry=act_on_expiry, open_review=open_review)
        try:
            while self._entries:
                morning = self._entries[0][0].replace(hour=8, minute=59)
                sweep.run(morning.replace(hour=0, minute=5))
                self._one_day(database, morning.date())
                sweep.run(min(self.now, morning.replace(hour=23)))
            sweep.run(self.now)
        finally:
            sweep.close()
        with database.writing() as session:
            while spread(Context(session, CLOCK, self.now), is_mailing=False):
                pass

    def _one_day(self, database: Database, day: date) -> None:
        with database.writing() as session:
            while self._entries and self._entries[0][0].date() <= day:
                moment, _, entry = heapq.heappop(self._entries)
                entry(Desk(session, moment, self.directory))


def office_days(database: Database, now: datetime) -> Calendar:
    """The calendar in force."""
    with database.reading() as session:
        return calendar(Context(session, CLOCK, now))
