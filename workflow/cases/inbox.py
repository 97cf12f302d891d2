"""The inbox: what waits for the actor, oldest first, page by page without ever counting everything."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from workflow.calendar.queries import calendar, calendar_of
from workflow.calendar.rules import Calendar
from workflow.cases.inbox_statements import BUCKETS, COUNT_LIMIT, PAGE_SIZE, VERSIONS, counting, heading, merging
from workflow.cases.paging import place_of
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.engine.decide import Compiled
from workflow.problems import Invalid
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.store.hot import Hot
from workflow.store.together import rows_in
from workflow.store.types import instant, instant_text

SOON_WORKING_DAYS = 3
MAX_TEXT = 80
LIMITED = frozenset({"soon", "later"})
"""Buckets that begin or end at the limit of what is soon."""
KEPT = 4_096
"""Lines kept in memory."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """Somebody a case waits for, besides the reader."""

    role: Words
    body_zh: str
    body_en: str


@dataclass(frozen=True, slots=True, eq=False)
class InboxItem:
    """One line of the inbox; equal only to itself, so that what is drawn of it is found without comparing it."""

    item_id: int
    case_id: int
    seat_id: int | None
    reference: str
    person: str
    person_latin: str
    birth_date: date | None
    category: Words | None
    body_zh: str
    body_en: str
    procedure: Words
    stage: Words
    state: Words
    state_ref: str
    role: Words
    role_key: str
    is_child: bool
    """Whether it is about a child case, which may go by another name than its person's."""
    created_at: datetime
    due_at: datetime | None
    is_overdue: bool
    is_bulk: bool
    """Whether the rules let the reader do something here to many cases at once."""
    others: tuple[Awaited, ...]
    may_claim: bool
    """Whether it waits for everybody of a role, so that the reader can take it."""
    is_taken: bool
    """Whether the reader has taken it, or was handed it."""


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

    @property
    def has_bulk(self) -> bool:
        """Whether something here can be done to many at once."""
        return any(item.is_bulk for item in self.items)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a reader narrows the inbox to; nothing by default."""

    procedure: str | None = None
    """A procedure's key."""
    stage: str | None = None
    text: str = ""
    """Part of a reference or of the name of a person or body."""

    def values(self, prefix: str) -> dict[str, str]:
        """What the statements are asked with, by the name of the condition; `prefix` begins the references."""
        found = {}
        if self.procedure:
            found["procedure"] = f"{prefix}-"
        if self.stage:
            found["stage"] = f"{self.stage}."
        if text := self.text.strip()[:MAX_TEXT]:
            for sign in "/%_":
                text = text.replace(sign, f"/{sign}")
            found["text"] = f"%{text}%"
        return found


EVERYTHING = Narrowing()


def inbox(
    context: Context, *, bucket: str = "all", narrowing: Narrowing = EVERYTHING, cursor: str | None = None
) -> InboxPage:
    """The oldest items of the actor's roles and seats.

    Raises Invalid for an unknown bucket, procedure or stage, and for a garbled cursor.
    """
    if bucket not in BUCKETS:
        raise Invalid("bucket_unknown", field="due", allowed=", ".join(BUCKETS))
    after = place_of(cursor) if cursor is not None else None
    groups = _groups(context)
    if not groups:
        return InboxPage((), None)
    conditions = _conditions(context, narrowing)
    values = {**_values(context, groups), **conditions}
    if bucket in LIMITED:
        values["limit"] = instant_text(_soon_limit(context, calendar(context)))
    if after:
        values |= {"after_at": after[0], "after_id": after[1]}
    statement = merging(len(groups), bucket, frozenset(conditions), is_following=after is not None)
    rows = statement.all(context.session, values)
    shown = rows[:PAGE_SIZE]
    last = shown[-1] if len(rows) > PAGE_SIZE else None
    now = instant_text(context.now)
    items = tuple(
        _item(compiled_version(context.session, row[9]), tuple(row), bool(row[5] and row[5] < now)) for row in shown
    )
    return InboxPage(items, f"{last[4]}_{last[0]}" if last else None)


