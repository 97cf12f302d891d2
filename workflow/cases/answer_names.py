"""What people, bodies and accounts that answers name are called; asked only where a procedure has such questions."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from workflow.bodies.tables import Body
from workflow.people.tables import Account, Person
from workflow.procedure.model import Procedure

Titles = Mapping[str, Mapping[str, str]]
"""`person:12`, `body:3`, `account:7` → its name in both languages."""
KINDS = {"person": "person", "body": "body", "accounts": "account"}
_SOURCES = {
    "person": (Person.id, Person.name, Person.name_latin),
    "body": (Body.id, Body.title_zh, Body.title_en),
    "account": (Account.id, Account.name, Account.name_latin),
}


@lru_cache(maxsize=512)
def naming_fields(procedure: Procedure) -> frozenset[tuple[str, str]]:
    """(form, key) of every question whose answer names somebody or a body, but for accounts that thereby get a role."""
    chosen = {role.chosen_in for role in procedure.roles.values() if role.chosen_in}
    return frozenset(
        (form_key, key)
        for form_key, form in procedure.forms.items()
        for key, field in form.fields.items()
        if field.type in KINDS and f"{form_key}.{key}" not in chosen
    )


def titles_of(session: Session, procedure: Procedure, filled: Iterable[tuple[str, Mapping[str, Any]]]) -> Titles:
    """What the answers in fillings name; each is a form's key with its values."""
    asked = naming_fields(procedure)
    if not asked:
        return {}
    wanted = {
        f"{KINDS[procedure.forms[form].fields[key].type]}:{number}"
        for form, values in filled
        for key, value in values.items()
        if (form, key) in asked
        for number in numbers_in(value)
    }
    return titles_called(session, wanted)


def numbers_in(value: Any) -> Iterator[int]:
    """The ids in an answer, also one that is only typed so far."""
    for one in value if isinstance(value, list) else [value]:
        text = str(one)
        if text.isascii() and text.isdecimal() and len(text) <= 9:
            yield int(text)


def titles_called(session: Session, wanted: Iterable[str]) -> Titles:
    """The names of what is wanted, in one statement; what does not exist is left out."""
    ids: dict[str, set[int]] = {}
    for name in wanted:
        kind, _, number = name.partition(":")
        ids.setdefault(kind, set()).add(int(number))
    parts = [
        select(literal(kind).label("kind"), column.label("id"), zh.label("zh"), en.label("en")).where(
            column.in_(sorted(ids[kind]))
        )
        for kind, (column, zh, en) in _SOURCES.items()
        if ids.get(kind)
    ]
    if not parts:
        return {}
    rows = session.execute(union_all(*parts))
    return {f"{row.kind}:{row.id}": {"zh": row.zh, "en": row.en} for row in rows}
