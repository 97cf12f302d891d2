"""Reading which articles a case has kept, as one reader may see it, or whole for whoever keeps the system."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, bindparam, select, type_coerce
from sqlalchemy.orm import Session

from workflow.cases.loading import LoadedCase, load_case
from workflow.cases.reading import reading_roles
from workflow.cases.tables import Case, Timer
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.engine.articles import ORDER, ArticleStanding, Recorded, Standing, article_standings
from workflow.people.called import Name, names_by_id
from workflow.people.tables import Account
from workflow.problems import Missing
from workflow.procedure.citations import citations
from workflow.procedure.model import Procedure
from workflow.procedure.packs import Article
from workflow.record.tables import Event
from workflow.store.hot import Hot
from workflow.store.types import instant


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article with its text and what became of it; `waived_by` is the name of who set it aside."""

    key: str
    text: Article
    standing: Standing
    events: tuple[int, ...]
    due_at: datetime | None
    waived_by: Name | None
    reason: str


@dataclass(frozen=True, slots=True)
class CaseArticles:
    """The articles of a case; `hidden` counts those cited only in stages that are not open to the reader."""

    case: LoadedCase
    procedure: Procedure
    lines: tuple[ArticleLine, ...]
    hidden: int

    @property
    def counts(self) -> dict[Standing, int]:
        """How many articles stand how, the worst first."""
        return {one: number for one in ORDER if (number := sum(line.standing == one for line in self.lines))}


def articles_of_case(context: Context, case_id: int) -> CaseArticles:
    """The articles cited in stages the reader may see. Raises Missing for a reader the case is not open to."""
    roles = reading_roles(context, case_id)
    case = load_case(context.session, case_id)
    procedure = compiled_version(context.session, case.version_id).procedure
    return _articles(context, case, procedure, procedure.visible_stages(roles, case.state))


def articles_by_reference(context: Context, reference: str) -> CaseArticles:
    """Every article of a case, whoever may read it: for the command line. Raises Missing."""
    case_id = context.session.scalar(select(Case.id).where(Case.reference == reference))
    if case_id is None:
        raise Missing("case_missing")
    case = load_case(context.session, case_id)
    procedure = compiled_version(context.session, case.version_id).procedure
    return _articles(context, case, procedure, frozenset(procedure.stages))


def _articles(context: Context, case: LoadedCase, procedure: Procedure, visible: frozenset[str]) -> CaseArticles:
    events, due = _events(context.session, case.id), _due(context.session, case.id)
    found = article_standings(procedure, events, due, now=context.now, only=visible)
    waivers = {place.waived_by for one in found for place in one.places if place.waived_by is not None}
    names = _names(context.session, waivers) if waivers else {}
    lines = tuple(_line(procedure, one, names) for one in found)
    every = {citation.article for citation in citations(procedure)}
    return CaseArticles(case, procedure, lines, len(every) - len(lines))


def _line(procedure: Procedure, one: ArticleStanding, names: dict[int, Name]) -> ArticleLine:
    waived = next((place for place in one.places if place.standing == "waived"), None)
    return ArticleLine(
        key=one.article,
        text=procedure.sources[one.article],
        standing=one.standing,
        events=one.events,
        due_at=one.due_at,
        waived_by=names.get(waived.waived_by or 0) if waived else None,
        reason=waived.reason if waived else "",
    )


_EVENTS = Hot(
    select(
        Event.seq,
        type_coerce(Event.at, String),
        Event.actor_id,
        Event.action,
        Event.from_state,
        Event.to_state,
        type_coerce(Event.data, Text),
    )
    .where(Event.case_id == bindparam("case_id"))
    .order_by(Event.seq)
)


def _events(session: Session, case_id: int) -> list[Recorded]:
    return [_recorded(*row) for row in _EVENTS.all(session, {"case_id": case_id})]


def _recorded(seq: int, at: str, actor_id: int | None, action: str, before: str | None, to: str, data: str) -> Recorded:
    given: dict[str, Any] = json.loads(data)
    return Recorded(seq, instant(at), actor_id, action, before, to, given)


_TIMERS = Hot(
    select(Timer.state, type_coerce(Timer.due_at, String), type_coerce(Timer.params, Text))
    .where(Timer.case_id == bindparam("case_id"), Timer.is_open, Timer.state.is_not(None))
    .order_by(Timer.due_at)
)


def _due(session: Session, case_id: int) -> dict[str, datetime]:
    """State → when its deadline is, by the reminders and expiries that are still to come."""
    found: dict[str, datetime] = {}
    for state, due_at, params in _TIMERS.all(session, {"case_id": case_id}):
        found[state] = instant(json.loads(params).get("due_at") or due_at)
    return found


def _names(session: Session, accounts: set[int]) -> dict[int, Name]:
    statement = select(Account.id, Account.name, Account.name_latin).where(Account.id.in_(accounts))
    return names_by_id(session.execute(statement))
