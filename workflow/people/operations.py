"""Writes to the archive and to accounts."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from workflow.bodies.operations import require_administrator
from workflow.context import Context
from workflow.people.names import latin_name, pinyin_key, strokes_key
from workflow.people.rules import id_number_fault, is_one_line, may_add
from workflow.people.tables import Account, Person, Post
from workflow.problems import Conflict, Forbidden, Invalid, Problem
from workflow.store.serializing import serialize_on

LONGEST_NAME = 40
UNDETERMINED_RANK = "199"


@dataclass(frozen=True, slots=True)
class PersonData:
    """What is entered about somebody new; codes are those of the code tables."""

    name: str
    sex: str
    nationality: str
    birth_date: date | None
    political_status: str
    education: str
    work_start_date: date | None = None
    degree: str | None = None
    id_number: str | None = None
    post_organization: str = ""
    post_title: str = ""
    post_since: date | None = None
    body_id: int | None = None
    unread_dates: Collection[str] = ()
    """Fields where something was typed that is no date."""


def add_person(context: Context, *, data: PersonData, codes: Mapping[str, Collection[str]]) -> int:
    """Adds somebody to the archive; `codes` holds the allowed codes of each coded field.

    Raises Forbidden for whoever does not add to the archive of the body, Invalid naming every faulty field, Conflict
    where the ID number is in the archive already.
    """
    _check(context, data, codes)
    serialize_on(context.session, "people:archive")
    number = data.id_number.strip().upper() if data.id_number else None
    if number and context.session.scalar(select(Person.id).where(Person.id_number == number)) is not None:
        raise Conflict("id_number_taken", field="id_number")
    name = data.name.strip()
    row = Person(
        reference=_next_reference(context),
        name=name,
        name_latin=latin_name(name),
        sort_strokes=strokes_key(name),
        sort_pinyin=pinyin_key(name),
        sex=data.sex,
        nationality=data.nationality,
        birth_date=data.birth_date,
        id_number=number,
        political_status=data.political_status,
        work_start_date=data.work_start_date,
        education=data.education,
        degree=data.degree,
        body_id=data.body_id,
        created_at=context.now,
    )
    context.session.add(row)
    context.session.flush()
    if data.post_since:
        _add_post(context, row.id, data)
    return row.id


def _add_post(context: Context, person_id: int, data: PersonData) -> None:
    context.session.add(
        Post(
            person_id=person_id,
            organization=data.post_organization.strip(),
            title=data.post_title.strip(),
            rank=UNDETERMINED_RANK,
            from_date=data.post_since,
        )
    )
    context.session.flush()


def _check(context: Context, data: PersonData, codes: Mapping[str, Collection[str]]) -> None:
    if not may_add(context.actor, body_id=data.body_id):
        raise Forbidden("archive_not_yours")
    problems = _faults(context, data, codes)
    if problems:
        raise Invalid("form_faulty", problems=tuple(problems), count=len(problems))


def _faults(context: Context, data: PersonData, codes: Mapping[str, Collection[str]]) -> list[Problem]:
    problems: list[Problem] = []
    if not data.name.strip():
        problems.append(Invalid("field_required", field="name"))
    elif len(data.name.strip()) > LONGEST_NAME:
        problems.append(Invalid("field_too_long", field="name", limit=LONGEST_NAME, length=len(data.name.strip())))
    for field, allowed in codes.items():
        value = getattr(data, field)
        if value not in allowed and not (field == "degree" and value is None):
            problems.append(Invalid("field_not_an_option", field=field))
    problems += [Invalid("field_not_date", field=field) for field in data.unread_dates]
    if data.birth_date is None:
        problems += [] if "birth_date" in data.unread_dates else [Invalid("field_required", field="birth_date")]
    elif data.birth_date >= context.today:
        problems.append(Invalid("birth_date_ahead", field="birth_date"))
    elif data.id_number and (fault := id_number_fault(data.id_number, birth_date=data.birth_date, sex=data.sex)):
        problems.append(Invalid(fault, field="id_number"))
    texts = {"name": data.name, "post_organization": data.post_organization, "post_title": data.post_title}
    unreadable = [
        Invalid("field_not_one_line", field=field) for field, value in texts.items() if not is_one_line(value.strip())
    ]
    return [*problems, *_post_faults(data), *unreadable]


def _post_faults(data: PersonData) -> list[Problem]:
    """A post is entered whole, with its title and first day, or not at all."""
    entered = {"post_title": data.post_title.strip(), "post_since": data.post_since}
    if not any(entered.values()) and not data.post_organization.strip():
        return []
    empty = [field for field, value in entered.items() if not value and field not in data.unread_dates]
    return [Invalid("field_required", field=field) for field in empty]


def _next_reference(context: Context) -> str:
    last = context.session.scalar(select(func.max(Person.id))) or 0
    return f"P-{last + 1:05d}"


def add_account(context: Context, *, sign_in_name: str, name: str, name_latin: str, email: str) -> int:
    """Adds an account without a password; a one-time link lets its holder choose one. Administrators only.

    Raises Invalid naming every faulty field, Conflict where the sign-in name is taken.
    """
    require_administrator(context)
    problems: list[Problem] = [
        Invalid("field_required", field=field)
        for field, value in (("name", name), ("name_latin", name_latin))
        if not value.strip()
    ]
    problems += [
        Invalid("field_not_one_line", field=field)
        for field, value in (("name", name), ("name_latin", name_latin))
        if not is_one_line(value.strip())
    ]
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,39}", sign_in_name):
        problems.append(Invalid("sign_in_name_shape", field="sign_in_name"))
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        problems.append(Invalid("email_shape", field="email"))
    if problems:
        raise Invalid("form_faulty", problems=tuple(problems), count=len(problems))
    serialize_on(context.session, "people:accounts")
    if context.session.scalar(select(Account.id).where(Account.sign_in_name == sign_in_name)) is not None:
        raise Conflict("sign_in_name_taken", field="sign_in_name")
    row = Account(
        sign_in_name=sign_in_name,
        name=name.strip(),
        name_latin=name_latin.strip(),
        email=email,
        password_hash=None,
        created_at=context.now,
    )
    context.session.add(row)
    context.session.flush()
    return row.id


def change_locale(context: Context, *, locale: str) -> None:
    """Sets the language of the actor's pages and mail."""
    if locale not in {"zh", "en"}:
        raise Invalid("locale_unknown", field="locale")
    context.session.get_one(Account, context.actor.account_id).locale = locale


def change_shortcuts(context: Context, *, has_shortcuts: bool) -> None:
    """Switches single-key shortcuts on or off for the actor's account."""
    context.session.get_one(Account, context.actor.account_id).has_shortcuts = has_shortcuts


def change_theme(context: Context, *, theme: str) -> None:
    """Sets light, dark or the system's colours."""
    if theme not in {"light", "dark", "system"}:
        raise Invalid("theme_unknown", field="theme")
    context.session.get_one(Account, context.actor.account_id).theme = theme
