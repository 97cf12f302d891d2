"""Changes the timetable of a round after it was opened: what moves is seen before, and told to whom it concerns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from workflow.calendar.queries import calendar
from workflow.cases.rescheduling import Shift, holders_of_work, move_deadlines, shifts
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.messages.operations import write_message
from workflow.problems import Conflict, Forbidden, Invalid, Missing, Problem
from workflow.procedure.model import Procedure
from workflow.rounds.rules import checked_reason, may_call, timetable_problems
from workflow.rounds.tables import Round, RoundCall, TimetableChange
from workflow.rounds.telling import tell_bodies
from workflow.rounds.timetable import DateView, timetable
from workflow.store.types import instant_text

CASES_TOLD = 200
"""A message lists no more cases; it says how many there are in all."""


@dataclass(frozen=True, slots=True)
class DateChange:
    """One date that is another now; `was` is None where it had not been set."""

    key: str
    was: date | None
    now: date


@dataclass(frozen=True, slots=True)
class Rescheduling:
    """What a change of the timetable would do, as nothing has been done yet."""

    changes: tuple[DateChange, ...]
    shifts: tuple[Shift, ...]
    bodies: int
    """How many bodies are told."""
    dates: tuple[DateView, ...]
    """The whole timetable as it would be."""

    @property
    def moved(self) -> tuple[Shift, ...]:
        return tuple(shift for shift in self.shifts if not shift.is_kept)

    @property
    def kept(self) -> tuple[Shift, ...]:
        return tuple(shift for shift in self.shifts if shift.is_kept)


def preview_timetable(context: Context, *, round_id: int, dates: Mapping[str, date]) -> Rescheduling:
    """What moves with the dates given, by their keys (`closes_date`, those of the timetable); the others stay.

    Raises Forbidden, Missing, and Invalid naming every faulty field or where nothing would change.
    """
    row, procedure = _round(context, round_id, is_locked=False)
    return _planned(context, row, procedure, dates)


def change_timetable(
    context: Context, *, round_id: int, dates: Mapping[str, date], reason: str, seen_change: int
) -> Rescheduling:
    """Moves dates of a round, with every deadline that follows them, and tells the bodies called and whoever has work.

    `seen_change` is the number of the last change its reader knew, 0 for none. Raises as the preview does, Invalid
    without a reason, and Conflict where somebody changed the timetable meanwhile.
    """
    row, procedure = _round(context, round_id, is_locked=True)
    text = checked_reason(reason)
    if last_change(context, round_id) != seen_change:
        raise Conflict("timetable_changed", reference=row.reference)
    planned = _planned(context, row, procedure, dates)
    _write(context, row, planned.changes, text)
    moves = {change.key: (change.was, change.now) for change in planned.changes}
    move_deadlines(context, planned=planned.shifts, moves=moves, role=procedure.rounds_by or "", reason=text)
    _tell(context, row, procedure, planned, text)
    return planned


def last_change(context: Context, round_id: int) -> int:
    """The number of the last change of a round's timetable; 0 where there is none."""
    newest = select(func.max(TimetableChange.id)).where(TimetableChange.round_id == round_id)
    return context.session.scalar(newest) or 0


def _round(context: Context, round_id: int, *, is_locked: bool) -> tuple[Round, Procedure]:
    statement = select(Round).where(Round.id == round_id)
    row = context.session.scalar(statement.with_for_update() if is_locked else statement)
    if row is None:
        raise Missing("round_missing")
    procedure = compiled_version(context.session, row.procedure_version_id).procedure
    if not may_call(procedure, context.actor):
        raise Forbidden("round_for_callers")
    return row, procedure


