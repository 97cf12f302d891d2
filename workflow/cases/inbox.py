"""The inbox: what waits for the actor, oldest first, page by page without ever counting everything."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, func, literal, or_, select, tuple_, type_coerce, union_all
from sqlalchemy.orm import Session

from workflow.bodies.tables import Body, BodyRole
from workflow.calendar.queries import calendar
from workflow.cases.tables import Case, WorkItem
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.people.tables import Person
from workflow.problems import Invalid
from workflow.procedure.parts import Words
from workflow.store.types import instant, instant_text

PAGE_SIZE = 20
COUNT_LIMIT = 99
"""Counts stop here; a page shows `99+`."""
SOON_WORKING_DAYS = 3
BUCKETS = ("all", "overdue", "soon", "later")


@dataclass(frozen=True, slots=True)
class Awaited:
    """Somebody a case waits for, besides the reader."""

    role: Words
    body_zh: str
    body_en: str


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One line of the inbox."""

    item_id: int
    case_id: int
    seat_id: int | None
    reference: str
    person: str
    person_latin: str
    category: Words | None
    body_zh: str
    body_en: str
    procedure: Words
    stage: Words
    state: Words
    state_ref: str
    role: Words
    created_at: datetime
    due_at: datetime | None
    is_overdue: bool
    others: tuple[Awaited, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Open items by urgency, each capped at COUNT_LIMIT + 1."""

    all: int
    overdue: int
    soon: int
    later: int


@dataclass(frozen=True, slots=True)
class InboxPage:
    """One page; `next_cursor` asks for the following one, None at the end."""

    items: tuple[InboxItem, ...]
    next_cursor: str | None


def inbox(
    context: Context, *, bucket: str = "all", procedure_key: str | None = None, cursor: str | None = None
) -> InboxPage:
    """The oldest items of the actor's roles and seats. Raises Invalid for an unknown bucket or a garbled cursor."""
    if bucket not in BUCKETS:
        raise Invalid("bucket_unknown", field="bucket", allowed=", ".join(BUCKETS))
    found = _oldest(context, bucket, procedure_key, _parsed(cursor))
    items = _described(context, [row.id for row in found[:PAGE_SIZE]])
    last = found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None
    return InboxPage(items, f"{last.at}_{last.id}" if last else None)


def inbox_counts(context: Context) -> Counts:
    """How many items wait, by urgency, in one statement."""
    groups = [_mine(context, group) for group in _groups(context)]
    if not groups:
        return Counts(0, 0, 0, 0)

    def capped(bucket: str) -> Any:
        limited = (
            select(literal(1)).where(WorkItem.is_open, or_(*groups), _in_bucket(context, bucket)).limit(COUNT_LIMIT + 1)
        )
        return select(func.count()).select_from(limited.subquery()).scalar_subquery()

    row = context.session.execute(select(*(capped(bucket).label(bucket) for bucket in BUCKETS))).one()
    return Counts(*row)


def soon_limit(context: Context) -> datetime:
    """The end of the last working day that still counts as soon."""
    day = calendar(context).add_working_days(context.today, SOON_WORKING_DAYS).date
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=context.zone)


def _groups(context: Context) -> list[int | None]:
    """Role ids the actor holds; None stands for what is addressed to the account itself."""
    own: list[int | None] = [None] if context.actor.account_id is not None else []
    return [*sorted(context.actor.body_role_ids), *own]


def _mine(context: Context, group: int | None) -> ColumnElement[bool]:
    if group is None:
        return and_(WorkItem.account_id == context.actor.account_id, WorkItem.account_id.is_not(None))
    return WorkItem.body_role_id == group


def _in_bucket(context: Context, bucket: str) -> ColumnElement[bool]:
    now, limit = context.now, soon_limit(context)
    if bucket == "overdue":
        return WorkItem.due_at < now
    if bucket == "soon":
        return and_(WorkItem.due_at >= now, WorkItem.due_at < limit)
    if bucket == "later":
        return or_(WorkItem.due_at >= limit, WorkItem.due_at.is_(None))
    return literal(1) == 1


