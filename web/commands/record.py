"""The record of events: recompute every chain and name the first line that was changed."""

import json
import sys
from dataclasses import asdict

import click

from web.opening import open_database
from workflow.documents.queries import altered_documents
from workflow.files.queries import altered_files
from workflow.record.queries import verify as verify_record


@click.group()
def command() -> None:
    """The record of events in the database that SELECTION_DATABASE_URL names."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a sentence.")
def verify(*, as_json: bool) -> None:
    """Whether every event and every document is as it was written (exit 1 when not, naming what is not)."""
    with open_database().reading() as session:
        found = verify_record(session)
        altered = altered_documents(session) if found.is_whole else ()
        files = altered_files(session) if found.is_whole else ()
    broken = found.first_broken
    if as_json:
        told = {
            "is_whole": broken is None and not altered and not files,
            **asdict(found),
            "altered": [asdict(one) for one in altered],
        }
        click.echo(json.dumps(told, ensure_ascii=False))
    elif altered or files:
        for one in altered:
            click.echo(
                f"The document {one.template} ({one.language}) of case {one.case_reference}, event {one.seq}, is not what the record says."
            )
        for sha256 in files:
            click.echo(f"The file with the hash {sha256} is not what the record says.")
    elif broken is None:
        click.echo(f"The record is whole: {found.events} events of {found.cases} cases.")
    else:
        click.echo(f"The record is broken at case {broken.case_reference}, event {broken.seq}: {broken.fault}.")
    sys.exit(0 if broken is None and not altered and not files else 1)
