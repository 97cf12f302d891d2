"""Compares what a step expects with what is so: one look for each expectation."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from workflow.cases.loading import LoadedCase
from workflow.cases.tables import WorkItem
from workflow.context import Context
from workflow.messages.tables import Delivery, Message
from workflow.people.tables import Account, Person
from workflow.pools.tables import Membership, Pool
from workflow.problems import Problem, Refused
from workflow.record.tables import Event
from workflow.rehearsal.expected import Then
from workflow.rehearsal.play import Play
from workflow.store.types import instant


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as expected: a key of the texts with its values, and the key of the step it belongs to.

    `problem` is what refused the step, where that is the difference.
    """

    code: str
    place: tuple[str, ...]
    params: dict[str, Any] = field(default_factory=dict)
    problem: Problem | None = None


def reason_codes(problem: Problem) -> tuple[str, ...]:
    """The codes a refusal gives, each once: of its reasons, of the form's faults, or its own."""
    inner = tuple(reason.code for reason in problem.reasons) if isinstance(problem, Refused) else ()
    faults = tuple(one.code for one in getattr(problem, "problems", ()))
    return tuple(dict.fromkeys((*inner, *faults))) or (problem.code,)


def refusal_difference(expected: tuple[str, ...], problem: Problem | None) -> Difference | None:
    """Whether a refusal is the one expected: every code found is expected, and every one expected is found."""
    if problem is None:
        return Difference("not_refused", ("refused",), {"expected": list(expected)}) if expected else None
    found = reason_codes(problem)
    if not expected:
        return Difference("refused", (), {"found": list(found)}, problem)
    unexpected = [code for code in found if not any(_is(code, one) for one in expected)]
    absent = [one for one in expected if not any(_is(code, one) for code in found)]
    if not unexpected and not absent:
        return None
    return Difference("refused_otherwise", ("refused",), {"expected": list(expected), "found": list(found)}, problem)


def _is(code: str, expected: str) -> bool:
    return code == expected or code.startswith(f"{expected}.")


def last_delivery(context: Context) -> int:
    """How far deliveries have come; what follows is what a step's people are told."""
    return context.session.scalar(select(func.max(Delivery.id))) or 0


@dataclass(frozen=True, slots=True)
class Look:
    """What expectations are compared with."""

    context: Context
    play: Play
    case: LoadedCase | None
    since: int
    """The last delivery before the step."""


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
    data: dict[str, Any] = {}
    if look.case:
        row = look.context.session.scalar(
            select(Event.data).where(Event.case_id == look.case.id, Event.seq == look.case.last_seq)
        )
        data = json.loads(row or "{}")
    found = data.get("outcome")
    yield from _differs("outcome", _outcome_text(then.outcome), _outcome_text(found))


def _ended(look: Look, then: Then) -> Iterator[Difference]:
    found = look.case.outcome if look.case else None
    yield from _differs("ended", then.ended, found or NOTHING)


def _told(look: Look, then: Then) -> Iterator[Difference]:
    for name, templates in then.told.items():
        found = look.context.session.scalars(
            select(Message.template)
            .join(Delivery, Delivery.message_id == Message.id)
            .join(Account, Account.id == Delivery.account_id)
            .where(Delivery.id > look.since, Delivery.channel == "in_app", Account.sign_in_name == name)
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
}
