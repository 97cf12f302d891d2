"""From a file to a sound procedure, or to findings that name file, line and what is allowed there."""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workflow.procedure.deeper import doubtful, impossible
from workflow.procedure.documents import with_documents
from workflow.procedure.findings import Finding, Unsound, first_of, in_order
from workflow.procedure.fragments import with_fragments
from workflow.procedure.model import Procedure
from workflow.procedure.soundness import Vocabulary, unsoundness
from workflow.procedure.source import Source, read_file, read_source


def load_procedure(path: Path, vocabulary: Vocabulary, *, on: date | None = None) -> Procedure:
    """The procedure in a file. Raises Unsound with every error found; `on` is the day its articles must be valid."""
    return parse_procedure(read_file(path), str(path), vocabulary, on=on)


def parse_procedure(text: str, file: str, vocabulary: Vocabulary, *, on: date | None = None) -> Procedure:
    """The procedure in a text; `file` is the name findings carry. Raises Unsound."""
    return _procedure(_completed(read_source(text, file), vocabulary), vocabulary, on)


def examine_procedure(
    path: Path, vocabulary: Vocabulary, *, on: date | None = None
) -> tuple[Procedure, tuple[Finding, ...]]:
    """The procedure in a file and what is doubtful about it, in the order of the file. Raises Unsound."""
    return examine_text(read_file(path), str(path), vocabulary, on=on)


def examine_text(
    text: str, file: str, vocabulary: Vocabulary, *, on: date | None = None
) -> tuple[Procedure, tuple[Finding, ...]]:
    """The procedure in a text and what is doubtful about it; `file` is the name findings carry. Raises Unsound."""
    source = _completed(read_source(text, file), vocabulary)
    procedure = _procedure(source, vocabulary, on)
    found = doubtful(procedure, vocabulary)
    return procedure, in_order(first_of(source.doubt(where, code, **params) for where, code, params in found))


def _completed(source: Source, vocabulary: Vocabulary) -> Source:
    """The definition with what stands in files of its own: fragments it uses and templates of documents it makes."""
    return with_documents(with_fragments(source, vocabulary.fragments), vocabulary)


def _procedure(source: Source, vocabulary: Vocabulary, on: date | None) -> Procedure:
    value = _with_articles(_with_options(source.value, vocabulary), vocabulary)
    try:
        procedure = Procedure.model_validate(value)
    except ValidationError as error:
        raise Unsound(first_of(source.worded(fault) for fault in error.errors(include_url=False))) from error
    faults = chain(unsoundness(procedure, vocabulary, on=on), impossible(procedure, vocabulary))
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


def _with_articles(value: Any, vocabulary: Vocabulary) -> Any:
    """Articles cited from packs are written into the sources, so that a published version keeps them; local ones stay."""
    named, local = value.get("rules"), value.get("sources", {})
    packs = [named] if isinstance(named, str) else named
    if not isinstance(packs, list) or not isinstance(local, dict):
        return value
    quoted: dict[str, Any] = {}
    for cited in sorted(set(_cited_in(value))):
        key, _, number = cited.partition("/")
        pack = vocabulary.packs.get(key) if key in packs else None
        if pack and number in pack.articles and cited not in local:
            quoted[cited] = pack.quoted(number).model_dump(mode="json", exclude_defaults=True)
    return {**value, "sources": local | quoted}


def _cited_in(value: Any) -> Iterator[str]:
    """Every text that stands below a key `cites`, at any depth."""
    if isinstance(value, list):
        for item in value:
            yield from _cited_in(item)
    for key, item in value.items() if isinstance(value, dict) else ():
        if key == "cites" and not isinstance(item, dict):
            yield from (cited for cited in (item if isinstance(item, list) else [item]) if isinstance(cited, str))
        else:
            yield from _cited_in(item)
