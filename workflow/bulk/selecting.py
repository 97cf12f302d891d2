"""The cases somebody has chosen in their inbox, what may be done to all of them, and what would come of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from workflow.bodies.tables import Body
from workflow.bulk.rules import MOST, offered, reason_wanted
from workflow.cases.deciding import ask
from workflow.cases.inbox import Narrowing, inbox
from workflow.cases.loading import load_case
from workflow.cases.subjects import SUBJECT, SUBJECT_LATIN
from workflow.cases.tables import Case, WorkItem
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.engine.decide import Compiled
from workflow.people.tables import Person
from workflow.problems import Invalid, Reason
from workflow.procedure.parts import Words
from workflow.procedure.stages import State


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case that waits for the actor, as it is now."""

    item_id: int
    case_id: int
    seat_id: int | None
    role: str
    state_ref: str
    version: int
    version_id: int
    reference: str
    person: str
    person_latin: str
    birth_date: date | None
    body_zh: str
    body_en: str


@dataclass(frozen=True, slots=True)
class Step:
    """The chosen items that wait in one step of one procedure."""

    procedure: Words
    state: Words
    item_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen: one line a case, and how many items had ended since; `ways` may be done to all of them."""

    cases: tuple[Chosen, ...]
    gone: int
    steps: tuple[Step, ...]
    ways: tuple[str, ...]
    compiled: Compiled | None
    """The rules of the first case; None where nothing is chosen or the cases wait in different steps."""

    @property
    def state(self) -> State | None:
        return self.compiled.procedure.states[self.cases[0].state_ref] if self.compiled else None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A case and every reason that speaks against the thing; none where it will pass."""

    chosen: Chosen
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What would come of one thing done to a selection."""

    doing: str
    reason: str
    """`none`, `optional` or `required`."""
    passing: tuple[Foreseen, ...]
    stopped: tuple[Foreseen, ...]


def everything_waiting(context: Context, *, bucket: str, narrowing: Narrowing) -> tuple[int, ...]:
    """Ids of the oldest items of a narrowed inbox that something can be done to in bulk, at most MOST."""
    found: list[int] = []
    cursor: str | None = None
    while len(found) < MOST:
        page = inbox(context, bucket=bucket, narrowing=narrowing, cursor=cursor)
        found += [item.item_id for item in page.items if item.is_bulk]
        cursor = page.next_cursor
        if cursor is None:
            break
    return tuple(found[:MOST])


def selection(context: Context, item_ids: Sequence[int]) -> Selection:
    """The chosen items that still wait for the actor. Raises Invalid for more than MOST."""
    wanted = list(dict.fromkeys(item_ids))
    if len(wanted) > MOST:
        raise Invalid("bulk_too_many", limit=MOST, count=len(wanted))
    rows = context.session.execute(_chosen(context, wanted)).all() if wanted else []
    cases = {row.case_id: Chosen(**row._mapping) for row in rows}
    gone = len(wanted) - len(rows)
    known = [compiled_version(context.session, one.version_id) for one in cases.values()]
    steps = _steps(known, tuple(cases.values()))
    if len(steps) != 1:
        return Selection(tuple(cases.values()), gone, steps, (), None)
    pairs = ((c.procedure.states[one.state_ref], one.role) for c, one in zip(known, cases.values(), strict=True))
    return Selection(tuple(cases.values()), gone, steps, offered(pairs), known[0])


def _steps(known: Sequence[Compiled], cases: Sequence[Chosen]) -> tuple[Step, ...]:
    found: dict[tuple[str, str], Step] = {}
    for compiled, one in zip(known, cases, strict=True):
        procedure = compiled.procedure
        key = (procedure.procedure, one.state_ref)
        before = found[key].item_ids if key in found else ()
        title = procedure.states[one.state_ref].title
        found[key] = Step(procedure.title, title, (*before, one.item_id))
    return tuple(found.values())


def _chosen(context: Context, item_ids: list[int]) -> Any:
    actor = context.actor
    mine = or_(WorkItem.body_role_id.in_(sorted(actor.body_role_ids)), WorkItem.account_id == actor.account_id)
    return (
        select(
            WorkItem.id.label("item_id"),
            WorkItem.case_id,
            WorkItem.seat_id,
            WorkItem.role,
            WorkItem.state.label("state_ref"),
            Case.version,
            Case.procedure_version_id.label("version_id"),
            Case.reference,
            SUBJECT.label("person"),
            SUBJECT_LATIN.label("person_latin"),
            Person.birth_date,
            Body.title_zh.label("body_zh"),
            Body.title_en.label("body_en"),
        )
        .join(Case, Case.id == WorkItem.case_id)
        .outerjoin(Person, Person.id == Case.person_id)
        .outerjoin(Body, Body.id == Case.body_id)
        .where(WorkItem.id.in_(item_ids), WorkItem.is_open, mine)
        .order_by(WorkItem.created_at, WorkItem.id)
    )


def preview(context: Context, chosen: Selection, doing: str) -> Preview:
    """Asks about every case what a click on its own page would ask. Raises Invalid for what is not on offer."""
    state = chosen.state
    if state is None or doing not in chosen.ways:
        raise Invalid("bulk_not_offered")
    foreseen = tuple(Foreseen(one, _reasons(context, one, doing)) for one in chosen.cases)
    return Preview(
        doing,
        reason_wanted(state, doing),
        tuple(one for one in foreseen if not one.reasons),
        tuple(one for one in foreseen if one.reasons),
    )


def _reasons(context: Context, chosen: Chosen, doing: str) -> tuple[Reason, ...]:
    """None for an opinion: that the seat's item is open says that it may speak."""
    kind, _colon, key = doing.partition(":")
    if kind == "opinion":
        return ()
    case = load_case(context.session, chosen.case_id)
    return ask(context, compiled_version(context.session, case.version_id), case, key, form=None).decision.reasons
