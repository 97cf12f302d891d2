"""The inbox: what waits for the actor, oldest first, page by page without ever counting everything."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from workflow.bodies.tables import Body, BodyRole
from workflow.calendar.queries import calendar
from workflow.cases.paging import place_of
from workflow.cases.tables import Case, WorkItem
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.people.tables import Person
from workflow.problems import Invalid
from workflow.procedure.parts import Words
from workflow.store.types import Instant

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
    found = _oldest(context, bucket, procedure_key, place_of(cursor) if cursor is not None else None)
    items = _described(context, [row.id for row in found[:PAGE_SIZE]])
    last = found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None
    return InboxPage(items, f"{last.at}_{last.id}" if last else None)


def inbox_counts(context: Context) -> Counts:
    """How many items wait, by urgency, in one statement."""
    groups = _groups(context)
    if not groups:
        return Counts(0, 0, 0, 0)
    return Counts(*context.session.execute(_counting(len(groups)), _values(context, groups)).one())


@lru_cache(maxsize=128)
def _counting(groups: int) -> Select[Any]:
    """The statement that counts for so many groups, built once: each group through its own index, none beyond the limit."""

    def part(number: int, condition: ColumnElement[bool]) -> Any:
        mine = _mine(number, is_account=number == groups - 1)
        found = select(literal(1)).where(WorkItem.is_open, mine, condition).limit(COUNT_LIMIT + 1)
        return select(found.subquery())

    def capped(bucket: str) -> Any:
        # Two conditions joined by OR would read a whole backlog; apart, each finds its own end of an index.
        conditions = _LATER if bucket == "later" else (_in_bucket(bucket),)
        parts = [part(number, condition) for number in range(groups) for condition in conditions]
        limited = select(union_all(*parts).subquery()).limit(COUNT_LIMIT + 1)
        return select(func.count()).select_from(limited.subquery()).scalar_subquery()

    return select(*(capped(bucket).label(bucket) for bucket in BUCKETS))


def soon_limit(context: Context) -> datetime:
    """The end of the last working day that still counts as soon."""
    day = calendar(context).add_working_days(context.today, SOON_WORKING_DAYS).date
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=context.zone)


def _groups(context: Context) -> list[int]:
    """Ids of the roles the actor holds, and last the account itself; nothing waits for the clock."""
    account = context.actor.account_id
    return [] if account is None else [*sorted(context.actor.body_role_ids), account]


def _values(context: Context, groups: list[int], after: tuple[str, int] | None = None) -> dict[str, Any]:
    """What the statements are asked with."""
    values: dict[str, Any] = {f"group_{number}": value for number, value in enumerate(groups)}
    values |= {"now": context.now, "limit": soon_limit(context)}
    if after:
        values |= {"after_at": after[0], "after_id": after[1]}
    return values


def _mine(number: int, *, is_account: bool) -> ColumnElement[bool]:
    group = bindparam(f"group_{number}", type_=Integer)
    if is_account:
        return and_(WorkItem.account_id == group, WorkItem.account_id.is_not(None))
    return WorkItem.body_role_id == group


def _in_bucket(bucket: str) -> ColumnElement[bool]:
    now, limit = bindparam("now", type_=Instant), bindparam("limit", type_=Instant)
    if bucket == "overdue":
        return WorkItem.due_at < now
    if bucket == "soon":
        return and_(WorkItem.due_at >= now, WorkItem.due_at < limit)
    if bucket == "later":
        return or_(*_LATER)
    return literal(1) == 1


_LATER = (WorkItem.due_at >= bindparam("limit", type_=Instant), WorkItem.due_at.is_(None))


def _oldest(context: Context, bucket: str, procedure_key: str | None, after: tuple[str, int] | None) -> list[Any]:
    """Ids of the oldest items, with one more than a page has."""
    groups = _groups(context)
    if not groups:
        return []
    values = _values(context, groups, after)
    if procedure_key:
        values["procedure"] = procedure_key + "-"
    statement = _merging(len(groups), bucket, is_filtered=bool(procedure_key), is_following=after is not None)
    return list(context.session.execute(statement, values))


@lru_cache(maxsize=512)
def _merging(groups: int, bucket: str, *, is_filtered: bool, is_following: bool) -> Select[Any]:
    """The top of each group merged, so that no group's backlog is sorted; built once for so many groups."""
    created = type_coerce(WorkItem.created_at, String)
    parts: list[Select[Any]] = []
    for number in range(groups):
        mine = _mine(number, is_account=number == groups - 1)
        part = select(WorkItem.id, created.label("at")).where(WorkItem.is_open, mine)
        if bucket != "all":
            part = part.where(_in_bucket(bucket))
        if is_filtered:
            part = part.join(Case, Case.id == WorkItem.case_id)
            part = part.where(Case.reference.startswith(bindparam("procedure"), autoescape=False))
        if is_following:
            after = tuple_(bindparam("after_at", type_=String), bindparam("after_id", type_=Integer))
            part = part.where(tuple_(created, WorkItem.id) > after)
        part = part.order_by(WorkItem.created_at, WorkItem.id).limit(PAGE_SIZE + 1)
        parts.append(select(part.subquery()))
    merged = union_all(*parts).subquery()
    return select(merged).order_by(merged.c.at, merged.c.id).limit(PAGE_SIZE + 1)


