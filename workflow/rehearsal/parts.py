"""How a scenario file writes what it is made of: days, names, holders of a role, codes of reasons."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from workflow.procedure.parts import Key, _as_tuple

NAME_PATTERN = r"^[a-z0-9][a-z0-9._-]{1,39}$"
MOST_HOLDERS = 200
OWN_CODES = frozenset({"day", "holders", "step_kind", "at_least_one"})
"""Faults that have words of their own; the others are those of every definition."""


def _day(value: Any) -> Any:
    """`2026-03-02`, or a month for its first day: `1985-05`."""
    text = f"{value}-01" if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d", value) else value
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise PydanticCustomError("day", "a day is written like 2026-03-02, a month like 1985-05") from None


def _day_or_none(value: Any) -> Any:
    return value if value == "none" else _day(value)


def _holders(value: Any) -> Any:
    """Names, or how many people nobody needs to tell apart."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_HOLDERS:
        return value
    names = _as_tuple(value)
    if isinstance(names, tuple) and all(isinstance(name, str) and re.match(NAME_PATTERN, name) for name in names):
        return names
    raise PydanticCustomError("holders", "write names in a list, or how many people")


def some(value: Any) -> Any:
    """A list of the file as a tuple with something in it."""
    if value == []:
        raise PydanticCustomError("at_least_one", "at least one is needed here")
    return tuple(value) if isinstance(value, list) else value


Day = Annotated[date, BeforeValidator(_day)]
DayOrNone = Annotated[Any, BeforeValidator(_day_or_none)]
"""A day, or the word `none`."""
Name = Annotated[str, Field(pattern=NAME_PATTERN)]
"""Somebody of a scenario, and the name they sign in by."""
CaseRef = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,39}(/[a-z0-9][a-z0-9._-]{0,39})*$")]
"""A case by its name, and below it a child by its number or by whom it is about: `case/2`, `case/wang`, `second/2/1`."""


def _numbered(value: Any) -> Any:
    """A number written as one, as it is written in an address."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Child = Annotated[str, BeforeValidator(_numbered), Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")]
"""A child case by whom it is about, or by its number."""
Names = Annotated[tuple[Name, ...], BeforeValidator(_as_tuple)]
Holders = Annotated[Any, BeforeValidator(_holders)]
"""A tuple of names, or a number of people."""
BodyCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]
HeldRole = Key
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$", max_length=120)]
Codes = Annotated[tuple[Code, ...], BeforeValidator(_as_tuple)]
"""Codes of reasons; a code without its ending stands for every ending: `age` for `age.at_most`."""
Year = Annotated[str, Field(pattern=r"^\d{4}$")]
