"""A case of a simulation on its way, and its times in stages."""

from dataclasses import dataclass, field
from datetime import date

from workflow.procedure.model import Procedure


@dataclass(slots=True)
class Run:
    """One case on its way; `token` changes with every state, so that what was asked for before is not wanted any more."""

    number: int
    procedure: Procedure
    since: float
    parent: "Run | None" = None
    opened_in: str = ""
    state: str = ""
    stage_since: float = 0.0
    token: int = 0
    outcome: str | None = None
    ended: float | None = None
    is_cancelled: bool = False
    visited: list[str] = field(default_factory=list)
    came_from: str = ""
    steps: int = 0
    winner: int | None = None
    left: dict[str, int] = field(default_factory=dict)
    notice_ends: date | None = None
    children: list["Run"] = field(default_factory=list)

    @property
    def depth(self) -> int:
        """How many cases it is a child of, one of another."""
        return 0 if self.parent is None else self.parent.depth + 1

    @property
    def is_open(self) -> bool:
        """Whether it still goes on."""
        return self.ended is None and not self.is_cancelled


@dataclass(frozen=True, slots=True)
class Stay:
    """A case's time in one stage, in working hours."""

    stage: str
    hours: float
