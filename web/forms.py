"""What a browser sends, as the values operations take; and faults, field by field, in the reader's words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage

from web.input_names import input_name
from web.problems import problem_text
from workflow.engine.files import Upload
from workflow.problems import Invalid, Problem
from workflow.procedure.forms import Form, FormField

LONGEST_PLACE = 4
"""Digits of a row's number; more rows are no table somebody filled in."""


def typed_values(form: Form, *, keeps_empty_rows: bool = False) -> dict[str, Any]:
    """What was typed into a procedure's form; several answers come as a list, empty rows at its end are left out.

    Files are not typed: `sent_files` has them, where they count.
    """
    values: dict[str, Any] = {}
    for key, field in form.fields.items():
        if field.type in {"choices", "accounts"}:
            values[key] = request.form.getlist(input_name(key))
        elif field.type == "rows":
            rows = typed_rows(key, field)
            values[key] = rows if keeps_empty_rows else _without_empty_end(rows)
        elif field.type != "file" and (name := input_name(key)) in request.form:
            values[key] = request.form[name]
    return values


def sent_files(form: Form) -> dict[str, list[Upload]]:
    """The files chosen for a form's questions, however often they are asked for."""
    chosen = {key: request.files.getlist(key) for key, field in form.fields.items() if field.type == "file"}
    return {
        key: [Upload(one.filename, _content(one)) for one in files if one.filename]
        for key, files in chosen.items()
        if any(one.filename for one in files)
    }


def _content(file: FileStorage) -> bytes:
    file.stream.seek(0)
    return file.stream.read()


def typed_rows(key: str, field: FormField) -> list[dict[str, str]]:
    """The rows of a table as they were typed, `KEY.ROW.COLUMN` each."""
    rows: dict[int, dict[str, str]] = {}
    for name, value in request.form.items():
        place, _, column = name.removeprefix(f"{key}.").partition(".")
        is_cell = name.startswith(f"{key}.") and column in field.columns
        if is_cell and place.isascii() and place.isdecimal() and len(place) <= LONGEST_PLACE:
            rows.setdefault(int(place), {})[column] = value
    return [rows[place] for place in sorted(rows)]


def _without_empty_end(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    while rows and not any(value.strip() for value in rows[-1].values()):
        rows.pop()
    return rows


def number(name: str, default: int = 0) -> int:
    """A whole number the browser sent; the default for anything else."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else default


def sent_date(name: str) -> date:
    """A day the browser sent. Raises Invalid for anything else."""
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError as error:
        raise Invalid("field_not_date", field=name) from error


def sent_again() -> list[tuple[str, str]]:
    """Everything that was sent, for a page that shows it once more before it counts."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "step")]


def faults(problem: Problem, procedure: Any = None) -> dict[str, str]:
    """Field → what is wrong with it."""
    found = {p.field or "": _fault(p, procedure) for p in getattr(problem, "problems", ())}
    return found or {problem.field or "": problem_text(problem, procedure)}


def _fault(problem: Problem, procedure: Any) -> str:
    """What is wrong with a field; of a cell of a table also why."""
    why = next(iter(getattr(problem, "problems", ())), None)
    if problem.code != "cell_faulty" or why is None:
        return problem_text(problem, procedure)
    return problem_text(Invalid("cell_faulty_why", **problem.params, why=problem_text(why, procedure)), procedure)


def prefixed(prefix: str, form: Mapping[str, str] | None = None) -> dict[str, str]:
    """The values whose names begin with a prefix, under the rest of the name."""
    sent = request.form if form is None else form
    return {name.removeprefix(prefix): value for name, value in sent.items() if name.startswith(prefix)}
