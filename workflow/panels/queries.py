"""What a reader may see of a case's panels: seats, who has spoken, and how the outcome was computed."""

import json
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import String, Text, bindparam, select, type_coerce
from sqlalchemy.orm import Session

from workflow.bodies.tables import Body, BodyRole
from workflow.cases.loading import LoadedCase
from workflow.cases.reading import may_have_had
from workflow.cases.roles import roles_of_actor
from workflow.cases.versions import compiled_version, procedure_then
from workflow.context import Context
from workflow.engine.panels import Given, Line, settle
from workflow.panels.candidates import CandidateView, candidates_in, standing
from workflow.panels.operations import must_leave, rubric_of
from workflow.panels.rules import weighted_score
from workflow.panels.tables import Panel, Seat
from workflow.panels.ties import tied_among
from workflow.panels.views import PanelView, SeatView
from workflow.people.called import Name
from workflow.people.tables import Account
from workflow.procedure.model import Procedure
from workflow.procedure.panel import Panel as PanelRules
from workflow.procedure.parts import Words
from workflow.store.together import Together, rows_in
from workflow.store.types import canonical_json, instant

KEPT = 4_096
"""Panels kept in memory as one reader sees them, about 2 KB each."""


class _PanelRow(NamedTuple):
    """A panel as it is read; moments and JSON values are stored texts."""

    id: int
    state: str
    opened_seq: int
    opened_at: str
    closed_at: str | None
    outcome: str | None
    explanation: str | None


class _SeatRow(NamedTuple):
    """A seat as it is read, with the names of who holds it; moments and JSON values are stored texts."""

    panel_id: int
    id: int
    role: str
    body_role_id: int | None
    account_id: int | None
    attendance: str | None
    opinion: str | None
    reason: str
    scores: str | None
    given_at: str | None
    name: str | None
    name_latin: str | None
    title_zh: str | None
    title_en: str | None


_OF_CASE = Together(
    panels=select(
        Panel.id,
        Panel.state,
        Panel.opened_seq,
        type_coerce(Panel.opened_at, String),
        type_coerce(Panel.closed_at, String),
        Panel.outcome,
        type_coerce(Panel.explanation, Text),
    )
    .where(Panel.case_id == bindparam("case_id"))
    .order_by(Panel.id),
    seats=select(
        Seat.panel_id,
        Seat.id,
        Seat.role,
        Seat.body_role_id,
        Seat.account_id,
        Seat.attendance,
        Seat.opinion,
        Seat.reason,
        type_coerce(Seat.scores, Text),
        type_coerce(Seat.given_at, String),
        Account.name,
        Account.name_latin,
        Body.title_zh,
        Body.title_en,
    )
    .join(Panel, Panel.id == Seat.panel_id)
    .outerjoin(Account, Account.id == Seat.account_id)
    .outerjoin(BodyRole, BodyRole.id == Seat.body_role_id)
    .outerjoin(Body, Body.id == BodyRole.body_id)
    .where(Panel.case_id == bindparam("case_id"))
    .order_by(Seat.id),
)


def panels_of_case(
    context: Context, case: LoadedCase, *, roles: frozenset[str], visited: Collection[str]
) -> tuple[PanelView, ...]:
    """Every panel of a case in stages its reader sees, oldest first; `visited` is every state the case came to."""
    compiled = compiled_version(context.session, case.version_id)
    procedure = compiled.procedure
    visible = procedure.visible_stages(roles, case.state)
    if not may_have_had("panel", procedure, visited, visible):
        return ()
    texts = _OF_CASE.texts(context.session, {"case_id": case.id})
    rows = [_PanelRow(*row) for row in rows_in(texts["panels"]) if row[1].partition(".")[0] in visible]
    seats = [_SeatRow(*row) for row in rows_in(texts["seats"])]
    held = roles_of_actor(context, compiled, case)
    candidates = candidates_in(context.session, case) if _has_candidates(procedure) and rows else ()
    return tuple(
        _panel(context, case, row, [seat for seat in seats if seat.panel_id == row.id], held, candidates)
        for row in rows
    )


def _has_candidates(procedure: Procedure) -> bool:
    return any(state.panel is not None and state.panel.candidates is not None for state in procedure.states.values())


def open_seats(session: Session, case_id: int) -> list[Seat]:
    """The seats of the case's open panel, in order; none where no panel is open."""
    rows = select(Seat).join(Panel, Panel.id == Seat.panel_id).where(Panel.case_id == case_id)
    return list(session.scalars(rows.where(Panel.closed_at.is_(None)).order_by(Seat.id)))


