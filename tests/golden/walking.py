"""One step at a time through any procedure by its real operations, chosen by a seeded generator of random numbers."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.golden.world import World
from workflow.cases.deciding import ask_all
from workflow.cases.loading import LoadedCase, load_case
from workflow.cases.naming import eligible_accounts
from workflow.cases.operations import act
from workflow.cases.tables import Case
from workflow.cases.versions import compiled_version
from workflow.context import CLOCK, Actor, Context
from workflow.engine.decide import Compiled
from workflow.expiring import act_on_expiry
from workflow.panels.operations import candidates_of, give_opinion, record_meeting, rubric_of
from workflow.panels.settling import seats_of
from workflow.panels.tables import Panel, Seat
from workflow.problems import Problem
from workflow.procedure.forms import Column, Form, FormField
from workflow.procedure.stages import Action
from workflow.rehearsal.samples import sample

TRIES = 12
SELDOM = 0.08
"""How often what nobody waits for is done, compared with what somebody does."""
HARDLY_EVER = 0.004
"""How often somebody gives up while the others of the round are waited for."""


def walk(world: World, case_id: int, random: Random, steps: int) -> None:
    """Takes so many steps in a case and its children."""
    for _ in range(steps):
        still = [one for one in _family(world, case_id) if one.closed_at is None]
        if not still or not any(_step(world, random.choice(still).id, random) for _ in range(TRIES)):
            break


def family_of(world: World, case_id: int) -> tuple[int, ...]:
    """The ids of a case and its children, the case first."""
    return tuple(one.id for one in _family(world, case_id))


def _family(world: World, case_id: int) -> list[Case]:
    with world.database.reading() as session:
        found = [session.get_one(Case, case_id)]
        for one in found:
            found += session.scalars(select(Case).where(Case.parent_id == one.id).order_by(Case.id)).all()
        session.expunge_all()
    return found


def _step(world: World, case_id: int, random: Random) -> bool:
    """Tries one thing; False where it was refused, which is as good a path as any other."""
    world.now += timedelta(hours=random.choice((1, 5, 30)))
    takers = [_take_action, _take_action, _take_action, _speak, _speak, _expire]
    try:
        return random.choice(takers)(world, case_id, random)
    except Problem:
        return False


def _context(session: Session, world: World, actor: Actor) -> Context:
    return Context(session, actor, world.now)


def _take_action(world: World, case_id: int, random: Random) -> bool:
    for actor in random.sample(world.actors, len(world.actors)):
        with world.database.reading() as session:
            context = _context(session, world, actor)
            case = load_case(session, case_id)
            compiled = compiled_version(session, case.version_id)
            if not _may_do_something(compiled, case, actor):
                continue
            decided = [(one, decision) for one, decision in ask_all(context, compiled, case) if decision.is_allowed]
            if not decided:
                continue
            weights = [1.0 if one.action.awaited and one.action.tone != "danger" else SELDOM for one, _ in decided]
            is_awaited = any(one.action.awaited for one, _ in decided)
            if world.is_patient and not is_awaited and random.random() > HARDLY_EVER:
                continue
            ((chosen, decision),) = random.choices(decided, weights)
            form = compiled.procedure.forms.get(chosen.action.form or "")
            given = _answers(context, compiled, case, form, random) if form else None
            _fit_shares(chosen.action, given or {}, random)
        target = random.choice(decision.targets) if len(decision.targets) > 1 else None
        with world.database.writing() as session:
            act(
                _context(session, world, actor),
                case_id=case_id,
                action=chosen.name,
                seen_version=case.version,
                form=given,
                reason="Because.",
                target=target,
            )
        return True
    return False


def _may_do_something(compiled: Compiled, case: LoadedCase, actor: Actor) -> bool:
    """Whether it is worth asking: a role of the state's actions is one the actor holds somewhere, or of no body."""
    held = {holding.role for holding in actor.holdings}
    roles = [compiled.procedure.roles[key] for one in compiled.actions_in(case.state) for key in one.action.by]
    is_subject = actor.person_id is not None and actor.person_id == case.person_id
    return any(role.holds in held if role.of else (is_subject or not role.is_subject) for role in roles)


def _expire(world: World, case_id: int, random: Random) -> bool:
    """Time goes by until what is due in the state has fallen due."""
    with world.database.reading() as session:
        case = load_case(session, case_id)
        state = compiled_version(session, case.version_id).procedure.states[case.state]
    if not (state.notice or (state.deadline and state.deadline.on_expiry)) or random.random() < 0.3:
        return False
    world.now += timedelta(days=random.choice((20, 60, 400)))
    with world.database.writing() as session:
        act_on_expiry(_context(session, world, CLOCK), case_id=case_id, state=case.state)
    return True


