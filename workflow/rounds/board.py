"""Reading where a round stands: cases by stage, answers by body, and cases that are stuck."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, distinct, func, or_, select

from workflow.bodies.tables import Body
from workflow.calendar.queries import calendar
from workflow.cases.reading import may_read
from workflow.cases.subjects import SUBJECT, SUBJECT_LATIN
from workflow.cases.tables import Case, ProcedureVersion, Waiver
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.people.called import Name
from workflow.people.tables import Account, Person
from workflow.problems import Missing
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.record.tables import Event
from workflow.rounds.queries import NilReturnView, RoundView, nil_returns_of, round_procedure, view_of
from workflow.rounds.rules import WITHDRAWN, may_survey
from workflow.rounds.tables import Round, RoundCall, TimetableChange


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many cases stand in a state."""

    ref: str
    title: Words
    count: int


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many cases stand in a stage, and in which of its states; only states with cases are listed."""

    key: str
    title: Words
    count: int
    states: tuple[StateCount, ...]
    is_final: bool
    """Whether cases only end here and nobody waits."""


@dataclass(frozen=True, slots=True)
class BodyAnswer:
    """What one called body has answered: nominations, a nil return, or nothing yet."""

    body_id: int
    code: str
    kind: str
    title: Words
    nominated: int
    nil_return: NilReturnView | None

    @property
    def has_answered(self) -> bool:
        return self.nominated > 0 or self.nil_return is not None


@dataclass(frozen=True, slots=True)
class WaiverCount:
    """How many rules were waived in a round, and in how many of its cases."""

    waivers: int
    cases: int


@dataclass(frozen=True, slots=True)
class DateMoved:
    """One date of a change; `title` is None for the days of nominations, `was` where it had not been set."""

    key: str
    title: Words | None
    was: date | None
    now: date


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change of a timetable."""

    moved: tuple[DateMoved, ...]
    reason: str
    changed_at: datetime
    by: Name


@dataclass(frozen=True, slots=True)
class Board:
    """A round at a glance: stages in the order of the procedure, bodies in the official order."""

    round: RoundView
    stages: tuple[StageCount, ...]
    bodies: tuple[BodyAnswer, ...]
    waived: WaiverCount
    version_number: int
    """Which version of its procedure the round runs by."""
    changes: tuple[ChangeView, ...]
    """How its timetable was changed, the newest change first."""

    @property
    def nominated(self) -> int:
        return sum(body.nominated for body in self.bodies)

    @property
    def nil_returns(self) -> int:
        return sum(body.nil_return is not None for body in self.bodies)

    @property
    def unanswered(self) -> int:
        return sum(not body.has_answered for body in self.bodies)


@dataclass(frozen=True, slots=True)
class StuckCase:
    """A case that is overdue, or in which nothing has happened for a while."""

    case_id: int
    reference: str
    person: str
    person_latin: str
    birth_date: date | None
    state: Words
    state_ref: str
    entered_at: datetime
    due_at: datetime | None
    is_overdue: bool
    last_event_at: datetime


def board(context: Context, round_id: int) -> Board:
    """Where the cases of a round stand and what each body answered. Raises Missing for whoever does not survey it."""
    row = context.session.get(Round, round_id)
    if row is None or not may_survey(round_procedure(context, row), context.actor):
        raise Missing("round_missing")
    stages = _stages(round_procedure(context, row), _counted(context, round_id))
    version = select(ProcedureVersion.number).where(ProcedureVersion.id == row.procedure_version_id)
    return Board(
        view_of(context, row, calendar(context)),
        stages,
        _answers(context, round_id),
        _waived(context, round_id),
        context.session.scalars(version).one(),
        _changes(context, round_id, round_procedure(context, row)),
    )


def _changes(context: Context, round_id: int, procedure: Procedure) -> tuple[ChangeView, ...]:
    rows = context.session.execute(
        select(TimetableChange, Account.name, Account.name_latin)
        .join(Account, Account.id == TimetableChange.changed_by)
        .where(TimetableChange.round_id == round_id)
        .order_by(TimetableChange.id.desc())
    )
    return tuple(
        ChangeView(tuple(_moved(procedure, one) for one in row.changes), row.reason, row.changed_at, Name(name, latin))
        for row, name, latin in rows
    )


