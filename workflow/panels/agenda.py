"""Meetings and votes: the panels a reader sits in or records, those that wait and those that were settled."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, exists, func, or_, select

from workflow.cases.reading import may_read
from workflow.cases.subjects import SUBJECT, SUBJECT_LATIN
from workflow.cases.tables import Case, WorkItem
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.panels.tables import Panel, Seat
from workflow.people.tables import Person
from workflow.procedure.panel import Panel as PanelRules
from workflow.procedure.parts import Words
from workflow.procedure.stages import State

SETTLED_DAYS = 90
"""Panels settled longer ago are found in their cases only."""
MOST = 100
Kind = Literal["co_sign", "scoring", "committee"]


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """A panel as one line: where its case is, how many have spoken, and whether the reader has."""

    case_id: int
    reference: str
    person: str
    person_latin: str
    birth_date: date | None
    category: Words | None
    kind: Kind
    title: Words
    opened_at: datetime
    due_at: datetime | None
    seats: int
    given: int
    waits_for_me: bool
    closed_at: datetime | None
    outcome: str | None
    of_state: State
    """The state the panel sits in: it says what outcomes are called."""


@dataclass(frozen=True, slots=True)
class Agenda:
    """What the reader has to vote on or record, and what was settled lately."""

    waiting: tuple[AgendaLine, ...]
    settled: tuple[AgendaLine, ...]


def agenda(context: Context) -> Agenda:
    """Panels of cases the reader may read in which the reader has a seat, or whose meeting the reader records."""
    mine = exists(select(Seat.id).where(Seat.panel_id == Panel.id, _named(context, Seat)))
    open_item = exists(
        select(WorkItem.id).where(WorkItem.case_id == Case.id, WorkItem.is_open, _named(context, WorkItem))
    )
    since = context.now - timedelta(days=SETTLED_DAYS)
    waiting = _statement(context, open_item).where(Panel.closed_at.is_(None), or_(mine, open_item))
    settled = _statement(context, open_item).where(Panel.closed_at >= since, mine)
    return Agenda(
        _lines(context, waiting.order_by(Case.due_at.is_(None), Case.due_at, Panel.id)),
        _lines(context, settled.order_by(Panel.closed_at.desc(), Panel.id.desc())),
    )


def _named(context: Context, table: type[Seat] | type[WorkItem]) -> ColumnElement[bool]:
    actor = context.actor
    return or_(table.body_role_id.in_(sorted(actor.body_role_ids)), table.account_id == actor.account_id)


def _statement(context: Context, open_item: ColumnElement[bool]) -> Any:
    seats = select(func.count(Seat.id)).where(Seat.panel_id == Panel.id).scalar_subquery()
    given = select(func.count(Seat.given_at)).where(Seat.panel_id == Panel.id).scalar_subquery()
    return (
        select(
            Panel,
            Case,
            SUBJECT.label("name"),
            SUBJECT_LATIN.label("name_latin"),
            Person.birth_date,
            seats.label("seats"),
            given.label("given"),
            open_item.label("is_open"),
        )
        .join(Case, Case.id == Panel.case_id)
        .outerjoin(Person, Person.id == Case.person_id)
        .where(may_read(context))
        .limit(MOST)
    )


def _lines(context: Context, statement: Any) -> tuple[AgendaLine, ...]:
    return tuple(_line(context, row) for row in context.session.execute(statement))


def _line(context: Context, row: Any) -> AgendaLine:
    panel, case = row.Panel, row.Case
    procedure = compiled_version(context.session, case.procedure_version_id).procedure
    state = procedure.states[panel.state]
    assert state.panel is not None
    category = procedure.categories.get(case.category or "")
    return AgendaLine(
        case_id=case.id,
        reference=case.reference,
        person=row.name or "",
        person_latin=row.name_latin or "",
        birth_date=row.birth_date,
        category=category.title if category else None,
        kind=_kind(state.panel),
        title=state.title,
        opened_at=panel.opened_at,
        due_at=case.due_at if panel.closed_at is None else None,
        seats=row.seats,
        given=row.given,
        waits_for_me=panel.closed_at is None and bool(row.is_open),
        closed_at=panel.closed_at,
        outcome=panel.outcome,
        of_state=state,
    )


def _kind(rules: PanelRules) -> Kind:
    if rules.recorded_by:
        return "committee"
    return "scoring" if rules.scores else "co_sign"
