"""Soundness of document templates: what effects name exists, and every placeholder stands for something."""

import re
from collections.abc import Iterator

from workflow.procedure.documents import CODED, FAMILIES, NAMES, PLACEHOLDER, DocumentTemplate
from workflow.procedure.findings import Fault, Path, listed
from workflow.procedure.model import Procedure
from workflow.procedure.soundness_parts import fact_faults
from workflow.procedure.stages import Use

ROUGH = re.compile(r"\{[^{}]*\}")


def document_faults(procedure: Procedure) -> Iterator[Fault]:
    """Every fault of the procedure's templates, at the line of the text where it stands."""
    for key, template in procedure.documents.items():
        for place, line in template.lines:
            path = ("documents", key, "body", *place)
            for code, params in _line_faults(procedure, template, line):
                yield path, code, params


def named_document_faults(procedure: Procedure, use: Use, path: Path) -> Iterator[Fault]:
    """An effect that names a template nobody wrote."""
    template = use.params.get("template")
    if use.name == "document" and isinstance(template, str) and template not in procedure.documents:
        yield path, "unknown_document", {"template": template, "allowed": listed(procedure.documents) or "–"}


def _line_faults(
    procedure: Procedure, template: DocumentTemplate, line: str
) -> Iterator[tuple[str, dict[str, object]]]:
    rest = PLACEHOLDER.sub("", line)
    for rough in ROUGH.findall(rest):
        yield "placeholder_broken", {"placeholder": rough}
    if set("{}") & set(ROUGH.sub("", rest)):
        yield "placeholder_broken", {"placeholder": line.strip()[:60]}
    for name in (found.rstrip("?") for found in PLACEHOLDER.findall(line)):
        if name.partition(".")[0] in FAMILIES and "." in name:
            yield from fact_faults(procedure, name)
        elif name not in NAMES:
            yield "unknown_placeholder", {"placeholder": name, "allowed": listed(NAMES)}
        elif name in CODED and CODED[name] not in template.codes:
            yield "unknown_codes", {"codes": CODED[name], "allowed": "–"}
