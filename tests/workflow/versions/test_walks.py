"""Every shipped procedure moved in the middle of random walks: whatever a case was at, it goes on and its record is whole."""

import json
from collections.abc import Mapping
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from definitions.library import procedures
from tests.golden.walking import walk
from tests.golden.world import MORNING, World, begin, set_up
from workflow.bulk.operations import Seen, go_on
from workflow.cases.case_page import case_page
from workflow.cases.tables import Case, CaseReader, WorkItem
from workflow.cases.versions import compiled_version, publish_procedure
from workflow.context import CLOCK, Actor, Context
from workflow.people.tables import Account
from workflow.procedure.model import Procedure
from workflow.record.queries import verify
from workflow.record.tables import Event
from workflow.store.database import Database
from workflow.versions.moving import make_plan, preview_moves, start_moving, suggestion

WALKS = 6


def renamed(procedure: Procedure) -> Procedure:
    """The same rules in which every state in which a case can stay has another name."""
    names = {ref: f"{ref}_now" for ref in procedure.states_at_work}
    facts = {f"{family}.{ref}": f"{family}.{now}" for ref, now in names.items() for family in ("entered", "outcome")}
    content = _with_names(json.loads(procedure.canonical), names | facts)
    for stage_key, stage in content["stages"].items():
        stage["states"] = {
            f"{key}_now" if f"{stage_key}.{key}" in names else key: state for key, state in stage["states"].items()
        }
    return Procedure.model_validate_json(json.dumps(content))


def _with_names(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _with_names(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_names(one, names) for one in value]
    return names.get(value, value) if isinstance(value, str) else value


def barely_changed(procedure: Procedure) -> Procedure:
    """The same rules with another beginning of references."""
    return Procedure.model_validate_json(json.dumps({**json.loads(procedure.canonical), "prefix": "ZZ"}))


@pytest.fixture
def mover(database: Database) -> Actor:
    """An administrator, who moves cases and reads none."""
    with database.writing() as session:
        row = Account(sign_in_name="mover", name="mover", name_latin="mover", email="", created_at=MORNING)
        row.is_administrator = True
        session.add(row)
        session.flush()
        return Actor(row.id, "mover", is_administrator=True)


def moved(world: World, mover: Actor, new: int) -> int:
    """Moves every case that can be moved; answers with how many were."""
    old = world.versions[world.procedure.procedure]
    with world.database.writing() as session:
        context = Context(session, mover, world.now)
        plan = suggestion(context, from_version_id=old, to_version_id=new)
        plan_id = make_plan(context, from_version_id=old, to_version_id=new, plan=plan)
        seen = [Seen(one.case_id, one.version) for one in preview_moves(context, plan_id=plan_id) if not one.reasons]
        if not seen:
            return 0
        job = start_moving(context, plan_id=plan_id, seen=seen, once_key=str(plan_id))
    go_on(world.database, world.now, job_id=job, limit=1_000)
    with world.database.reading() as session:
        return len(session.scalars(select(Case.id).where(Case.procedure_version_id == new)).all())


@pytest.mark.parametrize("key", sorted(procedures()))
@pytest.mark.parametrize("is_renamed", [False, True])
def test_a_case_moved_anywhere_goes_on(database: Database, mover: Actor, key: str, *, is_renamed: bool) -> None:
    world = set_up(database, dict(procedures()), key)
    changed = renamed(world.procedure) if is_renamed else barely_changed(world.procedure)
    cases = [begin(world, number) for number in range(WALKS)]
    for number, case_id in enumerate(cases):
        walk(world, case_id, Random(f"{key}:{number}"), 3 * number)
    with database.writing() as session:
        new = publish_procedure(Context(session, CLOCK, world.now), changed)
    assert moved(world, mover, new) >= 1
    for number, case_id in enumerate(cases):
        walk(world, case_id, Random(f"{key}:{number}:after"), 20)
    check(world)


def check(world: World) -> None:
    """What must hold of every case, moved or not."""
    with world.database.reading() as session:
        assert verify(session).first_broken is None
        for case in session.scalars(select(Case)).all():
            rules = compiled_version(session, case.procedure_version_id).procedure
            lines = session.scalars(select(Event).where(Event.case_id == case.id).order_by(Event.seq)).all()
            assert all(later.from_state == earlier.to_state for earlier, later in pairwise(lines))
            assert lines[-1].to_state == case.state
            assert lines[-1].procedure_digest == rules.digest
            waiting = session.scalars(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.is_open)).all()
            assert {item.state for item in waiting} <= {case.state}
            assert {item.role for item in waiting} <= set(rules.roles)
            readers = select(CaseReader.case_id).where(CaseReader.case_id == case.id)
            if session.scalar(readers.limit(1)) is not None:
                _read(world, case.id)


def _read(world: World, case_id: int) -> None:
    """The page of the case opens to whoever may read it."""
    with world.database.reading() as session:
        rows = session.execute(
            select(CaseReader.body_role_id, CaseReader.account_id).where(CaseReader.case_id == case_id)
        ).all()
        roles, accounts = {row[0] for row in rows}, {row[1] for row in rows}
        for actor in world.actors:
            if actor.body_role_ids & roles or actor.account_id in accounts:
                assert case_page(Context(session, actor, world.now), case_id).events
