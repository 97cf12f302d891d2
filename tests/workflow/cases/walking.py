"""Everything anybody could do to a case at a moment, as moves a test can choose from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.fixtures.office import Office
from workflow.cases.deciding import ask_all
from workflow.cases.loading import load_case
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.notices.operations import expire_notice
from workflow.panels.operations import give_opinion, record_meeting
from workflow.panels.tables import Panel, Seat
from workflow.procedure.forms import Form, FormField

WALKERS = (
    "nominator", "street_head", "secretary", "orghead", "frontier", "personnel", "assessor1", "assessor2", "recorder"
)  # fmt: skip


@dataclass(frozen=True)
class Move:
    """One thing somebody may do now, and the role and seat under which."""

    actor: str | None
    name: str
    take: Callable[[int], Any]
    """Takes the move; the number varies answers and opinions."""


def moves(office: Office, case_id: int) -> list[Move]:
    """Every move open to anybody, the clock's last."""
    found = [move for actor in WALKERS for move in _actions(office, actor, case_id)]
    found += _seats(office, case_id)
    with office.database.reading() as session:
        case = load_case(session, case_id)
        state = compiled_version(session, case.version_id).procedure.states[case.state]
    if state.notice:
        found.append(Move(None, "expire", lambda _n: _expire(office, case_id, case.state)))
    return found


def _actions(office: Office, actor: str, case_id: int) -> list[Move]:
    with office.database.reading() as session:
        context = Context(session=session, actor=office.actors[actor], now=office.now)
        case = load_case(session, case_id)
        compiled = compiled_version(session, case.version_id)
        decided = ask_all(context, compiled, case)
    found = []
    for action, decision in decided:
        assert decision.is_allowed or decision.reasons, "a refusal without a reason"
        if decision.is_allowed:
            form = compiled.procedure.forms.get(action.action.form or "")
            found.append(Move(actor, action.name, _taker(office, actor, case_id, action.name, form)))
    return found


def _taker(office: Office, actor: str, case_id: int, name: str, form: Form | None) -> Callable[[int], Any]:
    def take(number: int) -> Any:
        given = {"form": _answers(office, form, number)} if form else {}
        return office.act(actor, case_id, name, reason="Because.", **given)

    return take


def _answers(office: Office, form: Form, number: int) -> dict[str, Any]:
    return {key: _answer(office, field, number) for key, field in form.fields.items()}


def _answer(office: Office, field: FormField, number: int) -> Any:
    if field.type == "accounts":
        return [office.actors[f"assessor{n}"].account_id for n in (1, 2)]
    if field.type == "choice":
        options = list(field.options)
        return options[0] if number % 4 else options[number % len(options)]
    return {"integer": "3", "yes_no": "yes", "date": "2026-09-01"}.get(field.type, "Some words.")


def _seats(office: Office, case_id: int) -> list[Move]:
    with office.database.reading() as session:
        panel = session.scalar(select(Panel).where(Panel.case_id == case_id, Panel.closed_at.is_(None)))
        if panel is None:
            return []
        seats = list(session.scalars(select(Seat).where(Seat.panel_id == panel.id).order_by(Seat.id)))
        case = load_case(session, case_id)
        rules = compiled_version(session, case.version_id).procedure.states[panel.state].panel
        assert rules
    if rules.recorded_by:
        return [Move("recorder", "record_meeting", lambda n: _meet(office, case_id, [s.id for s in seats], n))]
    return [_speaker(office, case_id, seat, rules.opinions) for seat in seats if seat.opinion is None]


def _speaker(office: Office, case_id: int, seat: Seat, opinions: tuple[str, ...]) -> Move:
    actor = next(
        name
        for name, held in office.actors.items()
        if seat.body_role_id in held.body_role_ids or seat.account_id == held.account_id
    )
    scores = dict.fromkeys(("virtue", "ability", "diligence", "results", "integrity"), 80)

    def take(number: int) -> Any:
        opinion = opinions[0] if number % 3 else opinions[-1]
        with office.as_(actor) as context:
            return give_opinion(
                context, case_id=case_id, seat_id=seat.id, opinion=opinion, reason="Because.", scores=scores
            )

    return Move(actor, "opinion", take)


def _meet(office: Office, case_id: int, seats: list[int], number: int) -> Any:
    present = 11 - number % 5
    stances = ["agree"] * (number % 12) + ["defer"] * 3 + ["disagree"] * 11
    entries = {
        seat: {"attendance": "present", "opinion": stances[n]} if n < present else {"attendance": "absent"}
        for n, seat in enumerate(seats)
    }
    with office.as_("recorder") as context:
        version = load_case(context.session, case_id).version
        return record_meeting(context, case_id=case_id, entries=entries, seen_version=version)


def _expire(office: Office, case_id: int, state: str) -> Any:
    office.now += timedelta(days=30)
    with office.as_(None) as context:
        return expire_notice(context, case_id=case_id, state=state)