def inbox_head(context: Context, *, narrowing: Narrowing = EVERYTHING) -> tuple[Counts, dict[str, Procedure]]:
    """How many items wait, by urgency, and what an inbox can be narrowed to; in one trip. Raises Invalid as `inbox` does.

    A short inbox is counted by its due dates; a longer one by a statement that finds each end of an index.
    """
    groups = _groups(context)
    if not groups:
        return Counts(0, 0, 0, 0), procedures_in_use(context)
    conditions = _conditions(context, narrowing)
    values = {**_values(context, groups), **conditions}
    texts = heading(len(groups), frozenset(conditions)).texts(context.session, values)
    limit = instant_text(_soon_limit(context, calendar_of(rows_in(texts["calendar"]))))
    dues = [due for (due,) in rows_in(texts["dues"])]
    if len(dues) > COUNT_LIMIT:
        statement = counting(len(groups), frozenset(conditions))
        counts = Counts(*statement.one(context.session, {**values, "limit": limit}))
    else:
        counts = _counted(dues, values["now"], limit)
    return counts, _newest(context, rows_in(texts["versions"]))


def _counted(dues: list[str | None], now: str, limit: str) -> Counts:
    overdue = sum(due is not None and due < now for due in dues)
    soon = sum(due is not None and now <= due < limit for due in dues)
    return Counts(len(dues), overdue, soon, len(dues) - overdue - soon)


_VERSIONS = Hot(VERSIONS)


def procedures_in_use(context: Context) -> dict[str, Procedure]:
    """Procedure key → rules of its newest version: what an inbox can be narrowed to."""
    return _newest(context, _VERSIONS.all(context.session, {}))


def _newest(context: Context, versions: Iterable[Sequence[Any]]) -> dict[str, Procedure]:
    newest = {key: number for key, number in versions}  # noqa: C416 - rows of JSON are lists
    return {key: compiled_version(context.session, number).procedure for key, number in newest.items()}


def _conditions(context: Context, narrowing: Narrowing) -> dict[str, str]:
    if narrowing.procedure is None and narrowing.stage is None:
        return narrowing.values("")
    known = procedures_in_use(context)
    procedure = known.get(narrowing.procedure or "")
    if procedure is None:
        raise Invalid("procedure_unknown", field="procedure", allowed=", ".join(known))
    if narrowing.stage and narrowing.stage not in procedure.stages:
        raise Invalid("stage_unknown", field="stage", allowed=", ".join(procedure.stages))
    return narrowing.values(procedure.prefix)


def _soon_limit(context: Context, known: Calendar) -> datetime:
    """The end of the last working day that still counts as soon."""
    day = known.add_working_days(context.today, SOON_WORKING_DAYS).date
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=context.zone)


def _groups(context: Context) -> list[int]:
    """Ids of the roles the actor holds, and last the account itself; nothing waits for the clock."""
    account = context.actor.account_id
    return [] if account is None else [*sorted(context.actor.body_role_ids), account]


def _values(context: Context, groups: list[int]) -> dict[str, Any]:
    """What every statement is asked with."""
    values: dict[str, Any] = {f"group_{number}": value for number, value in enumerate(groups)}
    return values | {"now": instant_text(context.now)}


@lru_cache(maxsize=KEPT)
def _item(compiled: Compiled, row: tuple[Any, ...], is_overdue: bool) -> InboxItem:
    """A line of what was read; the same line read again is the same object."""
    item_id, seat_id, role, state, created, due, case_id, reference, category, _version, *rest = row
    body_role_id, offered_to, parent, birth, *names, others = rest
    person, person_latin, body_zh, body_en = (name or "" for name in names)
    filed_as = (procedure := compiled.procedure).categories.get(category or "")
    return InboxItem(
        item_id=item_id,
        case_id=case_id,
        seat_id=seat_id,
        reference=reference,
        person=person,
        person_latin=person_latin,
        birth_date=date.fromisoformat(birth) if isinstance(birth, str) else birth,
        category=filed_as.title if filed_as else None,
        body_zh=body_zh,
        body_en=body_en,
        procedure=procedure.title,
        stage=procedure.stages[state.partition(".")[0]].title,
        state=procedure.states[state].title,
        state_ref=state,
        role=procedure.roles[role].title,
        role_key=role,
        is_child=parent is not None,
        created_at=instant(created),
        due_at=instant(due) if due else None,
        is_overdue=is_overdue,
        may_claim=seat_id is None and body_role_id is not None,
        is_taken=offered_to is not None,
        is_bulk=bool(procedure.states[state].in_bulk(role)),
        others=_others(procedure, rows_in(others)),
    )


def _others(procedure: Procedure, rows: list[list[Any]]) -> tuple[Awaited, ...]:
    """Who else a case waits for; a role of several people stands once."""
    return tuple(dict.fromkeys(Awaited(procedure.roles[role].title, zh or "", en or "") for role, zh, en in rows))
