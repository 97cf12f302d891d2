"""Whether what was typed fits a form: values of the right type, or a fault for every field that is wrong."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from workflow.problems import Invalid, Problem
from workflow.procedure.forms import Form, FormField

Values = dict[str, Any]


def check_form(form: Form, typed: Mapping[str, Any]) -> Values:
    """The values of a filled form, as JSON values (dates as ISO text, accounts as ids).

    Empty answers are left out. Raises Invalid whose `problems` name every faulty field: unknown fields, missing
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
        and (field.required or any(values.get(other) in answers for other, answers in field.required_when.items()))
    ]


def _is_empty(raw: Any) -> bool:
    return raw is None or raw == [] or (isinstance(raw, str) and not raw.strip())


def _text(field: FormField, raw: Any) -> str:
    if not isinstance(raw, str):
        raise Invalid("field_not_text")
    if len(raw) > field.max_length:
        raise Invalid("field_too_long", limit=field.max_length, length=len(raw))
    if "\x00" in raw:
        raise Invalid("field_not_text")
    return raw.strip().replace("\r\n", "\n")


def _integer(field: FormField, raw: Any) -> int:
    if isinstance(raw, str) and len(raw.strip()) <= 12 and raw.strip().lstrip("-").isdecimal():
        raw = int(raw.strip())
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise Invalid("field_not_integer")
    if field.at_least is not None and raw < field.at_least:
        raise Invalid("field_too_small", limit=field.at_least)
    if field.at_most is not None and raw > field.at_most:
        raise Invalid("field_too_large", limit=field.at_most)
    return raw


def _date(field: FormField, raw: Any) -> str:
    try:
        return date.fromisoformat(str(raw).strip()).isoformat()
    except ValueError as error:
        raise Invalid("field_not_date") from error


def _yes_no(field: FormField, raw: Any) -> bool:
    if raw in (True, "yes", "true", "on", "1"):
        return True
    if raw in (False, "no", "false", "off", "0"):
        return False
    raise Invalid("field_not_yes_no")


def _choice(field: FormField, raw: Any) -> str:
    if not isinstance(raw, str) or raw not in field.options:
        raise Invalid("field_not_an_option")
    return raw


def _choices(field: FormField, raw: Any) -> list[str]:
    chosen = [raw] if isinstance(raw, str) else raw
    if not isinstance(chosen, list):
        raise Invalid("field_not_an_option")
    return sorted({_choice(field, item) for item in chosen})


def _accounts(field: FormField, raw: Any) -> list[int]:
    named = raw if isinstance(raw, list) else [raw]
    return [_integer(field, item) for item in named]


_PARSERS: dict[str, Callable[[FormField, Any], Any]] = {
    "text": _text,
    "long_text": _text,
    "integer": _integer,
    "date": _date,
    "yes_no": _yes_no,
    "choice": _choice,
    "choices": _choices,
    "accounts": _accounts,
}
