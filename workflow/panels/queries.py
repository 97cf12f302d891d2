"""What a reader may see of a case's panels: seats, who has spoken, and how the outcome was computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from workflow.bodies.tables import Body, BodyRole
from workflow.cases.loading import LoadedCase
from workflow.cases.roles import roles_of_actor
from workflow.cases.versions import compiled_version, procedure_then
from workflow.context import Context
from workflow.engine.panels import Given, Line, settle
from workflow.panels.operations import must_leave, rubric_of
from workflow.panels.rules import weighted_score
from workflow.panels.tables import Panel, Seat
from workflow.people.tables import Account
from workflow.procedure.model import Procedure
from workflow.procedure.panel import Panel as PanelRules
from workflow.procedure.parts import Words


@dataclass(frozen=True, slots=True)
class SeatView:
    """One seat. What it said is None for readers outside the stage and while the panel is theirs to answer."""

    id: int
    role: Words
    body_zh: str
    body_en: str
    account: str | None
    is_mine: bool
    has_spoken: bool
    must_leave: bool
    attendance: str | None
    opinion: str | None
    reason: str
    scores: dict[str, int] | None
    total: float | None
    given_at: datetime | None


@dataclass(frozen=True, slots=True)
class PanelView:
    """One asking of a panel; `lines` explain the outcome, or how it stands while it is open."""

    id: int
    state: str
    title: Words
    rules: PanelRules
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None
    seats: tuple[SeatView, ...]
    lines: tuple[Line, ...]
    rubric: Sequence[Mapping[str, Any]]
    may_record: bool
    """Whether the reader records this meeting."""

    @property
    def my_open_seat(self) -> SeatView | None:
        """The reader's seat that has not spoken, while the panel is open and each gives their own opinion."""
        if self.closed_at is not None or self.rules.recorded_by:
            return None
        return next((seat for seat in self.seats if seat.is_mine and not seat.has_spoken), None)


_PANELS = select(Panel).where(Panel.case_id == bindparam("case_id")).order_by(Panel.id)
_SEATS = (
    select(Seat, Account.name, Body.title_zh, Body.title_en)
    .outerjoin(Account, Account.id == Seat.account_id)
    .outerjoin(BodyRole, BodyRole.id == Seat.body_role_id)
    .outerjoin(Body, Body.id == BodyRole.body_id)
    .where(Seat.panel_id.in_(bindparam("panel_ids", expanding=True)))
    .order_by(Seat.id)
)


def panels_of_case(context: Context, case: LoadedCase, roles: frozenset[str]) -> tuple[PanelView, ...]:
    """Every panel of a case in stages its reader sees, oldest first."""
    visible = compiled_version(context.session, case.version_id).procedure.visible_stages(roles, case.state)
    rows = [
        row for row in context.session.scalars(_PANELS, {"case_id": case.id}) if row.state.partition(".")[0] in visible
    ]
    seats = _seats(context, [row.id for row in rows])
    held = roles_of_actor(context, compiled_version(context.session, case.version_id), case)
    return tuple(_panel(context, case, row, seats.get(row.id, []), held) for row in rows)


def _seats(context: Context, panel_ids: list[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    rows = context.session.execute(_SEATS, {"panel_ids": panel_ids})
    for row in rows:
        found.setdefault(row.Seat.panel_id, []).append(row)
    return found


def _rules_of(context: Context, case: LoadedCase, row: Panel, roles: list[str]) -> Procedure:
    """The case's rules; those of then, where the case has gone on by a version that does not know this panel."""
    procedure = compiled_version(context.session, case.version_id).procedure
    state = procedure.states.get(row.state)
    if state is not None and state.panel is not None and set(roles) <= set(procedure.roles):
        return procedure
    return procedure_then(context.session, case.id, row.opened_seq)


def _panel(context: Context, case: LoadedCase, row: Panel, seats: list[Any], held: frozenset[str]) -> PanelView:
    procedure = _rules_of(context, case, row, [s.Seat.role for s in seats])
    state = procedure.states[row.state]
    rules = state.panel
    assert rules is not None
    is_open = row.closed_at is None
    leaving = must_leave(context, case, rules, [s.Seat for s in seats]) if is_open else frozenset()
    rubric = rubric_of(context, case) if rules.scores else ()
    may_record = is_open and rules.recorded_by in held
    return PanelView(
        id=row.id,
        state=row.state,
        title=state.title,
        rules=rules,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        outcome=row.outcome,
        seats=tuple(_seat(context, s, procedure.roles[s.Seat.role].title, leaving, rubric, is_open) for s in seats),
        lines=_lines(rules, row, seats),
        rubric=rubric,
        may_record=may_record,
    )


def _lines(rules: PanelRules, row: Panel, seats: list[Any]) -> tuple[Line, ...]:
    if row.explanation is not None:
        return tuple(Line(line["code"], line["params"]) for line in row.explanation)
    if rules.recorded_by:
        return ()
    return settle(rules, [Given(s.Seat.opinion, s.Seat.attendance) for s in seats]).lines


def _seat(
    context: Context,
    row: Any,
    role: Words,
    leaving: frozenset[int],
    rubric: Sequence[Mapping[str, Any]],
    is_open: bool,
) -> SeatView:
    seat: Seat = row.Seat
    is_mine = seat.body_role_id in context.actor.body_role_ids or (
        seat.account_id is not None and seat.account_id == context.actor.account_id
    )
    # Points of colleagues stay covered until all have given theirs, so that nobody scores by somebody else's sheet.
    covered = bool(rubric) and is_open and not is_mine
    return SeatView(
        id=seat.id,
        role=role,
        body_zh=row.title_zh or "",
        body_en=row.title_en or "",
        account=row.name,
        is_mine=is_mine,
        has_spoken=seat.given_at is not None,
        must_leave=seat.id in leaving,
        attendance=seat.attendance,
        opinion=None if covered else seat.opinion,
        reason="" if covered else seat.reason,
        scores=None if covered else seat.scores,
        total=weighted_score(rubric, seat.scores) if seat.scores and not covered else None,
        given_at=seat.given_at,
    )
