"""The synthetic district in a browser: a database at a chosen stage, the web server and the scheduler."""

import os
import sys
from datetime import datetime
from pathlib import Path

import click

from definitions import demo
from definitions.demo.accounts import ACCOUNTS, PASSWORD
from web.processes import (
    LOOPBACK,
    PortTaken,
    check_port,
    environment_with,
    run_together,
    scheduler_command,
    server_command,
)
from workflow.settings import CHECKOUT, PREFIX, Settings
from workflow.store.database import Database
from workflow.store.migrating import is_current, upgrade

FOLDER = CHECKOUT / "var" / "demo"
DEFAULT_PORT = 8000


@click.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="Where to listen on this machine.",
)
@click.option(
    "--stage",
    type=click.Choice(demo.STAGES),
    default=demo.DEFAULT_STAGE,
    show_default=True,
    help="How far the round has got.",
)
@click.option("--fresh", is_flag=True, help="Forget what was done in this demonstration and begin anew.")
@click.option("--no-serve", is_flag=True, help="Only make the database.")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=FOLDER, help="Where the demonstration keeps its files."
)
def command(port: int, stage: str, folder: Path, *, fresh: bool, no_serve: bool) -> None:
    """Show the synthetic district. Each stage has a database of its own, which stays until --fresh."""
    if not no_serve:
        _require_free(port)
    path = _prepared(folder.absolute(), stage, fresh=fresh)
    if no_serve:
        click.echo(f"The demonstration's database is ready: {path}")
        return
    url = f"http://{LOOPBACK}:{port}"
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    environment = environment_with(
        SELECTION_DATABASE_URL=f"sqlite:///{path}",
        SELECTION_VAR_DIRECTORY=str(folder.absolute()),
        SELECTION_PUBLIC_URL=url,
        SELECTION_DEMO="yes",
    )
    commands = {"web server": server_command(LOOPBACK, port, None), "scheduler": scheduler_command()}
    sys.exit(
        run_together(
            commands, environment=environment, host=LOOPBACK, port=port, when_ready=lambda: _introduce(url, stage)
        )
    )


def _require_free(port: int) -> None:
    try:
        check_port(LOOPBACK, port)
    except PortTaken as error:
        raise click.ClickException(
            f"Port {port} is taken by another program. Choose another one: ./run demo --port {port + 1}"
        ) from error


def _prepared(folder: Path, stage: str, *, fresh: bool) -> Path:
    """The database of the stage; it gets its name only when it is whole, so an interrupted start leaves nothing half made."""
    path = folder / f"{stage}.db"
    if fresh or not _is_usable(path):
        click.echo(f"Making the synthetic district (stage: {stage}) …")
        making = path.with_suffix(".making")
        for leftover in (*_files(path), *_files(making)):
            leftover.unlink(missing_ok=True)
        database = Database(f"sqlite:///{making}")
        upgrade(database)
        demo.load(database, stage=stage, now=datetime.now(Settings().zone))
        database.dispose()
        making.rename(path)
    return path


def _is_usable(path: Path) -> bool:
    if not path.exists():
        return False
    database = Database(f"sqlite:///{path}")
    usable = is_current(database)
    database.dispose()
    return usable


def _files(path: Path) -> tuple[Path, ...]:
    return (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm"))


def _introduce(url: str, stage: str) -> None:
    click.echo(f"\n  {url}   (stage: {stage})\n\n  One account for each role; the password of all is {PASSWORD}\n")
    for account in ACCOUNTS:
        click.echo(f"  {account.sign_in_name:<14}{account.title_zh}  {account.title_en}")
    click.echo("\n  Ctrl-C stops it. What was done stays until ./run demo --fresh.\n")
    sys.stdout.flush()