def _parsed(cursor: str | None) -> tuple[str, int] | None:
    if cursor is None:
        return None
    at, _, number = cursor.rpartition("_")
    try:
        return instant_text(instant(at)), int(number)
    except ValueError as error:
        raise Invalid("cursor_garbled", field="after") from error


def _oldest(context: Context, bucket: str, procedure_key: str | None, after: tuple[str, int] | None) -> list[Any]:
    """Ids of the oldest items: the top of each group merged, so that no group's backlog is sorted."""
    created = type_coerce(WorkItem.created_at, String)
    parts: list[Select[Any]] = []
    for group in _groups(context):
        part = select(WorkItem.id, created.label("at")).where(WorkItem.is_open, _mine(context, group))
        if bucket != "all":
            part = part.where(_in_bucket(context, bucket))
        if procedure_key:
            part = part.join(Case, Case.id == WorkItem.case_id).where(Case.reference.startswith(procedure_key + "-"))
        if after:
            part = part.where(tuple_(created, WorkItem.id) > tuple_(literal(after[0]), literal(after[1])))
        part = part.order_by(WorkItem.created_at, WorkItem.id).limit(PAGE_SIZE + 1)
        parts.append(select(part.subquery()))
    if not parts:
        return []
    merged = union_all(*parts).subquery()
    return list(context.session.execute(select(merged).order_by(merged.c.at, merged.c.id).limit(PAGE_SIZE + 1)))


def _described(context: Context, ids: list[int]) -> tuple[InboxItem, ...]:
    if not ids:
        return ()
    rows = context.session.execute(
        select(WorkItem, Case, Person.name, Person.name_latin, Body.title_zh, Body.title_en)
        .join(Case, Case.id == WorkItem.case_id)
        .outerjoin(Person, Person.id == Case.person_id)
        .outerjoin(Body, Body.id == Case.body_id)
        .where(WorkItem.id.in_(ids))
        .order_by(WorkItem.created_at, WorkItem.id)
    ).all()
    others = _others(context.session, {row.Case.id: row.Case.procedure_version_id for row in rows}, set(ids))
    return tuple(_item(context, row, others.get(row.Case.id, ())) for row in rows)


def _item(context: Context, row: Any, others: tuple[Awaited, ...]) -> InboxItem:
    item, case = row.WorkItem, row.Case
    procedure = compiled_version(context.session, case.procedure_version_id).procedure
    category = procedure.categories.get(case.category or "")
    return InboxItem(
        item_id=item.id,
        case_id=case.id,
        seat_id=item.seat_id,
        reference=case.reference,
        person=row.name or "",
        person_latin=row.name_latin or "",
        category=category.title if category else None,
        body_zh=row.title_zh or "",
        body_en=row.title_en or "",
        procedure=procedure.title,
        stage=procedure.stages[item.state.partition(".")[0]].title,
        state=procedure.states[item.state].title,
        state_ref=item.state,
        role=procedure.roles[item.role].title,
        created_at=item.created_at,
        due_at=item.due_at,
        is_overdue=item.due_at is not None and item.due_at < context.now,
        others=others,
    )


def _others(session: Session, versions: dict[int, int], own: set[int]) -> dict[int, tuple[Awaited, ...]]:
    """Who else each case waits for; a role of several people stands once."""
    rows = session.execute(
        select(WorkItem.case_id, WorkItem.role, Body.title_zh, Body.title_en)
        .outerjoin(BodyRole, BodyRole.id == WorkItem.body_role_id)
        .outerjoin(Body, Body.id == BodyRole.body_id)
        .where(WorkItem.case_id.in_(versions), WorkItem.is_open, WorkItem.id.not_in(own))
        .order_by(WorkItem.id)
    )
    found: dict[int, dict[Awaited, None]] = {}
    for row in rows:
        role = compiled_version(session, versions[row.case_id]).procedure.roles[row.role]
        found.setdefault(row.case_id, {})[Awaited(role.title, row.title_zh or "", row.title_en or "")] = None
    return {case_id: tuple(awaited) for case_id, awaited in found.items()}
