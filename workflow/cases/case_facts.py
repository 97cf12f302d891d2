"""What guards and choices may know of the case itself: where it has been, what was answered, what else goes on."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, func, literal_column, select, type_coerce
from sqlalchemy import case as case_of
from sqlalchemy.orm import Session

from workflow.cases.gathering import Gathered, fact_family, fact_source
from workflow.cases.loading import LoadedCase
from workflow.cases.tables import Case, CaseForm, ProcedureVersion
from workflow.cases.versions import compiled_version
from workflow.record.tables import Event
from workflow.store.hot import Hot
from workflow.store.serializing import serialize_on

MIGRATED = "migrate"
"""The event by which a case goes on under another version of its procedure."""
_HISTORY = Hot(
    select(
        *(Event.seq, Event.action, Event.actor_id, Event.from_state, Event.to_state, type_coerce(Event.at, String)),
        case_of((Event.action == literal_column(f"'{MIGRATED}'"), Event.data)),
    )
    .where(Event.case_id == bindparam("case_id"))
    .order_by(Event.seq)
)
COME_AGAIN = frozenset({"record_meeting", "expire"})
"""What may lead back into the very state it left; every other event that stays in a state enters none."""
NOT_DOINGS = frozenset(
    {
        "waive",
        "child_ended",
        "claim",
        "assign",
        "unassigned",
        "release",
        "reassign",
        "reschedule",
        "lots_drawn",
        MIGRATED,
    }
)
"""Events in which nobody does anything to the case."""
History = list[tuple[int, str, int | None, str | None, str, str]]


def _history(session: Session, case: LoadedCase) -> History:
    """The events of a case, each state by the name it has in the version the case runs by now."""
    rows = _HISTORY.all(session, {"case_id": case.id})
    return _named_as_now(rows) if any(row[6] for row in rows) else [tuple(row[:6]) for row in rows]


def _named_as_now(rows: list[Any]) -> History:
    named: dict[str, str] = {}
    history: History = []
    for seq, action, actor, before, to, at, data in reversed(rows):
        to_now = named.get(to, to)
        if data:
            states = json.loads(data).get("states", {})
            named = {old: named.get(new, new) for old, new in states.items()}
        history.append((seq, action, actor, None if before is None else named.get(before, before), to_now, at))
    return history[::-1]


def _entries(history: History) -> list[tuple[int, str]]:
    """(seq, state) of every entry of a state; what only notes something in a state enters none."""
    return [(seq, to) for seq, action, _, before, to, _ in history if before != to or action in COME_AGAIN]


def visited(session: Session, case: LoadedCase) -> tuple[str, ...]:
    """Every state the case has been in, by the names of its present version, in the order it first came there."""
    return tuple(dict.fromkeys(to for *_, to, _ in _history(session, case)))


def attempt_began(session: Session, case: LoadedCase) -> int:
    """The seq of the event with which the present attempt began; 0 where the procedure knows none."""
    first = compiled_version(session, case.version_id).procedure.attempts_from
    return max((seq for seq, to in _entries(_history(session, case)) if to == first), default=0)


@fact_source("attempt.number")
def attempt_number(session: Session, case: LoadedCase, _facts: Gathered) -> Gathered:
    first = compiled_version(session, case.version_id).procedure.attempts_from
    entered = sum(to == first for _, to in _entries(_history(session, case)))
    return {"attempt.number": max(1, entered)}


@fact_source("case.visited", "case.last_done", "case.suspended_in")
def past(session: Session, case: LoadedCase, _facts: Gathered) -> Gathered:
    history = _history(session, case)
    done = [(action, actor, at) for _, action, actor, _, _, at in history if action not in NOT_DOINGS]
    came_from = [before for _, _, _, before, to, _ in history if to == case.state and before != to]
    return {
        "case.visited": list(dict.fromkeys(to for *_, to, _ in history)),
        "case.last_done": dict(
            zip(("action", "account_id", "at"), done[-1] if done else ("", None, None), strict=True)
        ),
        "case.suspended_in": came_from[-1] if came_from else None,
    }


_ANSWERS = Hot(
    select(CaseForm.values)
    .where(CaseForm.case_id == bindparam("case_id"), CaseForm.form == bindparam("form"))
    .order_by(CaseForm.id.desc())
    .limit(1)
)


@fact_family("form")
def answer(session: Session, case: LoadedCase, facts: Gathered, rest: str) -> Any:
    """The newest answer of the case; that of the form being sent where it is the form asked about."""
    form, _, key = rest.partition(".")
    if facts.get("form.key") == form and facts["form.values"] is not None:
        return facts["form.values"].get(key)
    row = _ANSWERS.one(session, {"case_id": case.id, "form": form})
    return json.loads(row[0]).get(key) if row else None


@fact_family("entered")
def times_entered(session: Session, case: LoadedCase, _facts: Gathered, rest: str) -> int:
    since = attempt_began(session, case)
    return sum(to == rest and seq >= since for seq, to in _entries(_history(session, case)))


_LEAVINGS = Hot(
    select(Event.data)
    .where(Event.case_id == bindparam("case_id"), Event.from_state == bindparam("state"))
    .order_by(Event.seq.desc())
)


@fact_family("outcome")
def last_outcome(session: Session, case: LoadedCase, facts: Gathered, rest: str) -> str | None:
    if facts.get("outcome.now", ("", ""))[0] == rest:
        return str(facts["outcome.now"][1])
    for (data,) in _LEAVINGS.all(session, {"case_id": case.id, "state": rest}):
        if "outcome" in (given := json.loads(data)):
            return str(given["outcome"])
    return _outcome_before_moves(session, case, rest)


def _outcome_before_moves(session: Session, case: LoadedCase, state: str) -> str | None:
    """The outcome of a state that had another name in the version the case ran by then."""
    history = _history(session, case)
    if not any(action == MIGRATED for _, action, *_rest in history):
        return None
    left = [seq for seq, _, _, before, *_ in history if before == state]
    lines = select(Event.data).where(Event.case_id == case.id, Event.seq.in_(left)).order_by(Event.seq.desc())
    found = (json.loads(data).get("outcome") for data in session.scalars(lines))
    return next((str(outcome) for outcome in found if outcome is not None), None)


def decided_at(session: Session, case_id: int, state: str) -> datetime | None:
    """When the panel of a state last agreed."""
    lines = session.execute(
        select(Event.at, Event.data)
        .where(Event.case_id == case_id, Event.from_state == state)
        .order_by(Event.seq.desc())
    )
    return next((line.at for line in lines if json.loads(line.data).get("outcome") == "agreed"), None)


_SAME = {
    "person": Case.person_id,
    "round": Case.round_id,
    "body": Case.body_id,
    "category": Case.category,
    "post": Case.title,
    "procedure": ProcedureVersion.key,
}


@fact_family("others")
def others(session: Session, case: LoadedCase, _facts: Gathered, rest: str) -> list[dict[str, str]]:
    """Other open cases that share something with this one; whoever asks the same waits until this is decided."""
    own = select(*_SAME.values()).join(ProcedureVersion, ProcedureVersion.id == Case.procedure_version_id)
    mine = dict(zip(_SAME, session.execute(own.where(Case.id == case.id)).one(), strict=True))
    shared = {name: mine[name] for name in rest.split(".")}
    serialize_on(session, f"others:{sorted(shared.items())}")
    statement = (
        select(Case.reference, Case.state)
        .join(ProcedureVersion, ProcedureVersion.id == Case.procedure_version_id)
        .where(Case.id != case.id, Case.closed_at.is_(None), *(_SAME[name] == value for name, value in shared.items()))
    )
    return [
        {"reference": reference, "state": state} for reference, state in session.execute(statement.order_by(Case.id))
    ]


@fact_family("children")
def children(session: Session, case: LoadedCase, facts: Gathered, rest: str) -> int:
    """How many child cases the present attempt has: open, in all, open about the actor, in a state, or ended with an outcome."""
    counted = select(func.count(Case.id)).where(Case.parent_id == case.id)
    counted = counted.where(Case.parent_seq >= attempt_began(session, case))
    if rest in {"open", "mine"}:
        counted = counted.where(Case.closed_at.is_(None))
        counted = counted.where(Case.person_id == facts["actor.person_id"]) if rest == "mine" else counted
    elif "." in rest:
        counted = counted.where(Case.state == rest)
    elif rest != "total":
        counted = counted.where(Case.outcome == rest)
    return int(session.scalar(counted) or 0)


@fact_family("parent")
def parent(session: Session, case: LoadedCase, _facts: Gathered, rest: str) -> str | None:
    if case.parent_id is None:
        return None
    row = session.execute(select(Case.state, Case.outcome).where(Case.id == case.parent_id)).one()
    return {"state": row.state, "stage": row.state.partition(".")[0], "outcome": row.outcome}.get(rest)
