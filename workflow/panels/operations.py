"""Opens panels, takes opinions and meeting records, and moves the case once a rule has settled the outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from workflow.bodies.tables import RoleHolding
from workflow.cases.entering import reader_row, wait_for
from workflow.cases.follow_ups import Moved, follow_up
from workflow.cases.gathering import gather_facts, kin_of
from workflow.cases.loading import LoadedCase, load_case
from workflow.cases.operations import Acted, move_by_outcome, note_in_state
from workflow.cases.roles import Address, addresses_of, body_role_of, roles_of_actor
from workflow.cases.tables import CaseReader
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.engine.panels import Given, Settlement, settle
from workflow.panels.rules import check_meeting, check_opinion, check_scores
from workflow.panels.tables import Panel, Seat
from workflow.people.tables import Account
from workflow.problems import Conflict, Forbidden, Invalid
from workflow.procedure.panel import Panel as PanelRules


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an opinion or a meeting record: the step, and the outcome where it settled the panel."""

    acted: Acted
    settlement: Settlement


@follow_up("enter:panel")
def open_panel(context: Context, moved: Moved, panel: PanelRules) -> None:
    """Sets up the seats of a panel state and asks whoever sits on them, or the role that records the meeting."""
    case, step, session = moved.case, moved.step, context.session
    row = Panel(case_id=case.id, state=step.to_state, opened_seq=case.last_seq + 1, opened_at=context.now)
    session.add(row)
    session.flush()
    seats = [
        Seat(panel_id=row.id, role=seat.role, body_role_id=seat.body_role_id, account_id=seat.account_id)
        for seat in _members(context, moved, panel)
    ]
    session.add_all(seats)
    session.flush()
    if panel.of.everyone:
        step.readers += [reader_row(case.id, _address(seat)) for seat in seats]
    if panel.recorded_by:
        for address in addresses_of(session, moved.compiled, case, panel.recorded_by):
            wait_for(moved, address)
        return
    for seat in seats:
        wait_for(moved, _address(seat), seat_id=seat.id)


@follow_up("leave:panel")
def close_panel(context: Context, moved: Moved, panel: PanelRules) -> None:
    """Ends the members' access where they sat for this meeting only, and closes a panel left without an outcome."""
    if panel.of.everyone and moved.step.to_state != moved.case.state:
        context.session.execute(
            delete(CaseReader).where(CaseReader.case_id == moved.case.id, CaseReader.role == panel.of.everyone)
        )
    context.session.execute(
        update(Panel)
        .where(Panel.case_id == moved.case.id, Panel.state == moved.case.state, Panel.closed_at.is_(None))
        .values(closed_at=context.now)
    )


def give_opinion(
    context: Context,
    *,
    case_id: int,
    seat_id: int,
    opinion: str,
    reason: str = "",
    scores: Mapping[str, Any] | None = None,
    command_key: str | None = None,
) -> Settled:
    """Gives the opinion of one seat, once.

    Others may give theirs at the same moment: what counts is that the panel is still open and the seat empty.
    Raises Forbidden where the seat is not the actor's, Conflict where it has spoken or the panel has ended,
    Invalid for an opinion the panel does not know, a missing reason, or scores off the rubric.
    """
    case = load_case(context.session, case_id, is_locked=True)
    panel, rules = _open_panel(context, case)
    if rules.recorded_by:
        raise Conflict("panel_ended", reference=case.reference)
    seat = _own_empty_seat(context, case, panel, seat_id)
    check_opinion(rules, opinion, reason)
    seat.opinion, seat.reason = opinion, reason.strip()
    seat.scores = check_scores(rubric_of(context, case), scores or {}) if rules.scores else None
    seat.given_at, seat.given_by = context.now, context.actor.account_id
    context.session.flush()
    settlement = settle(rules, _given(_seats(context.session, panel.id)))
    data: dict[str, Any] = {"seat": seat.id, "opinion": opinion, "reason": seat.reason}
    if seat.scores is not None:
        data["scores"] = seat.scores
    if settlement.outcome is None:
        acted = note_in_state(
            context,
            case=case,
            action="opinion",
            role=seat.role,
            data=data,
            closes_seat=seat.id,
            command_key=command_key,
        )
    else:
        acted = _settle(context, case, panel, settlement, action="opinion", role=seat.role, data=data)
    return Settled(acted, settlement)


def _own_empty_seat(context: Context, case: LoadedCase, panel: Panel, seat_id: int) -> Seat:
    """The actor's seat of the panel that has not spoken."""
    seat = context.session.get(Seat, seat_id)
    if seat is None or seat.panel_id != panel.id:
        raise Conflict("panel_ended", reference=case.reference)
    is_named = seat.account_id is not None and seat.account_id == context.actor.account_id
    if not is_named and seat.body_role_id not in context.actor.body_role_ids:
        raise Forbidden("seat_not_yours")
    if seat.opinion is not None:
        raise Conflict("seat_has_spoken", reference=case.reference)
    return seat


def preview_meeting(context: Context, *, case_id: int, entries: Mapping[int, Mapping[str, str]]) -> Settlement:
    """What a meeting record would come to, without writing it."""
    case = load_case(context.session, case_id)
    panel, rules = _open_panel(context, case)
    seats = _seats(context.session, panel.id)
    checked = check_meeting(
        rules, [seat.id for seat in seats], entries, must_leave=must_leave(context, case, rules, seats)
    )
    return settle(rules, [checked[seat.id] for seat in seats])


