"""Gathers facts for one decision: only those its guards name, each source asked at most once."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from workflow.cases.loading import LoadedCase
from workflow.cases.tables import Case, Waiver
from workflow.context import Context
from workflow.engine.guards.base import day, full_years
from workflow.people.tables import Account, Kinship, Post, Sanction, Training, YearlyGrade
from workflow.record.tables import Event
from workflow.store.hot import Hot
from workflow.store.serializing import serialize_on

Gathered = dict[str, Any]
FactSource = Callable[[Session, LoadedCase, Gathered], Gathered]
"""Reads some facts of a case; the third value holds those gathered before."""
FamilySource = Callable[[Session, LoadedCase, Gathered, str], Any]
"""Reads one fact of a family; the last value is its name without the family's."""


def gather_facts(
    context: Context,
    case: LoadedCase,
    *,
    needs: Iterable[str],
    form: Gathered | None,
    known: Mapping[str, Any] | None = None,
) -> Gathered:
    """The named facts as JSON values. `form` is what has been filled in, None while only looking.

    `known` is what a step knows and the database does not yet: `form.key`, the form being sent, and `outcome.now`, the
    state left and its outcome.
    """
    facts: Gathered = {"today": context.today.isoformat(), "form.values": form, **(known or {})}
    facts["case.category"], facts["case.state"] = case.category, case.state
    facts["actor.account_id"] = context.actor.account_id
    facts["actor.person_id"] = context.actor.person_id
    for need in sorted(needs):
        if need not in facts:
            facts.update(_source(need)(context.session, case, facts))
    return facts


def _source(need: str) -> FactSource:
    """Where a fact comes from: its own source, or that of its family."""
    known = _SOURCES.get(need)
    if known is not None:
        return known
    family = _FAMILIES[need.partition(".")[0]]
    return lambda session, case, facts: {need: family(session, case, facts, need.partition(".")[2])}


def one_fact(session: Session, case: LoadedCase, facts: Gathered, name: str) -> Any:
    """A fact that another is made of."""
    return _source(name)(session, case, facts)[name]


def iso_text(value: Any) -> str | None:
    """ISO text of a date, which SQLite's driver gives as text already."""
    return value if value is None or isinstance(value, str) else value.isoformat()


_POST_SINCE = Hot(
    select(func.max(Post.from_date)).where(Post.person_id == bindparam("person_id"), Post.to_date.is_(None))
)


def _person(_session: Session, case: LoadedCase, facts: Gathered) -> Gathered:
    birth = iso_text(case.birth_date)
    return {
        "person.age": full_years(day(birth), day(facts["today"])) if birth else None,
        "person.sex": case.sex,
        "person.birth_date": birth,
        "person.political_status": case.political_status,
        "person.education": case.education,
        "person.work_start_date": iso_text(case.work_start_date),
    }


def _post_since(session: Session, case: LoadedCase, _facts: Gathered) -> Gathered:
    return {"person.post_since": iso_text(_POST_SINCE.one(session, {"person_id": case.person_id})[0])}


_SANCTIONS = Hot(
    select(Sanction.kind, Sanction.until_date).where(Sanction.person_id == bindparam("person_id")).order_by(Sanction.id)
)
_GRADES = Hot(select(YearlyGrade.year, YearlyGrade.grade).where(YearlyGrade.person_id == bindparam("person_id")))
_TRAININGS = Hot(
    select(Training.to_date, Training.hours, Training.is_off_job, Training.is_completed)
    .where(Training.person_id == bindparam("person_id"))
    .order_by(Training.id)
)


def _sanctions(session: Session, case: LoadedCase, _facts: Gathered) -> Gathered:
    rows = _SANCTIONS.all(session, {"person_id": case.person_id})
    return {"person.sanctions": [{"kind": kind, "until": iso_text(until)} for kind, until in rows]}


def _grades(session: Session, case: LoadedCase, _facts: Gathered) -> Gathered:
    rows = _GRADES.all(session, {"person_id": case.person_id})
    return {"person.grades": {str(year): grade for year, grade in rows}}


