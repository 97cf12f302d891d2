"""The record of events: recompute every chain and name the first line that was changed."""

import json
import sys
from dataclasses import asdict

import click

from web.opening import open_database
from workflow.record.queries import verify as verify_record


@click.group()
def command() -> None:
    """The record of events in the database that SELECTION_DATABASE_URL names."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a sentence.")
def verify(*, as_json: bool) -> None:
    """Whether every event is as it was written (exit 1 when not, naming the first that is broken)."""
    with open_database().reading() as session:
        found = verify_record(session)
    broken = found.first_broken
    if as_json:
        click.echo(json.dumps({"is_whole": broken is None, **asdict(found)}, ensure_ascii=False))
    elif broken is None:
        click.echo(f"The record is whole: {found.events} events of {found.cases} cases.")
    else:
        click.echo(f"The record is broken at case {broken.case_reference}, event {broken.seq}: {broken.fault}.")
    sys.exit(0 if broken is None else 1)
