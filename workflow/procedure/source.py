"""YAML 1.2 text as plain values that remember their lines; aliases, tags and duplicate keys are refused."""

from dataclasses import dataclass
from io import StringIO
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from workflow.procedure.findings import Finding, Unsound

MAX_BYTES = 512 * 1024
MAX_DEPTH = 24
PLAIN_TAGS = frozenset({"map", "seq", "str", "int", "float", "bool", "null", "timestamp"})
Path = tuple[str | int, ...]
OWN_CODES = frozenset(
    {
        *(
            "unknown_key",
            "share",
            "members",
            "single_key",
            "one_length",
            "condition",
            "opening",
            "join",
            "settle_number",
        ),
        *("day", "confidence", "validity", "cited_as"),
    }
)
"""Faults the models word themselves; each is a key of the text catalogue."""


@dataclass(frozen=True, slots=True)
class Source:
    """The values of a file and the line on which each stands."""

    file: str
    value: Any
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """The line of a place, or of the nearest place above it that the file has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def finding(self, path: Path, code: str, **params: Any) -> Finding:
        """A fault at a place of this file."""
        return Finding(self.file, self.line(path), code, params, ".".join(str(part) for part in path))

    def worded(self, fault: Any) -> Finding:
        """One pydantic error in our words, at its line."""
        path = tuple(part for part in fault["loc"] if part != "[key]")
        kind, context = fault["type"], {key: str(item) for key, item in fault.get("ctx", {}).items() if key != "error"}
        if kind == "missing":
            return self.finding(path, "missing_key", key=str(path[-1]))
        if kind in OWN_CODES:
            return self.finding((*path, context["key"]) if kind == "unknown_key" else path, kind, **context)
        if kind == "literal_error":
            return self.finding(path, "not_allowed", value=_short(fault["input"]), allowed=context["expected"])
        if kind == "string_pattern_mismatch":
            return self.finding(path, "bad_name", value=_short(fault["input"]), pattern=context["pattern"])
        if kind.startswith(("greater_than", "less_than", "too_", "string_too")):
            return self.finding(path, "out_of_bounds", value=_short(fault["input"]), detail=fault["msg"])
        return self.finding(path, "wrong_type", value=_short(fault["input"]), wanted=fault["msg"])


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


class _Builder:
    """Turns nodes into values; collects faults instead of stopping at the first."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path, int] = {}
        self.findings: list[Finding] = []

    def fault(self, node: Node, code: str, **params: Any) -> None:
        self.findings.append(Finding(self.file, node.start_mark.line + 1, code, params))

    def build(self, node: Node, path: Path) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if str(node.tag).rpartition(":")[2] not in PLAIN_TAGS:
            self.fault(node, "yaml_tag", tag=str(node.tag))
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.build(child, (*path, index)) for index, child in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, ScalarNode) else None
            if not isinstance(key, str):
                self.fault(key_node, "yaml_key_not_text")
            elif key in result:
                self.fault(key_node, "yaml_duplicate_key", key=key)
            else:
                self.lines[(*path, key)] = key_node.start_mark.line + 1
                result[key] = self.build(value_node, (*path, key))
        return result

    def _scalar(self, node: Node) -> Any:
        kind = str(node.tag).rpartition(":")[2]
        if kind == "null":
            return None
        if kind == "bool":
            return node.value.lower() == "true"
        if kind == "int" and node.value.lstrip("+-").isdecimal() and len(node.value) <= 18:
            return int(node.value)
        return node.value


def read_file(path: FilePath) -> str:
    """The text of a file. Raises Unsound where it cannot be read or is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Unsound((Finding(str(path), 1, "file_not_utf8"),)) from error
    except OSError as error:
        raise Unsound((Finding(str(path), 1, "file_unreadable", {"detail": error.strerror or ""}),)) from error


def read_source(text: str, file: str) -> Source:
    """The values of a YAML text.

    Raises Unsound: not YAML, too large or too deep, an alias (which is how small files become huge), a tag of
    one's own, a key twice, or something else than a mapping at the top.
    """
    if len(text.encode()) > MAX_BYTES:
        raise Unsound((Finding(file, 1, "yaml_too_large", {"limit": MAX_BYTES // 1024}),))
    try:
        _refuse_bombs(text, file)
        node = YAML(typ="safe", pure=True).compose(StringIO(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unsound(
            (Finding(file, mark.line + 1 if mark else 1, "yaml_syntax", {"detail": str(error.problem)}),)
        ) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise Unsound((Finding(file, 1, "yaml_syntax", {"detail": str(error).splitlines()[0][:200]}),)) from error
    if not isinstance(node, MappingNode):
        raise Unsound((Finding(file, 1, "yaml_not_a_mapping"),))
    builder = _Builder(file)
    value = builder.build(node, ())
    if builder.findings:
        raise Unsound(tuple(builder.findings))
    return Source(file, value, builder.lines)


def _refuse_bombs(text: str, file: str) -> None:
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(StringIO(text)):
        line = event.start_mark.line + 1
        if isinstance(event, AliasEvent):
            raise Unsound((Finding(file, line, "yaml_alias", {"name": event.anchor}),))
        if isinstance(event, CollectionStartEvent):
            depth += 1
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise Unsound((Finding(file, line, "yaml_too_deep", {"limit": MAX_DEPTH}),))
