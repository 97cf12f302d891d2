"""From a file to a sound procedure, or to findings that name file, line and what is allowed there."""

from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workflow.procedure.deeper import doubtful, impossible
from workflow.procedure.findings import Finding, Unsound, first_of, in_order
from workflow.procedure.fragments import with_fragments
from workflow.procedure.model import Procedure
from workflow.procedure.parts import wanted_of
from workflow.procedure.soundness import Vocabulary, unsoundness
from workflow.procedure.source import MAX_BYTES, Source, read_source, too_large

OWN_CODES = frozenset(
    {"unknown_key", "share", "members", "single_key", "one_length", "condition", "opening", "join", "settle_number"}
)

LONGEST_DETAIL = 400


def load_procedure(path: Path, vocabulary: Vocabulary) -> Procedure:
    """The procedure in a file. Raises Unsound with every error found."""
    return parse_procedure(_text(path), str(path), vocabulary)


def parse_procedure(text: str, file: str, vocabulary: Vocabulary) -> Procedure:
    """The procedure in a text; `file` is the name findings carry. Raises Unsound."""
    return _procedure(with_fragments(read_source(text, file), vocabulary.fragments), vocabulary)


def examine_procedure(path: Path, vocabulary: Vocabulary) -> tuple[Procedure, tuple[Finding, ...]]:
    """The procedure in a file and what is doubtful about it, in the order of the file. Raises Unsound."""
    source = with_fragments(read_source(_text(path), str(path)), vocabulary.fragments)
    procedure = _procedure(source, vocabulary)
    found = doubtful(procedure, vocabulary)
    return procedure, in_order(first_of(source.doubt(where, code, **params) for where, code, params in found))


def _text(path: Path) -> str:
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


def _procedure(source: Source, vocabulary: Vocabulary) -> Procedure:
    try:
        procedure = Procedure.model_validate(_with_options(source.value, vocabulary))
    except ValidationError as error:
        raise Unsound(first_of(_finding(source, fault) for fault in error.errors(include_url=False))) from error
    faults = chain(unsoundness(procedure, vocabulary), impossible(procedure, vocabulary))
    findings = first_of(source.finding(path, code, **params) for path, code, params in faults)
    if findings:
        raise Unsound(findings)
    return procedure


def _with_options(value: Any, vocabulary: Vocabulary) -> Any:
    """Fields that name a code table get its answers written in, so that a published version keeps them."""
    forms = value.get("forms")
    for form in forms.values() if isinstance(forms, dict) else ():
        fields = form.get("fields") if isinstance(form, dict) else None
        for field in fields.values() if isinstance(fields, dict) else ():
            codes = field.get("codes") if isinstance(field, dict) else None
            if isinstance(codes, str) and codes in vocabulary.codes and "options" not in field:
                field["options"] = vocabulary.codes[codes]
    return value


def _finding(source: Source, fault: Any) -> Finding:
    """One pydantic error in our words, at its line."""
    path = tuple(part for part in fault["loc"] if part != "[key]")
    kind, context = fault["type"], _context(fault)
    if kind == "missing":
        return source.finding(path, "missing_key", key=str(path[-1]))
    if kind in OWN_CODES:
        return source.finding((*path, context["key"]) if kind == "unknown_key" else path, kind, **context)
    value, wanted = _short(fault["input"]), wanted_of(fault)
    if kind == "literal_error":
        return source.finding(path, "not_allowed", value=value, allowed=wanted["limit"])
    if kind == "string_pattern_mismatch":
        return source.finding(path, "bad_name", value=value, pattern=context["pattern"])
    if kind.startswith(("greater_than", "less_than", "too_", "string_too")):
        return source.finding(path, "out_of_bounds", value=value, **wanted)
    return source.finding(path, "wrong_type", value=value, **wanted)


def _context(fault: Any) -> dict[str, str]:
    return {key: _short(item, LONGEST_DETAIL) for key, item in fault.get("ctx", {}).items() if key != "error"}


def _short(value: Any, limit: int = 60) -> str:
    text = str(value)
    return text if len(text) <= limit else text[: limit - 3] + "…"
