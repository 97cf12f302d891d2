"""Compares what a step expects with what is so: one look for each expectation."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from workflow.cases.inbox import Narrowing, inbox
from workflow.cases.loading import LoadedCase, load_case
from workflow.cases.tables import Case, CaseForm, WorkItem
from workflow.context import Context
from workflow.messages.tables import Delivery, Message
from workflow.panels.queries import open_seats
from workflow.people.tables import Account, Person, Post
from workflow.pools.tables import Membership, Pool
from workflow.problems import Missing
from workflow.record.tables import Event
from workflow.rehearsal.difference import Difference
from workflow.rehearsal.expected import Then
from workflow.rehearsal.office import UNNAMED
from workflow.rehearsal.play import Play
from workflow.store.types import instant
from workflow.webhooks.tables import WebhookCall


@dataclass(frozen=True, slots=True)
class Before:
    """How far things had come before a step: the last delivery, call and event of the case; what follows is the step's."""

    delivery: int = 0
    call: int = 0
    seq: int = 0


def before_step(context: Context, case: LoadedCase | None) -> Before:
    """How far things have come now."""
    last = context.session.scalar
    return Before(
        last(select(func.max(Delivery.id))) or 0,
        last(select(func.max(WebhookCall.id))) or 0,
        case.last_seq if case else 0,
    )


@dataclass(frozen=True, slots=True)
class Look:
    """What expectations are compared with."""

    context: Context
    play: Play
    case: LoadedCase | None
    before: Before


NOTHING = "text:rehearsal.nothing"
Looker = Callable[[Look, Then], Iterator[Difference]]


def differences(look: Look, then: Then) -> tuple[Difference, ...]:
    """Everything written down under `then` that is not so."""
    return tuple(found for name in sorted(then.model_fields_set) for found in _LOOKS[name](look, then))


def _differs(code: str, expected: Any, found: Any, *place: str, **params: Any) -> Iterator[Difference]:
    if expected != found:
        yield Difference(code, ("then", *(place or (code,))), {"expected": expected, "found": found, **params})


def _state(look: Look, then: Then) -> Iterator[Difference]:
    found = look.case.state if look.case else None
    if found != then.state:
        shown = {"expected": f"state:{then.state}", "found": f"state:{found}" if found else NOTHING}
        yield Difference("state", ("then", "state"), {**shown, "expected_ref": then.state, "found_ref": found or "–"})


def _waits_for(look: Look, then: Then) -> Iterator[Difference]:
    found: set[str] = set()
    if look.case:
        open_items = select(WorkItem.role).where(WorkItem.case_id == look.case.id, WorkItem.is_open)
        found = set(look.context.session.scalars(open_items))
    yield from _differs("waits_for", _roles(then.waits_for), _roles(found))


def _due(look: Look, then: Then) -> Iterator[Difference]:
    due = instant(look.case.due_at).astimezone(look.context.zone).date() if look.case and look.case.due_at else None
    expected = None if then.due == "none" else then.due
    yield from _differs("due", expected or NOTHING, due or NOTHING)


def _outcome(look: Look, then: Then) -> Iterator[Difference]:
    rows: Iterable[str] = ()
    if look.case:
        since = select(Event.data).where(Event.case_id == look.case.id, Event.seq > look.before.seq)
        rows = look.context.session.scalars(since.order_by(Event.seq))
    settled = [data["outcome"] for data in map(json.loads, rows) if "outcome" in data and "child" not in data]
    yield from _differs("outcome", _outcome_text(then.outcome), _outcome_text(settled[-1] if settled else None))


def _ended(look: Look, then: Then) -> Iterator[Difference]:
    found = look.case.outcome if look.case else None
    yield from _differs("ended", then.ended, found or NOTHING)


def _told(look: Look, then: Then) -> Iterator[Difference]:
    for name, templates in then.told.items():
        found = look.context.session.scalars(
            select(Message.template)
            .join(Delivery, Delivery.message_id == Message.id)
            .join(Account, Account.id == Delivery.account_id)
            .where(Delivery.id > look.before.delivery, Delivery.channel == "in_app", Account.sign_in_name == name)
        )
        yield from _differs(
            "told", sorted(set(templates)) or NOTHING, sorted(set(found)) or NOTHING, "told", name, name=name
        )


def _listed(look: Look, then: Then) -> Iterator[Difference]:
    known = {number: name for name, number in look.play.office.people.items()}
    for key, names in then.listed.items():
        rows = look.context.session.scalars(
            select(Person.id)
            .join(Membership, Membership.person_id == Person.id)
            .join(Pool, Pool.id == Membership.pool_id)
            .where(Pool.key == key, Membership.left_at.is_(None))
        )
        found = sorted(known[number] for number in rows)
        yield from _differs("listed", sorted(names) or NOTHING, found or NOTHING, "listed", key, list=key)


