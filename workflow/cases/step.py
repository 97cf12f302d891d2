"""One step of a case as rows to be written: everything an action changes, gathered before anything is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflow.cases.loading import LoadedCase
from workflow.context import Context
from workflow.record.rules import event_hash
from workflow.store.types import canonical_json


@dataclass(slots=True)
class Step:
    """Rows of one step. Moments are stored texts, so that both databases and the hash see the same bytes."""

    case: LoadedCase
    at: str
    actor_id: int | None
    role: str | None
    action: str
    to_state: str
    digest: str
    command_key: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    closes_items: bool = True
    """Whether open work items and timers of the state left are closed."""
    closes_seat: int | None = None
    """The one seat whose work item closes, where the panel goes on waiting for others."""
    entered_at: str | None = None
    """Since when the case counts as being in the state; the moment of the step where it is None."""
    owed_since: datetime | None = None
    """When the clock should have taken the step; reminders due since then are sent late rather than never."""
    due_at: str | None = None
    outcome: str | None = None
    is_final: bool = False
    items: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    timers: list[dict[str, Any]] = field(default_factory=list)
    readers: list[dict[str, Any]] = field(default_factory=list)
    afterwards: list[Callable[[Context], None]] = field(default_factory=list)
    """What follows for other cases, once this step is written, in the same transaction."""

    @property
    def moves(self) -> bool:
        """Whether the case enters a state by this step, be it the same again."""
        return self.closes_items

    def event(self) -> dict[str, Any]:
        """The event's row, its hash included."""
        line = {
            "case_id": self.case.id,
            "seq": self.case.last_seq + 1,
            "at": self.at,
            "actor_id": self.actor_id,
            "role": self.role,
            "action": self.action,
            "from_state": self.case.state if self.case.last_seq else None,
            "to_state": self.to_state,
            "procedure_digest": self.digest,
            "command_key": self.command_key,
            "data": canonical_json(self.data) if self.data else "{}",
            "facts": canonical_json(self.facts),
            "previous_hash": self.case.last_hash,
        }
        line["hash"] = event_hash(self.case.last_hash, line)
        return line
