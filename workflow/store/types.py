"""Column types that keep the same text in SQLite and PostgreSQL, so that a record hashes alike in both."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

INSTANT_LENGTH = 27
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def instant_text(value: datetime) -> str:
    """The stored text of a moment: ISO 8601 in UTC with microseconds and `Z`, which sorts as time does.

    Raises ValueError for a time without a zone: such a value would mean another moment elsewhere.
    """
    if value.tzinfo is None:
        raise ValueError(f"a time needs a zone: {value!r}")
    return value.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def instant(text: str) -> datetime:
    """The moment behind a stored text."""
    return datetime.fromisoformat(text)


def canonical_json(value: Any) -> str:
    """The one text of a JSON value: sorted keys, no spaces, characters as themselves.

    Raises ValueError for NaN and infinities, which are not JSON.
    """
    return _encode(value)


class Instant(TypeDecorator[datetime]):
    """A moment, kept as the text of `instant_text`."""

    impl = String(INSTANT_LENGTH)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else instant_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else instant(value)


class Json(TypeDecorator[Any]):
    """A JSON value, kept as the text of `canonical_json`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)