def _cases(look: Look, then: Then) -> Iterator[Difference]:
    for ref, state in then.cases.items():
        try:
            found = load_case(look.context.session, look.play.case_id(ref)).state
        except Missing:
            found = None
        expected, shown = f"state:{state}", f"state:{found}" if found else NOTHING
        yield from _differs("case", expected, shown, "cases", ref, case=ref, expected_ref=state, found_ref=found or "–")


def _children(look: Look, then: Then) -> Iterator[Difference]:
    own = select(Case.state).where(Case.parent_id == (look.case.id if look.case else None))
    found = Counter(look.context.session.scalars(own))
    yield from _differs("children", _counted(then.children), _counted(found))


def _answers(look: Look, then: Then) -> Iterator[Difference]:
    for answer, expected in then.answers.items():
        form, _, key = answer.partition(".")
        newest = select(CaseForm.values).where(CaseForm.form == form)
        newest = newest.where(CaseForm.case_id == (look.case.id if look.case else None)).order_by(CaseForm.id.desc())
        found = (look.context.session.scalars(newest.limit(1)).first() or {}).get(key)
        shown = [NOTHING if one is None else str(one) for one in (expected, found)]
        yield from _differs("answer", *shown, "answers", answer, answer=answer)


def _inbox_of(look: Look, then: Then) -> Iterator[Difference]:
    found = []
    for name in look.play.office.accounts:
        with look.play.looking(name) as context:
            if look.case and look.case.id in {item.case_id for item in inbox(context).items}:
                found.append(name)
    yield from _differs("inbox_of", sorted(then.inbox_of) or NOTHING, sorted(found) or NOTHING)


def _narrowed(look: Look, then: Then) -> Iterator[Difference]:
    for name, wanted in then.narrowed.items():
        own = look.play.procedure.procedure if wanted.stage else None
        narrowing = Narrowing(wanted.procedure or own, wanted.stage, wanted.text)
        with look.play.looking(name) as context:
            found = {item.case_id for item in inbox(context, narrowing=narrowing).items}
        expected = {ref: look.play.case_id(ref) for ref in wanted.finds}
        known = {number: ref for ref, number in {**look.play.cases, **expected}.items()}
        shown = sorted(known.get(number, str(number)) for number in found)
        yield from _differs("narrowed", sorted(expected) or NOTHING, shown or NOTHING, "narrowed", name, name=name)


def _seats(look: Look, then: Then) -> Iterator[Difference]:
    names = {account: name for name, account in look.play.office.accounts.items()}
    seats = open_seats(look.context.session, look.case.id) if look.case else []
    found = sorted(names[seat.account_id] for seat in seats if seat.account_id)
    yield from _differs("seats", sorted(then.seats) or NOTHING, found or NOTHING)


def _posts(look: Look, then: Then) -> Iterator[Difference]:
    for name, titles in then.posts.items():
        person = look.play.office.people.get(name)
        rows = select(Post.title).where(Post.person_id == person, Post.title != UNNAMED).order_by(Post.id)
        found = list(look.context.session.scalars(rows))
        yield from _differs("posts", list(titles) or NOTHING, found or NOTHING, "posts", name, name=name)


def _calls(look: Look, then: Then) -> Iterator[Difference]:
    rows = select(WebhookCall.target).where(WebhookCall.id > look.before.call).order_by(WebhookCall.id)
    found = list(look.context.session.scalars(rows))
    yield from _differs("calls", list(then.calls) or NOTHING, found or NOTHING)


def _counted(states: dict[str, int]) -> Any:
    return [f"{state}: {number}" for state, number in sorted(states.items()) if number] or NOTHING


def _roles(keys: Any) -> Any:
    return [f"role:{key}" for key in sorted(keys)] or NOTHING


def _outcome_text(outcome: str | None) -> str:
    return f"text:outcome.{outcome}" if outcome else NOTHING


_LOOKS: dict[str, Looker] = {
    "state": _state,
    "waits_for": _waits_for,
    "due": _due,
    "outcome": _outcome,
    "ended": _ended,
    "told": _told,
    "listed": _listed,
    "cases": _cases,
    "children": _children,
    "answers": _answers,
    "inbox_of": _inbox_of,
    "narrowed": _narrowed,
    "seats": _seats,
    "posts": _posts,
    "calls": _calls,
}
