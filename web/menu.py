"""The left menu: pages name their entry, the shell shows those the reader may open, in the order of an office."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, request, url_for

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

    @property
    def area(self) -> str:
        """The group of pages the entry leads to."""
        return self.endpoint.partition(".")[0]


def add_entry(app: Flask, entry: Entry) -> None:
    """Puts an entry on the menu."""
    app.extensions.setdefault("menu", []).append(entry)


def menu() -> tuple[tuple[Entry, ...], str]:
    """The entries open to the reader, in order, and the area of the page shown."""
    actor = current_actor()
    known: list[Entry] = current_app.extensions.get("menu", [])
    shown = sorted((entry for entry in known if entry.is_open_to(actor)), key=lambda entry: entry.order)
    return tuple(shown), _area(shown)


def _area(shown: list[Entry]) -> str:
    """The area of the page shown; a page without an entry of its own belongs to the one whose address it stands below."""
    area = (request.endpoint or "").partition(".")[0]
    if any(entry.area == area for entry in shown):
        return area
    below = (entry.area for entry in shown if request.path.startswith(url_for(entry.endpoint).rstrip("/") + "/"))
    return next(below, area)
