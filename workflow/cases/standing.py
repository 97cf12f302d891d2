"""What the record says of how a case stands: at rest, opened again, or with a deadline that was moved."""

from dataclasses import dataclass
from datetime import date, datetime

from workflow.cases.case_views import CaseView, EventView
from workflow.cases.entering import EXTENDED
from workflow.procedure.parts import Words


@dataclass(frozen=True, slots=True)
class Standing:
    """What the head of the page adds; nothing of it for most cases."""

    rests_since: datetime | None = None
    rested_in: Words | None = None
    """Where it was suspended and will go on."""
    days_left: int | None = None
    """Days that were left of the deadline which stands still."""
    reopened_at: datetime | None = None
    extended_from: date | None = None
    """The last day as it was before it was moved."""


def standing(view: CaseView) -> Standing:
    """How the case stands now, from the events its reader sees."""
    state = view.procedure.states[view.case.state]
    came = next((event for event in reversed(view.events) if _came(event, view.case.state)), None)
    rests = came if state.suspends else None
    reopened = next((event.at for event in reversed(view.events) if reopens(event)), None)
    return Standing(
        rests_since=rests.at if rests else None,
        rested_in=_title(view, rests.from_state) if rests else None,
        days_left=_days_left(rests) if rests else None,
        reopened_at=reopened if view.case.outcome is None else None,
        extended_from=None if view.case.outcome is not None else _extended_from(view, came),
    )


def reopens(event: EventView) -> bool:
    """Whether the event led out of a final state."""
    return event.left is not None and event.left.final is not None and event.from_state != event.to_state


def _came(event: EventView, state: str) -> bool:
    return event.to_state == state and event.from_state != state


def _title(view: CaseView, ref: str | None) -> Words | None:
    state = view.procedure.states.get(ref or "")
    return state.title if state else None


def _days_left(event: EventView) -> int | None:
    due = (event.data.get("rests") or {}).get("due_at")
    return max(0, (datetime.fromisoformat(due) - event.at).days) if due else None


def _extended_from(view: CaseView, came: EventView | None) -> date | None:
    """The first last day since the case came to its state, where it was moved since."""
    since = came.seq if came else 0
    moves = [event.data[EXTENDED] for event in view.events if event.seq >= since and EXTENDED in event.data]
    return date.fromisoformat(moves[0]["from"]) if moves else None
