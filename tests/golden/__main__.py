"""`python -m tests.golden [--again] [KEY…]`: freezes what ships and is not kept yet, with histories that ran by it.

A version that is kept stays as it is: it may have been published somewhere. `--again` replaces the only version of a key,
for rules that nobody has published yet; where there are several, delete by hand what was never published.
"""

import json
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import click
from sqlalchemy import select

from definitions.library import procedures
from tests.golden.histories import FOLDER, Line, frozen_file, histories_file, keep
from tests.golden.walking import walk
from tests.golden.world import begin, set_up
from workflow.record.tables import Event
from workflow.store.database import Database
from workflow.store.migrating import upgrade

HISTORIES = 50
"""Walks of each version; the child cases of a walk come beside it."""
STEPS = 45


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


def record(key: str) -> tuple[list[list[Line]], Path]:
    """Plays a procedure until there are enough histories, and keeps them."""
    known = dict(procedures())
    stories: list[list[Line]] = []
    with TemporaryDirectory() as directory:
        database = Database(f"sqlite:///{directory}/golden.db")
        upgrade(database)
        world = set_up(database, known, key)
        number = 0
        while number < HISTORIES:
            case_id = begin(world, number)
            family = walk(world, case_id, Random(f"{key}:{number}"), STEPS)
            stories += [told(database, one) for one in family]
            number += 1
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
