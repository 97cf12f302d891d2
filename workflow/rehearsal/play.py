"""One scenario at play: its scratch database, its clock, and who acts; whatever falls due on the way is done."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import func, or_, select

from workflow.bodies.queries import actor
from workflow.cases.loading import LoadedCase, load_case
from workflow.cases.tables import Case, Timer
from workflow.cases.timers import Sweep
from workflow.cases.versions import compiled_version
from workflow.context import CLOCK, OFFICE_ZONE, Actor, Context
from workflow.engine.decide import Compiled
from workflow.expiring import act_on_expiry, open_review
from workflow.messages.operations import SPREAD_AT_ONCE, spread
from workflow.pools.tables import Membership
from workflow.problems import Invalid, Missing
from workflow.procedure.model import Procedure
from workflow.rehearsal.beginning import begin_case, body_of
from workflow.rehearsal.family import child_of
from workflow.rehearsal.given import CLOCK_NAME, Given
from workflow.rehearsal.office import Office, set_up
from workflow.rehearsal.samples import sample
from workflow.reviews.planning import plan_missing_reviews
from workflow.rounds.operations import open_round
from workflow.rounds.tables import Round
from workflow.rounds.telling import remind_when_due
from workflow.store.database import Database

MORNING, EVENING = time(10, 0), time(18, 0)
"""Steps are taken in the morning; a clock moved by itself stops in the evening, when the day's deadlines have passed."""
DAILY = time(9, 0)
CALLED_AT = time(8, 30)
BETWEEN_STEPS = timedelta(minutes=1)
MAIN = "case"
"""The name of the case that steps mean where they name none."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Guards that spoke about an action somebody tried, and those that were silent."""

    passed: frozenset[str]
    failed: frozenset[str]