_LINES = (
    select(
        WorkItem.id,
        WorkItem.seat_id,
        WorkItem.role,
        WorkItem.state,
        WorkItem.created_at,
        WorkItem.due_at,
        Case.id.label("case_id"),
        Case.reference,
        Case.category,
        Case.procedure_version_id,
        Person.name,
        Person.name_latin,
        Body.title_zh,
        Body.title_en,
    )
    .join(Case, Case.id == WorkItem.case_id)
    .outerjoin(Person, Person.id == Case.person_id)
    .outerjoin(Body, Body.id == Case.body_id)
    .where(WorkItem.id.in_(bindparam("ids", expanding=True)))
    .order_by(WorkItem.created_at, WorkItem.id)
)
_OTHERS = (
    select(WorkItem.case_id, WorkItem.role, Body.title_zh, Body.title_en)
    .outerjoin(BodyRole, BodyRole.id == WorkItem.body_role_id)
    .outerjoin(Body, Body.id == BodyRole.body_id)
    .where(WorkItem.case_id.in_(bindparam("cases", expanding=True)), WorkItem.is_open)
    .where(WorkItem.id.not_in(bindparam("own", expanding=True)))
    .order_by(WorkItem.id)
)


def _described(context: Context, ids: list[int]) -> tuple[InboxItem, ...]:
    if not ids:
        return ()
    rows = context.session.execute(_LINES, {"ids": ids}).all()
    others = _others(context.session, {row.case_id: row.procedure_version_id for row in rows}, set(ids))
    return tuple(_item(context, row, others.get(row.case_id, ())) for row in rows)


def _item(context: Context, row: Any, others: tuple[Awaited, ...]) -> InboxItem:
    procedure = compiled_version(context.session, row.procedure_version_id).procedure
    category = procedure.categories.get(row.category or "")
    return InboxItem(
        item_id=row.id,
        case_id=row.case_id,
        seat_id=row.seat_id,
        reference=row.reference,
        person=row.name or "",
        person_latin=row.name_latin or "",
        category=category.title if category else None,
        body_zh=row.title_zh or "",
        body_en=row.title_en or "",
        procedure=procedure.title,
        stage=procedure.stages[row.state.partition(".")[0]].title,
        state=procedure.states[row.state].title,
        state_ref=row.state,
        role=procedure.roles[row.role].title,
        created_at=row.created_at,
        due_at=row.due_at,
        is_overdue=row.due_at is not None and row.due_at < context.now,
        others=others,
    )


def _others(session: Session, versions: dict[int, int], own: set[int]) -> dict[int, tuple[Awaited, ...]]:
    """Who else each case waits for; a role of several people stands once."""
    rows = session.execute(_OTHERS, {"cases": list(versions), "own": list(own)})
    found: dict[int, dict[Awaited, None]] = {}
    for row in rows:
        role = compiled_version(session, versions[row.case_id]).procedure.roles[row.role]
        found.setdefault(row.case_id, {})[Awaited(role.title, row.title_zh or "", row.title_en or "")] = None
    return {case_id: tuple(awaited) for case_id, awaited in found.items()}
