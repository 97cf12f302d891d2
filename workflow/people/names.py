"""Names: sorted by surname strokes as official lists are, and written in Latin letters, surnames read as surnames.

Names with a middle dot have no surname: their parts are read one by one, and the first character sorts them.
"""

import re
from functools import cache
from pathlib import Path

from pypinyin import Style, lazy_pinyin

from workflow.procedure.source import read_source

FILE = Path(__file__).with_name("surnames.yaml")
UNKNOWN_STROKES = 99
_DOTS = re.compile("[·•・‧]")
"""The middle dot of names, and what is typed for it."""


@cache
def _surnames() -> tuple[dict[str, int], dict[str, str]]:
    """Surname → strokes of its first character, and surname → reading where it differs from the dictionary's."""
    source = read_source(FILE.read_text(encoding="utf-8"), FILE.name).value
    strokes = {character: int(count) for count, characters in source["strokes"].items() for character in characters}
    return strokes, dict(source["readings"])


def surname_of(name: str) -> str:
    """The surname of a Chinese name, compound ones included."""
    compound = _surnames()[1]
    return name[:2] if name[:2] in compound and len(name) > 2 else name[:1]


def strokes_key(name: str) -> str:
    """The sort key of official lists: strokes of the surname, then the surname, then the given name's reading."""
    surname = surname_of(name)
    strokes = _surnames()[0].get(surname[:1], UNKNOWN_STROKES)
    return f"{strokes:02d}{surname}{pinyin_key(name)}"


def pinyin_key(name: str) -> str:
    """The sort key by reading: `wen lang`."""
    return " ".join(part.lower() for part in _readings(name))


def latin_name(name: str) -> str:
    """`Wen Lang`, `Ouyang Minghua`, `Gulinaer Aishan`; a name in Latin letters as it is."""
    if name.isascii():
        return name
    if _DOTS.search(name):
        return " ".join("".join(lazy_pinyin(part)).capitalize() for part in _DOTS.split(name) if part)
    readings = _readings(name)
    count = len(surname_of(name))
    return f"{''.join(readings[:count]).capitalize()} {''.join(readings[count:]).capitalize()}".strip()


def _readings(name: str) -> list[str]:
    if _DOTS.search(name):
        return lazy_pinyin(_DOTS.sub("", name))
    surname = surname_of(name)
    special = _surnames()[1].get(surname)
    given = lazy_pinyin(name[len(surname) :], style=Style.NORMAL, v_to_u=False)
    return [*(special.split() if special else lazy_pinyin(surname, style=Style.NORMAL)), *given]
