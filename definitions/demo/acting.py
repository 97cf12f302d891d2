"""What entries of the demonstration's diary do to a case: they act on it as it stands, through the operations alone."""

from collections.abc import Mapping
from typing import Any

from workflow.cases.loading import LoadedCase, load_case
from workflow.cases.operations import act, grant_waiver
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.panels.operations import give_opinion, must_leave, record_meeting
from workflow.panels.queries import open_seats
from workflow.panels.tables import Seat
from workflow.problems import Refused


def take(
    context: Context, case_id: int, action: str, *, form: Mapping[str, Any] | None = None, reason: str = ""
) -> None:
    """Takes an action on a case as it stands. Raises what `act` raises."""
    version = load_case(context.session, case_id).version
    act(context, case_id=case_id, action=action, seen_version=version, form=form, reason=reason)


def take_with_waivers(context: Context, case_id: int, action: str, *, reason: str) -> None:
    """Takes an action; rules that forbid it and may be waived by the actor are waived with the reason first."""
    try:
        take(context, case_id, action)
    except Refused as refused:
        for guard in sorted({one.guard for one in refused.reasons if one.guard}):
            version = load_case(context.session, case_id).version
            grant_waiver(context, case_id=case_id, guard=guard, reason=reason, seen_version=version)
        take(context, case_id, action)


def is_in(context: Context, case_id: int, state: str) -> bool:
    """Whether the case stands in a state now."""
    return load_case(context.session, case_id).state == state


def speak(context: Context, case_id: int, opinion: str, **given: Any) -> None:
    """Gives the opinion of the actor's seat in the case's open panel; nothing where the panel has ended."""
    mine = next(
        (
            seat
            for seat in open_seats(context.session, case_id)
            if seat.account_id == context.actor.account_id or seat.body_role_id in context.actor.body_role_ids
        ),
        None,
    )
    if mine is not None:
        give_opinion(context, case_id=case_id, seat_id=mine.id, opinion=opinion, **given)


def meet(context: Context, case_id: int, *, present: int, agreed: int, remark: str = "") -> None:
    """Records a meeting with so many present and so many of them for it; relatives leave the room."""
    case = load_case(context.session, case_id)
    seats = open_seats(context.session, case_id)
    leaving = _leaving(context, case, seats)
    entries: dict[int, dict[str, str]] = {seat: {"attendance": "recused"} for seat in leaving}
    for seat in seats:
        if seat.id in leaving:
            continue
        place = len(entries) - len(leaving)
        opinion = "agree" if place < agreed else "disagree"
        entries[seat.id] = (
            {"attendance": "present", "opinion": opinion} if place < present else {"attendance": "absent"}
        )
    record_meeting(context, case_id=case_id, entries=entries, seen_version=case.version, remark=remark)


def _leaving(context: Context, case: LoadedCase, seats: list[Seat]) -> frozenset[int]:
    rules = compiled_version(context.session, case.version_id).procedure.states[case.state].panel
    return must_leave(context, case, rules, seats) if rules else frozenset()
