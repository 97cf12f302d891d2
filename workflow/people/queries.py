"""Reading the archive: the register by tier and category, one person with everything dated, and a body's own people."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select, tuple_

from workflow.bodies.tables import Body
from workflow.context import Context
from workflow.people.tables import Kinship, Person, Post, Posting, Sanction, Training, YearlyGrade
from workflow.problems import Invalid, Missing

PAGE_SIZE = 50
MAX_SEARCH = 80
MOST_FOUND = 20
"""People offered for a choice; whoever is not among them is looked for more closely."""


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person in a list."""

    id: int
    reference: str
    name: str
    name_latin: str
    sex: str
    birth_date: date
    political_status: str
    education: str
    tier: str | None
    category: str | None
    is_chief: bool
    body_zh: str
    body_en: str


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """One page of the register in the order of surname strokes; `next_cursor` asks for the following one."""

    lines: tuple[PersonLine, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody recorded as kin."""

    person_id: int
    name: str
    name_latin: str
    relation: str


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person with everything dated, newest first."""

    person: Person
    body_zh: str
    body_en: str
    posts: tuple[Post, ...]
    trainings: tuple[Training, ...]
    postings: tuple[Posting, ...]
    sanctions: tuple[Sanction, ...]
    grades: tuple[YearlyGrade, ...]
    kin: tuple[Relative, ...]


def register(
    context: Context,
    *,
    tier: str | None = None,
    category: str | None = None,
    search: str | None = None,
    cursor: str | None = None,
) -> RegisterPage:
    """The archives by surname strokes: people with a tier, or of one category; a search looks through everybody.

    Raises Invalid for a garbled cursor.
    """
    statement = _lines()
    if category:
        statement = statement.where(Person.category == category)
    if tier or not (category or search):
        statement = statement.where(Person.tier == tier if tier else Person.tier.is_not(None))
    if search:
        statement = statement.where(_matches(search))
    if cursor:
        key, _, number = cursor.rpartition("|")
        if not number.isdecimal() or len(number) > 9 or "\x00" in key:
            raise Invalid("cursor_garbled", field="after")
        statement = statement.where(tuple_(Person.sort_strokes, Person.id) > (key, int(number)))
    rows = context.session.execute(statement.order_by(Person.sort_strokes, Person.id).limit(PAGE_SIZE + 1)).all()
    lines = tuple(_line(row) for row in rows[:PAGE_SIZE])
    last = rows[PAGE_SIZE - 1].Person if len(rows) > PAGE_SIZE else None
    return RegisterPage(lines, f"{last.sort_strokes}|{last.id}" if last else None)


def structure(context: Context) -> dict[tuple[str | None, str | None], int]:
    """(tier, category) → number of people, for all that have either."""
    rows = context.session.execute(
        select(Person.tier, Person.category, func.count())
        .where(or_(Person.tier.is_not(None), Person.category.is_not(None)))
        .group_by(Person.tier, Person.category)
    )
    return {(tier, category): count for tier, category, count in rows}


def person_page(context: Context, person_id: int) -> PersonView:
    """One person. Raises Missing. Access is for the caller to decide."""
    row = context.session.execute(_lines().where(Person.id == person_id)).one_or_none()
    if row is None:
        raise Missing("person_missing")
    session = context.session

    def of(table: Any, order: Any) -> tuple[Any, ...]:
        return tuple(
            session.scalars(select(table).where(table.person_id == person_id).order_by(order.desc(), table.id))
        )

    return PersonView(
        person=row.Person,
        body_zh=row.title_zh or "",
        body_en=row.title_en or "",
        posts=of(Post, Post.from_date),
        trainings=of(Training, Training.from_date),
        postings=of(Posting, Posting.from_date),
        sanctions=of(Sanction, Sanction.from_date),
        grades=of(YearlyGrade, YearlyGrade.year),
        kin=_kin(context, person_id),
    )


def archive_of_body(context: Context, body_id: int, search: str | None = None) -> tuple[PersonLine, ...]:
    """The people a body may nominate, by surname strokes."""
    statement = _lines().where(Person.body_id == body_id)
    if search:
        statement = statement.where(_matches(search))
    rows = context.session.execute(statement.order_by(Person.sort_strokes, Person.id).limit(PAGE_SIZE))
    return tuple(_line(row) for row in rows)


def find_people(
    context: Context, search: str, *, among: ColumnElement[bool] | None = None, limit: int = MOST_FOUND
) -> tuple[PersonLine, ...]:
    """People whose name or reference matches, by surname strokes; nobody for an empty search.

    `among` narrows to those the actor may choose: access is for the caller to decide.
    """
    if not search.strip():
        return ()
    statement = _lines().where(_matches(search))
    if among is not None:
        statement = statement.where(among)
    rows = context.session.execute(statement.order_by(Person.sort_strokes, Person.id).limit(limit))
    return tuple(_line(row) for row in rows)


def _lines() -> Select[Person, str, str]:
    return select(Person, Body.title_zh, Body.title_en).outerjoin(Body, Body.id == Person.body_id)


def _matches(search: str) -> Any:
    text = search.strip()[:MAX_SEARCH]
    if "\x00" in text:  # no stored text holds it, and PostgreSQL refuses to be asked for it
        return false()
    return or_(
        Person.name.contains(text, autoescape=True),
        Person.name_latin.icontains(text, autoescape=True),
        Person.sort_pinyin.icontains(text, autoescape=True),
        Person.reference == text,
    )


def _line(row: Any) -> PersonLine:
    person: Person = row.Person
    return PersonLine(
        id=person.id,
        reference=person.reference,
        name=person.name,
        name_latin=person.name_latin,
        sex=person.sex,
        birth_date=person.birth_date,
        political_status=person.political_status,
        education=person.education,
        tier=person.tier,
        category=person.category,
        is_chief=person.is_chief,
        body_zh=row.title_zh or "",
        body_en=row.title_en or "",
    )


def _kin(context: Context, person_id: int) -> tuple[Relative, ...]:
    rows = context.session.execute(
        select(Person.id, Person.name, Person.name_latin, Kinship.relation)
        .join(Kinship, or_(Kinship.person_id == Person.id, Kinship.relative_id == Person.id))
        .where(or_(Kinship.person_id == person_id, Kinship.relative_id == person_id), Person.id != person_id)
        .order_by(Kinship.id)
    )
    return tuple(Relative(*row) for row in rows)
