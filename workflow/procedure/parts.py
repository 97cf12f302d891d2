"""What every part of a definition shares: closed keys, words in both languages, numbers by category, citations."""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

KEY_PATTERN = r"^[a-z][a-z0-9_]*$"
Key = Annotated[str, Field(pattern=KEY_PATTERN, max_length=60)]
StateRef = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", max_length=121)]
FieldRef = StateRef
"""An answer of the case: `form.field`."""
ProcedureKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]


class Part(BaseModel):
    """A frozen piece of a definition that refuses keys it does not know and says which it does."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        allowed = _keys_of(cls)
        for key in value:
            if key not in allowed:
                near = get_close_matches(str(key), allowed, n=1)
                raise PydanticCustomError(
                    "unknown_key",
                    "'{key}' is not known here; allowed: {allowed}",
                    {"key": str(key), "allowed": ", ".join(allowed), "near": near[0] if near else ""},
                )
        return value


@cache
def _keys_of(part: type[Part]) -> Mapping[str, None]:
    """The keys a part may have, in the order of the alphabet."""
    return dict.fromkeys(sorted(field.alias or name for name, field in part.model_fields.items()))


class Words(Part):
    """One text in both languages."""

    en: str = Field(min_length=1, max_length=2_000)
    """In English."""
    zh: str = Field(min_length=1, max_length=2_000)
    """In Chinese."""


def _as_tuple(value: Any) -> Any:
    """A list of the file as a tuple, and a single value as a tuple of one."""
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, str) else value


Keys = Annotated[tuple[Key, ...], BeforeValidator(_as_tuple)]
"""One key or a list of keys."""

Number = int | dict[Key, int]
"""A number, or one per category of the procedure."""


def number_for(number: Number, category: str | None) -> int | None:
    """The number that holds for a category; None where the definition names none for it."""
    return number if isinstance(number, int) else number.get(category or "")


def wanted_of(fault: Any) -> dict[str, Any]:
    """What a pydantic error asks for: `wanted` is the key of its text, `limit` the bound where there is one.

    `detail` is pydantic's own sentence, for the kinds without a text.
    """
    context = fault.get("ctx", {})
    limit = next(
        (context[name] for name in ("gt", "ge", "lt", "le", "min_length", "max_length") if name in context), ""
    )
    if fault["type"] == "literal_error":
        limit = context["expected"].replace(" or ", ", ").replace("'", "")
    return {"wanted": f"wanted.{fault['type']}", "limit": limit, "detail": fault["msg"]}
