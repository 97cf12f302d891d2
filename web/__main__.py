"""`python -m web WORDS`, which is what `./run WORDS` calls: finds the command and puts its errors into words."""

import ast
import importlib
import os
import pkgutil
import sys
from pathlib import Path

import click

from web import commands
from workflow.problems import Problem
from workflow.settings import SettingInvalid

FOLDER = Path(commands.__path__[0])


class Discovered(click.Group):
    """A group whose commands are the modules of a folder, imported only when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules([str(FOLDER)]))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command = importlib.import_module(f"{commands.__name__}.{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line for each command: its module's sentence, read without running it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _sentence(name)) for name in self.list_commands(ctx)])


def _sentence(name: str) -> str:
    source = (FOLDER / f"{name.replace('-', '_')}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


@click.group(
    cls=Discovered, context_settings={"help_option_names": ["-h", "--help"]}, epilog="./run COMMAND --help says more."
)
def main() -> None:
    """The commands of the application."""


def run() -> None:
    """Call the command; what went wrong is one line on standard error, and the exit status says so."""
    try:
        main(prog_name="./run")
    except SettingInvalid as error:
        click.echo(f"A setting cannot be used. {error}", err=True)
        sys.exit(2)
    except Problem as problem:
        click.echo(_words(problem), err=True)
        sys.exit(1)


def _words(problem: Problem) -> str:
    """The catalogue's text, in Chinese on a Chinese terminal; the catalogue is loaded only here, when something went wrong."""
    texts = importlib.import_module("definitions.texts")
    language = "zh" if (os.environ.get("LC_ALL") or os.environ.get("LANG", "")).startswith("zh") else "en"
    said: str = texts.say(problem.code, language, **problem.params) if texts.has(problem.code) else str(problem)
    return said


if __name__ == "__main__":
    run()
