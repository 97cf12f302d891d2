"""Procedures as files: check, list, draw and rehearse them."""

import json
import sys
from pathlib import Path

import click

from definitions.explaining import finding_text, words
from definitions.library import FOLDER, load, procedures
from definitions.rehearsing import load_book, rehearse_here, report_data, report_lines
from workflow.procedure.diagram import draw_mermaid, draw_svg
from workflow.procedure.findings import Unsound
from workflow.procedure.parts import Words

LANGUAGE = click.option(
    "--lang",
    "--language",
    "lang",
    type=click.Choice(["en", "zh"]),
    default="en",
    show_default=True,
    help="Language of texts.",
)


@click.group()
def command() -> None:
    """Check, list and draw the procedures of definitions/procedures."""


@command.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@LANGUAGE
def check(files: tuple[Path, ...], lang: str) -> None:
    """Check FILES (all that ship when none is named). Exit 1 and one line FILE:LINE: MESSAGE per problem."""
    faults = 0
    for path in files or sorted(FOLDER.glob("*.yaml")):
        try:
            load(path)
        except Unsound as unsound:
            faults += len(unsound.findings)
            for finding in unsound.findings:
                click.echo(finding_text(finding, lang))
        else:
            click.echo(f"{path}: sound", err=True)
    sys.exit(1 if faults else 0)


@command.command(name="list")
@LANGUAGE
def list_(lang: str) -> None:
    """Every procedure that ships: key, digest, stages and states, title."""
    for key, procedure in procedures().items():
        counts = f"{len(procedure.stages)} stages, {len(procedure.states)} states"
        click.echo(f"{key:<20} {procedure.digest[:12]}  {counts:<22} {words(procedure.title, lang)}")


@command.command()
@click.argument("key")
@click.option("--mermaid", is_flag=True, help="Print Mermaid text instead of SVG.")
@LANGUAGE
def draw(key: str, *, mermaid: bool, lang: str) -> None:
    """Print the diagram of procedure KEY."""
    procedure = procedures().get(key)
    if procedure is None:
        raise click.ClickException(f"There is no procedure {key}. There are: {', '.join(procedures())}.")

    def say(text: Words) -> str:
        return words(text, lang)

    click.echo(draw_mermaid(procedure, say) if mermaid else draw_svg(procedure, say), nl=False)


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--scenarios",
    type=click.Path(path_type=Path),
    help="The scenario file; that of the procedure's key in definitions/scenarios where none is named.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the report.")
@LANGUAGE
def rehearse(file: Path, scenarios: Path | None, lang: str, *, as_json: bool) -> None:
    """Play the scenarios of the procedure in FILE on a scratch database. Exit 1 where something is not as expected.

    Says what of the procedure was exercised: states, actions, outcomes, and guards both passed and failed.
    """
    try:
        procedure = load(file)
        book = load_book(procedure, scenarios)
    except Unsound as unsound:
        for finding in unsound.findings:
            click.echo(finding_text(finding, lang))
        sys.exit(1)
    rehearsed = rehearse_here(procedure, book)
    if as_json:
        click.echo(json.dumps(report_data(rehearsed, lang), ensure_ascii=False, indent=2))
    else:
        for line in report_lines(rehearsed, lang):
            click.echo(line)
    sys.exit(0 if rehearsed.passed else 1)
