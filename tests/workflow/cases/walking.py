"""Everything anybody could do to a case and its children at a moment, as moves a test can choose from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.fixtures.office import Office
from workflow.cases.deciding import ask_all
from workflow.cases.loading import LoadedCase, load_case
from workflow.cases.naming import eligible_accounts
from workflow.cases.tables import Case
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.engine.decide import Compiled
from workflow.expiring import act_on_expiry
from workflow.panels.operations import candidates_of, give_opinion, record_meeting, rubric_of
from workflow.panels.tables import Panel, Seat
from workflow.procedure.forms import Column, Form, FormField
from workflow.rehearsal.samples import sample

CHOICES = {"integer": "3", "number": "3", "yes_no": "yes", "date": "2026-09-01"}


@dataclass(frozen=True)
class Move:
    """One thing somebody may do now, and the role and seat under which; `case_id` is the case or one of its children."""

    actor: str | None
    name: str
    take: Callable[[int], Any]
    """Takes the move; the number varies answers and opinions."""
    case_id: int


def moves(office: Office, case_id: int) -> list[Move]:
    """Every move open to anybody in the case, and then in its open children; the clock's last in each."""
    with office.database.reading() as session:
        open_children = select(Case.id).where(Case.parent_id == case_id, Case.closed_at.is_(None)).order_by(Case.id)
        children = list(session.scalars(open_children))
    return [*_own_moves(office, case_id), *(move for child in children for move in moves(office, child))]


def _own_moves(office: Office, case_id: int) -> list[Move]:
    found = [move for actor in office.actors for move in _actions(office, actor, case_id)]
    found += _seats(office, case_id)
    with office.database.reading() as session:
        case, compiled = _loaded(session, case_id)
    state = compiled.procedure.states[case.state]
    if state.notice or (state.deadline and state.deadline.on_expiry):
        found.append(Move(None, "expire", lambda _n: _expire(office, case_id, case.state), case_id))
    return found


def _loaded(session: Any, case_id: int) -> tuple[LoadedCase, Compiled]:
    case = load_case(session, case_id)
    return case, compiled_version(session, case.version_id)


def _actions(office: Office, actor: str, case_id: int) -> list[Move]:
    with office.database.reading() as session:
        context = Context(session=session, actor=office.actors[actor], now=office.now)
        case, compiled = _loaded(session, case_id)
        decided = ask_all(context, compiled, case)
        forms = {
            action.name: _answers(context, compiled, case, compiled.procedure.forms.get(action.action.form or ""))
            for action, _ in decided
        }
    found = []
    for action, decision in decided:
        assert decision.is_allowed or decision.reasons, "a refusal without a reason"
        if decision.is_allowed:
            take = _taker(office, actor, case_id, action.name, forms[action.name], decision.targets)
            found.append(Move(actor, action.name, take, case_id))
    return found


def _taker(
    office: Office, actor: str, case_id: int, name: str, form: Callable[[int], Any], targets: tuple[str, ...]
) -> Callable[[int], Any]:
    def take(number: int) -> Any:
        given = {"form": answers} if (answers := form(number)) is not None else {}
        if len(targets) > 1:
            given["target"] = targets[number % len(targets)]
        return office.act(actor, case_id, name, reason="Because.", **given)

    return take


def _answers(context: Context, compiled: Compiled, case: LoadedCase, form: Form | None) -> Callable[[int], Any]:
    """How the form is filled in, by a number; None where there is none."""
    if form is None:
        return lambda _number: None
    people = {
        key: list(eligible_accounts(context, compiled, case, field.holders_of or ""))
        for key, field in form.fields.items()
        if field.type == "accounts"
    }
    return lambda number: {
        key: people[key][:2] if key in people else _answer(f, number) for key, f in form.fields.items()
    }


def _answer(field: FormField | Column, number: int) -> Any:
    if isinstance(field, FormField) and field.type == "rows":
        row = {key: _answer(column, number) for key, column in field.columns.items()}
        return [row] * max(1, field.at_least or 0)
    if field.type == "file":
        return [sample("paper.pdf")]
    if field.type == "choice":
        options = list(field.options)
        return options[0] if number % 4 else options[number % len(options)]
    if field.type in {"integer", "number"}:
        return str(max(3, field.at_least or 0))
    return CHOICES.get(field.type, "Some words.")


def _seats(office: Office, case_id: int) -> list[Move]:
    with office.database.reading() as session:
        panel = session.scalar(select(Panel).where(Panel.case_id == case_id, Panel.closed_at.is_(None)))
        case, compiled = _loaded(session, case_id)
        if panel is None or panel.state != case.state:
            return []
        seats = list(session.scalars(select(Seat).where(Seat.panel_id == panel.id).order_by(Seat.id)))
        rules = compiled.procedure.states[panel.state].panel
        assert rules
        context = Context(session=session, actor=office.actors["secretary"], now=office.now)
        opinions = (*candidates_of(context, case, rules), *rules.opinions)
        scores = {item["key"]: item["out_of"] for item in rubric_of(context, case)} if rules.scores else {}
    if rules.recorded_by:
        recorder = _holder(office, compiled, rules.recorded_by)
        seat_ids = [seat.id for seat in seats]
        return [Move(recorder, "record_meeting", lambda n: _meet(office, recorder, case_id, seat_ids, n), case_id)]
    return [_speaker(office, case_id, seat, opinions, scores) for seat in seats if seat.opinion is None]


def _holder(office: Office, compiled: Compiled, role_key: str) -> str:
    role = compiled.procedure.roles[role_key]
    return next(
        name
        for name, actor in office.actors.items()
        if any((h.body_code, h.role) == (role.of, role.holds) for h in actor.holdings)
    )


def _speaker(office: Office, case_id: int, seat: Seat, opinions: tuple[str, ...], scores: dict[str, int]) -> Move:
    actor = next(
        name
        for name, held in office.actors.items()
        if seat.body_role_id in held.body_role_ids or seat.account_id == held.account_id
    )

    def take(number: int) -> Any:
        opinion = opinions[0] if number % 3 else opinions[-1]
        with office.as_(actor) as context:
            return give_opinion(
                context, case_id=case_id, seat_id=seat.id, opinion=opinion, reason="Because.", scores=scores
            )

    return Move(actor, "opinion", take, case_id)


def _meet(office: Office, recorder: str, case_id: int, seats: list[int], number: int) -> Any:
    present = len(seats) - number % 5
    stances = ["agree"] * (number % 12) + ["defer"] * 3 + ["disagree"] * len(seats)
    entries = {
        seat: {"attendance": "present", "opinion": stances[n]} if n < present else {"attendance": "absent"}
        for n, seat in enumerate(seats)
    }
    with office.as_(recorder) as context:
        version = load_case(context.session, case_id).version
        return record_meeting(context, case_id=case_id, entries=entries, seen_version=version)


def _expire(office: Office, case_id: int, state: str) -> Any:
    office.now += timedelta(days=30)
    with office.as_(None) as context:
        return act_on_expiry(context, case_id=case_id, state=state)
