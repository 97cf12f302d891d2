"""The command that plays the scenarios of a procedure and says what is not as expected."""

import json
import sys
from pathlib import Path

import click

from definitions.explaining import finding_text
from definitions.library import load
from definitions.rehearsing import load_book, rehearse_here, report_data, report_lines
from web.command_parts import LANGUAGE
from workflow.procedure.findings import Unsound


@click.command(name="rehearse")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--scenarios",
    type=click.Path(path_type=Path),
    help="The scenario file; that of the procedure's key in definitions/scenarios where none is named.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the report.")
@LANGUAGE
def command(file: Path, scenarios: Path | None, lang: str, *, as_json: bool) -> None:
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