def _trainings(session: Session, case: LoadedCase, _facts: Gathered) -> Gathered:
    rows = _TRAININGS.all(session, {"person_id": case.person_id})
    return {
        "person.trainings": [
            {
                "to_date": iso_text(until),
                "hours": hours,
                "is_off_job": bool(is_off_job),
                "is_completed": bool(is_completed),
            }
            for until, hours, is_off_job, is_completed in rows
        ]
    }


def _other_active(session: Session, case: LoadedCase, _facts: Gathered) -> Gathered:
    serialize_on(session, f"active:{case.round_id}:{case.person_id}")
    if case.person_id is None or case.round_id is None:
        return {"case.other_active": []}
    rows = _OTHERS.all(session, {"person_id": case.person_id, "round_id": case.round_id, "case_id": case.id})
    return {"case.other_active": [{"reference": reference, "state": state} for reference, state in rows]}


_OTHERS = Hot(
    select(Case.reference, Case.state)
    .where(Case.person_id == bindparam("person_id"), Case.round_id == bindparam("round_id"))
    .where(Case.id != bindparam("case_id"), Case.closed_at.is_(None))
    .order_by(Case.reference)
)
_DOERS = Hot(
    select(Event.action, Event.actor_id)
    .where(
        or_(Event.case_id == bindparam("case_id"), Event.case_id == bindparam("parent_id")), Event.actor_id.is_not(None)
    )
    .group_by(Event.action, Event.actor_id)
    .order_by(Event.action, Event.actor_id)
)
_WAIVED = Hot(select(Waiver.guard).where(Waiver.case_id == bindparam("case_id")))


def _doers(session: Session, case: LoadedCase, _facts: Gathered) -> Gathered:
    doers: dict[str, list[int]] = {}
    for action, actor_id in _DOERS.all(session, {"case_id": case.id, "parent_id": case.parent_id}):
        doers.setdefault(action, []).append(actor_id)
    return {"case.doers": doers}


def _waived(session: Session, case: LoadedCase, _facts: Gathered) -> Gathered:
    return {"case.waived": sorted({guard for (guard,) in _WAIVED.all(session, {"case_id": case.id})})}


def _team(session: Session, case: LoadedCase, facts: Gathered) -> Gathered:
    named = {item for value in (facts["form.values"] or {}).values() if isinstance(value, list) for item in value}
    rows = session.execute(
        select(Account.id, Account.person_id).where(Account.id.in_([n for n in named if isinstance(n, int)]))
    )
    return {
        "team.persons": {str(row.id): row.person_id for row in rows},
        "team.kin": kin_of(session, case.person_id),
    }


def kin_of(session: Session, person_id: int | None) -> list[int]:
    """Ids of everybody recorded as kin of a person, whichever way the relation was written down."""
    rows = _KIN.all(session, {"person_id": person_id})
    return sorted({one for row in rows for one in row} - {person_id})


_KIN = Hot(
    select(Kinship.person_id, Kinship.relative_id).where(
        or_(Kinship.person_id == bindparam("person_id"), Kinship.relative_id == bindparam("person_id"))
    )
)


_SOURCES: dict[str, FactSource] = {
    **dict.fromkeys(
        (
            *("person.birth_date", "person.political_status", "person.education", "person.work_start_date"),
            *("person.age", "person.sex"),
        ),
        _person,
    ),
    "person.post_since": _post_since,
    "person.sanctions": _sanctions,
    "person.grades": _grades,
    "person.trainings": _trainings,
    "case.other_active": _other_active,
    "case.doers": _doers,
    "case.waived": _waived,
    **dict.fromkeys(("team.persons", "team.kin"), _team),
}


def fact_source(*names: str) -> Callable[[FactSource], FactSource]:
    """Registers where facts of another subject come from."""

    def register(source: FactSource) -> FactSource:
        _SOURCES.update(dict.fromkeys(names, source))
        return source

    return register


_FAMILIES: dict[str, FamilySource] = {}


def fact_family(name: str) -> Callable[[FamilySource], FamilySource]:
    """Registers where the facts of a family come from."""

    def register(source: FamilySource) -> FamilySource:
        _FAMILIES[name] = source
        return source

    return register
