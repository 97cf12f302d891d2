"""The command that says what differs between two versions of a procedure."""

import sys
from pathlib import Path

import click

from definitions.changes import change_text, where_text
from definitions.explaining import finding_text
from definitions.library import load
from definitions.texts import say
from web.command_parts import LANGUAGE
from web.opening import open_database
from workflow.cases.versions import version_numbered
from workflow.problems import Missing
from workflow.procedure.diff import Change, diff
from workflow.procedure.findings import Unsound
from workflow.procedure.model import Procedure


@click.command(name="diff")
@click.argument("old")
@click.argument("new")
@LANGUAGE
def command(old: str, new: str, lang: str) -> None:
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