def _speak(world: World, case_id: int, random: Random) -> bool:
    with world.database.reading() as session:
        case = load_case(session, case_id)
        rules = compiled_version(session, case.version_id).procedure.states[case.state].panel
        running = select(Panel).where(Panel.case_id == case_id, Panel.state == case.state, Panel.closed_at.is_(None))
        panel = session.scalar(running)
        if panel is None or rules is None:
            return False
        context = _context(session, world, CLOCK)
        opinions = (*rules.opinions, *candidates_of(context, case, rules))
        seats = seats_of(session, panel.id)
        rubric = rubric_of(context, case) if rules.scores else ()
        session.expunge_all()
    if rules.recorded_by:
        return _meet(world, case, rules.recorded_by, [seat.id for seat in seats], opinions, random)
    empty = [seat for seat in seats if seat.opinion is None]
    seat = random.choice(empty) if empty else None
    actor = next(iter(_holders(world, seat)), None) if seat else None
    if seat is None or actor is None:
        return False
    opinion = opinions[0] if random.random() < 0.7 else random.choice(opinions)
    scores = {str(item["key"]): random.randint(item["out_of"] // 2, item["out_of"]) for item in rubric}
    with world.database.writing() as session:
        context = _context(session, world, actor)
        give_opinion(context, case_id=case_id, seat_id=seat.id, opinion=opinion, reason="Because.", scores=scores)
    return True


def _holders(world: World, seat: Seat) -> Iterator[Actor]:
    for actor in world.actors:
        if seat.body_role_id in actor.body_role_ids or seat.account_id == actor.account_id:
            yield actor


def _meet(
    world: World, case: LoadedCase, recorder: str, seats: list[int], opinions: tuple[str, ...], random: Random
) -> bool:
    role = world.procedure.roles[recorder]
    writer = next(one for one in world.actors for held in one.holdings if held.role == role.holds)
    agreeing = random.random()
    entries = {}
    for seat in seats:
        stance = opinions[0] if random.random() < agreeing else random.choice(opinions)
        is_there = random.random() < 0.9
        entries[seat] = {"attendance": "present", "opinion": stance} if is_there else {"attendance": "absent"}
    with world.database.writing() as session:
        context = _context(session, world, writer)
        record_meeting(context, case_id=case.id, entries=entries, seen_version=case.version)
    return True


def _fit_shares(action: Action, given: dict[str, Any], random: Random) -> None:
    """Mostly makes a part as large as its whole: numbers drawn apart hardly ever fit each other."""
    for use in action.guards:
        if use.name == "share" and random.random() < 0.9:
            given[use.params["part"]] = given[use.params["whole"]]


def _answers(context: Context, compiled: Compiled, case: LoadedCase, form: Form, random: Random) -> dict[str, Any]:
    return {key: _answer(context, compiled, case, field, random) for key, field in form.fields.items()}


def _answer(context: Context, compiled: Compiled, case: LoadedCase, field: FormField | Column, random: Random) -> Any:
    if isinstance(field, FormField) and field.type == "accounts":
        eligible = list(eligible_accounts(context, compiled, case, field.holders_of or ""))
        return sorted(random.sample(eligible, min(len(eligible), 2)))
    if isinstance(field, FormField) and field.type == "rows":
        rows = random.randint(field.at_least or 1, max(field.at_least or 1, 3))
        return [
            {key: _answer(context, compiled, case, column, random) for key, column in field.columns.items()}
            for _ in range(rows)
        ]
    return _plain(context, case, field, random)


def _plain(context: Context, case: LoadedCase, field: FormField | Column, random: Random) -> Any:
    low = field.at_least or 0
    high = min(field.at_most if field.at_most is not None else low + 9, low + 1_000)
    options = list(field.options)
    given: dict[str, Any] = {
        "choice": options and (options[0] if random.random() < 0.6 else random.choice(options)),
        "choices": options[:2],
        "yes_no": random.choice(("yes", "yes", "no")),
        "file": [sample("paper.pdf")],
        "date": (context.today + timedelta(days=random.randint(20, 90))).isoformat(),
        "integer": random.randint(low, max(low, high)),
        "number": random.randint(low, max(low, high)),
        "person": case.person_id,
        "body": case.body_id,
    }
    return given.get(field.type, "Some words.")
