"""Whether what was typed fits a form: values of the right type, or a fault for every field that is wrong."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from workflow.engine.conditions import holds
from workflow.engine.files import Upload
from workflow.problems import Invalid, Problem
from workflow.procedure.forms import Column, FileKind, Form, FormField

Values = dict[str, Any]
Asked = FormField | Column
MAX_ROWS = 500
MEGABYTE = 1_000_000
MAX_DIGITS = 18


def check_form(form: Form, typed: Mapping[str, Any]) -> Values:
    """The values of a filled form, as JSON values (dates as ISO text, numbers with decimals as text, people as ids).

    Answers to questions that are not put (`asked_when`) are dropped. Empty answers are left out. Raises Invalid whose `problems` name every faulty field: unknown fields, missing
    answers, wrong types, too long, out of bounds.
    """
    problems: list[Problem] = [Invalid("field_unknown", field=key) for key in typed if key not in form.fields]
    values: Values = {}
    for key, field in form.fields.items():
        raw = typed.get(key)
        if _is_empty(raw):
            continue
        try:
            values[key] = _PARSERS[field.type](field, raw)
        except Problem as problem:
            problem.field = key
            problems.append(problem)
    for key, field in form.fields.items():
        if key in values and not is_asked(field, values):
            del values[key]
    faulty = {problem.field for problem in problems}
    problems += [Invalid("field_required", field=key) for key in missing_fields(form, values) if key not in faulty]
    if problems:
        raise Invalid("form_faulty", problems=tuple(problems), count=len(problems))
    return values


def missing_fields(form: Form, values: Mapping[str, Any]) -> list[str]:
    """Required fields that have no answer yet."""
    return [
        key
        for key, field in form.fields.items()
        if key not in values
        and is_asked(field, values)
        and (field.required or any(values.get(other) in answers for other, answers in field.required_when.items()))
    ]


def is_asked(field: FormField, values: Mapping[str, Any]) -> bool:
    """Whether a question is put, as the other answers of its form stand."""
    return field.asked_when is None or holds(field.asked_when, {"form.values": values})


def _is_empty(raw: Any) -> bool:
    return raw is None or raw == [] or (isinstance(raw, str) and not raw.strip())


def _text(field: Asked, raw: Any) -> str:
    if not isinstance(raw, str):
        raise Invalid("field_not_text")
    if len(raw) > field.max_length:
        raise Invalid("field_too_long", limit=field.max_length, length=len(raw))
    if "\x00" in raw:
        raise Invalid("field_not_text")
    return raw.strip().replace("\r\n", "\n")


def _integer(field: Asked, raw: Any) -> int:
    if isinstance(raw, str) and len(raw.strip()) <= 12 and raw.strip().lstrip("-").isdecimal():
        raw = int(raw.strip())
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise Invalid("field_not_integer")
    if field.at_least is not None and raw < field.at_least:
        raise Invalid("field_too_small", limit=field.at_least)
    if field.at_most is not None and raw > field.at_most:
        raise Invalid("field_too_large", limit=field.at_most)
    return raw


def _number(field: Asked, raw: Any) -> int | str:
    """A decimal number, kept exactly as text; a whole one where the field has no decimals."""
    try:
        value = Decimal(str(raw).strip())
    except InvalidOperation as error:
        raise Invalid("field_not_number") from error
    digits = value.as_tuple()
    if (
        isinstance(raw, bool)
        or not value.is_finite()
        or len(digits.digits) > MAX_DIGITS
        or abs(value) >= 10**MAX_DIGITS
    ):
        raise Invalid("field_not_number")
    if isinstance(digits.exponent, int) and -digits.exponent > field.decimals:
        raise Invalid("field_too_exact", decimals=field.decimals)
    if field.at_least is not None and value < field.at_least:
        raise Invalid("field_too_small", limit=field.at_least)
    if field.at_most is not None and value > field.at_most:
        raise Invalid("field_too_large", limit=field.at_most)
    return int(value) if not field.decimals else f"{value:.{field.decimals}f}"


def _rows(field: FormField, raw: Any) -> list[Values]:
    """Rows of a table; empty ones are left out, a faulty cell is named by its column and the row as it was sent."""
    if not isinstance(raw, list) or not all(isinstance(row, Mapping) for row in raw):
        raise Invalid("field_not_rows")
    filled = [(number, row) for number, row in enumerate(raw, 1) if any(not _is_empty(cell) for cell in row.values())]
    if len(filled) > min(field.at_most or MAX_ROWS, MAX_ROWS):
        raise Invalid("field_too_many_rows", limit=min(field.at_most or MAX_ROWS, MAX_ROWS))
    if filled and len(filled) < (field.at_least or 0):
        raise Invalid("field_too_few_rows", limit=field.at_least)
    return [_row(field, number, row) for number, row in filled]


def _row(field: FormField, number: int, row: Mapping[str, Any]) -> Values:
    cells: Values = {}
    for key in row:
        if key not in field.columns:
            raise Invalid("cell_unknown", row=number, column=key)
    for key, column in field.columns.items():
        if _is_empty(row.get(key)):
            if column.required:
                raise Invalid("cell_required", row=number, column=f"column:{key}")
            continue
        try:
            cells[key] = _PARSERS[column.type](column, row[key])
        except Problem as problem:
            raise Invalid("cell_faulty", row=number, column=f"column:{key}", problems=(problem,)) from problem
    return cells


def _date(field: Asked, raw: Any) -> str:
    try:
        return date.fromisoformat(str(raw).strip()).isoformat()
    except ValueError as error:
        raise Invalid("field_not_date") from error


def _yes_no(field: Asked, raw: Any) -> bool:
    if raw in (True, "yes", "true", "on", "1"):
        return True
    if raw in (False, "no", "false", "off", "0"):
        return False
    raise Invalid("field_not_yes_no")


def _choice(field: Asked, raw: Any) -> str:
    if not isinstance(raw, str) or raw not in field.options:
        raise Invalid("field_not_an_option")
    return raw


def _choices(field: FormField, raw: Any) -> list[str]:
    chosen = [raw] if isinstance(raw, str) else raw
    if not isinstance(chosen, list):
        raise Invalid("field_not_an_option")
    return _as_many(field, sorted({_choice(field, item) for item in chosen}))


def _accounts(field: FormField, raw: Any) -> list[int]:
    named = raw if isinstance(raw, list) else [raw]
    return _as_many(field, [_id(field, item) for item in named])


def _as_many(field: FormField, several: list[Any]) -> list[Any]:
    """As many answers as the field takes: its limits count them."""
    if len(several) < (field.at_least or 0):
        raise Invalid("field_too_few", limit=field.at_least)
    if field.at_most is not None and len(several) > field.at_most:
        raise Invalid("field_too_many", limit=field.at_most)
    return several


def _id(field: FormField, raw: Any) -> int:
    """The number of a person, a body or an account, which no limit is about."""
    return _integer(field.model_copy(update={"at_least": None, "at_most": None}), raw)


def _files(field: FormField, raw: Any) -> list[Values]:
    """Files by what they are and how large; text in place of a file is refused."""
    files = raw if isinstance(raw, list) else [raw]
    if not all(isinstance(one, Upload) for one in files):
        raise Invalid("file_not_sent")
    if len(files) > field.most_files:
        raise Invalid("file_too_many", limit=field.most_files, count=len(files))
    if len(files) < (field.at_least or 0):
        raise Invalid("file_too_few", limit=field.at_least, count=len(files))
    return [_file(field, one) for one in files]


def is_taken(field: FormField, upload: Upload) -> bool:
    """Whether a question takes a file by itself, however many come with it."""
    try:
        _file(field, upload)
    except Invalid:
        return False
    return True


def _file(field: FormField, upload: Upload) -> Values:
    line = upload.line
    if not upload.content:
        raise Invalid("file_empty", name=line["name"])
    if len(upload.content) > field.max_megabytes * MEGABYTE:
        raise Invalid("file_too_large", name=line["name"], limit=field.max_megabytes)
    if upload.kind is None or (field.kinds and upload.kind not in field.kinds):
        raise Invalid("file_of_other_kind", name=line["name"], kinds=", ".join(field.kinds or get_args(FileKind)))
    return line


_PARSERS: dict[str, Callable[[Any, Any], Any]] = {
    "text": _text,
    "long_text": _text,
    "integer": _integer,
    "date": _date,
    "yes_no": _yes_no,
    "choice": _choice,
    "choices": _choices,
    "accounts": _accounts,
    "number": _number,
    "person": _id,
    "body": _id,
    "rows": _rows,
    "file": _files,
}
