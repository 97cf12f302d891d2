"""The inbox: what waits for the actor, oldest first, page by page without ever counting everything."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from workflow.calendar.queries import calendar
from workflow.cases.inbox_statements import BUCKETS, OTHERS, PAGE_SIZE, counting, merging
from workflow.cases.paging import place_of
from workflow.cases.tables import ProcedureVersion
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.problems import Invalid
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.store.hot import Hot
from workflow.store.types import instant, instant_text

SOON_WORKING_DAYS = 3
MAX_TEXT = 80


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
    birth_date: date | None
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
    is_bulk: bool
    """Whether the rules let the reader do something here to many cases at once."""
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
    if after:
        values |= {"after_at": after[0], "after_id": after[1]}
    statement = merging(len(groups), bucket, frozenset(conditions), is_following=after is not None)
    rows = statement.all(context.session, values)
    shown = rows[:PAGE_SIZE]
    others = _others(context, {row[6]: row[9] for row in shown}, {row[0] for row in shown})
    last = shown[-1] if len(rows) > PAGE_SIZE else None
    items = tuple(_item(context, row, others.get(row[6], ())) for row in shown)
    return InboxPage(items, f"{last[4]}_{last[0]}" if last else None)


def inbox_counts(context: Context, *, narrowing: Narrowing = EVERYTHING) -> Counts:
    """How many items wait, by urgency, in one statement. Raises Invalid as `inbox` does."""
    groups = _groups(context)
    if not groups:
        return Counts(0, 0, 0, 0)
    conditions = _conditions(context, narrowing)
    statement = counting(len(groups), frozenset(conditions))
    return Counts(*statement.one(context.session, {**_values(context, groups), **conditions}))


_VERSIONS = Hot(select(ProcedureVersion.key, ProcedureVersion.id).order_by(ProcedureVersion.id))


def procedures_in_use(context: Context) -> dict[str, Procedure]:
    """Procedure key → rules of its newest version: what an inbox can be narrowed to."""
    newest = dict(_VERSIONS.all(context.session, {}))
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


def soon_limit(context: Context) -> datetime:
    """The end of the last working day that still counts as soon."""
    day = calendar(context).add_working_days(context.today, SOON_WORKING_DAYS).date
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=context.zone)


def _groups(context: Context) -> list[int]:
    """Ids of the roles the actor holds, and last the account itself; nothing waits for the clock."""
    account = context.actor.account_id
    return [] if account is None else [*sorted(context.actor.body_role_ids), account]


def _values(context: Context, groups: list[int]) -> dict[str, Any]:
    """What the statements are asked with."""
    values: dict[str, Any] = {f"group_{number}": value for number, value in enumerate(groups)}
    return values | {"now": instant_text(context.now), "limit": instant_text(soon_limit(context))}


def _item(context: Context, row: Any, others: tuple[Awaited, ...]) -> InboxItem:
    item_id, seat_id, role, state, created, due, case_id, reference, category, version, birth, *names = row
    person, person_latin, body_zh, body_en = (name or "" for name in names)
    procedure = compiled_version(context.session, version).procedure
    due_at = instant(due) if due else None
    filed_as = procedure.categories.get(category or "")
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
        created_at=instant(created),
        due_at=due_at,
        is_overdue=due_at is not None and due_at < context.now,
        is_bulk=bool(procedure.states[state].in_bulk(role)),
        others=others,
    )


def _others(context: Context, versions: dict[int, int], own: set[int]) -> dict[int, tuple[Awaited, ...]]:
    """Who else each case waits for; a role of several people stands once."""
    if not versions:
        return {}
    cases = [*versions, *[next(iter(versions))] * (PAGE_SIZE - len(versions))]
    rows = OTHERS.all(context.session, {f"case_{number}": case_id for number, case_id in enumerate(cases)})
    found: dict[int, dict[Awaited, None]] = {}
    for item_id, case_id, role_key, title_zh, title_en in rows:
        if item_id not in own:
            role = compiled_version(context.session, versions[case_id]).procedure.roles[role_key]
            found.setdefault(case_id, {})[Awaited(role.title, title_zh or "", title_en or "")] = None
    return {case_id: tuple(awaited) for case_id, awaited in found.items()}
