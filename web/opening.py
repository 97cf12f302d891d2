"""How a command comes to its database: from the settings, and only when its shape is this checkout's."""

import click

from workflow.settings import Settings
from workflow.store.database import Database
from workflow.store.migrating import is_current


def open_database() -> Database:
    """The database of the settings. Refuses, in words, one that lacks migrations or has others."""
    database = Database(Settings.from_environment().database_url)
    if not is_current(database):
        raise click.ClickException(
            "The database has another shape than this version; ./run db upgrade brings it up to date."
        )
    return database