def _rules_of(context: Context, case: LoadedCase, row: _PanelRow, roles: set[str]) -> Procedure:
    """The case's rules; those of then, where the case has gone on by a version that does not know this panel."""
    procedure = compiled_version(context.session, case.version_id).procedure
    state = procedure.states.get(row.state)
    if state is not None and state.panel is not None and roles <= procedure.roles.keys():
        return procedure
    return procedure_then(context.session, case.id, row.opened_seq)


def _panel(
    context: Context,
    case: LoadedCase,
    row: _PanelRow,
    seats: list[_SeatRow],
    held: frozenset[str],
    candidates: tuple[CandidateView, ...],
) -> PanelView:
    procedure = _rules_of(context, case, row, {seat.role for seat in seats})
    rules = procedure.states[row.state].panel
    assert rules is not None
    is_open = row.closed_at is None
    leaving = must_leave(context, case, rules, seats) if is_open else frozenset()
    rubric = canonical_json(rubric_of(context, case)) if rules.scores else "[]"
    mine = frozenset(seat.id for seat in seats if _is_mine(context, seat))
    known = standing(candidates, rules)
    still = (*rules.opinions, *(one.opinion for one in known if one.is_open))
    tied = tied_among(context.session, case, row, still) if is_open else ()
    may_record = is_open and rules.recorded_by in held
    return _view(procedure, row, tuple(seats), leaving, rubric, mine, may_record, known, tied)


@lru_cache(maxsize=KEPT)
def _view(
    procedure: Procedure,
    row: _PanelRow,
    seats: tuple[_SeatRow, ...],
    leaving: frozenset[int],
    rubric_text: str,
    mine: frozenset[int],
    may_record: bool,
    candidates: tuple[CandidateView, ...],
    tied: tuple[str, ...],
) -> PanelView:
    """A panel as one reader sees it, made of nothing but what stands here."""
    state, rubric, is_open = procedure.states[row.state], json.loads(rubric_text), row.closed_at is None
    assert state.panel is not None
    return PanelView(
        id=row.id,
        state=row.state,
        title=state.title,
        rules=state.panel,
        of_state=state,
        opened_at=instant(row.opened_at),
        closed_at=instant(row.closed_at) if row.closed_at else None,
        outcome=row.outcome,
        seats=tuple(
            _seat(
                seat,
                procedure.roles[seat.role].title,
                rubric,
                is_open,
                is_mine=seat.id in mine,
                leaves=seat.id in leaving,
                is_ballot=state.panel.instead_of is not None,
            )
            for seat in seats
        ),
        lines=_lines(state.panel, row, seats),
        rubric=rubric,
        may_record=may_record,
        candidates=candidates,
        tied=tied,
    )


def _is_mine(context: Context, seat: _SeatRow) -> bool:
    return seat.body_role_id in context.actor.body_role_ids or (
        seat.account_id is not None and seat.account_id == context.actor.account_id
    )


def _lines(rules: PanelRules, row: _PanelRow, seats: Sequence[_SeatRow]) -> tuple[Line, ...]:
    explanation = json.loads(row.explanation) if row.explanation else None
    if explanation is not None:
        return tuple(Line(line["code"], line["params"]) for line in explanation)
    if rules.recorded_by or (rules.instead_of and row.closed_at is None):
        return ()  # no tally of a ballot while it runs
    return settle(rules, [Given(s.opinion, s.attendance) for s in seats]).lines


def _seat(
    seat: _SeatRow,
    role: Words,
    rubric: Sequence[Mapping[str, Any]],
    is_open: bool,
    *,
    is_mine: bool,
    leaves: bool,
    is_ballot: bool,
) -> SeatView:
    # Points and votes of colleagues stay covered until all have given theirs, so that nobody goes by somebody else's.
    covered = (bool(rubric) or is_ballot) and is_open and not is_mine
    scores = None if covered or not seat.scores else json.loads(seat.scores)
    return SeatView(
        id=seat.id,
        role=role,
        body_zh=seat.title_zh or "",
        body_en=seat.title_en or "",
        account=Name(seat.name, seat.name_latin or "") if seat.name else None,
        is_mine=is_mine,
        has_spoken=seat.given_at is not None,
        must_leave=leaves,
        attendance=seat.attendance,
        opinion=None if covered else seat.opinion,
        reason="" if covered else seat.reason,
        scores=scores,
        total=weighted_score(rubric, scores) if scores else None,
        given_at=instant(seat.given_at) if seat.given_at else None,
    )
