"""Names that software stumbles over, given to people on the lists: only names change, so that no distribution does."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from definitions.demo.invented import Draw

RARE = "㼆"
"""A character of the extension A, which few fonts and older code pages have."""
BEYOND_BMP = "𬍛"
"""A character of the extension E: two units in UTF-16, four bytes in UTF-8."""
MINORITY = "古丽娜尔·艾山"
MINORITY_CODE = "ug"
"""A name with the middle dot, and the code of the nationality it belongs to."""

Listed = tuple[int, Draw, str, str]
"""Somebody who will be on a list: place in the cast, draw, code of the body, category."""


def hard_names(listed: list[Listed]) -> dict[int, Draw]:
    """Place → draw with a hard name: two of the same name, two with rare characters, one with the middle dot.

    Sex, ages, education and parties stay as they were drawn; one nationality goes with its name. Raises StopIteration
    where the lists are too small to hold them.
    """
    first, second = next(_alike(listed))
    renamed = {second[0]: replace(second[1], name=first[1].name)}
    free = [one for one in listed if one[0] not in {first[0], second[0]}]
    for character, (place, draw, *_) in zip((RARE, BEYOND_BMP), free, strict=False):
        renamed[place] = replace(draw, name=draw.name[0] + character)
    place, draw = next((place, draw) for place, draw, *_ in free[2:] if draw.sex == "female")
    renamed[place] = replace(draw, name=MINORITY, nationality=MINORITY_CODE)
    return renamed


def _alike(listed: list[Listed]) -> Iterator[tuple[Listed, Listed]]:
    """Pairs of one sex and category whom only body and month of birth tell apart."""
    for one, other in combinations(listed, 2):
        born = {f"{draw.birth_date:%Y-%m}" for draw in (one[1], other[1])}
        if one[1].sex == other[1].sex and one[3] == other[3] and one[2] != other[2] and len(born) == 2:
            yield one, other
