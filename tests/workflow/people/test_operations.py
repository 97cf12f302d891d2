"""Who is added to the archive is complete and only once there; accounts are an administrator's to add."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from definitions.codes import tables
from tests.fixtures.databases import ContextBuilder
from tests.workflow.cases.test_concurrency import at_once
from tests.workflow.rows import add_account as account_row
from tests.workflow.rows import add_body
from workflow.context import CLOCK, Actor, Holding
from workflow.people.operations import PersonData, add_account, add_person, change_locale, change_theme
from workflow.people.rules import check_character
from workflow.people.tables import Account, Person, Post
from workflow.problems import Conflict, Forbidden, Invalid
from workflow.store.database import Database

CODES = {name: frozenset(tables()[name]) for name in ("sex", "nationality", "political_status", "education", "degree")}
DIGITS = "99010219900501139"
NUMBER = DIGITS + check_character(DIGITS)
DATA = PersonData(
    name="温朗",
    sex="male",
    nationality="ha",
    birth_date=date(1990, 5, 1),
    political_status="cdl",
    education="master",
)
SECRETARY = Actor(account_id=3, name="secretary", holdings=(Holding(1, 1, "organization", "officer"),))
ADMINISTRATOR = Actor(account_id=1, name="admin", is_administrator=True)
NEWCOMER = {"sign_in_name": "wen.lang", "name": "温朗", "name_latin": "Wen Lang", "email": "wen@office.example"}


def added(database: Database, context_for: ContextBuilder, actor: Actor = SECRETARY, **changed: Any) -> int:
    with database.writing() as session:
        return add_person(context_for(session, actor), data=replace(DATA, **changed), codes=CODES)


def count(database: Database, table: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def faulty_fields(caught: pytest.ExceptionInfo[Invalid]) -> dict[str | None, str]:
    return {problem.field: problem.code for problem in caught.value.problems}


def test_somebody_added_gets_a_reference_and_the_keys_of_the_lists(
    any_database: Database, context_for: ContextBuilder, now: Any
) -> None:
    first = added(any_database, context_for, name="  欧阳明华 ", degree="master", id_number=f" {NUMBER.lower()} ")
    second = added(any_database, context_for)
    with any_database.reading() as session:
        row = session.get_one(Person, first)
        assert (row.reference, session.get_one(Person, second).reference) == ("P-00001", "P-00002")
        assert (row.name, row.name_latin, row.sort_pinyin) == ("欧阳明华", "Ouyang Minghua", "ou yang ming hua")
        assert row.sort_strokes.startswith("08欧阳")
        assert (row.id_number, row.degree, row.created_at) == (NUMBER, "master", now)
        assert (row.tier, row.category) == (None, None)


@pytest.mark.parametrize(
    "actor",
    [
        CLOCK,
        ADMINISTRATOR,
        Actor(account_id=4, name="nominator", holdings=(Holding(2, 2, "mill", "officer"),)),
        Actor(account_id=5, name="street_head", holdings=(Holding(3, 1, "street", "head"),)),
        Actor(account_id=6, name="orghead", holdings=(Holding(4, 3, "organization", "head"),)),
    ],
    ids=lambda actor: actor.name,
)
def test_nobody_adds_to_the_archive_of_a_body_they_do_not_keep(
    database: Database, context_for: ContextBuilder, actor: Actor
) -> None:
    with database.writing() as session:
        body = add_body(session, "street")
    for target in (body, None):
        with pytest.raises(Forbidden) as caught:
            added(database, context_for, actor, body_id=target, name="")
        assert caught.value.code == "archive_not_yours"
    assert count(database, Person) == 0


def test_an_officer_adds_to_the_own_body_and_the_secretary_to_any(
    database: Database, context_for: ContextBuilder
) -> None:
    with database.writing() as session:
        body = add_body(session, "street")
    officer = Actor(account_id=4, name="nominator", holdings=(Holding(2, body, "street", "officer"),))
    for actor in (officer, SECRETARY):
        added(database, context_for, actor, body_id=body)
    with database.reading() as session:
        assert list(session.scalars(select(Person.body_id))) == [body, body]


def test_every_faulty_field_of_a_person_is_named_and_nobody_added(
    database: Database, context_for: ContextBuilder
) -> None:
    wrong: dict[str, Any] = dict.fromkeys(
        ("sex", "nationality", "political_status", "education", "degree"), "no such code"
    )
    with pytest.raises(Invalid) as caught:
        added(database, context_for, name=" ", birth_date=None, post_title="副科长", **wrong)
    assert faulty_fields(caught) == {
        "name": "field_required",
        **dict.fromkeys(wrong, "field_not_an_option"),
        "birth_date": "field_required",
        "post_since": "field_required",
    }
    assert caught.value.params["count"] == 8
    assert count(database, Person) == 0


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"name": "朗" * 41}, "name", "field_too_long"),
        ({"birth_date": date(2026, 11, 24)}, "birth_date", "birth_date_ahead"),
        ({"id_number": NUMBER, "birth_date": date(1990, 5, 2)}, "id_number", "id_number_birth"),
        ({"id_number": NUMBER, "sex": "female"}, "id_number", "id_number_sex"),
        ({"id_number": "  "}, "id_number", "id_number_shape"),
        ({"degree": ""}, "degree", "field_not_an_option"),
        ({"name": "温\x00朗"}, "name", "field_not_one_line"),
        ({"name": "温\n朗"}, "name", "field_not_one_line"),
        ({"post_since": date(2020, 1, 1)}, "post_title", "field_required"),
        ({"post_organization": "望溪街道"}, "post_title", "field_required"),
    ],
)
def test_a_fault_is_told_at_its_field(
    database: Database, context_for: ContextBuilder, changed: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        added(database, context_for, **changed)
    assert faulty_fields(caught)[field] == code


def test_forty_characters_are_a_name_and_a_degree_may_be_missing(
    database: Database, context_for: ContextBuilder
) -> None:
    added(database, context_for, name=" " + "朗" * 40, degree=None)
    assert count(database, Person) == 1


def test_the_present_post_is_kept_with_its_first_day(database: Database, context_for: ContextBuilder) -> None:
    person = added(
        database, context_for, post_organization=" 望溪街道 ", post_title=" 副主任 ", post_since=date(2022, 3, 1)
    )
    added(database, context_for)
    with database.reading() as session:
        post = session.scalars(select(Post)).one()
    assert (post.person_id, post.organization, post.title) == (person, "望溪街道", "副主任")
    assert (post.from_date, post.to_date, post.rank) == (date(2022, 3, 1), None, "199")


def test_an_id_number_is_in_the_archive_once_however_it_is_typed(
    any_database: Database, context_for: ContextBuilder
) -> None:
    added(any_database, context_for, id_number=NUMBER)
    with pytest.raises(Conflict) as caught:
        added(any_database, context_for, name="岑明", id_number=f" {NUMBER.lower()}")
    assert (caught.value.code, caught.value.field) == ("id_number_taken", "id_number")
    assert count(any_database, Person) == 1


def test_of_twenty_who_add_the_same_person_at_once_one_does(
    any_database: Database, context_for: ContextBuilder
) -> None:
    results = at_once([lambda: added(any_database, context_for, id_number=NUMBER)] * 20)
    assert [type(result) for result in results if not isinstance(result, int)] == [Conflict] * 19
    assert count(any_database, Person) == 1


def test_people_added_at_once_get_references_of_their_own(any_database: Database, context_for: ContextBuilder) -> None:
    results = at_once([lambda: added(any_database, context_for)] * 20)
    assert len(set(results)) == 20
    with any_database.reading() as session:
        assert sorted(session.scalars(select(Person.reference))) == [f"P-{number:05d}" for number in range(1, 21)]


def new_account(database: Database, context_for: ContextBuilder, actor: Actor = ADMINISTRATOR, **changed: str) -> int:
    with database.writing() as session:
        return add_account(context_for(session, actor), **{**NEWCOMER, **changed})


def test_an_account_begins_without_a_password_and_without_rights(
    database: Database, context_for: ContextBuilder
) -> None:
    account = new_account(database, context_for, name=" 温朗 ", name_latin=" Wen Lang ")
    with database.reading() as session:
        row = session.get_one(Account, account)
        assert (row.sign_in_name, row.name, row.name_latin) == ("wen.lang", "温朗", "Wen Lang")
        assert (row.password_hash, row.is_administrator, row.is_active, row.locale) == (None, False, True, "zh")


def test_only_administrators_add_accounts(database: Database, context_for: ContextBuilder) -> None:
    with pytest.raises(Forbidden):
        new_account(database, context_for, Actor(account_id=2, name="secretary"))
    assert count(database, Account) == 0


def test_every_faulty_field_of_an_account_is_named(database: Database, context_for: ContextBuilder) -> None:
    with pytest.raises(Invalid) as caught:
        new_account(database, context_for, sign_in_name="Wen Lang", name=" ", name_latin="", email="wen@office")
    assert faulty_fields(caught) == {
        "name": "field_required",
        "name_latin": "field_required",
        "sign_in_name": "sign_in_name_shape",
        "email": "email_shape",
    }
    assert count(database, Account) == 0


@pytest.mark.parametrize("name", ["", "w", ".wen", "Wen", "wen lang", "温朗", "w" * 41, "wen\n"])
def test_a_sign_in_name_is_two_to_forty_small_letters_figures_and_marks(
    database: Database, context_for: ContextBuilder, name: str
) -> None:
    with pytest.raises(Invalid):
        new_account(database, context_for, sign_in_name=name)


@pytest.mark.parametrize("name", ["wl", "p00017", "subdistrict-01.officer", "w" * 40])
def test_a_mail_address_may_be_missing(database: Database, context_for: ContextBuilder, name: str) -> None:
    new_account(database, context_for, sign_in_name=name, email="")
    assert count(database, Account) == 1


def test_of_ten_accounts_of_one_name_added_at_once_one_is(any_database: Database, context_for: ContextBuilder) -> None:
    results = at_once([lambda: new_account(any_database, context_for)] * 10)
    refused = [result for result in results if not isinstance(result, int)]
    assert [type(result) for result in refused] == [Conflict] * 9
    assert {(result.code, result.field) for result in refused} == {("sign_in_name_taken", "sign_in_name")}


def test_language_and_colours_are_the_actors_own(database: Database, context_for: ContextBuilder) -> None:
    with database.writing() as session:
        mine, other = account_row(session, "wen"), account_row(session, "cen")
        context = context_for(session, Actor(account_id=mine, name="wen"))
        change_locale(context, locale="en")
        change_theme(context, theme="dark")
        with pytest.raises(Invalid) as locale:
            change_locale(context, locale="fr")
        with pytest.raises(Invalid) as theme:
            change_theme(context, theme="pink")
    assert (locale.value.field, theme.value.field) == ("locale", "theme")
    with database.reading() as session:
        rows = {row.id: (row.locale, row.theme) for row in session.scalars(select(Account))}
    assert rows == {mine: ("en", "dark"), other: ("zh", "system")}


def test_a_date_is_missing_or_unreadable_or_ahead_and_each_is_said(
    any_database: Database, context_for: ContextBuilder
) -> None:
    for changed, expected in (
        ({"birth_date": None}, {"birth_date": "field_required"}),
        ({"birth_date": None, "unread_dates": ["birth_date"]}, {"birth_date": "field_not_date"}),
        ({"birth_date": date(2999, 1, 1)}, {"birth_date": "birth_date_ahead"}),
        ({"unread_dates": ["work_start_date"]}, {"work_start_date": "field_not_date"}),
        ({"post_title": "科长", "unread_dates": ["post_since"]}, {"post_since": "field_not_date"}),
    ):
        with pytest.raises(Invalid) as caught:
            added(any_database, context_for, **changed)
        assert faulty_fields(caught) == expected
    assert count(any_database, Person) == 0
