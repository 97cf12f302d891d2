"""Opens panels, takes opinions and meeting records, and moves the case once a rule has settled the outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import select

from workflow.cases.gathering import gather_facts, kin_of
from workflow.cases.loading import LoadedCase, load_case
from workflow.cases.operations import Acted, note_in_state
from workflow.cases.roles import roles_of_actor
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.engine.panels import Given, Settlement, settle
from workflow.panels.candidates import open_candidates
from workflow.panels.rules import check_meeting, check_opinion, check_scores
from workflow.panels.settling import given_by, running_panel, seats_of, settle_panel
from workflow.panels.tables import Panel, Seat
from workflow.panels.ties import tied_among
from workflow.people.tables import Account
from workflow.problems import Conflict, Forbidden, Invalid
from workflow.procedure.panel import CANDIDATE, RECUSED
from workflow.procedure.panel import Panel as PanelRules


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an opinion or a meeting record: the step, and the outcome where it settled the panel."""

    acted: Acted
    settlement: Settlement


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
    panel, rules = running_panel(context, case)
    if rules.recorded_by:
        raise Conflict("panel_ended", reference=case.reference)
    seat = _own_empty_seat(context, case, panel, seat_id)
    candidates = candidates_of(context, case, rules)
    tied = tied_among(context.session, case, panel, (*rules.opinions, *candidates))
    check_opinion(rules, opinion, reason, candidates=candidates, tied=tied)
    seat.opinion, seat.reason = opinion, reason.strip()
    is_scored = rules.scores and opinion != RECUSED
    seat.scores = check_scores(rubric_of(context, case), scores or {}) if is_scored else None
    seat.given_at, seat.given_by = context.now, context.actor.account_id
    context.session.flush()
    settlement = settle(rules, given_by(seats_of(context.session, panel.id)))
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
        acted = settle_panel(context, case, panel, settlement, action="opinion", role=seat.role, data=data)
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
    panel, rules = running_panel(context, case)
    seats = seats_of(context.session, panel.id)
    checked = _checked(context, case, panel, seats, entries)
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
    panel, rules = running_panel(context, case)
    compiled = compiled_version(context.session, case.version_id)
    if rules.recorded_by is None or rules.recorded_by not in roles_of_actor(context, compiled, case):
        raise Forbidden("role_needed", roles=[f"role:{rules.recorded_by}"])
    seats = seats_of(context.session, panel.id)
    checked = _checked(context, case, panel, seats, entries)
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
    acted = settle_panel(context, case, panel, settlement, action="record_meeting", role=rules.recorded_by, data=data)
    return Settled(acted, settlement)


def _checked(
    context: Context, case: LoadedCase, panel: Panel, seats: Sequence[Seat], entries: Mapping[int, Mapping[str, str]]
) -> dict[int, Given]:
    """A meeting's record as the rules of its panel take it."""
    rules = compiled_version(context.session, case.version_id).procedure.states[case.state].panel
    assert rules is not None
    leaving = must_leave(context, case, rules, seats)
    tied = tied_among(context.session, case, panel, rules.opinions)
    return check_meeting(rules, [seat.id for seat in seats], entries, must_leave=leaving, tied=tied)


def candidates_of(context: Context, case: LoadedCase, rules: PanelRules) -> tuple[str, ...]:
    """Opinions that are votes for child cases: `case:17` for each that is open, where members choose among them."""
    return tuple(f"{CANDIDATE}{child}" for child in open_candidates(context.session, case.id, rules))


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
