"""Everything the case page shows to one reader: where it is, who holds it, what was said, what may be done."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import String, Text, bindparam, cast, func, literal_column, select, type_coerce

from workflow.bodies.tables import Body, BodyRole
from workflow.cases.case_facts import MIGRATED
from workflow.cases.case_views import (
    ActionView,
    CaseView,
    EventView,
    HolderView,
    StageView,
    WaiverView,
)
from workflow.cases.deciding import ask_all
from workflow.cases.drafts import DRAFTS_OF_CASE, asked_for_drafts, drafts_in
from workflow.cases.fillings import FILLINGS, KEPT, Past, fillings, newest_of_each, visible_values
from workflow.cases.last_views import VISIT, visit_in
from workflow.cases.loading import CASE_ROW, LoadedCase
from workflow.cases.operations import waivable_actions
from workflow.cases.reading import DOCUMENTS, READERS, open_documents, roles_among
from workflow.cases.tables import Case, ProcedureVersion, Waiver, WorkItem
from workflow.cases.versions import compiled_digest, compiled_version
from workflow.context import Context
from workflow.engine.decide import ROLE_CODE, Compiled, CompiledAction, Decision
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
    compiled = compiled_version(context.session, case.version_id)
    procedure = compiled.procedure
    names, own = dict(rows_in(texts["names"])), context.actor.account_id
    decided = ask_all(context, compiled, case) if case.outcome is None else []
    visible = procedure.visible_stages(roles, case.state)
    past = _past_rules(context, texts["events"], procedure)
    events = _events(procedure, past, texts["events"], texts["names"], visible, roles, own)
    filled = fillings(procedure, past, texts["fillings"], texts["names"], visible, roles, own)
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
        holders=_holders(procedure, rows_in(texts["holders"]), names),
        actions=tuple(_action(action, decision) for action, decision in decided if _is_theirs(decision)),
        waivable=_waivable(context, compiled, case, roles),
        forms=newest_of_each(filled),
        fillings=filled,
        events=events,
        waivers=_waivers(rows_in(texts["waivers"]), names),
        names=names,
    )


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
        func.coalesce(Person.name, literal_column("''")),
        func.coalesce(Person.name_latin, literal_column("''")),
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


_NAMES = select(Account.id, Account.name).where(
    Account.id.in_(
        select(Event.actor_id)
        .where(Event.case_id == bindparam("case_id"))
        .union(
            select(WorkItem.account_id).where(WorkItem.case_id == bindparam("case_id")),
            select(Waiver.granted_by).where(Waiver.case_id == bindparam("case_id")),
        )
        .scalar_subquery()
    )
)


def _is_theirs(decision: Decision) -> bool:
    """Actions of roles the reader does not hold are not theirs to see as buttons."""
    return all(reason.code != ROLE_CODE for reason in decision.reasons)


def _action(compiled: CompiledAction, decision: Decision) -> ActionView:
    action = compiled.action
    return ActionView(
        compiled.name, action.title, action.tone, action.form, action.reason, decision.is_allowed, decision.reasons
    )


def _stages(procedure: Procedure, case: LoadedCase, events: tuple[EventView, ...]) -> tuple[StageView, ...]:
    """The path, in the order of the definition: stages before the present one were gone through."""
    order = list(procedure.stages)
    here = order.index(case.stage)
    seen = {event.to_state.partition(".")[0] for event in events}

    def status(index: int, key: str) -> str:
        if index == here:
            return "done" if case.outcome is not None else "current"
        return "done" if index < here and key in seen else "ahead" if index > here else "skipped"

    return tuple(StageView(key, procedure.stages[key].title, status(index, key)) for index, key in enumerate(order))


_HOLDERS = (
    select(WorkItem.role, WorkItem.account_id, type_coerce(WorkItem.created_at, String), Body.title_zh, Body.title_en)
    .outerjoin(BodyRole, BodyRole.id == WorkItem.body_role_id)
    .outerjoin(Body, Body.id == BodyRole.body_id)
    .where(WorkItem.case_id == bindparam("case_id"), WorkItem.is_open)
    .order_by(WorkItem.id)
)


def _holders(procedure: Procedure, rows: Iterable[Sequence[Any]], names: dict[int, str]) -> tuple[HolderView, ...]:
    return tuple(
        HolderView(procedure.roles[role].title, zh or "", en or "", names.get(account or 0), instant(since))
        for role, account, since, zh, en in rows
    )


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


_EVENTS = (
    select(
        Event.seq,
        type_coerce(Event.at, String),
        Event.actor_id,
        Event.role,
        Event.action,
        Event.from_state,
        Event.to_state,
        type_coerce(Event.data, Text),
        Event.hash,
        Event.procedure_digest,
    )
    .where(Event.case_id == bindparam("case_id"))
    .order_by(Event.seq)
)


@lru_cache(maxsize=KEPT)
def _other_rules(text: str, digest: str) -> tuple[tuple[int, str], ...]:
    """(seq, digest) of the events that were written by other rules."""
    return tuple((row[0], row[-1]) for row in rows_in(text) if row[-1] != digest)


def _past_rules(context: Context, text: str, procedure: Procedure) -> Past:
    """The rules of events written while the case ran by another version than now."""
    others = _other_rules(text, procedure.digest)
    return tuple((seq, compiled_digest(context.session, digest).procedure) for seq, digest in others)


@lru_cache(maxsize=KEPT)
def _events(
    procedure: Procedure,
    past: Past,
    text: str,
    names_text: str,
    visible: frozenset[str],
    roles: frozenset[str],
    own: int | None,
) -> tuple[EventView, ...]:
    """The record as one reader sees it, made of nothing but what stands here."""
    names = dict(rows_in(names_text))
    rules = dict(past)
    return tuple(_event(rules.get(row[0], procedure), row, visible, roles, names, own) for row in rows_in(text))


def _event(
    procedure: Procedure,
    row: Any,
    visible: frozenset[str],
    roles: frozenset[str],
    names: dict[int, str],
    own: int | None,
) -> EventView:
    seq, at, actor_id, role_key, action_name, from_state, to_state, text, digest, _rules = row
    acted_in = to_state if from_state is None or action_name == MIGRATED else from_state
    stage = acted_in.partition(".")[0]
    is_visible = stage in visible or bool(procedure.readers(stage) & roles)
    written = json.loads(text) if is_visible or DOCUMENTS in text else {}
    data = written if is_visible else {}
    made = data.pop("documents", ()) if is_visible else written.get("documents", ())
    data.pop("scores", None)  # the panel's own view covers points until all have scored
    form = procedure.forms.get(data.get("form", ""))
    if form is not None:
        data["values"] = visible_values(form, data.get("values") or {}, roles)
    action = procedure.states[acted_in].actions.get(action_name)
    role = procedure.roles.get(role_key or "")
    return EventView(
        seq=seq,
        at=instant(at),
        is_visible=is_visible,
        is_own=actor_id is not None and actor_id == own,
        actor=names.get(actor_id or 0) if is_visible else None,
        role=role.title if role and is_visible else None,
        action=action_name if is_visible else "",
        action_title=action.title if action and is_visible else None,
        from_state=from_state,
        to_state=to_state,
        stage=procedure.stages[stage].title,
        to_title=procedure.states[to_state].title,
        data=MappingProxyType(data),
        hash=digest,
        documents=open_documents(procedure, made, visible, roles),
    )


_WAIVERS = (
    select(Waiver.guard, Waiver.reason, Waiver.granted_by, type_coerce(Waiver.granted_at, String))
    .where(Waiver.case_id == bindparam("case_id"))
    .order_by(Waiver.id)
)


def _waivers(rows: Iterable[Sequence[Any]], names: dict[int, str]) -> tuple[WaiverView, ...]:
    return tuple(WaiverView(guard, reason, names.get(by, ""), instant(at)) for guard, reason, by, at in rows)


_PAGE = Together(
    readers=READERS,
    case=CASE_ROW,
    header=_HEADER,
    names=_NAMES,
    events=_EVENTS,
    fillings=FILLINGS,
    holders=_HOLDERS,
    waivers=_WAIVERS,
    visit=VISIT,
    drafts=DRAFTS_OF_CASE,
)
"""Everything the page shows beside facts and panels, in one trip."""
