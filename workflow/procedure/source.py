"""YAML 1.2 text as plain values that remember their lines; aliases, tags and duplicate keys are refused."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)
from ruamel.yaml.nodes import ScalarNode

from workflow.procedure.findings import MAX_FINDINGS, Finding, Unsound, first_of
from workflow.procedure.parts import wanted_of

MAX_BYTES = 512 * 1024
MAX_DEPTH = 24
MAX_VALUES = 25_000
"""Keys and values of a file: a procedure of 200 states has about 15,000."""
UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters and halves of characters, which no database, page or XML takes."""
READ_UNLIKE = re.compile("[\t\x85\u2028\u2029\ufeff]")
"""Tabs and rare ends of lines, of which YAML 1.1, libyaml's language, holds otherwise than YAML 1.2."""
LANGUAGES = ("en", "zh")
LONGEST_DETAIL = 400
PLAIN_TAGS = frozenset({"map", "seq", "str", "int", "float", "bool", "null", "timestamp"})
Path = tuple[str | int, ...]
OWN_CODES = frozenset(
    {
        *("unknown_key", "share", "members", "single_key", "one_length", "condition", "opening", "join"),
        *("settle_number", "day", "confidence", "validity", "cited_as"),
    }
)
"""Faults the models word themselves; each is a key of the text catalogue."""


