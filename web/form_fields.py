"""What forms of procedures need beside what was typed: whom to choose from, what is carried over, when a question is put."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request

from definitions.asking import asked_text, required_text
from web.i18n import language, words
from workflow.bodies.queries import bodies
from workflow.cases.answer_names import numbers_in, titles_called
from workflow.cases.carrying import Carried, carried_into
from workflow.cases.case_views import CaseView
from workflow.cases.naming import eligible_accounts
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.engine.forms import MAX_ROWS
from workflow.people.queries import PersonLine, find_people
from workflow.procedure.forms import Form

AGAIN = "again"
"""A button of a form that only changes the form: `add:KEY`, `remove:KEY:ROW`, `find:KEY`."""
SEARCH = "search."
LONGEST_SEARCH = 80


@dataclass(frozen=True)
class FormHelp:
    """What stands beside the questions of one form."""

    accounts: Mapping[str, list[tuple[int, str]]] = field(default_factory=dict)
    bodies: list[tuple[int, str]] = field(default_factory=list)
    people: Mapping[str, list[tuple[int, str]]] = field(default_factory=dict)
    """Question → whom to choose from: who is chosen already, and who was found."""
    searched: Mapping[str, str] = field(default_factory=dict)
    carried: Mapping[str, Carried] = field(default_factory=dict)
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Question → when it is put, and when it is required, in words."""


def help_for(context: Context, view: CaseView, form: Form, typed: Mapping[str, Any]) -> FormHelp:
    """What stands beside the questions of a form of a case; only what its questions ask for is looked up."""
    kinds = {one.type for one in form.fields.values()}
    searched = {key: request.form.get(f"{SEARCH}{key}", "")[:LONGEST_SEARCH] for key in form.fields}
    return FormHelp(
        accounts=_accounts(context, view, form) if "accounts" in kinds else {},
        bodies=_bodies(context) if "body" in kinds else [],
        people=_people(context, form, typed, searched) if "person" in kinds else {},
        searched=searched,
        carried=carried_into(view, form),
        notes=_notes(form),
    )


def _accounts(context: Context, view: CaseView, form: Form) -> dict[str, list[tuple[int, str]]]:
    compiled = compiled_version(context.session, view.case.version_id)
    return {
        key: [(a, words(n)) for a, n in eligible_accounts(context, compiled, view.case, one.holders_of).items()]
        for key, one in form.fields.items()
        if one.type == "accounts" and one.holders_of
    }


def _bodies(context: Context) -> list[tuple[int, str]]:
    return [(one.id, str(getattr(one, f"title_{language()}"))) for one in bodies(context)]


def _people(
    context: Context, form: Form, typed: Mapping[str, Any], searched: Mapping[str, str]
) -> dict[str, list[tuple[int, str]]]:
    keys = [key for key, one in form.fields.items() if one.type == "person"]
    wanted = {f"person:{number}" for key in keys for number in numbers_in(typed.get(key, ""))}
    named = titles_called(context.session, wanted)
    chosen = {int(name.partition(":")[2]): titles[language()] for name, titles in named.items()}
    return {
        key: [
            *((number, chosen[number]) for number in numbers_in(typed.get(key, "")) if number in chosen),
            *(
                (one.id, _label(one))
                for one in find_people(context, searched[key])
                if str(one.id) != str(typed.get(key))
            ),
        ]
        for key in keys
    }


def _label(one: PersonLine) -> str:
    name, body = (one.name, one.body_zh) if language() == "zh" else (one.name_latin, one.body_en)
    return " · ".join(filter(None, (name, f"{one.birth_date:%Y-%m}", body)))


def _notes(form: Form) -> dict[str, tuple[str, ...]]:
    return {
        key: tuple(filter(None, (asked_text(form, one, language()), required_text(form, one, language()))))
        for key, one in form.fields.items()
        if one.asked_when or one.required_when
    }


def changed_form(form: Form, typed: dict[str, Any], what: str) -> dict[str, Any]:
    """What was typed, with a row added or taken away as the button says; anything else leaves it as it is."""
    kind, _, rest = what.partition(":")
    key, _, number = rest.partition(":")
    if key not in form.fields or form.fields[key].type != "rows":
        return typed
    rows = list(typed.get(key) or [])
    if kind == "add" and len(rows) < min(form.fields[key].at_most or MAX_ROWS, MAX_ROWS):
        rows.append({})
    elif kind == "remove" and number.isascii() and number.isdecimal() and len(number) < 5 and int(number) < len(rows):
        del rows[int(number)]
    return {**typed, key: rows}
