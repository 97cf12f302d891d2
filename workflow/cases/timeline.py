"""The timeline of a case narrowed to one kind of entry, as its reader may see it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from workflow.cases.case_views import CaseView, EventView
from workflow.cases.opening import OPENED
from workflow.cases.tables import Timer
from workflow.context import Context
from workflow.messages.queries import NotificationView, notifications_of_case

KINDS = ("decisions", "waivers", "timers", "messages")
WAIVE = "waive"


@dataclass(frozen=True, slots=True)
class TimerView:
    """Something that will fall due."""

    id: int
    kind: str
    rung: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is shown: `kind` is empty where everything recorded is."""

    kind: str
    events: tuple[EventView, ...]
    timers: tuple[TimerView, ...] = ()
    messages: tuple[NotificationView, ...] = ()


def timeline(context: Context, view: CaseView, kind: str) -> Timeline:
    """The entries of one kind; all events for a kind there is not.

    Of an event that is not open to the reader its kind is not told either. Messages are the reader's own.
    """
    if kind not in KINDS:
        return Timeline("", view.events)
    events = tuple(event for event in view.events if event.is_visible and kind in _kinds(view, event))
    timers = _timers(context, view) if kind == "timers" else ()
    messages = notifications_of_case(context, view.case.id) if kind == "messages" else ()
    return Timeline(kind, events, timers, messages)


def _kinds(view: CaseView, event: EventView) -> set[str]:
    touched = {event.from_state or event.to_state, event.to_state}
    kinds = set()
    states = [view.procedure.states[ref] for ref in touched if ref in view.procedure.states]
    if event.action == WAIVE or event.data.get("waived") or any(state.waivers_for for state in states):
        kinds.add("waivers")
    if event.actor is None and event.action != OPENED:
        kinds.add("timers")
    if event.actor is not None and event.action not in {OPENED, WAIVE}:
        kinds.add("decisions")
    return kinds


def _timers(context: Context, view: CaseView) -> tuple[TimerView, ...]:
    """What will fall due in stages the reader sees, next first; what fell due is among the events."""
    visible = view.procedure.visible_stages(view.roles, view.case.state)
    open_ones = select(Timer).where(Timer.case_id == view.case.id, Timer.is_open).order_by(Timer.due_at, Timer.id)
    return tuple(
        TimerView(row.id, row.kind, row.rung, row.due_at)
        for row in context.session.scalars(open_ones)
        if row.state is None or row.state.partition(".")[0] in visible
    )
