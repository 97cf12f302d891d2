"""Definitions gone wrong: one mutation of a sound one by its number, on the text, on the values or on the bytes."""

import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Any

from definitions.examples import FRAME, examples, merged
from definitions.library import FOLDER
from workflow.procedure.source import read_source

Way = tuple[str | int, ...]
SNIPPETS = (
    "&a ", "*a", "!!int ", "!x ", "? ", "- ", ": ", "[", "]", "{", "}", "|\n", ">-\n", "'", '"', "#", "%YAML 1.1\n---\n", "---\n", "...\n",
    "<<: *a\n", "\t", "\r", "\x00", "\x07", "\ufeff", "\u2028", "\x85", "\\ud800", "\\0", "~", "null", "@", "`", ",", "&a [*a]", "%", "\U0001f600",
    "1e999999999", "9" * 400, "0x" + "f" * 400, "-.inf", ".nan", "2001-99-99", "=",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**17, 10**30, -(10**400), 1.5, 1e308, "", " ", "x" * 5_000, "no", "1e999999999", "1/0", "1/" + "9" * 5_000,
    "0/1", "-1/2", "２/３", "desk.draft", "desk.nowhere", "a.b.c", "\ud800", "\x00", "é\u0301", "<script>", "{x}", "12-99", "２０-０１", [], {}, [[]],
    [None], {"": ""}, {"name": {}}, {"name": "age", "params": []}, {"a": {"b": {"c": []}}}, [1, "a", None, {}], ["clerk"] * 300,
)  # fmt: skip
KEYS = (
    "",
    " ",
    "name",
    "params",
    "cites",
    "title",
    "on",
    "yes",
    "~",
    "1",
    "a.b",
    "Ａ",
    "x" * 3_000,
    "\x00",
    "__class__",
    "model_config",
    "self",
)


@cache
def bases() -> tuple[dict[str, Any], ...]:
    """The examples laid over their frame, each without those parts of it that it does not need: small ones are read faster."""
    frame = read_source(examples()[FRAME], "frame").value
    found = []
    for name, text in examples().items():
        spared = {
            "rubric": "rubric scores",
            "categories": "senior junior seats",
            "rounds_by": "round",
            "timetable": "round",
        }
        kept = {key: value for key, value in frame.items() if not _is_spared(spared.get(key), text)}
        found.append(merged(kept, read_source(text, name).value))
    return tuple(found)


def _is_spared(words: str | None, text: str) -> bool:
    return words is not None and not any(word in text for word in words.split())


@cache
def texts() -> tuple[str, ...]:
    """The same as people write them, and the shortest that ships."""
    return (*examples().values(), (FOLDER / "annual-review.yaml").read_text(encoding="utf-8"))


def mutated(number: int) -> bytes:
    """The mutated definition of a number: the same bytes each time."""
    random = Random(number)
    if number % 5 < 2:
        value = copy.deepcopy(random.choice(bases()))
        for _ in range(random.choice((1, 1, 1, 2, 5))):
            random.choice(_OF_VALUES)(value, random)
        return json.dumps(value, ensure_ascii=random.random() < 0.5).encode(errors="surrogatepass")
    text = random.choice(texts()[:-1]) if number % 3 else examples()[FRAME]
    if number % 50 == 3:
        text = texts()[-1]
    if number % 5 < 4:
        for _ in range(random.choice((1, 1, 2, 8))):
            text = random.choice(_OF_TEXTS)(text, random)
        return text.encode(errors="surrogatepass")
    return random.choice(_OF_BYTES)(text.encode(), random)


def _places(value: Any, way: Way = ()) -> Iterator[Way]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield (*way, key)
        yield from _places(below, (*way, key))


def _at(value: Any, way: Way) -> Any:
    for step in way:
        value = value[step]
    return value


def _place(value: Any, random: Random) -> tuple[Any, Any]:
    """A random container within the value and one of its keys."""
    way = random.choice(list(_places(value)) or [()])
    return (_at(value, way[:-1]), way[-1]) if way else ({"": None}, "")


def _delete(value: Any, random: Random) -> None:
    holder, key = _place(value, random)
    del holder[key]


def _replace(value: Any, random: Random) -> None:
    holder, key = _place(value, random)
    holder[key] = copy.deepcopy(random.choice(VALUES))


