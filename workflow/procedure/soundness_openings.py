"""Soundness of the openings of child cases: where they begin, for what, what they are called, whose business they are."""

from collections.abc import Iterator

from workflow.procedure.children import Opening
from workflow.procedure.findings import Fault, Path, listed
from workflow.procedure.model import Procedure

COUNTABLE = frozenset({"rows", "accounts", "person", "integer", "yes_no"})
"""Types of answers that say how many child cases there are."""


def opening_faults(procedure: Procedure, opening: Opening, path: Path) -> Iterator[Fault]:
    """Every fault of a child case's opening."""
    if opening.branch:
        yield from known_state(procedure, opening.branch, (*path, "branch"))
        if procedure.cancelled is None:
            yield path, "no_cancelled", {}
    if opening.for_each:
        form, _, field = opening.for_each.partition(".")
        known = procedure.forms[form].fields.get(field) if form in procedure.forms else None
        if known is None or known.type not in COUNTABLE:
            allowed = _fields_of(procedure, COUNTABLE)
            yield (*path, "for_each"), "unknown_field", {"field": opening.for_each, "allowed": allowed}
    if opening.called:
        form, _, field = (opening.for_each or "").partition(".")
        rows = procedure.forms[form].fields.get(field) if form in procedure.forms else None
        texts = [key for key, column in rows.columns.items() if column.type == "text"] if rows else []
        if opening.called not in texts:
            yield (*path, "called"), "called_by_nothing", {"column": opening.called, "allowed": listed(texts) or "–"}
        elif procedure.subject == "person":
            yield (*path, "called"), "called_person", {}
    if opening.body and opening.body != "subject":
        form, _, field = opening.body.partition(".")
        answer = procedure.forms[form].fields.get(field) if form in procedure.forms else None
        if answer is None or answer.type != "body":
            allowed = _fields_of(procedure, frozenset({"body"}))
            yield (*path, "body"), "unknown_field", {"field": opening.body, "allowed": allowed}
    if opening.names and opening.names not in procedure.roles and opening.branch:
        yield (*path, "names"), "unknown_role", {"role": opening.names, "allowed": listed(procedure.roles)}
    if opening.fills and opening.branch and opening.fills not in procedure.forms:
        yield (*path, "fills"), "unknown_form", {"form": opening.fills, "allowed": listed(procedure.forms)}


def _fields_of(procedure: Procedure, kinds: frozenset[str]) -> str:
    """The questions of some kinds."""
    found = [
        f"{form_key}.{key}"
        for form_key, form in procedure.forms.items()
        for key, field in form.fields.items()
        if field.type in kinds
    ]
    return listed(found) or "–"


def known_state(procedure: Procedure, ref: str, path: Path) -> Iterator[Fault]:
    """A state that does not exist."""
    if ref not in procedure.states:
        yield path, "unknown_state", {"state": ref, "allowed": listed(procedure.states)}
