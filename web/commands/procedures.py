"""Procedures as files and versions: check, list, draw, compare and rehearse them; the language they are written in."""

import json
import sys
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from definitions.changes import change_text, where_text
from definitions.examples import examples
from definitions.explaining import finding_text, words
from definitions.library import FOLDER, examine, load, procedures
from definitions.rehearsing import load_book, rehearse_here, report_data, report_lines
from definitions.texts import say
from web.opening import open_database
from web.simulating import simulate
from workflow.cases.versions import version_numbered
from workflow.engine.effects import REGISTRY as EFFECTS
from workflow.engine.facts import CATALOGUE, FAMILIES
from workflow.engine.guards import REGISTRY as GUARDS
from workflow.problems import Missing
from workflow.procedure.bpmn import write_bpmn
from workflow.procedure.diagram import draw_mermaid, draw_svg
from workflow.procedure.diff import Change, diff
from workflow.procedure.findings import Unsound
from workflow.procedure.flow import LanesBy
from workflow.procedure.model import Procedure
from workflow.procedure.reference import reference_page
from workflow.procedure.schema import language_schema
from workflow.settings import OFFICE_ZONE

LANGUAGE = click.option(
    "--lang",
    "--language",
    "lang",
    type=click.Choice(["en", "zh"]),
    default="en",
    show_default=True,
    help="Language of texts.",
)
OUTPUT = click.option("--output", type=click.Path(path_type=Path), help="Write to this file instead of printing.")


@click.group()
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
    say = partial(words, locale=lang)
    click.echo(draw_mermaid(_named(key), say) if mermaid else draw_svg(_named(key), say), nl=False)


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


@command.command(name="diff")
@click.argument("old")
@click.argument("new")
@LANGUAGE
def diff_(old: str, new: str, lang: str) -> None:
    """What differs from OLD to NEW, a line each; a FILE, or KEY@NUMBER for a version of SELECTION_DATABASE_URL.

    Exit 0 where the rules are the same, 1 where they differ, 2 where one cannot be read.
    """
    changes = diff(_read(old, lang), _read(new, lang))
    for change in changes:
        click.echo(_line(change, lang))
    if not changes:
        click.echo(say("change.none", lang))
    sys.exit(1 if changes else 0)


def _line(change: Change, lang: str) -> str:
    where = where_text(change, lang)
    colon = "：" if lang == "zh" else ": "
    return f"{where}{colon}{change_text(change, lang)}" if where else change_text(change, lang)


def _read(name: str, lang: str) -> Procedure:
    """The procedure of a file or of a published version; ends the command where there is none."""
    key, at, number = name.rpartition("@")
    try:
        if at and number.isdecimal() and not Path(name).exists():
            with open_database().reading() as session:
                return version_numbered(session, key, int(number)).procedure
        return load(Path(name))
    except Unsound as unsound:
        lines = [finding_text(finding, lang) for finding in unsound.findings]
    except Missing as problem:
        lines = [say(problem.code, lang, **problem.params)]
    click.echo("\n".join(lines), err=True)
    sys.exit(2)


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


command.add_command(simulate)
