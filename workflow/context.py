"""Who asks, when, and in which transaction: the first argument of every operation and query."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Holding:
    """A role the actor holds in a body at this moment."""

    body_role_id: int
    body_id: int
    body_code: str
    role: str


@dataclass(frozen=True, slots=True)
class Actor:
    """An account at work with the roles it holds now; `account_id` is None for the clock itself."""

    account_id: int | None
    name: str
    holdings: tuple[Holding, ...] = ()
    person_id: int | None = None
    is_administrator: bool = False
    body_role_ids: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "body_role_ids", frozenset(holding.body_role_id for holding in self.holdings))

    def holds(self, role: str, *, body_id: int) -> bool:
        """Whether the actor holds `role` in the body."""
        return any(holding.role == role and holding.body_id == body_id for holding in self.holdings)


CLOCK = Actor(account_id=None, name="clock")


@dataclass(frozen=True, slots=True)
class Context:
    """One actor, one moment (with a zone), one session."""

    session: Session
    actor: Actor
    now: datetime
    zone: ZoneInfo = OFFICE_ZONE

    @property
    def today(self) -> date:
        """The date on the office's wall."""
        return self.now.astimezone(self.zone).date()