def _moved(procedure: Procedure, change: dict[str, Any]) -> DateMoved:
    planned = procedure.timetable.get(change["key"])
    was = date.fromisoformat(change["from"]) if change["from"] else None
    return DateMoved(change["key"], planned.title if planned else None, was, date.fromisoformat(change["to"]))


def stuck_cases(context: Context, round_id: int, *, quiet_days: int) -> tuple[StuckCase, ...]:
    """Open cases of a round that are overdue or without an event for so many calendar days, the quietest first.

    Cases the actor may not read are left out.
    """
    last = and_(Event.case_id == Case.id, Event.seq == Case.last_seq)
    quiet_since = context.now - timedelta(days=quiet_days)
    rows = context.session.execute(
        select(Case, SUBJECT, SUBJECT_LATIN, Person.birth_date, Event.at)
        .outerjoin(Person, Person.id == Case.person_id)
        .join(Event, last)
        .where(Case.round_id == round_id, Case.closed_at.is_(None), may_read(context))
        .where(or_(Case.due_at < context.now, Event.at < quiet_since))
        .order_by(Event.at, Case.id)
    )
    return tuple(
        StuckCase(
            case_id=case.id,
            reference=case.reference,
            person=name,
            person_latin=latin,
            birth_date=birth,
            state=compiled_version(context.session, case.procedure_version_id).procedure.states[case.state].title,
            state_ref=case.state,
            entered_at=case.entered_at,
            due_at=case.due_at,
            is_overdue=case.due_at is not None and case.due_at < context.now,
            last_event_at=at,
        )
        for case, name, latin, birth, at in rows
    )


def _waived(context: Context, round_id: int) -> WaiverCount:
    counts = select(func.count(), func.count(distinct(Waiver.case_id))).select_from(Waiver)
    return WaiverCount(*context.session.execute(counts.join(Case).where(Case.round_id == round_id)).one())


def _counted(context: Context, round_id: int) -> dict[str, tuple[int, Procedure]]:
    """State → how many cases stand there, and rules that know it: cases may have been moved to another version."""
    counts = context.session.execute(
        select(Case.state, func.max(Case.procedure_version_id).label("version_id"), func.count().label("number"))
        .where(Case.round_id == round_id)
        .group_by(Case.state)
    )
    return {
        row.state: (row.number, compiled_version(context.session, row.version_id).procedure) for row in counts.all()
    }


def _stages(procedure: Procedure, counted: dict[str, tuple[int, Procedure]]) -> tuple[StageCount, ...]:
    """The stages of the round's version, then those that only a version some cases were moved to knows."""
    counts = {ref: number for ref, (number, _rules) in counted.items()}
    elsewhere = {ref: rules for ref, (_number, rules) in counted.items() if ref not in procedure.states}
    found = _stages_of(procedure, counts)
    for ref, rules in elsewhere.items():
        stage, title = ref.partition(".")[0], rules.states[ref].title
        states = (StateCount(ref, title, counts[ref]),)
        found = (
            *found,
            StageCount(stage, rules.stages[stage].title, counts[ref], states, rules.states[ref].final is not None),
        )
    return found


def _stages_of(procedure: Procedure, counts: dict[str, int]) -> tuple[StageCount, ...]:
    stages = []
    for key, stage in procedure.stages.items():
        states = tuple(
            StateCount(ref, state.title, counts[ref])
            for name, state in stage.states.items()
            if (ref := f"{key}.{name}") in counts
        )
        is_final = all(state.final for state in stage.states.values())
        stages.append(StageCount(key, stage.title, sum(state.count for state in states), states, is_final))
    return tuple(stages)


def _answers(context: Context, round_id: int) -> tuple[BodyAnswer, ...]:
    counts = context.session.execute(
        select(Case.body_id, func.count().label("number"))
        .where(Case.round_id == round_id, Case.outcome.is_distinct_from(WITHDRAWN))
        .group_by(Case.body_id)
    )
    nominated = {row.body_id: row.number for row in counts}
    returns = nil_returns_of(context, [round_id])
    called = select(Body).join(RoundCall, RoundCall.body_id == Body.id).where(RoundCall.round_id == round_id)
    return tuple(
        BodyAnswer(
            body_id=body.id,
            code=body.code,
            kind=body.kind,
            title=Words(zh=body.title_zh, en=body.title_en),
            nominated=nominated.get(body.id, 0),
            nil_return=returns.get((round_id, body.id)),
        )
        for body in context.session.scalars(called.order_by(Body.position, Body.id))
    )
