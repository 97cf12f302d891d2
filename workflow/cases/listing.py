"""Lists of cases: those the reader's bodies put forward, those they acted in, and what a search finds."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, exists, false, or_, select, tuple_, type_coerce

from workflow.bodies.tables import Body
from workflow.cases.paging import place_of
from workflow.cases.reading import may_read
from workflow.cases.subjects import SUBJECT, SUBJECT_LATIN
from workflow.cases.tables import Case, WorkItem
from workflow.cases.versions import compiled_version
from workflow.context import Actor, Context
from workflow.messages.tables import Delivery, Message
from workflow.people.tables import Person
from workflow.procedure.parts import Words
from workflow.record.tables import Event
from workflow.store.types import instant_text

PAGE_SIZE = 30
MAX_SEARCH = 80


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list."""

    id: int
    reference: str
    person: str
    person_latin: str
    birth_date: date | None
    body_zh: str
    body_en: str
    procedure: Words
    category: Words | None
    state: Words
    is_closed: bool
    entered_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseList:
    """One page of cases; `next_cursor` asks for the following one."""

    lines: tuple[CaseLine, ...]
    next_cursor: str | None


def cases_put_forward(context: Context, *, cursor: str | None = None) -> CaseList:
    """Cases of the bodies the actor holds a role in, or about the actor, newest first."""
    bodies = {holding.body_id for holding in context.actor.holdings}
    mine = or_(Case.body_id.in_(sorted(bodies)), _is_about(context.actor))
    return _listed(context, mine, cursor)


def _is_about(actor: Actor) -> ColumnElement[bool]:
    # Compared with None, a case about no person would be about everybody who is in no archive.
    return false() if actor.person_id is None else Case.person_id == actor.person_id


def cases_acted_in(context: Context, *, cursor: str | None = None) -> CaseList:
    """Cases in whose record the actor has a line, newest movement first."""
    acted = exists(select(Event.seq).where(Event.case_id == Case.id, Event.actor_id == context.actor.account_id))
    return _listed(context, acted, cursor)


def cases_copied(context: Context, *, cursor: str | None = None) -> CaseList:
    """Cases the actor was told about, has not acted in, and has nothing to do in now; newest movement first."""
    account = context.actor.account_id
    told = (
        select(Message.case_id)
        .join(Delivery, Delivery.message_id == Message.id)
        .where(Delivery.account_id == account, Delivery.channel == "in_app", Message.case_id.is_not(None))
    )
    acted = exists(select(Event.seq).where(Event.case_id == Case.id, Event.actor_id == account))
    named = or_(WorkItem.body_role_id.in_(sorted(context.actor.body_role_ids)), WorkItem.account_id == account)
    awaited = exists(select(WorkItem.id).where(WorkItem.case_id == Case.id, WorkItem.is_open, named))
    return _listed(context, and_(Case.id.in_(told), ~acted, ~awaited), cursor)


def cases_that(context: Context, condition: ColumnElement[bool], *, cursor: str | None = None) -> CaseList:
    """Cases the actor may read that meet a condition on `case`, newest movement first."""
    return _listed(context, condition, cursor)


def find_cases(context: Context, text: str, *, limit: int = 20) -> tuple[CaseLine, ...]:
    """Cases the actor may read whose reference or person matches; nothing for an empty text."""
    wanted = text.strip()[:MAX_SEARCH]
    if not wanted or "\x00" in wanted:  # which no stored text holds, and PostgreSQL refuses to be asked for
        return ()
    matches = or_(
        Case.reference.icontains(wanted, autoescape=True),
        Person.name.contains(wanted, autoescape=True),
        Person.name_latin.icontains(wanted, autoescape=True),
        and_(Case.person_id.is_(None), Case.title.icontains(wanted, autoescape=True)),
    )
    return _lines(context, _statement(context).where(matches).limit(limit))


def cases_of_person(context: Context, person_id: int) -> tuple[CaseLine, ...]:
    """Cases about a person that the actor may read."""
    return _lines(context, _statement(context).where(Case.person_id == person_id))


def _statement(context: Context) -> Any:
    return (
        select(
            Case,
            SUBJECT.label("name"),
            SUBJECT_LATIN.label("name_latin"),
            Person.birth_date,
            Body.title_zh,
            Body.title_en,
        )
        .outerjoin(Person, Person.id == Case.person_id)
        .outerjoin(Body, Body.id == Case.body_id)
        .where(may_read(context))
        .order_by(Case.entered_at.desc(), Case.id.desc())
    )


def _listed(context: Context, condition: ColumnElement[bool], cursor: str | None) -> CaseList:
    statement = _statement(context).where(condition)
    if cursor is not None:
        statement = statement.where(tuple_(type_coerce(Case.entered_at, String), Case.id) < place_of(cursor))
    lines = _lines(context, statement.limit(PAGE_SIZE + 1))
    last = lines[PAGE_SIZE - 1] if len(lines) > PAGE_SIZE else None
    return CaseList(lines[:PAGE_SIZE], f"{instant_text(last.entered_at)}_{last.id}" if last else None)


def _lines(context: Context, statement: Any) -> tuple[CaseLine, ...]:
    return tuple(_line(context, row) for row in context.session.execute(statement))


def _line(context: Context, row: Any) -> CaseLine:
    case: Case = row.Case
    procedure = compiled_version(context.session, case.procedure_version_id).procedure
    category = procedure.categories.get(case.category or "")
    return CaseLine(
        id=case.id,
        reference=case.reference,
        person=row.name or "",
        person_latin=row.name_latin or "",
        birth_date=row.birth_date,
        body_zh=row.title_zh or "",
        body_en=row.title_en or "",
        procedure=procedure.title,
        category=category.title if category else None,
        state=procedure.states[case.state].title,
        is_closed=case.outcome is not None,
        entered_at=case.entered_at,
        due_at=case.due_at,
    )
