"""The command that writes the score card of the workflow patterns."""

import sys
from pathlib import Path

import click

from definitions.explaining import finding_text
from definitions.scorecard import card_page, load_card
from workflow.procedure.findings import Unsound


@click.command(name="patterns")
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file instead of printing.")
def command(output: Path | None) -> None:
    """Print the score card of the workflow patterns: what is supported, and the rehearsal that proves each."""
    try:
        page = card_page(load_card())
    except Unsound as unsound:
        for finding in unsound.findings:
            click.echo(finding_text(finding, "en"), err=True)
        sys.exit(1)
    if output is None:
        click.echo(page, nl=False)
    else:
        output.write_text(page, encoding="utf-8")
