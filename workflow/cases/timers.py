"""The sweep: whatever has fallen due is done once, each with its closing in one transaction.

After downtime several rungs of one ladder are due: the latest is said, the others are merged into it. Escalations due
in one sweep to the same role go out as one digest.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workflow.cases.polling import DuePoll
from workflow.cases.tables import Case, Timer
from workflow.cases.timer_writing import Outgoing, claim_rungs, write_swept
from workflow.context import CLOCK, OFFICE_ZONE, Context
from workflow.store.database import Database
from workflow.store.types import canonical_json, instant, instant_text

REMINDERS_AT_ONCE = 1_000
ESCALATIONS_AT_ONCE = 2_000
ACTS_AT_ONCE = 500
RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
"""The wait after a failed act; the last one repeats, for a deadline is never given up."""
LONGEST_ERROR = 500

ActOnExpiry = Callable[..., object]
"""`act_on_expiry(context, case_id=…, state=…)`: takes the step a state's deadline or notice names."""
OpenReview = Callable[..., object]
"""`open_review(context, review_id=…)`."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A timer whose act raised; it is tried again."""

    timer_id: int
    error: str


@dataclass(slots=True)
class Swept:
    """What one sweep did."""

    acted: int = 0
    sent: int = 0
    merged: int = 0
    closed: int = 0
    messages: int = 0
    failures: list[Failed] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many timers were closed."""
        return self.acted + self.sent + self.merged + self.closed

    def count(self, results: Iterable[str], messages: int) -> None:
        """Adds what one transaction closed and wrote."""
        for result, count in Counter(results).items():
            setattr(self, result, getattr(self, result) + count)
        self.messages += messages


class Sweep:
    """Does what is due on one database; the callbacks come from above."""

    def __init__(
        self,
        database: Database,
        *,
        act_on_expiry: ActOnExpiry,
        open_review: OpenReview,
        zone: ZoneInfo = OFFICE_ZONE,
    ) -> None:
        self._database = database
        self._act_on_expiry = act_on_expiry
        self._open_review = open_review
        self._zone = zone
        self.poll = DuePoll(database)

    def run(self, now: datetime) -> Swept:
        """Acts first, so that nobody is reminded of what has just expired; then escalations, then reminders."""
        swept = Swept()
        if not self.poll.is_due(now):
            return swept
        for timer in self._due_acts(now):
            self._act(timer, now, swept)
        self._escalate(now, swept)
        while self._remind(now, swept):
            pass
        return swept

    def _due_acts(self, now: datetime) -> list[Timer]:
        due = select(Timer).where(Timer.is_open, Timer.due_at <= now, Timer.kind.in_(("expire", "open_review")))
        with self._database.reading() as session:
            return list(session.scalars(due.order_by(Timer.due_at, Timer.id).limit(ACTS_AT_ONCE)))

    def _act(self, timer: Timer, now: datetime, swept: Swept) -> None:
        """One timer in its own transaction; what it raises is kept with it and it is tried again later."""
        try:
            with self._database.writing() as session:
                result = self._acted(Context(session, CLOCK, now, self._zone), timer)
                if result:
                    _close(session, timer.id, now, result)
        except Exception as error:  # noqa: BLE001 one timer's fault must not lose the others
            swept.failures.append(Failed(timer.id, f"{type(error).__name__}: {error}"))
            self._put_off(timer, now, f"{type(error).__name__}: {error}")
        else:
            if result:
                swept.count((result,), 0)

    def _acted(self, context: Context, timer: Timer) -> str | None:
        """`acted`, `closed` where the case has left the state, None where somebody else has the timer.

        The case is locked before the timer: whoever moves a case goes the same way, so the two never wait for each other.
        """
        session = context.session
        state = None
        if timer.case_id is not None:
            state = session.scalar(select(Case.state).where(Case.id == timer.case_id).with_for_update())
        mine = select(Timer.id).where(Timer.id == timer.id, Timer.is_open).with_for_update(skip_locked=True)
        if session.scalar(mine) is None:
            return None
        if timer.kind == "open_review":
            self._open_review(context, review_id=timer.review_id)
            return "acted"
        if state != timer.state:
            return "closed"
        self._act_on_expiry(context, case_id=timer.case_id, state=timer.state)
        return "acted"

    def _put_off(self, timer: Timer, now: datetime, error: str) -> None:
        tries = int(timer.params.get("tries", 0))
        wait = RETRY_AFTER[min(tries, len(RETRY_AFTER) - 1)]
        kept = {
            "first_due_at": instant_text(timer.due_at),
            **timer.params,
            "tries": tries + 1,
            "error": error[:LONGEST_ERROR],
        }
        with self._database.writing() as session:
            session.execute(
                update(Timer).where(Timer.id == timer.id, Timer.is_open).values(due_at=now + wait, params=kept)
            )

    def _escalate(self, now: datetime, swept: Swept) -> None:
        """All escalations due now in one transaction, one message for each role they go to."""
        with self._database.writing() as session:
            rungs = claim_rungs(session, "escalate", now, ESCALATIONS_AT_ONCE)
            by_role: dict[int, list[dict[str, Any]]] = {}
            for rung in rungs:
                if rung.result != "sent":
                    continue
                role = rung.params().get("body_role_id")
                if role is None:
                    rung.result = "closed"
                else:
                    by_role.setdefault(role, []).append({"case_id": rung.case_id, **rung.shown()})
            outgoing = [_escalation(role, cases) for role, cases in by_role.items()]
            write_swept(session, now, rungs, outgoing)
        swept.count((rung.result for rung in rungs), len(outgoing))

    def _remind(self, now: datetime, swept: Swept) -> bool:
        """One batch of reminders in one transaction; False when none was left."""
        today = now.astimezone(self._zone).date()

        @cache
        def days_since(due_at: str | None) -> int:
            return (today - instant(due_at).astimezone(self._zone).date()).days if due_at else 0

        with self._database.writing() as session:
            rungs = claim_rungs(session, "remind", now, REMINDERS_AT_ONCE)
            outgoing = [
                Outgoing("deadline_reminder", params, rung.case_id, role, account)
                for rung in rungs
                if rung.result == "sent"
                for params in (rung.reminder(days_since),)
                for role, account in rung.holders
            ]
            write_swept(session, now, rungs, outgoing)
        swept.count((rung.result for rung in rungs), len(outgoing))
        return bool(rungs)

    def close(self) -> None:
        """Gives up the connection of the poll."""
        self.poll.close()


def _escalation(role: int, cases: list[dict[str, Any]]) -> Outgoing:
    case_ids = [case.pop("case_id") for case in cases]
    if len(cases) == 1:
        return Outgoing("deadline_escalation", canonical_json(cases[0]), case_ids[0], role, None)
    return Outgoing("deadline_escalation", canonical_json({"cases": cases, "count": len(cases)}), None, role, None)


def _close(session: Session, timer_id: int, now: datetime, result: str) -> None:
    # The act may have closed the timer with the state it left; what happened is that it acted.
    session.execute(update(Timer).where(Timer.id == timer_id).values(is_open=False, done_at=now, result=result))