@dataclass(frozen=True, slots=True)
class Source:
    """The values of a file and the line on which each stands."""

    file: str
    value: Any
    lines: dict[Path, int]
    files: dict[Path, str] = field(default_factory=dict)
    """Places that stand in another file: those a fragment brought."""

    def file_of(self, path: Path) -> str:
        """The file in which a place stands."""
        return next((file for place, file in self.files.items() if path[: len(place)] == place), self.file)

    def line(self, path: Path) -> int:
        """The line of a place, or of the nearest place above it that the file has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def finding(self, path: Path, code: str, **params: Any) -> Finding:
        """A fault at a place of this file."""
        return Finding(self.file_of(path), self.line(path), code, params, ".".join(str(part) for part in path))

    def doubt(self, path: Path, code: str, **params: Any) -> Finding:
        """A warning at a place of this file."""
        return replace(self.finding(path, code, **params), severity="warning")

    def worded(self, fault: Any) -> Finding:
        """One pydantic error in our words, at its line."""
        path = tuple(part for part in fault["loc"] if part != "[key]")
        given = fault.get("ctx", {}).items()
        kind, context = fault["type"], {key: _short(item, LONGEST_DETAIL) for key, item in given if key != "error"}
        if kind == "missing" and path[-1] in LANGUAGES:
            return self.finding(path, "words_missing", language=str(path[-1]))
        if kind == "string_too_short" and path[-1] in LANGUAGES:
            return self.finding(path, "words_blank")
        if kind == "missing":
            return self.finding(path, "missing_key", key=str(path[-1]))
        if kind in OWN_CODES:
            return self.finding((*path, context["key"]) if kind == "unknown_key" else path, kind, **context)
        value, wanted = _short(fault["input"]), wanted_of(fault)
        if kind == "literal_error":
            return self.finding(path, "not_allowed", value=value, allowed=wanted["limit"])
        if kind == "string_pattern_mismatch":
            return self.finding(path, "bad_name", value=value, pattern=context["pattern"])
        if kind.startswith(("greater_than", "less_than", "too_", "string_too")):
            return self.finding(path, "out_of_bounds", value=value, **wanted)
        return self.finding(path, "wrong_type", value=value, **wanted)


def _short(value: Any, limit: int = 60) -> str:
    text = str(value)
    return text if len(text) <= limit else text[: limit - 3] + "…"


class _Builder:
    """Turns the events of a text into values; collects faults instead of stopping at the first.

    Raises Unsound where going on would cost without limit: at an alias and below the deepest level.
    """

    def __init__(self, text: str, file: str, *, is_pure: bool) -> None:
        yaml = YAML(typ="safe", pure=is_pure)
        self.events: Iterator[Any] = self._counted(yaml.parse(StringIO(text)))
        self.resolve = yaml.resolver.resolve
        self.file = file
        self.lines: dict[Path, int] = {}
        self.findings: list[Finding] = []

    def document(self) -> Any:
        """The value of the only document; None where there is none."""
        value, documents = None, 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                is_plain = event.version in {None, (1, 2)} and not event.tags
                if documents > 1 or not is_plain:
                    self.fault(event, "yaml_documents" if is_plain else "yaml_directive")
                    break
            elif isinstance(event, NodeEvent):
                value = self._value(event, ())
        return value

    def _counted(self, events: Iterator[Event]) -> Iterator[Event]:
        left = MAX_VALUES
        for event in events:
            left -= isinstance(event, NodeEvent)
            if left < 0:
                raise Unsound((*self.findings, self._finding(event, "yaml_too_many", limit=MAX_VALUES)))
            yield event

    def _finding(self, event: Event, code: str, **params: Any) -> Finding:
        return Finding(self.file, event.start_mark.line + 1, code, params)

    def fault(self, event: Event, code: str, **params: Any) -> None:
        self.findings.append(self._finding(event, code, **params))
        if len(self.findings) > MAX_FINDINGS:
            raise Unsound(first_of(self.findings))

    def _value(self, event: Any, path: Path) -> Any:
        if isinstance(event, AliasEvent):
            raise Unsound((*self.findings, self._finding(event, "yaml_alias", name=event.anchor)))
        self.lines.setdefault(path, event.start_mark.line + 1)
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        if len(path) >= MAX_DEPTH:
            raise Unsound((*self.findings, self._finding(event, "yaml_too_deep", limit=MAX_DEPTH)))
        if isinstance(event, MappingStartEvent):
            self._plain(event, "map")
            return self._mapping(path)
        self._plain(event, "seq")
        return self._sequence(path)

    def _plain(self, event: Any, default: str) -> str:
        """The kind of a value; a tag of one's own is a fault."""
        tag = str(event.ctag) if event.ctag is not None and str(event.ctag) != "!" else default
        kind = tag.rpartition(":")[2]
        if kind not in PLAIN_TAGS:
            self.fault(event, "yaml_tag", tag=tag)
        return kind

    def _sequence(self, path: Path) -> list[Any]:
        result: list[Any] = []
        for event in self.events:
            if isinstance(event, SequenceEndEvent):
                break
            self.lines[*path, len(result)] = event.start_mark.line + 1
            result.append(self._value(event, (*path, len(result))))
        return result

    def _mapping(self, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for event in self.events:
            if isinstance(event, MappingEndEvent):
                break
            key = event.value if isinstance(event, ScalarEvent) else None
            if key is not None and UNSTORABLE.search(key):
                self.fault(event, "yaml_character")
                self._value(next(self.events), (*path, ""))
            elif key is None:
                self.fault(event, "yaml_key_not_text")
                self._value(event, (*path, ""))  # read past it; what it holds may be at fault too
                self._value(next(self.events), (*path, ""))
            elif key in result:
                self.fault(event, "yaml_duplicate_key", key=key)
                self._value(next(self.events), (*path, key))
            else:
                self.lines[*path, key] = event.start_mark.line + 1
                result[key] = self._value(next(self.events), (*path, key))
        return result

    def _scalar(self, event: ScalarEvent) -> Any:
        if UNSTORABLE.search(event.value):
            self.fault(event, "yaml_character")
        kind = self._plain(event, str(self.resolve(ScalarNode, event.value, event.implicit)))
        if kind == "null":
            return None
        if kind == "bool":
            return event.value.lower() == "true"
        if kind == "int" and event.value.lstrip("+-").isdecimal() and len(event.value) <= 18:
            return int(event.value)
        return event.value


def too_large(file: str) -> Unsound:
    """What is said of a file above the limit."""
    return Unsound((Finding(file, 1, "yaml_too_large", {"limit": MAX_BYTES // 1024}),))


def read_file(path: FilePath) -> str:
    """The text of a file. Raises Unsound where it cannot be read, is too large or not UTF-8."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise too_large(str(path))
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unsound((Finding(str(path), 1, "file_not_utf8"),)) from error
    except OSError as error:
        raise Unsound((Finding(str(path), 1, "file_unreadable", {"detail": error.strerror or ""}),)) from error


def read_source(text: str, file: str) -> Source:
    """The values of a YAML text.

    Raises Unsound: not YAML, too large, too many values or too deep, an alias (which is how small files become huge), a tag of
    one's own, a key twice, a second document, or something else than a mapping at the top.
    """
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise too_large(file)
    return (None if READ_UNLIKE.search(text) else _read_fast(text, file)) or _read(text, file)


def _read_fast(text: str, file: str) -> Source | None:
    """By libyaml, in a twentieth of the time; None where anything is amiss: what that is, the exact reader says."""
    builder = _Builder(text, file, is_pure=False)
    with suppress(YAMLError, ValueError, RecursionError, Unsound):
        value = builder.document()
        if not builder.findings and isinstance(value, dict):
            return Source(file, value, builder.lines)
    return None


def _read(text: str, file: str) -> Source:
    try:
        builder = _Builder(text, file, is_pure=True)
        value = builder.document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unsound(
            (Finding(file, mark.line + 1 if mark else 1, "yaml_syntax", {"detail": str(error.problem)}),)
        ) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise Unsound((Finding(file, 1, "yaml_syntax", {"detail": str(error).splitlines()[0][:200]}),)) from error
    if builder.findings:
        raise Unsound(tuple(builder.findings))
    if not isinstance(value, dict):
        raise Unsound((Finding(file, 1, "yaml_not_a_mapping"),))
    return Source(file, value, builder.lines)
