"""Reading a round across its cases: candidates by one yardstick, and how far each body's nominations came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from workflow.bodies.tables import Body
from workflow.cases.subjects import SUBJECT, SUBJECT_LATIN
from workflow.cases.tables import Case
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.panels.rules import weighted_score
from workflow.panels.tables import Panel, Seat
from workflow.people.tables import Person
from workflow.problems import Missing
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.record.tables import Event
from workflow.rounds.rules import may_compare, may_survey
from workflow.rounds.tables import Round, RoundCall


@dataclass(frozen=True, slots=True)
class Candidate:
    """One candidate by the round's yardstick: the team's mean for each item, and the weighted total of those."""

    case_id: int
    reference: str
    person: str
    person_latin: str
    birth_date: date | None
    body: Words
    category: str | None
    means: Mapping[str, float]
    total: float
    assessors: int
    is_complete: bool
    """Whether every member of the team has scored."""
    state: Words
    state_ref: str
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """All candidates of a round, by total. It informs; nobody is selected by it, and `source` is the rule that says so."""

    round_id: int
    rubric: Sequence[Mapping[str, Any]]
    candidates: tuple[Candidate, ...]
    source: Words | None


@dataclass(frozen=True, slots=True)
class BodyReturns:
    """How many nominations of one body there are, and how many of them reached each stage."""

    body_id: int
    code: str
    kind: str
    title: Words
    nominated: int
    people: int
    reached: Mapping[str, int]
    outcomes: Mapping[str, int] = field(default_factory=dict)


_SCORED: tuple[Any, ...] = (
    *(Case, SUBJECT.label("name"), SUBJECT_LATIN.label("latin"), Person.birth_date),
    *(Body.title_zh, Body.title_en, Panel.id, Panel.outcome, Seat.scores),
)


def ranking(context: Context, round_id: int) -> Ranking:
    """Everybody in the round with at least one scoring. Raises Missing for whoever may not see all of them.

    Ties keep the order of the references. Of a panel that was asked anew, the newest counts.
    """
    row, procedure = _round(context, round_id, may_compare)
    found = context.session.execute(
        select(*_SCORED)
        .join(Panel, Panel.case_id == Case.id)
        .join(Seat, Seat.panel_id == Panel.id)
        .outerjoin(Person, Person.id == Case.person_id)
        .join(Body, Body.id == Case.body_id)
        .where(Case.round_id == round_id, Panel.state.in_(_scoring_states(procedure)), Seat.given_at.is_not(None))
        .order_by(Case.id, Panel.id, Seat.id)
    ).all()
    newest = {line.Case.id: line.id for line in found}
    scores: dict[int, list[Mapping[str, int]]] = {}
    lines = {}
    for line in found:
        if line.id == newest[line.Case.id] and line.scores:  # who stepped aside gave none
            lines[line.Case.id] = line
            scores.setdefault(line.Case.id, []).append(line.scores)
    candidates = [_candidate(procedure, row.rubric, line, scores[case_id]) for case_id, line in lines.items()]
    rule = procedure.rubric.cites[0] if procedure.rubric and procedure.rubric.cites else ""
    return Ranking(
        round_id,
        row.rubric,
        tuple(sorted(candidates, key=lambda one: (-one.total, one.reference))),
        procedure.sources.get(rule),
    )


def returns_by_body(context: Context, round_id: int) -> tuple[BodyReturns, ...]:
    """What became of each called body's nominations. Raises Missing for whoever does not survey the round."""
    _, procedure = _round(context, round_id, may_survey)
    reached: dict[int | None, dict[str, set[int]]] = {}
    steps = context.session.execute(
        select(Case.body_id, Case.id, Event.to_state)
        .join(Event, Event.case_id == Case.id)
        .where(Case.round_id == round_id)
        .distinct()
    )
    for body_id, case_id, state in steps:
        reached.setdefault(body_id, {}).setdefault(state.partition(".")[0], set()).add(case_id)
    cases: dict[int | None, list[Any]] = {}
    for case in context.session.execute(
        select(Case.body_id, Case.id, Case.person_id, Case.outcome).where(Case.round_id == round_id)
    ):
        cases.setdefault(case.body_id, []).append(case)
    called = select(Body).join(RoundCall, RoundCall.body_id == Body.id).where(RoundCall.round_id == round_id)
    bodies = context.session.scalars(called.order_by(Body.position, Body.id))
    return tuple(_returns(procedure, body, cases.get(body.id, []), reached.get(body.id, {})) for body in bodies)


def _round(context: Context, round_id: int, may_see: Any) -> tuple[Round, Procedure]:
    row = context.session.get(Round, round_id)
    if row is not None:
        procedure = compiled_version(context.session, row.procedure_version_id).procedure
        if may_see(procedure, context.actor):
            return row, procedure
    raise Missing("round_missing")


def _scoring_states(procedure: Procedure) -> list[str]:
    return [ref for ref, state in procedure.states.items() if state.panel and state.panel.scores]


def _candidate(
    procedure: Procedure, rubric: Sequence[Mapping[str, Any]], line: Any, scorings: Sequence[Mapping[str, int]]
) -> Candidate:
    case = line.Case
    means = {item["key"]: sum(one[item["key"]] for one in scorings) / len(scorings) for item in rubric}
    return Candidate(
        case_id=case.id,
        reference=case.reference,
        person=line.name,
        person_latin=line.latin,
        birth_date=line.birth_date,
        body=Words(zh=line.title_zh, en=line.title_en),
        category=case.category,
        means=means,
        # The weighting is linear, so the total of the means is the mean of the totals.
        total=sum(weighted_score(rubric, one) for one in scorings) / len(scorings),
        assessors=len(scorings),
        is_complete=line.outcome == "complete",
        state=procedure.states[case.state].title,
        state_ref=case.state,
        outcome=case.outcome,
    )


def _returns(procedure: Procedure, body: Body, cases: Sequence[Any], reached: Mapping[str, set[int]]) -> BodyReturns:
    outcomes: dict[str, int] = {}
    for case in cases:
        if case.outcome is not None:
            outcomes[case.outcome] = outcomes.get(case.outcome, 0) + 1
    return BodyReturns(
        body_id=body.id,
        code=body.code,
        kind=body.kind,
        title=Words(zh=body.title_zh, en=body.title_en),
        nominated=len(cases),
        people=len({case.person_id for case in cases}),
        reached={key: len(reached.get(key, ())) for key in procedure.stages},
        outcomes=outcomes,
    )
