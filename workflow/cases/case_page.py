"""Everything the case page shows to one reader: where it is, who holds it, what was said, what may be done."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import String, bindparam, cast, func, literal_column, select, type_coerce

from workflow.bodies.tables import Body
from workflow.cases.answer_names import naming_fields, titles_of
from workflow.cases.barring import barring
from workflow.cases.case_views import CaseView, EventView, StageView, WaiverView
from workflow.cases.deciding import ask_all
from workflow.cases.drafts import DRAFTS_OF_CASE, asked_for_drafts, drafts_in
from workflow.cases.fillings import FILLINGS, fillings, newest_of_each
from workflow.cases.holders import HOLDERS, holders_among
from workflow.cases.last_views import VISIT, visit_in
from workflow.cases.loading import CASE_ROW, LoadedCase
from workflow.cases.offering import ActionView, offered_actions
from workflow.cases.operations import waivable_actions
from workflow.cases.reading import READERS, roles_among
from workflow.cases.recording import EVENTS, events_in, past_rules
from workflow.cases.subjects import SUBJECT, SUBJECT_LATIN
from workflow.cases.tables import Case, CaseReader, ProcedureVersion, Waiver, WorkItem
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.engine.decide import Compiled
from workflow.people.called import Name, names_by_id
from workflow.people.tables import Account, Person
from workflow.problems import Reason
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.record.tables import Event
from workflow.store.together import Together, rows_in
from workflow.store.types import instant


def case_page(context: Context, case_id: int) -> CaseView:
    """The page of a case. Raises Missing for a reader it is not open to."""
    texts = _PAGE.texts(context.session, {"case_id": case_id, **asked_for_drafts(context, case_id)})
    roles = roles_among(context, rows_in(texts["readers"]))
    case = LoadedCase(*rows_in(texts["case"])[0])
    procedure = (compiled := compiled_version(context.session, case.version_id)).procedure
    names, own = names_by_id(rows_in(texts["names"])), context.actor.account_id
    visible = procedure.visible_stages(roles, case.state)
    past = past_rules(context, texts["events"], procedure)
    events = events_in(procedure, past, texts["events"], texts["names"], visible, roles, own)
    titles, text = _titles(context, procedure, texts["fillings"]), texts["fillings"]
    filled = fillings(procedure, past, text, texts["names"], titles, visible, roles, own)
    return CaseView(
        **_header(*rows_in(texts["header"])[0]),
        **_of_reader(context, texts, case),
        case=case,
        procedure=procedure,
        category=_category(procedure, case),
        state=procedure.states[case.state].title,
        roles=roles,
        sees_stage=case.stage in visible,
        stages=_stages(procedure, case, events),
        **_work(context, texts, compiled, case, names),
        waivable=_waivable(context, compiled, case, roles),
        forms=newest_of_each(filled),
        fillings=filled,
        events=events,
        waivers=_waivers(rows_in(texts["waivers"]), names),
        names=names,
        titles=filled[0].titles if filled else {},
    )


def _titles(context: Context, procedure: Procedure, text: str) -> str:
    """What answers of the case name, as a text that fillings can be kept under; no statement where nothing asks for it."""
    if not naming_fields(procedure):
        return "{}"
    filled = [(row[0], json.loads(row[3])) for row in rows_in(text)]
    return json.dumps(titles_of(context.session, procedure, filled))


def _work(
    context: Context, texts: Mapping[str, str], compiled: Compiled, case: LoadedCase, names: dict[int, Name]
) -> dict[str, Any]:
    """Who has the case, and what its reader may do."""
    offered = _actions(context, compiled, case)
    holders = holders_among(
        *(compiled.procedure, rows_in(texts["holders"]), names, context.actor),
        lambda role: barring(compiled, case.state, role, offered),
    )
    return {"holders": holders, "actions": offered}


def _actions(context: Context, compiled: Compiled, case: LoadedCase) -> tuple[ActionView, ...]:
    """What may be done; a closed case offers what opens it again."""
    if not compiled.actions_in(case.state):
        return ()
    return offered_actions(context, compiled.procedure, case, ask_all(context, compiled, case))


def _category(procedure: Procedure, case: LoadedCase) -> Words | None:
    known = procedure.categories.get(case.category or "")
    return known.title if known else None


def _of_reader(context: Context, texts: Mapping[str, str], case: LoadedCase) -> dict[str, Any]:
    """What the reader left here: how far they looked, and what they typed."""
    visit, is_visit_new = visit_in(rows_in(texts["visit"]), now=context.now, last_seq=case.last_seq)
    drafts = drafts_in(rows_in(texts["drafts"]), case.id)
    return {"visit": visit, "is_visit_new": is_visit_new, "drafts": drafts}


_HEADER_NAMES = (
    *("person_id", "channel", "person", "person_latin", "body_zh", "body_en", "version_number"),
    *("birth_date", "opened_at", "entered_at", "due_at", "closed_at"),
)
_HEADER = (
    select(
        Case.person_id,
        Case.channel,
        SUBJECT,
        SUBJECT_LATIN,
        func.coalesce(Body.title_zh, literal_column("''")),
        func.coalesce(Body.title_en, literal_column("''")),
        ProcedureVersion.number,
        cast(Person.birth_date, String),
        *(type_coerce(column, String) for column in (Case.opened_at, Case.entered_at, Case.due_at, Case.closed_at)),
    )
    .join(ProcedureVersion, ProcedureVersion.id == Case.procedure_version_id)
    .outerjoin(Person, Person.id == Case.person_id)
    .outerjoin(Body, Body.id == Case.body_id)
    .where(Case.id == bindparam("case_id"))
)


def _header(*row: Any) -> dict[str, Any]:
    *texts, birth, opened, entered, due, closed = row
    moments = (instant(text) if text else None for text in (opened, entered, due, closed))
    born = date.fromisoformat(birth) if birth else None
    return dict(zip(_HEADER_NAMES, (*texts, born, *moments), strict=True))


_NAMES = select(Account.id, Account.name, Account.name_latin).where(
    Account.id.in_(
        select(Event.actor_id)
        .where(Event.case_id == bindparam("case_id"))
        .union(
            select(WorkItem.account_id).where(WorkItem.case_id == bindparam("case_id")),
            select(Waiver.granted_by).where(Waiver.case_id == bindparam("case_id")),
            select(CaseReader.account_id).where(CaseReader.case_id == bindparam("case_id")),
        )
        .scalar_subquery()
    )
)


@lru_cache(maxsize=512)
def stages_within(procedure: Procedure, entrance: str) -> frozenset[str]:
    """The stages a case can come to that began in a state: a branch has a path of its own."""
    reached, todo = set[str](), [entrance]
    while todo:
        ref = todo.pop()
        if ref in procedure.states and ref not in reached:
            reached.add(ref)
            state = procedure.states[ref]
            todo += [target for action in state.actions.values() for target in action.named_targets]
            todo += [*state.outcomes.values(), *(way.to for way in state.choose)]
    return frozenset(ref.partition(".")[0] for ref in reached)


def _stages(procedure: Procedure, case: LoadedCase, events: tuple[EventView, ...]) -> tuple[StageView, ...]:
    """The path, in the order of the definition: stages before the present one were gone through."""
    seen = {event.to_state.partition(".")[0] for event in events}
    within = stages_within(procedure, events[0].to_state if events else procedure.starts) | seen | {case.stage}
    order = [key for key in procedure.stages if key in within]
    here = order.index(case.stage)

    def status(index: int, key: str) -> str:
        if index == here:
            return "done" if case.outcome is not None else "current"
        return "done" if index < here and key in seen else "ahead" if index > here else "skipped"

    return tuple(StageView(key, procedure.stages[key].title, status(index, key)) for index, key in enumerate(order))


def _waivable(context: Context, compiled: Compiled, case: LoadedCase, roles: frozenset[str]) -> tuple[Reason, ...]:
    """Failing guards the reader may set aside: of the present state, or of the state it answers for."""
    other = compiled.procedure.states[case.state].waivers_for
    if case.outcome is not None or not any(
        roles & set(b.waivable_by) for a in waivable_actions(compiled, case.state) for b in a.guards
    ):
        return ()
    there = load_case_in(case, other) if other else case
    found = [reason for _, decision in ask_all(context, compiled, there) for reason in decision.reasons]
    return tuple(reason for reason in found if roles & set(reason.waivable_by))


def load_case_in(case: LoadedCase, state: str) -> LoadedCase:
    """The case as if it were in another state: what its guards would say there."""
    return case._replace(state=state)


_WAIVERS = (
    select(Waiver.guard, Waiver.reason, Waiver.granted_by, type_coerce(Waiver.granted_at, String))
    .where(Waiver.case_id == bindparam("case_id"))
    .order_by(Waiver.id)
)


def _waivers(rows: Iterable[Sequence[Any]], names: dict[int, Name]) -> tuple[WaiverView, ...]:
    return tuple(WaiverView(guard, reason, names.get(by), instant(at)) for guard, reason, by, at in rows)


_PAGE = Together(
    readers=READERS,
    case=CASE_ROW,
    header=_HEADER,
    names=_NAMES,
    events=EVENTS,
    fillings=FILLINGS,
    holders=HOLDERS,
    waivers=_WAIVERS,
    visit=VISIT,
    drafts=DRAFTS_OF_CASE,
)
"""Everything the page shows beside facts and panels, in one trip."""
