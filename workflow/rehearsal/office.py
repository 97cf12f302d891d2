"""Fills a scratch database with what a scenario is given: bodies, accounts, people, lists, procedures and the round."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workflow.bodies.operations import add_body, add_role_holding
from workflow.cases.versions import publish_all
from workflow.context import Actor, Context, Holding
from workflow.people.names import latin_name, pinyin_key, strokes_key
from workflow.people.operations import UNDETERMINED_RANK, add_account
from workflow.people.tables import Account, Kinship, Post, Training, YearlyGrade
from workflow.people.tables import Person as PersonRow
from workflow.people.tables import Sanction as SanctionRow
from workflow.pools.operations import add_member, ensure_pool
from workflow.pools.rules import KEEPING
from workflow.procedure.model import Procedure
from workflow.rehearsal.given import Given, Person

SETTER = Actor(None, "rehearsal", (Holding(0, 0, *KEEPING[0]),), is_administrator=True)
"""Sets the scene, and does nothing after it."""
HELD_FOR_YEARS = 5
UNNAMED = "–"
"""Stands for posts and courses whose names no rule looks at."""


@dataclass
class Office:
    """The ids of what was set up, by the names scenarios use."""

    bodies: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)


def set_up(context: Context, given: Given, procedures: Sequence[Procedure]) -> Office:
    """Everything but the round and its cases, which have people who open them. Raises what the operations raise."""
    setter = Context(context.session, SETTER, context.now, context.zone)
    office = Office(versions=publish_all(setter, procedures))
    for position, code in enumerate(_parents_first(given)):
        body = given.bodies[code]
        office.bodies[code] = add_body(
            setter,
            code=code,
            kind=body.kind,
            title_zh=body.title.zh if body.title else code,
            title_en=body.title.en if body.title else code,
            parent_id=office.bodies[body.parent] if body.parent else None,
            position=position,
        )
    for name, person in given.people.items():
        office.people[name] = _add_person(setter, office, name, person)
    _add_kin(setter, office, given)
    for name in given.accounts:
        office.accounts[name] = _add_account(setter, office, given, name)
    named = {role.holds for one in procedures for role in one.roles.values()}
    _add_holdings(setter, office, given, named)
    _enter_lists(setter, office, given, procedures)
    return office


def _parents_first(given: Given) -> list[str]:
    """Codes in the order of the file, but each after the body it is under."""
    ordered: list[str] = []

    def add(code: str, below: tuple[str, ...]) -> None:
        parent = given.bodies[code].parent
        if parent and parent not in (*ordered, *below):
            add(parent, (*below, code))
        if code not in ordered:
            ordered.append(code)

    for code in given.bodies:
        add(code, ())
    return ordered


def _shown_name(given: Given, name: str) -> str:
    person = given.people.get(name)
    return (person.name if person else None) or name


def _add_account(context: Context, office: Office, given: Given, name: str) -> int:
    shown = _shown_name(given, name)
    account = add_account(context, sign_in_name=name, name=shown, name_latin=latin_name(shown), email="")
    context.session.get_one(Account, account).person_id = office.people.get(name)
    context.session.flush()
    return account


def _add_holdings(context: Context, office: Office, given: Given, named: Collection[str]) -> None:
    since = date(context.today.year - HELD_FOR_YEARS, 1, 1)
    for (code, role), names in given.held.items():
        for name in names:
            add_role_holding(
                context,
                body_id=office.bodies[code],
                role=role,
                account_id=office.accounts[name],
                from_date=since,
                also=named,
            )


def _add_person(context: Context, office: Office, name: str, person: Person) -> int:
    shown = person.name or name
    row = PersonRow(
        reference=f"P-{len(office.people) + 1:05d}",
        name=shown,
        name_latin=latin_name(shown),
        sort_strokes=strokes_key(shown),
        sort_pinyin=pinyin_key(shown),
        sex=person.sex,
        nationality=person.nationality,
        birth_date=person.born,
        political_status=person.political_status,
        work_start_date=person.works_since,
        education=person.education,
        body_id=office.bodies[person.body] if person.body else None,
        created_at=context.now,
    )
    context.session.add(row)
    context.session.flush()
    context.session.add_all(_archive(row.id, person, context.today))
    context.session.flush()
    return row.id


def _archive(person_id: int, person: Person, today: date) -> list[Any]:
    """The dated rows that rules look at."""
    rows: list[Any] = [YearlyGrade(person_id=person_id, year=int(y), grade=g) for y, g in person.grades.items()]
    if person.in_post_since:
        post = {"organization": UNNAMED, "title": UNNAMED, "rank": UNDETERMINED_RANK}
        rows.append(Post(person_id=person_id, from_date=person.in_post_since, **post))
    if person.trained:
        course = person.trained
        rows.append(
            Training(
                person_id=person_id,
                course=UNNAMED,
                organizer=UNNAMED,
                from_date=course.since,
                to_date=course.until,
                hours=course.hours,
                is_off_job=course.off_job,
                is_completed=course.completed,
            )
        )
    if person.sanction:
        since = min(today, person.sanction.until)
        rows.append(
            SanctionRow(
                person_id=person_id, kind=person.sanction.kind, from_date=since, until_date=person.sanction.until
            )
        )
    return rows


def _add_kin(context: Context, office: Office, given: Given) -> None:
    for name, person in given.people.items():
        for relative, relation in person.kin.items():
            row = Kinship(person_id=office.people[name], relative_id=office.people[relative], relation=relation)
            context.session.add(row)
    context.session.flush()


def _enter_lists(context: Context, office: Office, given: Given, procedures: Sequence[Procedure]) -> None:
    titles = {
        category.pool: category.title
        for procedure in procedures
        for category in procedure.categories.values()
        if category.pool
    }
    for name, person in given.people.items():
        for key, since in person.listed.items():
            title = titles.get(key)
            pool = ensure_pool(
                context, key=key, title_zh=title.zh if title else key, title_en=title.en if title else key, target=0
            )
            add_member(context, pool_id=pool, person_id=office.people[name], tenure_from_date=since)
