"""What forms of procedures need beside what was typed: whom to choose from, what is carried over, when a question is put."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import g, request

from definitions.asking import asked_text, required_text
from web.i18n import language, words
from workflow.bodies.queries import bodies
from workflow.cases.answer_names import numbers_in, titles_called
from workflow.cases.attached import AttachedFile, sent_before
from workflow.cases.carrying import Carried, carried_into
from workflow.cases.case_views import CaseView, FormView
from workflow.cases.drafts import case_place
from workflow.cases.naming import eligible_accounts
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.engine.forms import MAX_ROWS
from workflow.files.holding import Held, held_files
from workflow.people.queries import PersonLine, find_people
from workflow.procedure.forms import Form
from workflow.procedure.model import Procedure

AGAIN = "again"
"""A button of a form that only changes the form: `add:KEY`, `remove:KEY:ROW`, `find:KEY`."""
SEARCH = "search."
KEPT = "kept."
"""Begins the names of boxes by which a file sent before is sent again: the question, and the file's number."""
HELD = "held."
"""Begins the names of boxes by which a file chosen before and not sent yet is sent: the question, and the file's id."""
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
    before: FormView | None = None
    """What was sent with the same form before the case came back; its answers stand in the form already."""
    files: Mapping[str, tuple[AttachedFile, ...]] = field(default_factory=dict)
    """Question → the files sent before, which need not be chosen again."""
    kept: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Question → the numbers of those that are to be sent again."""
    held: Mapping[str, tuple[Held, ...]] = field(default_factory=dict)
    """Question → the files chosen before and not sent yet."""
    ticked: Collection[int] = ()
    """The ids of those that are to be sent."""


def help_for(
    context: Context,
    view: CaseView,
    form: Form,
    typed: Mapping[str, Any],
    *,
    action: str | None = None,
    goes_on: bool = False,
) -> FormHelp:
    """What stands beside the questions of a form of a case; only what its questions ask for is looked up.

    With `action`, files chosen for it and not sent yet are there. Where it `goes_on` and was taken before and the case
    came back, the form begins as it was sent.
    """
    kinds = {one.type for one in form.fields.values()}
    searched = {key: request.form.get(f"{SEARCH}{key}", "")[:LONGEST_SEARCH] for key in form.fields}
    return FormHelp(
        accounts=_accounts(context, view, form) if "accounts" in kinds else {},
        bodies=_bodies(context) if "body" in kinds else [],
        people=_people(context, form, typed, searched) if "person" in kinds else {},
        searched=searched,
        carried=carried_into(view, form),
        notes=_notes(form),
        **_files(context, view, form, action, goes_on),
    )


def _files(context: Context, view: CaseView, form: Form, action: str | None, goes_on: bool) -> dict[str, Any]:
    """What was sent before, and the files that wait; where one file is asked for, a waiting one stands for an older one."""
    sent = _sent(view, form, action) if action and goes_on else {}
    if action is None or not any(one.type == "file" for one in form.fields.values()):
        return sent
    held = held_files(context, case_place(view.case.id, action))
    ids = {one.id for some in held.values() for one in some}
    if request.method == "POST":
        said = {number for name in held for number in request.form.getlist(f"{HELD}{name}")}
        ids = {one for one in ids if str(one) in said or one in g.get("held_now", ())}
    for key in {key for key, some in held.items() if any(one.id in ids for one in some)} & sent.get("kept", {}).keys():
        sent["kept"][key] = () if form.fields[key].most_files == 1 else sent["kept"][key]
    return {**sent, "held": held, "ticked": ids}


def _sent(view: CaseView, form: Form, action: str) -> dict[str, Any]:
    """What was sent by the same action from the same state; boxes of files are ticked until somebody unticks them."""
    key = key_of(view.procedure, form)
    here = {event.seq for event in view.events if (event.action, event.from_state) == (action, view.case.state)}
    before = next((filled for filled in reversed(view.forms) if filled.key == key and filled.seq in here), None)
    files = sent_before(view, key) if before else {}
    every = {name: [str(one.number) for one in some] for name, some in files.items()}
    kept = {name: request.form.getlist(f"{KEPT}{name}") for name in files} if request.method == "POST" else every
    return {"before": before, "files": files, "kept": kept}


def key_of(procedure: Procedure, form: Form) -> str:
    """The key under which a form stands in its procedure."""
    return next(key for key, one in procedure.forms.items() if one is form)


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