def _planned(context: Context, row: Round, procedure: Procedure, dates: Mapping[str, date]) -> Rescheduling:
    before = {"opens_date": row.opens_date, "closes_date": row.closes_date} | days_of(row)
    changes = tuple(
        DateChange(key, before.get(key), dates[key])
        for key in ("opens_date", "closes_date", *procedure.timetable)
        if key in dates and dates[key] != before.get(key)
    )
    if problems := _problems(context, row, procedure, before | dict(dates), changes):
        raise Invalid("form_faulty", problems=tuple(problems), count=len(problems))
    if not changes:
        raise Invalid("timetable_unchanged")
    moves = {change.key: (change.was, change.now) for change in changes}
    called = select(func.count()).select_from(RoundCall).where(RoundCall.round_id == row.id)
    after = before | dict(dates)
    opens, closes = after.pop("opens_date"), after.pop("closes_date")
    return Rescheduling(
        changes,
        shifts(context, round_id=row.id, moves=moves),
        context.session.scalar(called) or 0,
        timetable(procedure, calendar(context), opens_date=opens, closes_date=closes, planned=after),
    )


def days_of(row: Round) -> dict[str, date]:
    """The planned dates of a round that are set."""
    return {key: date.fromisoformat(day) for key, day in row.planned.items()}


def _problems(
    context: Context, row: Round, procedure: Procedure, after: Mapping[str, date], changes: Sequence[DateChange]
) -> list[Problem]:
    """What stands against the dates: their order, days that are over, and those that can no longer move."""
    others = {key: day for key, day in after.items() if key not in ("opens_date", "closes_date")}
    found = list(
        timetable_problems(procedure, opens_date=after["opens_date"], closes_date=after["closes_date"], planned=others)
    )
    for change in changes:
        if change.key == "opens_date" and row.opens_date <= context.today:
            found.append(Invalid("round_has_opened", field="opens_date", opens_date=row.opens_date))
        elif change.key == "closes_date" and row.closed_at is not None:
            found.append(Invalid("round_closed_already", field="closes_date", reference=row.reference))
        elif change.now < context.today:
            found.append(Invalid("date_is_over", field=change.key, today_date=context.today))
    return found


def _write(context: Context, row: Round, changes: Sequence[DateChange], reason: str) -> None:
    for change in changes:
        if change.key in ("opens_date", "closes_date"):
            setattr(row, change.key, change.now)
    new = {change.key: change.now.isoformat() for change in changes if change.key not in ("opens_date", "closes_date")}
    row.planned = {**row.planned, **new}
    context.session.add(
        TimetableChange(
            round_id=row.id,
            changes=[
                {"key": one.key, "from": one.was.isoformat() if one.was else None, "to": one.now.isoformat()}
                for one in changes
            ],
            reason=reason,
            changed_at=context.now,
            changed_by=context.actor.account_id,
        )
    )
    context.session.flush()


def _tell(context: Context, row: Round, procedure: Procedure, planned: Rescheduling, reason: str) -> None:
    bodies = context.session.scalars(select(RoundCall.body_id).where(RoundCall.round_id == row.id)).all()
    occasion = f"changed:{last_change(context, row.id)}"
    tell_bodies(context, row, procedure, bodies, template="round_rescheduled", occasion=occasion, reason=reason)
    moved = {shift.case_id: shift for shift in planned.moved}
    told: dict[tuple[int | None, int | None], list[Shift]] = {}
    for body_role, account, case_id in holders_of_work(context, moved):
        if account is None or account != context.actor.account_id:
            told.setdefault((body_role, account), []).append(moved[case_id])
    for (body_role, account), cases in told.items():
        lines = [_line(context, shift) for shift in cases]
        write_message(
            context,
            template="deadline_moved",
            params={**lines[0], "cases": lines[:CASES_TOLD], "count": len(lines), "reason": reason},
            case_id=cases[0].case_id if len(cases) == 1 else None,
            body_role_id=body_role,
            account_id=account,
        )


def _line(context: Context, shift: Shift) -> dict[str, str]:
    digest = compiled_version(context.session, shift.version_id).procedure.digest
    return {
        "reference": shift.reference,
        "state": shift.state,
        "digest": digest,
        "due_at": instant_text(shift.due_at),
    }
