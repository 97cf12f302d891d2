"""Rule packs as files: check and list them."""

import sys
from pathlib import Path

import click

from definitions.explaining import finding_text, words
from definitions.rules import FOLDER, packs
from web.command_parts import LANGUAGE
from workflow.procedure.findings import Unsound
from workflow.procedure.packs import load_pack


@click.group()
def command() -> None:
    """Check and list the rule packs of definitions/rules."""


@command.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@LANGUAGE
def check(files: tuple[Path, ...], lang: str) -> None:
    """Check FILES (all that ship when none is named). Exit 1 and one line FILE:LINE: MESSAGE per problem."""
    faults = 0
    for path in files or sorted(FOLDER.glob("*.yaml")):
        try:
            load_pack(path)
        except Unsound as unsound:
            faults += len(unsound.findings)
            for finding in unsound.findings:
                click.echo(finding_text(finding, lang))
        else:
            click.echo(f"{path}: sound", err=True)
    sys.exit(1 if faults else 0)


@command.command(name="list")
@click.argument("key", required=False)
@LANGUAGE
def list_(key: str | None, lang: str) -> None:
    """Every pack that ships; with KEY, the articles of one: what to cite, validity, text."""
    found = packs()
    if key is None:
        for name, pack in found.items():
            click.echo(f"{name:<22} {len(pack.articles):>3}  {words(pack.title, lang)}")
        return
    if key not in found:
        raise click.ClickException(f"There are no rules {key}. There are: {', '.join(found)}.")
    for number in found[key].articles:
        article = found[key].quoted(number)
        days = f"{article.valid_from or '…'}–{article.valid_until or '…'}"
        unsure = "" if article.confidence is None else f" [{article.confidence:g}]"
        click.echo(f"{key}/{number:<8} {days:<14} {words(article, lang)}{unsure}")
