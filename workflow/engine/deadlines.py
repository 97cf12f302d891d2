"""When a deadline falls due, and on which days it reminds and escalates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflow.calendar.rules import Calendar
from workflow.procedure.stages import Deadline

DUE_TIME = time(17, 0)
"""A deadline ends when the office closes on its last day."""
REMINDER_TIME = time(9, 0)
"""Reminders are there when the office opens."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One reminder, escalation or expiry; `rung` counts days from the deadline, negative before it."""

    kind: str
    rung: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """A deadline's moment and everything it will do, in order of time."""

    due_at: datetime
    is_provisional: bool
    calendar_version: str
    rungs: tuple[Rung, ...]


def plan_deadline(
    deadline: Deadline,
    *,
    entered: datetime,
    calendar: Calendar,
    zone: ZoneInfo,
    dates: Mapping[str, date | None],
    ends: date | None = None,
    owed_since: datetime | None = None,
) -> Plan | None:
    """The plan of a state's deadline from the moment the state is entered; None where the date it names is not set.

    `ends` is the last day where it is settled already: a deadline that was extended. Reminders whose time has passed at
    entry are left out, but for those due from `owed_since` on: the state should have been entered then, and nobody is
    spared a reminder because the clock was late. Rungs of a deadline in working days count working days, of others
    calendar days.
    """
    start = entered.astimezone(zone).date()
    is_provisional, version = False, calendar.version
    if ends is not None:
        last, is_provisional = ends, calendar.is_provisional(start, ends)
    elif deadline.working_days is not None:
        end = calendar.add_working_days(start, deadline.working_days)
        last, is_provisional = end.date, end.is_provisional
        if deadline.shift_days:
            last = calendar.shift_working_days(last, deadline.shift_days)
    elif deadline.on is not None:
        named = dates.get(deadline.on)
        if named is None:
            return None
        last = named + timedelta(days=deadline.shift_days)
    else:
        last = start + timedelta(days=deadline.days) if deadline.days else _months_later(start, deadline.months or 0)
        last += timedelta(days=deadline.shift_days)
    due_at = _moment(last, DUE_TIME, zone)
    return Plan(
        due_at,
        is_provisional,
        version,
        tuple(_rungs(deadline, last, due_at, entered, owed_since or entered, calendar, zone)),
    )


def remaining(deadline: Deadline, *, stopped: date, due: date, calendar: Calendar) -> Deadline:
    """The deadline with the time that was left when its clock stopped, at least one day; a fixed date stays as it is."""
    if deadline.on is not None:
        return deadline
    if deadline.working_days is not None:
        left = calendar.working_days_between(stopped, due)
        return deadline.model_copy(update={"working_days": max(1, left), "shift_days": 0})
    return deadline.model_copy(update={"days": max(1, (due - stopped).days), "months": None, "shift_days": 0})


def extended(last: date, *, unit: str, number: int, calendar: Calendar) -> date:
    """The last day moved on by so many `days`, `working_days` or `months`."""
    if unit == "working_days":
        return calendar.shift_working_days(last, number)
    return _months_later(last, number) if unit == "months" else last + timedelta(days=number)


def _rungs(
    deadline: Deadline,
    last: date,
    due_at: datetime,
    entered: datetime,
    owed_since: datetime,
    calendar: Calendar,
    zone: ZoneInfo,
) -> list[Rung]:
    def on(days: int) -> date:
        if deadline.working_days is None:
            return last + timedelta(days=days)
        return calendar.shift_working_days(last, days)

    rungs = [Rung("remind", days, _moment(on(days), REMINDER_TIME, zone)) for days in deadline.remind]
    rungs = [rung for rung in rungs if rung.due_at > min(entered, owed_since)]
    if deadline.escalate:
        days = deadline.escalate.after
        escalation = Rung("escalate", days, _moment(on(days), REMINDER_TIME, zone))
        rungs += [escalation] if escalation.due_at > entered else []
    if deadline.on_expiry:
        rungs.append(Rung("expire", 0, due_at))
    return sorted(rungs, key=lambda rung: rung.due_at)


def _moment(on: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, at, tzinfo=zone).astimezone(UTC)


def _months_later(start: date, months: int) -> date:
    """The same day so many months later, or the month's last day where it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=start.day - 1), following - timedelta(days=1))
