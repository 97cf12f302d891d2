"""The left menu: pages name their entry, the shell shows those the reader may open, in the order of an office."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, request
from flask_login import current_user

from web.request import current_actor
from workflow.context import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu. `title` is a message id; `order` places it; `icon` names a Bootstrap icon."""

    title: str
    endpoint: str
    order: int
    icon: str
    is_open_to: Callable[[Actor], bool] = lambda _actor: True


def add_entry(app: Flask, entry: Entry) -> None:
    """Puts an entry on the menu."""
    app.extensions.setdefault("menu", []).append(entry)


def entries() -> list[Entry]:
    """The entries open to the reader, in order."""
    if not current_user.is_authenticated:
        return []
    actor = current_actor()
    known: list[Entry] = current_app.extensions.get("menu", [])
    return sorted((entry for entry in known if entry.is_open_to(actor)), key=lambda entry: entry.order)


def is_here(entry: Entry) -> bool:
    """Whether the page shown belongs to the entry's area."""
    area = entry.endpoint.partition(".")[0]
    return request.endpoint is not None and request.endpoint.partition(".")[0] == area