def record_meeting(
    context: Context, *, case_id: int, entries: Mapping[int, Mapping[str, str]], seen_version: int, remark: str = ""
) -> Settled:
    """Records who attended and each member's stance (seat → {attendance, opinion}) and moves the case by the result.

    A record that settles nothing (a vote still missing) is refused; a meeting short of its quorum is kept as void
    and the panel opens anew.
    """
    case = load_case(context.session, case_id, is_locked=True)
    if case.version != seen_version:
        raise Conflict("case_changed", reference=case.reference, seen=seen_version)
    panel, rules = _open_panel(context, case)
    compiled = compiled_version(context.session, case.version_id)
    if rules.recorded_by is None or rules.recorded_by not in roles_of_actor(context, compiled, case):
        raise Forbidden("role_needed", roles=[f"role:{rules.recorded_by}"])
    seats = _seats(context.session, panel.id)
    checked = check_meeting(
        rules, [seat.id for seat in seats], entries, must_leave=must_leave(context, case, rules, seats)
    )
    settlement = settle(rules, [checked[seat.id] for seat in seats])
    if settlement.outcome is None:
        raise Invalid("meeting_unsettled")
    for seat in seats:
        seat.attendance, seat.opinion = checked[seat.id].attendance, checked[seat.id].opinion
        seat.given_at, seat.given_by = context.now, context.actor.account_id
    data = {
        "seats": [
            {"seat": s.id, "account": s.account_id, "attendance": s.attendance, "opinion": s.opinion} for s in seats
        ],
        "reason": remark.strip(),
    }
    acted = _settle(context, case, panel, settlement, action="record_meeting", role=rules.recorded_by, data=data)
    return Settled(acted, settlement)


def rubric_of(context: Context, case: LoadedCase) -> Sequence[Mapping[str, Any]]:
    """The yardstick of the case's round."""
    rubric: Sequence[Mapping[str, Any]] = gather_facts(context, case, needs=("round.rubric",), form=None)[
        "round.rubric"
    ]
    return rubric


class Seated(Protocol):
    """A seat as far as kinship goes."""

    @property
    def id(self) -> int: ...
    @property
    def account_id(self) -> int | None: ...


def must_leave(context: Context, case: LoadedCase, rules: PanelRules, seats: Sequence[Seated]) -> frozenset[int]:
    """Seats whose member is the person of the case or their kin, where the panel says that relatives leave."""
    if not rules.relatives_leave:
        return frozenset()
    kin = {*kin_of(context.session, case.person_id), case.person_id}
    accounts = [seat.account_id for seat in seats if seat.account_id]
    rows = context.session.execute(select(Account.id, Account.person_id).where(Account.id.in_(accounts)))
    related = {row.id for row in rows if row.person_id is not None and row.person_id in kin}
    return frozenset(seat.id for seat in seats if seat.account_id in related)


def _settle(
    context: Context,
    case: LoadedCase,
    panel: Panel,
    settlement: Settlement,
    *,
    action: str,
    role: str,
    data: dict[str, Any],
) -> Acted:
    panel.closed_at, panel.outcome = context.now, settlement.outcome
    panel.explanation = [{"code": line.code, "params": line.params} for line in settlement.lines]
    context.session.flush()
    data["explanation"] = panel.explanation
    return move_by_outcome(context, case=case, outcome=settlement.outcome or "", action=action, role=role, data=data)


def _members(context: Context, moved: Moved, panel: PanelRules) -> list[Address]:
    """One address per seat."""
    if panel.of.everyone:
        role = moved.compiled.procedure.roles[panel.of.everyone]
        body_role = body_role_of(context.session, role, moved.case.body_id)
        today = context.today
        holders = context.session.scalars(
            select(RoleHolding.account_id)
            .where(RoleHolding.body_role_id == body_role, RoleHolding.from_date <= today)
            .where((RoleHolding.to_date.is_(None)) | (RoleHolding.to_date >= today))
            .order_by(RoleHolding.id)
        )
        members = [Address(panel.of.everyone, account_id=account) for account in dict.fromkeys(holders)]
    elif panel.of.chosen:
        members = list(addresses_of(context.session, moved.compiled, moved.case, panel.of.chosen))
    else:
        members = [
            a for role in panel.of.roles for a in addresses_of(context.session, moved.compiled, moved.case, role)
        ]
    if not members:
        raise Invalid("panel_without_members", state=moved.step.to_state)
    return members


def _open_panel(context: Context, case: LoadedCase) -> tuple[Panel, PanelRules]:
    rules = compiled_version(context.session, case.version_id).procedure.states[case.state].panel
    panel = context.session.scalar(
        select(Panel).where(Panel.case_id == case.id, Panel.state == case.state, Panel.closed_at.is_(None))
    )
    if rules is None or panel is None:
        raise Conflict("panel_ended", reference=case.reference)
    return panel, rules


def _seats(session: Session, panel_id: int) -> list[Seat]:
    return list(session.scalars(select(Seat).where(Seat.panel_id == panel_id).order_by(Seat.id)))


def _given(seats: Sequence[Seat]) -> list[Given]:
    return [Given(seat.opinion, seat.attendance) for seat in seats]


def _address(seat: Seat) -> Address:
    return Address(seat.role, body_role_id=seat.body_role_id, account_id=seat.account_id)
