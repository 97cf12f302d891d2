"""The inbox's statements, built once for so many groups: the top of each group's own index, merged, never a backlog sorted."""

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
    literal_column,
    or_,
    select,
    true,
    tuple_,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased

from workflow.bodies.tables import Body, BodyRole
from workflow.calendar.queries import ENTERED
from workflow.cases.subjects import SUBJECT, SUBJECT_LATIN
from workflow.cases.tables import Case, ProcedureVersion, WorkItem
from workflow.people.tables import Person
from workflow.store.hot import Hot
from workflow.store.together import Together, rows_of

PAGE_SIZE = 20
COUNT_LIMIT = 99
"""Counts stop here; a page shows `99+`."""
BUCKETS = ("all", "overdue", "soon", "later")
_DUE = type_coerce(WorkItem.due_at, String)
_CREATED = type_coerce(WorkItem.created_at, String)
_NOW, _LIMIT = bindparam("now", type_=String), bindparam("limit", type_=String)
_LATER = (_DUE >= _LIMIT, _DUE.is_(None))
_ONE: ColumnElement[int] = literal_column("1", Integer)


VERSIONS = select(ProcedureVersion.key, ProcedureVersion.id).order_by(ProcedureVersion.id)


@lru_cache(maxsize=512)
def counting(groups: int, narrowed: frozenset[str]) -> Hot:
    """Counts for so many groups, by urgency: each group through its own index, none beyond the limit."""

    def part(number: int, condition: list[ColumnElement[bool]]) -> Any:
        mine = _mine(number, is_account=number == groups - 1)
        found = _narrow(
            select(_ONE.label("one")).select_from(WorkItem).where(WorkItem.is_open, mine, *condition), narrowed
        )
        return select(found.limit(COUNT_LIMIT + 1).subquery())

    def capped(bucket: str) -> Any:
        # Two conditions joined by OR would read a whole backlog; apart, each finds its own end of an index.
        conditions = [[end] for end in _LATER] if bucket == "later" else [_in_bucket(bucket)]
        parts = [part(number, condition) for number in range(groups) for condition in conditions]
        limited = select(union_all(*parts).subquery()).limit(COUNT_LIMIT + 1)
        return select(func.count()).select_from(limited.subquery()).scalar_subquery()

    return Hot(select(*(capped(bucket).label(bucket) for bucket in BUCKETS)))


@lru_cache(maxsize=512)
def heading(groups: int, narrowed: frozenset[str]) -> Together:
    """When the items of so many groups are due, one more than is counted at most; the versions and the calendar."""
    parts = [
        _narrow(
            select(_DUE.label("due")).where(WorkItem.is_open, _mine(number, is_account=number == groups - 1)), narrowed
        )
        for number in range(groups)
    ]
    limited = [select(part.limit(COUNT_LIMIT + 1).subquery()) for part in parts]
    dues = select(union_all(*limited).subquery()).limit(COUNT_LIMIT + 1)
    return Together(dues=dues, versions=VERSIONS, calendar=ENTERED)


@lru_cache(maxsize=512)
def merging(groups: int, bucket: str, narrowed: frozenset[str], *, is_following: bool) -> Hot:
    """The oldest items of so many groups with what a line shows, one more than a page has."""
    parts: list[Select[Any]] = []
    for number in range(groups):
        mine = _mine(number, is_account=number == groups - 1)
        part = _narrow(select(WorkItem.id, _CREATED.label("at")).where(WorkItem.is_open, mine), narrowed)
        part = part.where(*_in_bucket(bucket))
        if is_following:
            after = tuple_(bindparam("after_at", type_=String), bindparam("after_id", type_=Integer))
            part = part.where(tuple_(_CREATED, WorkItem.id) > after)
        part = part.order_by(WorkItem.created_at, WorkItem.id).limit(PAGE_SIZE + 1)
        parts.append(select(part.subquery()))
    merged = union_all(*parts).subquery()
    top = select(merged).order_by(merged.c.at, merged.c.id).limit(PAGE_SIZE + 1).subquery()
    return Hot(_lines(groups).join(top, top.c.id == WorkItem.id).order_by(top.c.at, top.c.id))


def _lines(groups: int) -> Select[*tuple[Any, ...]]:
    """What the page shows of an item, and last whom else its case waits for."""
    return (
        select(
            WorkItem.id,
            WorkItem.seat_id,
            WorkItem.role,
            WorkItem.state,
            _CREATED,
            _DUE,
            Case.id,
            Case.reference,
            Case.category,
            Case.procedure_version_id,
            WorkItem.body_role_id,
            WorkItem.offered_to,
            Case.parent_id,
            Person.birth_date,
            SUBJECT,
            SUBJECT_LATIN,
            Body.title_zh,
            Body.title_en,
            rows_of(_others(groups)),
        )
        .select_from(WorkItem)
        .join(Case, Case.id == WorkItem.case_id)
        .outerjoin(Person, Person.id == Case.person_id)
        .outerjoin(Body, Body.id == Case.body_id)
    )


def _others(groups: int) -> Select[*tuple[Any, ...]]:
    """Whom an item's case waits for besides the reader."""
    other, their_role, theirs = aliased(WorkItem), aliased(BodyRole), aliased(Body)
    *roles, account = (bindparam(f"group_{number}", type_=Integer) for number in range(groups))
    return (
        select(other.role, theirs.title_zh, theirs.title_en)
        .select_from(other)
        .outerjoin(their_role, their_role.id == other.body_role_id)
        .outerjoin(theirs, theirs.id == their_role.body_id)
        .where(other.case_id == WorkItem.case_id, other.is_open)
        .where(or_(other.body_role_id.is_(None), and_(true(), *(other.body_role_id != role for role in roles))))
        .where(or_(other.account_id.is_(None), other.account_id != account))
        .order_by(other.id)
        .correlate(WorkItem)
    )


def _mine(number: int, *, is_account: bool) -> ColumnElement[bool]:
    group = bindparam(f"group_{number}", type_=Integer)
    if is_account:
        return and_(WorkItem.account_id == group, WorkItem.account_id.is_not(None))
    return WorkItem.body_role_id == group


def _in_bucket(bucket: str) -> list[ColumnElement[bool]]:
    if bucket == "overdue":
        return [_DUE < _NOW]
    if bucket == "soon":
        return [_DUE >= _NOW, _DUE < _LIMIT]
    return [or_(*_LATER)] if bucket == "later" else []


def _narrow(statement: Select[*tuple[Any, ...]], narrowed: frozenset[str]) -> Select[*tuple[Any, ...]]:
    """Items of one procedure, of one stage, or whose person or body has a text in its name."""
    if narrowed & {"procedure", "text"}:
        statement = statement.join(Case, Case.id == WorkItem.case_id)
    if "procedure" in narrowed:
        statement = statement.where(Case.reference.startswith(bindparam("procedure")))
    if "stage" in narrowed:
        statement = statement.where(WorkItem.state.startswith(bindparam("stage")))
    if "text" in narrowed:
        statement = statement.outerjoin(Person, Person.id == Case.person_id).outerjoin(Body, Body.id == Case.body_id)
        columns = (Case.reference, SUBJECT, SUBJECT_LATIN, Body.title_zh, Body.title_en)
        statement = statement.where(or_(*(column.ilike(bindparam("text"), escape="/") for column in columns)))
    return statement
