"""The words for people: every text of `definitions/messages` by its key, in English and Chinese."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from definitions.placeholders import PlaceholderFaulty, Template, parse
from workflow.procedure.source import Source, read_source
from workflow.settings import OFFICE_ZONE

FOLDER = Path(__file__).parent / "messages"
LANGUAGES = ("en", "zh")
Texts = Mapping[str, Mapping[str, Template]]


class TextsFaulty(Exception):
    """A catalogue cannot be used; the message names file and line."""


class TextMissing(KeyError):
    """Nothing is filed under this key."""


@dataclass(frozen=True, slots=True)
class _Filed:
    """Where a key was first met, and its text."""

    place: str
    text: Mapping[str, Template]


def say(key: str, locale: str, /, *, zone: ZoneInfo = OFFICE_ZONE, **params: Any) -> str:
    """The text of a key in the language of a locale, with its values.

    Raises TextMissing for an unknown key, ParameterMissing for a value that is not given; values beyond those named
    in the text are allowed.
    """
    try:
        text = texts()[key]
    except KeyError:
        raise TextMissing(key) from None
    return text[language_of(locale)].fill(params, zone, say)


def has(key: str) -> bool:
    """Whether there is a text, or a message, under the key."""
    return key in texts() or f"{key}.subject" in texts()


def keys() -> tuple[str, ...]:
    """Every key, sorted; those of a message end in `.subject` and `.body`."""
    return tuple(sorted(texts()))


def language_of(locale: str) -> str:
    """`zh` for any Chinese locale, English for all others."""
    return "zh" if locale.startswith("zh") else "en"


def message_text(
    template: str, locale: str, params: Mapping[str, Any], *, zone: ZoneInfo = OFFICE_ZONE
) -> tuple[str, str]:
    """Subject and body of a message. Raises as `say` does.

    A template may have variants: `.before`, `.on_day` and `.after` by the sign of `days`; `.many` where `cases` are several;
    `.without_NAME` where that value is empty. `days` is said without its sign.
    """
    chosen = variant(template, params)
    given = dict(params)
    if isinstance(given.get("days"), int):
        given["days"] = abs(given["days"])
    subject = say(f"{chosen}.subject", locale, zone=zone, **given)
    return " ".join(subject.split()), say(f"{chosen}.body", locale, zone=zone, **given).strip()


def variant(template: str, params: Mapping[str, Any]) -> str:
    """The key of the variant that fits the values; the template's own where it has none that does."""
    days = params.get("days", 0)
    candidates = [
        f"{template}.without_{name}" for name, value in sorted(params.items()) if value is None or value == ""
    ]
    if len(params.get("cases", ())) > 1:
        candidates.append(f"{template}.many")
    candidates.append(f"{template}.{'on_day' if not days else 'before' if days < 0 else 'after'}")
    return next((key for key in candidates if f"{key}.subject" in texts()), template)


@cache
def texts() -> Texts:
    """All texts, read once. Raises TextsFaulty."""
    return load(FOLDER)


def load(folder: Path) -> Texts:
    """The texts of every YAML file in a folder. Raises TextsFaulty, and Unsound for what is no proper YAML."""
    filed: dict[str, _Filed] = {}
    for path in sorted(folder.glob("*.yaml")):
        source = read_source(path.read_text(encoding="utf-8"), path.name)
        for key, value in source.value.items():
            _file(filed, source, (key,), value)
    return {key: entry.text for key, entry in filed.items()}


def _file(filed: dict[str, _Filed], source: Source, path: tuple[str, ...], value: Any) -> None:
    """Adds the text at a place: `{en, zh}`, or a group of such (`subject` and `body` of a message, its variants)."""
    key, place = ".".join(path), f"{source.file}:{source.line(path)}"
    if not isinstance(value, dict) or not value:
        raise TextsFaulty(f"{place}: {key}: a text is a pair of en and zh")
    if not value.keys() & set(LANGUAGES):
        if ("subject" in value) != ("body" in value):
            raise TextsFaulty(f"{place}: {key}: a message has a subject and a body")
        for name, inner in value.items():
            _file(filed, source, (*path, name), inner)
        return
    if key in filed:
        raise TextsFaulty(f"{place}: {key} is already filed at {filed[key].place}")
    filed[key] = _Filed(place, _pair(key, place, value))


def _pair(key: str, place: str, value: Mapping[str, Any]) -> Mapping[str, Template]:
    if value.keys() != set(LANGUAGES) or not all(isinstance(text, str) and text.strip() for text in value.values()):
        raise TextsFaulty(f"{place}: {key}: exactly en and zh are wanted, both with words")
    try:
        pair = {language: parse(value[language], language) for language in LANGUAGES}
    except PlaceholderFaulty as error:
        raise TextsFaulty(f"{place}: {key}: no such placeholder: {error}") from error
    if pair["en"].names != pair["zh"].names:
        raise TextsFaulty(f"{place}: {key}: en names {sorted(pair['en'].names)}, zh names {sorted(pair['zh'].names)}")
    return pair
