"""The running panel of a case: its seats, what they say, and the step that follows once its outcome is settled."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.cases.loading import LoadedCase, load_case
from workflow.cases.operations import Acted, move_by_outcome
from workflow.cases.roles import Address
from workflow.cases.tables import Case
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.engine.panels import Given, Line, Settlement, settle, with_silence
from workflow.engine.tally import tallied
from workflow.messages.queries import proof_of_sending
from workflow.panels.candidates import open_candidates
from workflow.panels.tables import Panel, Seat
from workflow.problems import Conflict
from workflow.procedure.panel import Panel as PanelRules


def running_panel(context: Context, case: LoadedCase) -> tuple[Panel, PanelRules]:
    rules = compiled_version(context.session, case.version_id).procedure.states[case.state].panel
    panel = context.session.scalar(
        select(Panel).where(Panel.case_id == case.id, Panel.state == case.state, Panel.closed_at.is_(None))
    )
    if rules is None or panel is None:
        raise Conflict("panel_ended", reference=case.reference)
    return panel, rules


def seats_of(session: Session, panel_id: int) -> list[Seat]:
    return list(session.scalars(select(Seat).where(Seat.panel_id == panel_id).order_by(Seat.id)))


def given_by(seats: Sequence[Seat]) -> list[Given]:
    return [Given(seat.opinion, seat.attendance) for seat in seats]


def address_of(seat: Seat) -> Address:
    return Address(seat.role, body_role_id=seat.body_role_id, account_id=seat.account_id)


def settle_panel(
    context: Context,
    case: LoadedCase,
    panel: Panel,
    settlement: Settlement,
    *,
    action: str,
    role: str | None,
    data: dict[str, Any],
) -> Acted:
    tally = _tally(context, case, panel)
    panel.closed_at, panel.outcome = context.now, settlement.outcome
    lines = (*settlement.lines, *([tally_line(context, tally)] if tally else ()))
    panel.explanation = [{"code": line.code, "params": line.params} for line in lines]
    context.session.flush()
    data["explanation"] = panel.explanation
    if settlement.winner is not None:
        data["winner"] = settlement.winner
    if tally:
        data["tally"] = tally
    return move_by_outcome(context, case=case, outcome=settlement.outcome or "", action=action, role=role, data=data)


def _tally(context: Context, case: LoadedCase, panel: Panel) -> dict[str, int]:
    """Votes by candidate, where members chose among candidates."""
    rules = compiled_version(context.session, case.version_id).procedure.states[case.state].panel
    if rules is None or rules.candidates is None:
        return {}
    return tallied(
        rules, given_by(seats_of(context.session, panel.id)), open_candidates(context.session, case.id, rules)
    )


def tally_line(context: Context, tally: Mapping[str, int]) -> Line:
    """How many votes each candidate has, the most first."""
    rows = context.session.execute(select(Case.id, Case.reference).where(Case.id.in_([int(one) for one in tally])))
    called = {str(row.id): row.reference for row in rows}
    order = sorted(tally, key=lambda one: (-tally[one], int(one)))
    return Line("panel.tally", {"votes": [f"{called[one]}: {tally[one]}" for one in order]})


def expire_panel(context: Context, *, case: LoadedCase, outcome: str) -> Acted:
    """Ends a panel whose deadline is over: silence counts as its rules say, and what that leaves open is `outcome`.

    What the silent were sent, and when, is kept with the event as proof.
    """
    panel, rules = running_panel(context, case)
    seats = seats_of(context.session, panel.id)
    silent = [seat for seat in seats if seat.opinion is None]
    settlement = settle(rules, with_silence(rules, given_by(seats)))
    lines = settlement.lines
    if rules.silence and silent:
        lines = (*lines, Line("panel.silent", {"silent": len(silent), "opinion": rules.silence}))
    data = {
        "silent": [
            {"seat": seat.id, "sent": proof_of_sending(context.session, case.id, seat.body_role_id, seat.account_id)}
            for seat in silent
        ]
    }
    settled = Settlement(settlement.outcome or outcome, lines, settlement.winner)
    return settle_panel(context, case, panel, settled, action="expire", role="clock", data=data)


def end_unheld(context: Context, case_id: int, rules: PanelRules, seats: int) -> None:
    """A panel with fewer members than it needs comes to its outcome without being asked."""
    case = load_case(context.session, case_id, is_locked=True)
    panel, _ = running_panel(context, case)
    line = Line("panel.too_few", {"seats": seats, "fewest": rules.fewest})
    settle_panel(context, case, panel, Settlement("too_few", (line,)), action="panel_too_few", role=None, data={})


def settle_if_enough(context: Context, case_id: int) -> None:
    """Settles a panel that goes on by other rules, where by these enough has been said already."""
    case = load_case(context.session, case_id, is_locked=True)
    panel, rules = running_panel(context, case)
    given = given_by(seats_of(context.session, panel.id))
    settlement = settle(rules, given)
    if not rules.recorded_by and settlement.outcome is not None and any(one.opinion for one in given):
        settle_panel(context, case, panel, settlement, action="panel_settled", role=None, data={})
