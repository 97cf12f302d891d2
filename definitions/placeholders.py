"""A text with placeholders: parsed strictly, filled with values written as the language writes them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SEPARATORS = {"en": ", ", "zh": "、"}
WORDS = {"en": {True: "yes", False: "no"}, "zh": {True: "是", False: "否"}}
_SPEC = re.compile(r"[a-z ]+\|[a-z ]+|lines|lines=[a-z_]+")
_HAN = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z0-9]")
_ITEM = {"en": "- ", "zh": "· "}

Say = Callable[..., str]


class PlaceholderFaulty(ValueError):
    """A placeholder is not one of `{name}`, `{name:one|many}`, `{name:lines}` and `{name:lines=key}`."""


class ParameterMissing(KeyError):
    """A text was to be said without a value it names."""


@dataclass(frozen=True, slots=True)
class Template:
    """A text in one language, as literals and placeholders: (literal, name, spec)."""

    language: str
    pieces: tuple[tuple[str, str | None, str], ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for _, name, _ in self.pieces if name)

    def fill(self, params: Mapping[str, Any], zone: ZoneInfo, say: Say) -> str:
        """The text with its values. Raises ParameterMissing, and TypeError for a value no language can write."""
        parts = []
        for literal, name, spec in self.pieces:
            parts.append(literal)
            if name is None:
                continue
            if name not in params:
                raise ParameterMissing(name)
            parts.append(self._written(stored(name, params[name]), spec, zone, say))
        return spaced(parts) if self.language == "zh" else "".join(parts)

    def _written(self, value: Any, spec: str, zone: ZoneInfo, say: Say) -> str:
        if spec.startswith("lines"):
            key = spec.partition("=")[2]
            items = [say(key, self.language, **item) if key else written(item, self.language, zone) for item in value]
            return "\n".join(_ITEM[self.language] + item for item in items)
        if spec:
            one, _, many = spec.partition("|")
            return f"{written(value, self.language, zone)} {one if abs(value) == 1 else many}"
        return written(value, self.language, zone)


def spaced(parts: Sequence[str]) -> str:
    """Chinese put together: one space where a Chinese character meets a Latin letter or a number, none between Chinese.

    Only the seams are looked at; what a value says inside stays as it was written: 于 2026年9月30日前报送 3 份.
    """
    text = ""
    for part in parts:
        before, after = text.rstrip(" "), part.lstrip(" ")
        if not before or not after:
            text += part
            continue
        ends, begins = before[-1], after[0]
        if _HAN.match(ends) and _HAN.match(begins):
            text = before + after
        elif (_HAN.match(ends) and _LATIN.match(begins)) or (_LATIN.match(ends) and _HAN.match(begins)):
            text = f"{before} {after}"
        else:
            text += part
    return text


def parse(text: str, language: str) -> Template:
    """The template of a text. Raises PlaceholderFaulty: attributes, indexes, conversions and positions are not for texts."""
    pieces = []
    try:
        parsed = list(Formatter().parse(text))
    except ValueError as error:
        raise PlaceholderFaulty(str(error)) from error
    for literal, name, spec, conversion in parsed:
        if name is not None and (conversion or not name.isidentifier() or (spec and not _SPEC.fullmatch(spec))):
            raise PlaceholderFaulty(f"{{{name}{'!' + conversion if conversion else ''}{':' + spec if spec else ''}}}")
        pieces.append((literal, name, spec or ""))
    return Template(language, tuple(pieces))


def stored(name: str, value: Any) -> Any:
    """A value as it was before it was kept as JSON: names ending in `_at` are moments, in `_date` dates."""
    if isinstance(value, str) and name.endswith("_at"):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and name.endswith("_date"):
        return date.fromisoformat(value)
    return value


def written(value: Any, language: str, zone: ZoneInfo) -> str:
    """A value as the language writes it. Raises TypeError for what has no one way to be written."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return WORDS[language][value]
    if isinstance(value, int | Decimal | float):
        return format(value, "g") if isinstance(value, float) else str(value)
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        clock = f"{local:%H:%M}"
        return f"{_day(local.date(), language)}{', ' if language == 'en' else ' '}{clock}"
    if isinstance(value, date):
        return _day(value, language)
    if isinstance(value, Mapping) and {"en", "zh"} <= value.keys():
        return str(value[language])
    if isinstance(value, Sequence | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return SEPARATORS[language].join(written(item, language, zone) for item in items)
    raise TypeError(f"no way to write a {type(value).__name__}: {value!r}")


def _day(day: date, language: str) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day.day} {MONTHS[day.month]} {day.year}"
