"""What a case's panels show to one reader, as frozen values."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow.engine.panels import Line
from workflow.panels.candidates import CandidateView
from workflow.people.called import Name
from workflow.procedure.panel import CANDIDATE
from workflow.procedure.panel import Panel as PanelRules
from workflow.procedure.parts import Words
from workflow.procedure.stages import State

CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class SeatView:
    """One seat. What it said is None for readers outside the stage and while the panel is theirs to answer."""

    id: int
    role: Words
    body_zh: str
    body_en: str
    account: Name | None
    is_mine: bool
    has_spoken: bool
    must_leave: bool
    attendance: str | None
    opinion: str | None
    reason: str
    scores: dict[str, int] | None
    total: float | None
    given_at: datetime | None


@dataclass(frozen=True, slots=True, eq=False)
class PanelView:
    """One asking of a panel; `lines` explain the outcome, or how it stands while it is open.

    Read again as it was, it is the same object, equal only to itself: what is drawn of it is found without comparing.
    """

    id: int
    state: str
    title: Words
    rules: PanelRules
    of_state: State
    """The state the panel sits in: it says what outcomes are called."""
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None
    seats: tuple[SeatView, ...]
    lines: tuple[Line, ...]
    rubric: Sequence[Mapping[str, Any]]
    may_record: bool
    """Whether the reader records this meeting."""
    candidates: tuple[CandidateView, ...]
    """The child cases members choose among, those that are out of it included; none where there is no such choice."""
    tied: tuple[str, ...] = ()
    """What had equal votes before, to which an open panel that was asked about it is limited; empty where nothing limits it."""

    def may_be_said(self, opinion: str) -> bool:
        """Whether an opinion is among the tied, where only those count."""
        return not self.tied or opinion in self.tied

    @property
    def winner(self) -> CandidateView | None:
        """The candidate that was chosen."""
        if self.outcome != CHOSEN:
            return None
        votes = Counter(seat.opinion for seat in self.seats if (seat.opinion or "").startswith(CANDIDATE))
        first = votes.most_common(1)[0][0] if votes else ""
        return next((one for one in self.candidates if one.opinion == first), None)

    @property
    def is_covered(self) -> bool:
        """Whether nobody sees before the end what others say: where the rules ask for a ballot."""
        return self.rules.instead_of is not None and self.closed_at is None

    @property
    def my_open_seat(self) -> SeatView | None:
        """The reader's seat that has not spoken, while the panel is open and each gives their own opinion."""
        if self.closed_at is not None or self.rules.recorded_by:
            return None
        return next((seat for seat in self.seats if seat.is_mine and not seat.has_spoken), None)
