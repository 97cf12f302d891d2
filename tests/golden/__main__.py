"""`python -m tests.golden [--again] [KEY…]`: freezes what ships and is not kept yet, with histories that ran by it.

A version that is kept stays as it is: it may have been published somewhere. `--again` replaces the only version of a key,
for rules that nobody has published yet; where there are several, delete by hand what was never published.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import click
from sqlalchemy import select

from definitions.library import procedures
from tests.golden.histories import FOLDER, Line, frozen_file, histories_file, keep
from tests.golden.walking import family_of, walk
from tests.golden.world import MORNING, World, begin, set_up
from workflow.cases.tables import Case
from workflow.procedure.model import Procedure
from workflow.record.tables import Event
from workflow.store.database import Database
from workflow.store.migrating import upgrade

HISTORIES = 50
"""Walks of each version; the child cases of a walk come beside it."""
STEPS = 45
STEPS_OF_A_WAVE, WAVES = 5, 15
"""Rounds of walking where cases wait for each other."""
BETWEEN_WAVES = timedelta(days=12)


def told(database: Database, case_id: int) -> list[Line]:
    """The events of a case, as they are kept."""
    with database.reading() as session:
        rows = session.scalars(select(Event).where(Event.case_id == case_id).order_by(Event.seq)).all()
        return [
            {
                "action": row.action,
                "from": row.from_state,
                "to": row.to_state,
                "data": json.loads(row.data),
                "facts": json.loads(row.facts),
            }
            for row in rows
        ]


def walked(world: World) -> list[int]:
    """Cases that went their ways: one after the other, or in waves where a case waits for the others of its round."""
    key = world.procedure.procedure
    if not competes(world.procedure):
        cases = []
        for number in range(HISTORIES):
            cases.append(begin(world, number))
            walk(world, cases[-1], Random(f"{key}:{number}"), STEPS)
        return cases
    world.is_patient = True
    cases = [begin(world, number) for number in range(HISTORIES)]
    for wave in range(WAVES):
        for number, case_id in enumerate(cases):
            world.now = MORNING + BETWEEN_WAVES * wave
            walk(world, case_id, Random(f"{key}:{number}:{wave}"), STEPS_OF_A_WAVE)
    return cases


def competes(procedure: Procedure) -> bool:
    """Whether what happens to a case depends on how many others of its round have come how far."""
    return any(
        use.name == "round_count" for s in procedure.states.values() for a in s.actions.values() for use in a.guards
    )


def is_of(world: World, case_id: int) -> bool:
    """Whether a case runs by the procedure walked; the children of others are told in their own histories."""
    with world.database.reading() as session:
        return session.get_one(Case, case_id).procedure_version_id == world.versions[world.procedure.procedure]


def record(key: str) -> tuple[list[list[Line]], Path]:
    """Plays a procedure until there are enough histories, and keeps them."""
    known = dict(procedures())
    stories: list[list[Line]] = []
    with TemporaryDirectory() as directory:
        database = Database(f"sqlite:///{directory}/golden.db")
        upgrade(database)
        world = set_up(database, known, key)
        for case_id in walked(world):
            stories += [told(database, one) for one in family_of(world, case_id) if is_of(world, one)]
        database.dispose()
    return stories, keep(known[key], stories)


def main(words: list[str]) -> None:
    """Records what is missing, for the keys named or for all."""
    is_again = "--again" in words
    for key in [word for word in words if not word.startswith("-")] or sorted(procedures()):
        path = frozen_file(procedures()[key])
        if path.exists() and not is_again:
            click.echo(f"{key}: {path.stem} is kept")
            continue
        kept = sorted((FOLDER / key).glob("*.json"))
        for old in kept if is_again and len(kept) == 1 else ():
            histories_file(old).unlink(missing_ok=True)
            old.unlink()
        stories, path = record(key)
        states = {line["to"] for story in stories for line in story}
        click.echo(
            f"{key}: {path.stem}, {len(stories)} histories, {len(states)} of {len(procedures()[key].states)} states"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