def _rename(value: Any, random: Random) -> None:
    holder, key = _place(value, random)
    if isinstance(holder, dict):
        holder[random.choice((*KEYS, str(key)[:-1], str(key).upper(), f"{key}s"))] = holder.pop(key)


def _swap(value: Any, random: Random) -> None:
    (one, key), (other, there) = _place(value, random), _place(value, random)
    one[key], other[there] = copy.deepcopy(other[there]), copy.deepcopy(one[key])


def _copy(value: Any, random: Random) -> None:
    (one, key), (other, _there) = _place(value, random), _place(value, random)
    if isinstance(other, dict):
        other[random.choice((str(key), *KEYS))] = copy.deepcopy(one[key])
    else:
        other.extend([copy.deepcopy(one[key])] * random.choice((1, 2, 50)))


def _wrap(value: Any, random: Random) -> None:
    holder, key = _place(value, random)
    for _ in range(random.choice((1, 2, 30, 200))):
        holder[key] = [holder[key]] if random.random() < 0.5 else {random.choice(KEYS): holder[key]}


def _name(value: Any, random: Random) -> None:
    """Another word of the definition in place of one that looks like it."""
    words = [way for way in _places(value) if isinstance(_at(value, way), str)]
    way, other = random.choice(words), _at(value, random.choice(words))
    alike = [word for each in words if ("." in (word := _at(value, each))) == ("." in _at(value, way))]
    _at(value, way[:-1])[way[-1]] = random.choice([*alike, other])


def _text(value: Any, random: Random) -> None:
    holder, key = _place(value, random)
    holder[key] = json.dumps(holder[key]) if random.random() < 0.5 else str(holder[key]) + random.choice(SNIPPETS)


def _insert(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(SNIPPETS) * random.choice((1, 1, 3, 100)) + text[at:]


def _cut(text: str, random: Random) -> str:
    start = random.randrange(len(text) + 1)
    return text[:start] + text[start + random.choice((1, 1, 2, 20, 1_000)) :]


def _lines(text: str, random: Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    at = random.randrange(len(lines))
    change = random.choice(("twice", "gone", "in", "out", "tab", "apart", "many"))
    line = lines[at]
    lines[at : at + 1] = {
        "twice": [line, line],
        "gone": [],
        "in": ["  " + line],
        "out": [line.removeprefix("  ")],
        "tab": ["\t" + line.lstrip()],
        "apart": [line, random.choice(lines)],
        "many": [line] * 30,
    }[change]
    return "".join(lines)


def _nested(text: str, random: Random) -> str:
    depth = random.choice((10, 30, 2_000))
    opened, closed = random.choice((("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", ""), ("'", "'"), ("{? ", "}")))
    return text + "more: " + opened * depth + closed * depth + "\n"


def _aliases(text: str, random: Random) -> str:
    levels = [
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'lol'}]\n" for n in range(random.choice((1, 2, 9)))
    ]
    return "".join(levels) + text if random.random() < 0.5 else text + "".join(levels)


def _characters(text: str, random: Random) -> str:
    old, new = random.choice(
        (
            ("\n", "\r\n"),
            ("\n", "\r"),
            (" ", "\t"),
            (":", "："),
            ("  ", "\u3000"),
            ("{", ""),
            ("}", ""),
            (",", "，"),
            ("\n", " "),
        )
    )
    return text.replace(old, new, random.choice((1, -1)))


def _encoded(data: bytes, random: Random) -> bytes:
    return data.decode().encode(random.choice(("utf-8-sig", "utf-16", "utf-16-be", "utf-32", "gb18030", "utf-7")))


def _flipped(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 3, 50))):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def _shortened(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _grown(data: bytes, random: Random) -> bytes:
    return data + random.choice((b"\xff", b"\x00", b"\n# ", b"\xed\xa0\x80", b"  ")) * random.choice((1, 300, 200_000))


_OF_VALUES: tuple[Callable[[Any, Random], None], ...] = (
    _delete,
    _replace,
    _rename,
    _name,
    _name,
    _name,
    _swap,
    _copy,
    _wrap,
    _text,
)
_OF_TEXTS: tuple[Callable[[str, Random], str], ...] = (
    _insert,
    _insert,
    _cut,
    _lines,
    _lines,
    _nested,
    _aliases,
    _characters,
)
_OF_BYTES: tuple[Callable[[bytes, Random], bytes], ...] = (_encoded, _flipped, _flipped, _shortened, _grown)
