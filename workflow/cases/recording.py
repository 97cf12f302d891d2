"""The record of a case as one reader may see it, line by line."""

import json
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import String, Text, bindparam, select, type_coerce

from workflow.cases.case_facts import MIGRATED
from workflow.cases.case_views import EventView
from workflow.cases.fillings import KEPT, Past, visible_values
from workflow.cases.reading import DOCUMENTS, open_documents
from workflow.cases.versions import compiled_digest
from workflow.context import Context
from workflow.people.called import Name, names_by_id
from workflow.procedure.model import Procedure
from workflow.record.tables import Event
from workflow.store.together import rows_in
from workflow.store.types import instant

EVENTS = (
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


def past_rules(context: Context, text: str, procedure: Procedure) -> Past:
    """The rules of events written while the case ran by another version than now."""
    others = _other_rules(text, procedure.digest)
    return tuple((seq, compiled_digest(context.session, digest).procedure) for seq, digest in others)


@lru_cache(maxsize=KEPT)
def events_in(
    procedure: Procedure,
    past: Past,
    text: str,
    names_text: str,
    visible: frozenset[str],
    roles: frozenset[str],
    own: int | None,
) -> tuple[EventView, ...]:
    """The record as one reader sees it, made of nothing but what stands here."""
    names = names_by_id(rows_in(names_text))
    rules = dict(past)
    return tuple(_event(rules.get(row[0], procedure), row, visible, roles, names, own) for row in rows_in(text))


def _read(text: str, *, is_visible: bool) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What a line says to whoever may see it, and the documents its step made: those are open by a stage of their own."""
    written = json.loads(text) if is_visible or DOCUMENTS in text else {}
    made = written.pop("documents", [])
    written.pop("scores", None)  # the panel's own view covers points until all have scored
    return written if is_visible else {}, made


def _event(
    procedure: Procedure,
    row: Any,
    visible: frozenset[str],
    roles: frozenset[str],
    names: dict[int, Name],
    own: int | None,
) -> EventView:
    seq, at, actor_id, role_key, action_name, from_state, to_state, text, digest, _rules = row
    acted_in = to_state if from_state is None or action_name == MIGRATED else from_state
    stage = acted_in.partition(".")[0]
    is_visible = stage in visible or bool(procedure.readers(stage) & roles)
    data, made = _read(text, is_visible=is_visible)
    if form := procedure.forms.get(data.get("form", "")):
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
        left=procedure.states.get(acted_in),
        documents=open_documents(procedure, made, visible, roles),
    )
