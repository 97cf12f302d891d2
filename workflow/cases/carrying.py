"""Answers carried from one form of a case into another that is opened later."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflow.cases.case_views import CaseView
from workflow.procedure.forms import Form
from workflow.procedure.parts import Words


@dataclass(frozen=True, slots=True)
class Carried:
    """An answer that stands in a form already, and the form it comes from."""

    value: Any
    source: Words


def carried_into(view: CaseView, form: Form) -> Mapping[str, Carried]:
    """The answers of other forms that this one begins with, as far as its reader may see them there."""
    newest = {filled.key: filled for filled in view.forms}
    found = {}
    for key, field in form.fields.items():
        source, _, answer = (field.carried_from or "").partition(".")
        filled = newest.get(source)
        if filled is not None and filled.values.get(answer) not in (None, "", []):
            found[key] = Carried(filled.values[answer], filled.form.title)
    return found
