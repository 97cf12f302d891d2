"""Seats of a panel: set up when a case comes to it, asked again when it goes on, given up when it is left."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update

from workflow.bodies.tables import RoleHolding
from workflow.cases.entering import addressed, reader_row, wait_for
from workflow.cases.follow_ups import Moved, follow_up
from workflow.cases.gathering import kin_of
from workflow.cases.migrating import Carried
from workflow.cases.roles import Address, addresses_of, body_role_of
from workflow.cases.tables import CaseReader, WorkItem
from workflow.context import Context
from workflow.panels.settling import address_of, end_unheld, seats_of, settle_if_enough
from workflow.panels.tables import Panel, Seat
from workflow.people.tables import Account
from workflow.problems import Invalid
from workflow.procedure.panel import Members
from workflow.procedure.panel import Panel as PanelRules
from workflow.record.tables import Event


@follow_up("enter:panel")
def open_panel(context: Context, moved: Moved, panel: PanelRules) -> None:
    """Sets up the seats of a panel state and asks whoever sits on them, or the role that records the meeting."""
    case, step, session = moved.case, moved.step, context.session
    if _goes_on(context, moved):
        return
    row = Panel(case_id=case.id, state=step.to_state, opened_seq=case.last_seq + 1, opened_at=context.now)
    session.add(row)
    session.flush()
    seats = [
        Seat(panel_id=row.id, role=seat.role, body_role_id=seat.body_role_id, account_id=seat.account_id)
        for seat in _members(context, moved, panel)
    ]
    session.add_all(seats)
    session.flush()
    if panel.fewest is not None and len(seats) < panel.fewest:
        step.afterwards.append(lambda later: end_unheld(later, case.id, panel, len(seats)))
        return
    _keep_opinions(context, moved, panel, seats)
    # People named have read since they were named.
    step.readers += [reader_row(case.id, address_of(seat)) for seat in seats if seat.role == panel.of.everyone]
    if panel.recorded_by:
        for address in addresses_of(session, moved.compiled, case, panel.recorded_by):
            wait_for(moved, address)
        return
    for seat in seats:
        if seat.opinion is None:
            wait_for(moved, address_of(seat), seat_id=seat.id)


def _goes_on(context: Context, moved: Moved) -> bool:
    """Whether the panel rested and goes on now: whoever has not spoken is asked again."""
    resting = select(Panel).where(Panel.case_id == moved.case.id, Panel.state == moved.step.to_state)
    row = context.session.scalar(resting.where(Panel.closed_at.is_(None)))
    if row is None:
        return False
    rules = moved.compiled.procedure.states[row.state].panel
    if rules and rules.recorded_by:
        for address in addresses_of(context.session, moved.compiled, moved.case, rules.recorded_by):
            wait_for(moved, address)
        return True
    for seat in seats_of(context.session, row.id):
        if seat.opinion is None:
            wait_for(moved, address_of(seat), seat_id=seat.id)
    return True


def _keep_opinions(context: Context, moved: Moved, panel: PanelRules, seats: Sequence[Seat]) -> None:
    """Opinions of the panel before that still stand; where all would, everybody is asked anew."""
    before = context.session.scalars(
        select(Seat)
        .join(Panel, Panel.id == Seat.panel_id)
        .where(Panel.case_id == moved.case.id, Panel.state == moved.step.to_state, Panel.closed_at.is_not(None))
        .order_by(Panel.id, Seat.id)
    )
    newest = {address_of(seat): seat for seat in before if panel.keeps}
    kept = {seat.id: newest[address_of(seat)] for seat in seats if address_of(seat) in newest}
    kept = {seat_id: old for seat_id, old in kept.items() if old.opinion in panel.keeps}
    if len(kept) == len(seats):
        return
    for seat in seats:
        if seat.id in kept:
            old = kept[seat.id]
            seat.opinion, seat.reason, seat.given_at, seat.given_by = (
                old.opinion,
                old.reason,
                old.given_at,
                old.given_by,
            )
    context.session.flush()
    if kept:
        moved.step.data["kept"] = sorted(kept)


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


@follow_up("leave:rest")
def end_resting(context: Context, moved: Moved, _state: Any) -> None:
    """A panel that rested and is not gone on with is closed without an outcome."""
    context.session.execute(
        update(Panel)
        .where(Panel.case_id == moved.case.id, Panel.state != moved.step.to_state, Panel.closed_at.is_(None))
        .values(closed_at=context.now)
    )


@follow_up("move:panel")
def move_panel(context: Context, moved: Moved, carried: Carried) -> None:
    """A panel goes on under the new version, or is closed without an outcome and asked anew; one at rest is renamed."""
    case, step = moved.case, moved.step
    still = select(Panel).where(Panel.case_id == case.id, Panel.closed_at.is_(None))
    for row in context.session.scalars(still).all():
        if row.state == case.state and not carried.keeps_work:
            row.closed_at = context.now
        else:
            row.state = carried.states.get(row.state, row.state)
    context.session.flush()
    if carried.after.panel is None:
        return
    if not carried.keeps_work:
        open_panel(context, moved, carried.after.panel)
        return
    if step.closes_items:
        _goes_on(context, moved)
    else:
        seats = update(WorkItem).where(WorkItem.case_id == case.id, WorkItem.is_open, WorkItem.seat_id.is_not(None))
        context.session.execute(seats.values(state=step.to_state))
    step.afterwards.append(lambda later: settle_if_enough(later, case.id))


def _members(context: Context, moved: Moved, panel: PanelRules) -> list[Address]:
    """One address per seat."""
    members = [address for role in panel.of.roles for address in addressed(context, moved, role)]
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
    if panel.of.chosen:
        named = addresses_of(context.session, moved.compiled, moved.case, panel.of.chosen)
        there = {member.account_id for member in members}
        members += [address for address in named if address.account_id not in there]
    kept = _without_excluded(context, moved, panel.of, members)
    if not kept and panel.fewest is None:
        raise Invalid("panel_without_members", state=moved.step.to_state)
    return kept


def _without_excluded(context: Context, moved: Moved, of: Members, members: list[Address]) -> list[Address]:
    """Those who may take part: without who acted, spoke elsewhere, or is kin, as the panel says."""
    session, case = context.session, moved.case
    excluded: set[int] = set()
    if of.without_who_did:
        did = select(Event.actor_id).where(
            Event.case_id.in_((case.id, case.parent_id)), Event.action.in_(of.without_who_did)
        )
        excluded |= {account for account in session.scalars(did) if account is not None}
        if moved.step.action in of.without_who_did and moved.step.actor_id is not None:
            excluded.add(moved.step.actor_id)  # this step's own event is not written yet
    if of.without_who_spoke_in:
        spoke = select(Seat.given_by).join(Panel, Panel.id == Seat.panel_id).where(Panel.case_id == case.id)
        spoke = spoke.where(Panel.state.in_(of.without_who_spoke_in), Seat.opinion.is_not(None))
        excluded |= {account for account in session.scalars(spoke) if account is not None}
    if of.without_kin and case.person_id is not None:
        kin = [*kin_of(session, case.person_id), case.person_id]
        excluded |= set(session.scalars(select(Account.id).where(Account.person_id.in_(kin))))
    return [address for address in members if address.account_id not in excluded]
