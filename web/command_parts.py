"""What commands share: the option of the language, and groups that import some of their commands only when called."""

import importlib
from collections.abc import Mapping
from typing import Any

import click

LANGUAGE = click.option(
    "--lang",
    "--language",
    "lang",
    type=click.Choice(["en", "zh"]),
    default="en",
    show_default=True,
    help="Language of texts.",
)


class LateGroup(click.Group):
    """A group with commands of modules that take long to import: an editor that asks for a check does not wait for them."""

    def __init__(self, *args: Any, late: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._late = late
        """Name of a command → the module whose `command` it is."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *self._late])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self._late:
            command = importlib.import_module(self._late[cmd_name]).command
            assert isinstance(command, click.Command)
            return command
        return super().get_command(ctx, cmd_name)
