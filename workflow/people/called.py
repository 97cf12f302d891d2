"""What somebody is called in each language of a page."""

from collections.abc import Iterable
from typing import Any, NamedTuple


class Name(NamedTuple):
    """A name as it is written, and in Latin letters for pages in English."""

    zh: str
    en: str


def names_by_id(rows: Iterable[Any]) -> dict[int, Name]:
    """Account → name, of rows (id, name, name in Latin letters)."""
    return {row[0]: Name(row[1], row[2]) for row in rows}
