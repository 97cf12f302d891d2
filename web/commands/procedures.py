"""Procedures as files and versions: check, list, draw, compare and rehearse them; the language they are written in."""

import json
import sys
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from definitions.examples import examples
from definitions.explaining import finding_text, words
from definitions.library import FOLDER, examine, procedures
from definitions.texts import say
from web.command_parts import LANGUAGE, LateGroup
from workflow.engine.effects import REGISTRY as EFFECTS
from workflow.engine.facts import CATALOGUE, FAMILIES
from workflow.engine.guards import REGISTRY as GUARDS
from workflow.procedure.bpmn import write_bpmn
from workflow.procedure.diagram import draw_svg
from workflow.procedure.findings import Unsound
from workflow.procedure.flow_parts import LanesBy
from workflow.procedure.mermaid import draw_mermaid
from workflow.procedure.model import Procedure
from workflow.procedure.reference import reference_page
from workflow.procedure.schema import language_schema
from workflow.settings import OFFICE_ZONE

OUTPUT = click.option("--output", type=click.Path(path_type=Path), help="Write to this file instead of printing.")


@click.group(
    cls=LateGroup,
    late={
        "diff": "web.comparing",
        "patterns": "web.scorecard",
        "rehearse": "web.rehearsing",
        "simulate": "web.simulating",
    },
)
def command() -> None:
    """Check, list, draw and compare procedures, as files and published versions; describe their language."""


@command.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help="The day the articles cited must be valid; today if left out."
)
@LANGUAGE
def check(files: tuple[Path, ...], on: datetime | None, lang: str) -> None:
    """Check FILES (all that ship when none is named).

    A finding is FILE:LINE: SEVERITY: MESSAGE with a hint below. Exit 1 when there is an error; warnings do not matter for it.
    """
    is_faulty = False
    day = (on or datetime.now(OFFICE_ZONE)).date()
    for path in files or sorted(FOLDER.glob("*.yaml")):
        try:
            findings = examine(path, on=day)
            click.echo(f"{path}: sound", err=True)
        except Unsound as unsound:
            findings, is_faulty = unsound.findings, True
        for finding in findings:
            click.echo(finding_text(finding, lang))
    sys.exit(1 if is_faulty else 0)


@command.command(name="list")
@LANGUAGE
def list_(lang: str) -> None:
    """Every procedure that ships: key, digest, title, how many stages and states."""
    width = max(map(len, procedures()))
    for key, procedure in procedures().items():
        stages, states = len(procedure.stages), len(procedure.states)
        title = say("procedure.listed", lang, title=words(procedure.title, lang), stages=stages, states=states)
        click.echo(f"{key:<{width}}  {procedure.digest[:12]}  {title}")


@command.command()
@click.argument("key")
@click.option("--mermaid", is_flag=True, help="Print Mermaid text instead of SVG.")
@LANGUAGE
def draw(key: str, *, mermaid: bool, lang: str) -> None:
    """Print the diagram of procedure KEY."""
    told = partial(words, locale=lang)
    click.echo(draw_mermaid(_named(key), told) if mermaid else draw_svg(_named(key), told), nl=False)


@command.command()
@click.argument("key")
@click.option("--bpmn", is_flag=True, required=True, help="BPMN 2.0 XML with its diagram.")
@click.option("--lanes", type=click.Choice(["stage", "role"]), default="stage", show_default=True, help="One lane a …")
@OUTPUT
@LANGUAGE
def export(key: str, lanes: LanesBy, output: Path | None, *, bpmn: bool, lang: str) -> None:
    """Write procedure KEY for other programs."""
    _write(write_bpmn(_named(key), partial(words, locale=lang), lanes=lanes), output)


def _named(key: str) -> Procedure:
    procedure = procedures().get(key)
    if procedure is None:
        raise click.ClickException(f"There is no procedure {key}. There are: {', '.join(procedures())}.")
    return procedure


@command.command()
@OUTPUT
def schema(output: Path | None) -> None:
    """Print the JSON Schema of the language, for editors that complete and check while one types."""
    _write(json.dumps(language_schema(GUARDS, EFFECTS), ensure_ascii=False, indent=2) + "\n", output)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
    else:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")


@command.command()
@OUTPUT
def reference(output: Path | None) -> None:
    """Print the reference page of the language: every part, key, guard and effect with an example."""
    _write(reference_page(GUARDS, EFFECTS, examples(), CATALOGUE, FAMILIES), output)
