"""Every text of a page in both languages: nothing untranslated, nothing left over, the same placeholders."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from web.i18n import merged_catalogue

WEB = Path(__file__).parents[2] / "web"
METHODS = [("templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?]|[\u4e00-\u9fff]\.(?:\s|$)")
NO_SPACE = re.compile(r"[\u3400-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u3400-\u9fff]")
NUMBERS = frozenset(
    {
        *("age", "cancelled", "cases", "changed", "count", "done", "given", "key", "least", "line", "most", "n", "nil"),
        *(
            "nominated",
            "num",
            "number",
            "refused",
            "reference",
            "seats",
            "settled",
            "share",
            "silent",
            "total",
            "version",
        ),
        *("covered", "days", "host", "moment", "passed", "seed", "time", "year"),
    }
)
"""Placeholders whose values begin and end with a number or a Latin letter."""
DAYS = frozenset({"closes", "day", "new", "old", "opens", "when"})
"""Placeholders that begin with a number and may end in Chinese: 2026年9月1日."""
MENU_ENTRY = re.compile(r'Entry\("([^"]+)"')


def _ids(message: object) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(str(part) for part in message)  # type: ignore[attr-defined]


def _used() -> Iterator[tuple[str, ...]]:
    for _file, _line, message, _comments, _context in extract_from_dir(WEB, method_map=METHODS):
        yield _ids(message)
    for path in (WEB / "pages").glob("*.py"):
        yield from ((title,) for title in MENU_ENTRY.findall(path.read_text("utf-8")))


@pytest.fixture(scope="module")
def used() -> set[tuple[str, ...]]:
    """Message ids of pages and templates, with the plural where there is one."""
    return set(_used())


@pytest.fixture(scope="module")
def translated() -> dict[str, tuple[str, ...]]:
    """Message id → Chinese texts."""
    return {_ids(m.id)[0]: _ids(m.string) for m in merged_catalogue() if m.id}


def test_texts_are_found_at_all(used: set[tuple[str, ...]]) -> None:
    assert len(used) > 300
    assert ("Inbox",) in used


def test_every_text_has_a_chinese_translation(
    used: set[tuple[str, ...]], translated: dict[str, tuple[str, ...]]
) -> None:
    assert sorted(ids[0] for ids in used if not all(translated.get(ids[0], ("",)))) == []


def test_no_translation_is_left_over(used: set[tuple[str, ...]], translated: dict[str, tuple[str, ...]]) -> None:
    assert sorted(set(translated) - {ids[0] for ids in used}) == []


def test_translations_keep_the_placeholders(used: set[tuple[str, ...]], translated: dict[str, tuple[str, ...]]) -> None:
    wrong = []
    for ids in used:
        expected = {name for text in ids for name in PLACEHOLDER.findall(text)}
        wrong += [text for text in translated.get(ids[0], ()) if set(PLACEHOLDER.findall(text)) != expected]
    assert wrong == []


def test_chinese_has_full_width_punctuation(translated: dict[str, tuple[str, ...]]) -> None:
    assert [text for texts in translated.values() for text in texts if HALF_WIDTH.search(text)] == []


def test_a_space_stands_between_chinese_and_numbers_or_latin(translated: dict[str, tuple[str, ...]]) -> None:
    """中文 5 个, not 中文5个; days are written without: 2026年9月1日."""

    def filled(match: re.Match[str]) -> str:
        return "1" if match[1] in NUMBERS else "1年" if match[1] in DAYS else "〇"

    day = re.compile(r"1年")
    texts = [text for texts in translated.values() for text in texts]
    shown = [(text, day.sub("1 年", PLACEHOLDER.sub(filled, text))) for text in texts]
    assert [text for text, example in shown if NO_SPACE.search(example)] == []
