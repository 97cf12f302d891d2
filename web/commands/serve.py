"""The real thing: the database of SELECTION_DATABASE_URL, migrations applied, the web server and the scheduler."""

import os
import sys
from dataclasses import replace
from datetime import UTC, datetime

import click

from definitions.library import shipped
from web.processes import (
    LOOPBACK,
    PortTaken,
    check_port,
    environment_with,
    run_together,
    scheduler_command,
    server_command,
)
from workflow.access.operations import issue_first_administrator_link
from workflow.cases.versions import publish_shipped
from workflow.context import CLOCK, Context
from workflow.problems import Conflict
from workflow.settings import PREFIX, Settings
from workflow.store.database import Database
from workflow.store.migrating import upgrade


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The port to listen on.")
@click.option(
    "--workers", type=click.IntRange(1, 64), help="Serve with gunicorn and so many processes instead of waitress."
)
@click.option("--no-scheduler", is_flag=True, help="Only the web server; the scheduler runs elsewhere.")
def command(host: str, port: int, workers: int | None, *, no_scheduler: bool) -> None:
    """Serve the installation until Ctrl-C or SIGTERM. Settings come from SELECTION_ variables (docs/reference/settings.md)."""
    settings = _settings(host, port)
    try:
        check_port(host, port)
    except PortTaken as error:
        raise click.ClickException(f"The server cannot listen there. {error}") from error
    database = Database(settings.database_url)
    upgrade(database)
    _publish_shipped(database, settings)
    _offer_first_administrator(database, settings)
    database.dispose()
    commands = {"web server": server_command(host, port, workers)}
    if not no_scheduler:
        commands["scheduler"] = scheduler_command()

    def introduce() -> None:
        click.echo(f"Serving on http://{host}:{port} (people come by {settings.public_url}). Ctrl-C stops it.")

    environment = environment_with(SELECTION_PUBLIC_URL=settings.public_url)
    sys.exit(run_together(commands, environment=environment, host=host, port=port, when_ready=introduce))


def _settings(host: str, port: int) -> Settings:
    """The settings of the environment; where no public address is chosen, people come by the port served here."""
    settings = Settings.from_environment()
    if PREFIX + "PUBLIC_URL" in os.environ:
        return settings
    reachable = LOOPBACK if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not listened on
    return replace(
        settings, public_url=f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"
    )


def _publish_shipped(database: Database, settings: Settings) -> None:
    """Procedures that ship are there from the first start; what the office has made its own stays as it is."""
    with database.writing() as session:
        held = publish_shipped(Context(session, CLOCK, datetime.now(UTC), settings.zone), shipped())
    for key in held:
        click.echo(f"{key}: this installation has a version of its own; what ships is not published over it.")


def _offer_first_administrator(database: Database, settings: Settings) -> None:
    try:
        with database.writing() as session:
            context = Context(session=session, actor=CLOCK, now=datetime.now(UTC), zone=settings.zone)
            token = issue_first_administrator_link(context)
    except Conflict:
        return  # there is one who can sign in
    link = f"{settings.public_url}/welcome/{token}"
    click.echo(f"There is no administrator yet. This link makes the first one, once:\n\n  {link}\n")
