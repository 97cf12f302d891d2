"""A kept message in words: the states it names become the titles of the procedure version it was written under."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from definitions.texts import message_text
from workflow.cases.tables import ProcedureVersion
from workflow.cases.versions import compiled_version
from workflow.context import OFFICE_ZONE

_titles: dict[str, Mapping[str, Any]] = {}
"""Digest → title of each state. A published version never changes, so nothing here grows old."""


def message_words(
    session: Session, template: str, params: Mapping[str, Any], locale: str, *, zone: ZoneInfo = OFFICE_ZONE
) -> tuple[str, str]:
    """Subject and body of a message as its reader sees it. Raises as `message_text` does."""
    shown = _with_titles(session, params)
    if "cases" in shown:
        shown["cases"] = [_with_titles(session, case) for case in shown["cases"]]
    return message_text(template, locale, shown, zone=zone)


def _with_titles(session: Session, params: Mapping[str, Any]) -> dict[str, Any]:
    digest, state = params.get("digest"), params.get("state")
    title = state_titles(session, digest).get(state) if digest and isinstance(state, str) else None
    return {**params, "state": title} if title else dict(params)


def state_titles(session: Session, digest: str) -> Mapping[str, Any]:
    """State → {en, zh} of a published version; empty for a digest that was never published here."""
    known = _titles.get(digest)
    if known is None:
        version = session.scalar(select(ProcedureVersion.id).where(ProcedureVersion.digest == digest))
        if version is None:
            return {}
        states = compiled_version(session, version).procedure.states
        known = {ref: state.title.model_dump(include={"en", "zh"}) for ref, state in states.items()}
        _titles[digest] = known
    return known
