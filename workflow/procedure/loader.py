"""From a file to a sound procedure, or to findings that name file, line and what is allowed there."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workflow.procedure.findings import Finding, Unsound
from workflow.procedure.model import Procedure
from workflow.procedure.soundness import Vocabulary, unsoundness
from workflow.procedure.source import Source, read_source

OWN_CODES = frozenset({"unknown_key", "share", "members", "single_key", "one_length"})


def load_procedure(path: Path, vocabulary: Vocabulary) -> Procedure:
    """The procedure in a file. Raises Unsound with every fault found."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Unsound((Finding(str(path), 1, "file_not_utf8"),)) from error
    except OSError as error:
        raise Unsound((Finding(str(path), 1, "file_unreadable", {"detail": error.strerror or ""}),)) from error
    return parse_procedure(text, str(path), vocabulary)


def parse_procedure(text: str, file: str, vocabulary: Vocabulary) -> Procedure:
    """The procedure in a text; `file` is the name findings carry. Raises Unsound."""
    source = read_source(text, file)
    try:
        procedure = Procedure.model_validate(_with_options(source.value, vocabulary))
    except ValidationError as error:
        raise Unsound(tuple(_finding(source, fault) for fault in error.errors())) from error
    faults = tuple(source.finding(path, code, **params) for path, code, params in unsoundness(procedure, vocabulary))
    if faults:
        raise Unsound(faults)
    return procedure


def findings_of(source: Source, faults: Iterable[Any]) -> tuple[Finding, ...]:
    """Errors of pydantic in our words, each at its line."""
    return tuple(_finding(source, fault) for fault in faults)


def _with_options(value: Any, vocabulary: Vocabulary) -> Any:
    """Fields that name a code table get its answers written in, so that a published version keeps them."""
    forms = value.get("forms")
    for form in forms.values() if isinstance(forms, dict) else ():
        fields = form.get("fields") if isinstance(form, dict) else None
        for field in fields.values() if isinstance(fields, dict) else ():
            if isinstance(field, dict) and field.get("codes") in vocabulary.codes and "options" not in field:
                field["options"] = vocabulary.codes[field["codes"]]
    return value


def _finding(source: Source, fault: Any) -> Finding:
    """One pydantic error in our words, at its line."""
    path = tuple(part for part in fault["loc"] if part != "[key]")
    kind, context = fault["type"], {key: str(item) for key, item in fault.get("ctx", {}).items() if key != "error"}
    if kind == "missing":
        return source.finding(path, "missing_key", key=str(path[-1]))
    if kind in OWN_CODES:
        return source.finding((*path, context["key"]) if kind == "unknown_key" else path, kind, **context)
    if kind == "literal_error":
        return source.finding(path, "not_allowed", value=_short(fault["input"]), allowed=context["expected"])
    if kind == "string_pattern_mismatch":
        return source.finding(path, "bad_name", value=_short(fault["input"]), pattern=context["pattern"])
    if kind.startswith(("greater_than", "less_than", "too_", "string_too")):
        return source.finding(path, "out_of_bounds", value=_short(fault["input"]), detail=fault["msg"])
    return source.finding(path, "wrong_type", value=_short(fault["input"]), wanted=fault["msg"])


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"
