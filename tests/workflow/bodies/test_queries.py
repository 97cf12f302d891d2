"""Who holds which role is asked for a day: a role begins and ends with its days, and a closed account holds none."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.fixtures.databases import ContextBuilder
from tests.workflow.rows import add_account, add_body, add_body_role, add_person
from workflow.bodies.queries import actor, bodies, body_role_id, holders
from workflow.bodies.tables import Body, RoleHolding
from workflow.context import Holding
from workflow.people.tables import Account
from workflow.problems import Missing
from workflow.store.database import Database

TODAY = date(2026, 11, 24)
YESTERDAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 25)


def test_an_actor_comes_with_the_roles_of_the_day_in_the_order_given(any_database: Database) -> None:
    with any_database.writing() as session:
        account = add_account(session, "wen")
        street = add_body_role(session, "street", "officer", account)
        mill = add_body_role(session, "mill", "head", account)
        add_body_role(session, "mill", "officer", add_account(session, "cen"))
        body = {row.code: row.id for row in session.scalars(select(Body))}
    with any_database.reading() as session:
        found = actor(session, account, TODAY)
    assert (found.account_id, found.name, found.person_id, found.is_administrator) == (account, "wen", None, False)
    assert found.holdings == (
        Holding(street, body["street"], "street", "officer"),
        Holding(mill, body["mill"], "mill", "head"),
    )


@pytest.mark.parametrize(
    ("from_date", "to_date", "is_held"),
    [
        (TODAY, TODAY, True),
        (YESTERDAY, None, True),
        (YESTERDAY, TODAY, True),
        (TODAY, TOMORROW, True),
        (YESTERDAY, YESTERDAY, False),
        (TOMORROW, None, False),
    ],
)
def test_a_role_is_held_from_its_first_day_to_its_last(
    any_database: Database, from_date: date, to_date: date | None, *, is_held: bool
) -> None:
    with any_database.writing() as session:
        account = add_account(session, "wen")
        add_body_role(session, "street", "officer", account, from_date=from_date, to_date=to_date)
    with any_database.reading() as session:
        assert bool(actor(session, account, TODAY).holdings) is is_held


def test_a_role_given_twice_is_held_once(database: Database) -> None:
    with database.writing() as session:
        account = add_account(session, "wen")
        role = add_body_role(session, "street", "officer", account)
        session.add(RoleHolding(body_role_id=role, account_id=account, from_date=YESTERDAY))
    with database.reading() as session:
        assert len(actor(session, account, TODAY).holdings) == 1


def test_an_actor_knows_the_person_and_whether_they_administer(database: Database) -> None:
    with database.writing() as session:
        account = add_account(session, "wen")
        row = session.get_one(Account, account)
        row.person_id, row.is_administrator = add_person(session), True
        person = row.person_id
    with database.reading() as session:
        found = actor(session, account, TODAY)
    assert (found.person_id, found.is_administrator, found.holdings) == (person, True, ())


def test_a_closed_account_and_none_at_all_are_nobody(database: Database) -> None:
    with database.writing() as session:
        closed = add_account(session, "wen", is_active=False)
        add_body_role(session, "street", "officer", closed)
    with database.reading() as session:
        for account in (closed, closed + 1):
            with pytest.raises(Missing) as caught:
                actor(session, account, TODAY)
            assert caught.value.code == "account_missing"


def test_bodies_stand_in_official_order_and_are_chosen_by_kind(
    any_database: Database, context_for: ContextBuilder
) -> None:
    with any_database.writing() as session:
        top = add_body(session, "committee", kind="committee", position=1)
        add_body(session, "mill", kind="industry", position=3, parent_id=top)
        add_body(session, "street", kind="subdistrict", position=2, parent_id=top)
        add_body(session, "lane", kind="subdistrict", position=2, title_en="Lane")
    with any_database.reading() as session:
        context = context_for(session)
        assert [body.code for body in bodies(context)] == ["committee", "street", "lane", "mill"]
        assert [body.code for body in bodies(context, kinds=["subdistrict"])] == ["street", "lane"]
        assert [body.code for body in bodies(context, kinds=iter(("industry", "organ")))] == ["mill"]
        (_, street, lane, _) = bodies(context)
    assert (street.parent_id, street.title_zh) == (top, "street单位")
    assert (lane.parent_id, lane.title_en) == (None, "Lane")


def test_a_role_is_found_by_the_bodys_code(database: Database) -> None:
    with database.writing() as session:
        officer = add_body_role(session, "street", "officer")
        head = add_body_role(session, "street", "head")
        add_body_role(session, "mill", "head")
    with database.reading() as session:
        assert body_role_id(session, "street", "officer") == officer
        assert body_role_id(session, "street", "head") == head
        assert body_role_id(session, "mill", "officer") is None
        assert body_role_id(session, "castle", "head") is None


def test_holders_of_today_and_later_are_listed_by_body_and_role(
    any_database: Database, context_for: ContextBuilder
) -> None:
    with any_database.writing() as session:
        add_body(session, "street", position=2)
        add_body(session, "mill", position=1)
        names = {name: add_account(session, name) for name in ("now", "later", "last_day", "gone")}
        add_body_role(session, "street", "officer", names["now"])
        add_body_role(session, "street", "head", names["later"], from_date=TOMORROW)
        add_body_role(session, "mill", "officer", names["last_day"], to_date=TODAY)
        add_body_role(session, "mill", "head", names["gone"], to_date=YESTERDAY)
    with any_database.reading() as session:
        found = holders(context_for(session))
    assert [(one.body_code, one.role, one.sign_in_name) for one in found] == [
        ("mill", "officer", "last_day"),
        ("street", "head", "later"),
        ("street", "officer", "now"),
    ]
    assert (found[0].account_id, found[0].body_zh, found[0].body_en) == (names["last_day"], "mill单位", "mill")
    assert (found[0].to_date, found[1].from_date, found[2].to_date) == (TODAY, TOMORROW, None)
