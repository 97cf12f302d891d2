"""A link lets its account choose a password once, within a day; the first administrator gets one when nobody can sign in."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.workflow.access.doors import ADMINISTRATOR, PASSWORD, Door
from tests.workflow.cases.test_concurrency import at_once
from workflow.access.operations import (
    LINK_LENGTH,
    issue_first_administrator_link,
    issue_link,
    sign_in,
    token_hash,
    use_link,
)
from workflow.access.queries import link_holder
from workflow.access.tables import OneTimeLink
from workflow.context import Actor, Context
from workflow.people.tables import Account
from workflow.problems import Conflict, Forbidden, Invalid


def holder(door: Door, token: str) -> str:
    with door.database.reading() as session:
        return link_holder(Context(session, ADMINISTRATOR, door.now), token)


def issued(door: Door, account: int) -> str:
    token: str = door.do(issue_link, account_id=account, actor=ADMINISTRATOR)
    return token


def test_a_link_sets_the_password_and_signs_in(door: Door) -> None:
    account = door.account(password=None)
    link = issued(door, account)
    assert holder(door, link) == "wen"
    seen = door.behind(door.do(use_link, token=link, password=PASSWORD, browser="Firefox"))
    assert seen is not None
    assert seen.account_id == account
    assert door.do(sign_in, sign_in_name="wen", password=PASSWORD)


def test_a_link_is_kept_as_a_hash(door: Door) -> None:
    link = issued(door, door.account())
    with door.database.reading() as session:
        row = session.scalars(select(OneTimeLink)).one()
    assert (row.token_hash, row.expires_at, row.used_at) == (token_hash(link), door.now + LINK_LENGTH, None)
    with pytest.raises(Forbidden):
        holder(door, row.token_hash)


def test_a_link_works_once(door: Door) -> None:
    link = issued(door, door.account(password=None))
    door.do(use_link, token=link, password=PASSWORD)
    with pytest.raises(Forbidden) as asked:
        holder(door, link)
    with pytest.raises(Forbidden) as used:
        door.do(use_link, token=link, password="somebody else's phrase")
    assert {asked.value.code, used.value.code} == {"link_invalid"}
    assert door.do(sign_in, sign_in_name="wen", password=PASSWORD)


def test_of_ten_who_use_a_link_at_once_one_does(any_door: Door) -> None:
    door = any_door
    link = issued(door, door.account(password=None))
    results = at_once([lambda: door.do(use_link, token=link, password=PASSWORD)] * 10)
    assert [type(result) for result in results if not isinstance(result, str)] == [Forbidden] * 9
    assert len(door.rows()) == 1


def test_a_link_ends_after_a_day(door: Door) -> None:
    link = issued(door, door.account(password=None))
    door.later(hours=23, minutes=59)
    assert holder(door, link) == "wen"
    door.later(minutes=1)
    with pytest.raises(Forbidden):
        holder(door, link)
    with pytest.raises(Forbidden):
        door.do(use_link, token=link, password=PASSWORD)
    assert door.rows() == []


def test_a_password_that_is_not_taken_leaves_the_link_as_it_was(door: Door) -> None:
    link = issued(door, door.account(password=None))
    with pytest.raises(Invalid):
        door.do(use_link, token=link, password="short")
    assert holder(door, link) == "wen"


def test_a_link_opens_no_closed_account(door: Door) -> None:
    account = door.account(password=None)
    link = issued(door, account)
    with door.database.writing() as session:
        session.get_one(Account, account).is_active = False
    with pytest.raises(Forbidden):
        holder(door, link)
    with pytest.raises(Forbidden):
        door.do(use_link, token=link, password=PASSWORD)


def test_a_password_chosen_by_a_link_ends_the_sessions_before_it(door: Door) -> None:
    account = door.account()
    before = door.do(sign_in, sign_in_name="wen", password=PASSWORD)
    after = door.do(use_link, token=issued(door, account), password="another long phrase")
    assert door.behind(before) is None
    assert door.behind(after) is not None


def test_only_administrators_issue_links(door: Door) -> None:
    account = door.account()
    with pytest.raises(Forbidden):
        door.do(issue_link, account_id=account, actor=Actor(account, "wen"))


def test_the_first_administrator_is_made_where_there_is_none(door: Door) -> None:
    link = door.do(issue_first_administrator_link)
    assert holder(door, link) == "admin"
    door.do(use_link, token=link, password=PASSWORD)
    with door.database.reading() as session:
        row = session.scalars(select(Account)).one()
    assert (row.sign_in_name, row.is_administrator) == ("admin", True)
    with pytest.raises(Conflict) as caught:
        door.do(issue_first_administrator_link)
    assert caught.value.code == "first_administrator_exists"


def test_a_first_administrator_whose_link_was_lost_gets_another(door: Door) -> None:
    door.do(issue_first_administrator_link)
    again = door.do(issue_first_administrator_link)
    assert holder(door, again) == "admin"
    with door.database.reading() as session:
        assert len(session.scalars(select(Account)).all()) == 1


def test_one_administrator_who_can_sign_in_is_enough(door: Door) -> None:
    door.account("admin", password=None, is_administrator=True)
    door.account("second", is_administrator=True)
    with pytest.raises(Conflict):
        door.do(issue_first_administrator_link)


@pytest.mark.parametrize("columns", [{"is_administrator": True, "is_active": False}, {"is_administrator": False}])
def test_a_name_that_is_somebodys_already_is_not_given_to_the_first_administrator(
    door: Door, columns: dict[str, Any]
) -> None:
    door.account("admin", **columns)
    with pytest.raises(Conflict) as caught:
        door.do(issue_first_administrator_link)
    assert caught.value.code == "sign_in_name_taken"