@dataclass
class Play:
    """The state of a scenario between two steps."""

    database: Database
    path: Path
    procedure: Procedure
    given: Given
    now: datetime
    others: Sequence[Procedure] = ()
    office: Office = field(default_factory=Office)
    round_id: int | None = None
    cases: dict[str, int] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    speaker: str | None = None
    """Who spoke last in a panel: of several in one step, the one who was refused."""
    planned_on: date | None = None
    """The day on which reviews were last looked for: once a day, as the scheduler does."""

    @cached_property
    def sweep(self) -> Sweep:
        """What the scheduler does with timers."""
        return Sweep(self.database, act_on_expiry=act_on_expiry, open_review=open_review)

    def on(self, database: Database, path: Path) -> "Play":
        """The same state of things on a copy of the database."""
        kept = Play(database, path, self.procedure, self.given, self.now, self.others, self.office, self.round_id)
        kept.cases, kept.attempts = dict(self.cases), list(self.attempts)
        return kept

    def close(self) -> None:
        """Gives up every connection."""
        self.sweep.close()
        self.database.dispose()

    @contextmanager
    def as_(self, name: str | None) -> Iterator[Context]:
        """A writing context of somebody at the present moment, the clock for None."""
        with self.database.writing() as session:
            yield Context(session, self._actor(session, name), self.now)

    @contextmanager
    def looking(self, name: str | None = None) -> Iterator[Context]:
        """A context of somebody for looking only, the clock's for None."""
        with self.database.reading() as session:
            yield Context(session, self._actor(session, name), self.now)

    def _actor(self, session: Any, name: str | None) -> Actor:
        if name is None:
            return CLOCK
        return actor(session, self.office.accounts[name], self.now.astimezone(OFFICE_ZONE).date())

    def begin(self) -> None:
        """Sets the scene, calls the round, opens the case. Raises what the operations raise."""
        with self.as_(None) as context:
            self.office = set_up(context, self.given, (*self.others, self.procedure))
        if self.given.round:
            self._call_round()
        assert self.given.today
        self.advance(moment(self.given.today, MORNING))
        wanted = self.given.case
        if wanted and wanted.by != CLOCK_NAME:
            self.cases[MAIN] = begin_case(self, wanted)
        self.after_step()

    def _call_round(self) -> None:
        called = self.given.round
        assert called
        assert called.opens
        assert called.closes
        assert self.procedure.rounds_by
        role = self.procedure.roles[self.procedure.rounds_by]
        bodies = called.calls or ((body_of(self.given, self.given.case),) if self.given.case else ())
        self.advance(moment(called.opens, CALLED_AT) if called.opens <= self.today else self.now)
        with self.as_(self.given.held[role.of or "", role.holds][0]) as context:
            opened = open_round(
                context,
                procedure=self.procedure.procedure,
                title_zh=self.procedure.title.zh,
                title_en=self.procedure.title.en,
                opens_date=called.opens,
                closes_date=called.closes,
                body_ids=[self.office.bodies[code] for code in bodies],
                seats=called.seats,
            )
        self.round_id = opened.round_id

    @property
    def today(self) -> date:
        """The date on the office's wall."""
        return self.now.astimezone(OFFICE_ZONE).date()

    @property
    def version_id(self) -> int:
        """The version of the procedure that is rehearsed."""
        return self.office.versions[self.procedure.procedure]

    def case_id(self, ref: str | None) -> int:
        """The case a step means, or a child below it. Raises Missing."""
        name, *below = (ref or MAIN).split("/")
        found = self._named(name)
        if below:
            with self.looking() as context:
                for child in below:
                    found = child_of(context.session, self.office, found, child)
        return found

    def _named(self, name: str) -> int:
        """The case of a name; one that came by itself is the newest about its person. Raises Missing."""
        known = self.cases.get(name)
        if known is not None:
            return known
        wanted = self.given.case
        if name != MAIN or wanted is None:
            raise Missing("case_missing")
        with self.looking() as context:
            found = context.session.scalar(
                select(func.max(Case.id)).where(
                    Case.procedure_version_id == self.version_id,
                    Case.person_id == self.office.people.get(wanted.person or ""),
                )
            )
        if found is None:
            raise Missing("case_missing")
        self.cases[MAIN] = found
        return found

    def case(self, context: Context, name: str | None) -> LoadedCase:
        """The case as it stands now. Raises Missing."""
        return load_case(context.session, self.case_id(name))

    def compiled(self, context: Context, case: LoadedCase) -> Compiled:
        """The rules the case runs under."""
        return compiled_version(context.session, case.version_id)

    def answers(self, procedure: Procedure, form: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """The answers of a form: the usual ones with a step's laid over them; names become what the form asks for."""
        fields = procedure.forms[form].fields
        answers = {**self.given.forms.get(form, {}), **given}
        return {
            key: self._named_answer(fields[key].type, value) if key in fields else value
            for key, value in answers.items()
            if value is not None
        }

    def _named_answer(self, kind: str, value: Any) -> Any:
        if kind == "file":
            return [sample(name) for name in (value if isinstance(value, list) else [value]) if isinstance(name, str)]
        if kind == "accounts":
            return [self.office.accounts.get(name, name) for name in (value if isinstance(value, list) else [value])]
        ids = {"person": self.office.people, "body": self.office.bodies}.get(kind, {})
        return ids.get(value, value) if isinstance(value, str) else value

    def advance(self, to: datetime) -> None:
        """Moves the clock; on the way the scheduler's work is done at every moment at which something falls due."""
        self._tick()
        while (following := self._following(to)) is not None:
            self.now = following
            self._tick()
        self.now = max(self.now, to)

    def after_step(self) -> None:
        """Messages written are delivered, and a minute passes."""
        with self.as_(None) as context:
            _deliver(context)
        self.now += BETWEEN_STEPS

    def _following(self, to: datetime) -> datetime | None:
        """The next moment up to an end at which something is due: a timer's, or nine o'clock where days are looked at."""
        with self.looking() as context:
            timer = context.session.scalar(
                select(func.min(Timer.due_at)).where(Timer.is_open, Timer.due_at > self.now, Timer.due_at <= to)
            )
            daily = self._morning() if _is_looked_after(context) else None
        moments = [one.astimezone(OFFICE_ZONE) for one in (timer, daily) if one is not None and one <= to]
        return min(moments, default=None)

    def _morning(self) -> datetime:
        """The next nine o'clock."""
        daily = moment(self.today, DAILY)
        return daily if daily > self.now else moment(self.today + timedelta(days=1), DAILY)

    def _tick(self) -> None:
        swept = self.sweep.run(self.now)
        if swept.failures:
            raise Invalid("rehearsal_clock_failed", error=swept.failures[0].error)
        with self.as_(None) as context:
            if _is_looked_after(context):
                remind_when_due(context)
                if self.planned_on != self.today:
                    plan_missing_reviews(context)
                    self.planned_on = self.today
            _deliver(context)


def _is_looked_after(context: Context) -> bool:
    """Whether there is anything the scheduler looks at day by day: a round under way, members of a list."""
    rounds = select(Round.id).where(Round.closed_at.is_(None), Round.closes_date >= context.today)
    members = select(Membership.id).where(Membership.left_at.is_(None))
    return bool(context.session.scalar(select(or_(rounds.exists(), members.exists()))))


def _deliver(context: Context) -> None:
    while spread(context, is_mailing=False) == SPREAD_AT_ONCE:
        pass


def moment(day: date, at: time) -> datetime:
    """A moment of a day on the office's wall."""
    return datetime.combine(day, at, tzinfo=OFFICE_ZONE)
