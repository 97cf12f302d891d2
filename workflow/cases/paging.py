"""Reads the cursors of lists that go by a moment and a number."""

from workflow.problems import Invalid
from workflow.store.types import instant, instant_text

LONGEST_NUMBER = 9
"""Digits of an id that both databases take."""


def place_of(cursor: str) -> tuple[str, int]:
    """The stored text of the moment and the number behind a cursor. Raises Invalid for a garbled one."""
    moment, _, number = cursor.rpartition("_")
    if len(number) > LONGEST_NUMBER:
        raise Invalid("cursor_garbled", field="after")
    try:
        return instant_text(instant(moment)), int(number)
    except (ValueError, OverflowError) as error:
        raise Invalid("cursor_garbled", field="after") from error
