"""The database's shape: apply migrations, compare, write the next one."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from workflow.settings import Settings
from workflow.store import migrating
from workflow.store.database import Database


@click.group()
def command() -> None:
    """The shape of the database that SELECTION_DATABASE_URL names."""


@command.command()
def upgrade() -> None:
    """Apply the migrations the database does not have yet."""
    database = Database(Settings.from_environment().database_url)
    was_current = migrating.is_current(database)
    if not was_current:
        migrating.upgrade(database)
    click.echo("The database was up to date." if was_current else "The database is up to date now.")


@command.command()
def check() -> None:
    """Whether the migrations lead to exactly the tables of the code (exit 1 when not). Touches no real database."""
    with TemporaryDirectory() as directory:
        database = Database(f"sqlite:///{directory}/check.db")
        migrating.upgrade(database)
        differences = migrating.differences(database)
        database.dispose()
    for difference in differences:
        click.echo(difference, err=True)
    click.echo("Migrations and tables differ." if differences else "Migrations and tables agree.")
    sys.exit(1 if differences else 0)


@command.command()
@click.option("-m", "--message", help="What changes, in a few words; becomes the name of the file.")
@click.option("--again", is_flag=True, help="Write the newest migration anew, while nobody has applied it.")
def revision(message: str | None, *, again: bool) -> None:
    """Write the migration that a change of a tables.py needs. Read it before you commit it."""
    if again == bool(message):
        raise click.UsageError("Give either --message or --again.")
    path: Path | None = migrating.write_revision(message=message) if message else migrating.rewrite_newest()
    click.echo(f"Written: {path}" if path else "Nothing to write: migrations and tables agree.")
