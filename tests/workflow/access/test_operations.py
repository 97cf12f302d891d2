"""Signing in makes a session that signing out, a new password or its owner ends; only hashes are kept."""

import pytest
from argon2 import PasswordHasher

from tests.workflow.access.doors import PASSWORD, Door
from workflow.access.operations import (
    change_password,
    hash_password,
    revoke_session,
    sign_in,
    sign_in_to_demo,
    sign_out,
    token_hash,
)
from workflow.context import Actor
from workflow.people.tables import Account
from workflow.problems import Forbidden, Invalid, Missing

NEW = "another long phrase"


def signed_in_as(door: Door, name: str = "wen", password: str = PASSWORD, browser: str = "") -> str:
    token: str = door.do(sign_in, sign_in_name=name, password=password, browser=browser)
    return token


def test_the_right_password_opens_a_session_of_the_account(door: Door) -> None:
    account = door.account(locale="en", theme="dark")
    token = signed_in_as(door, browser="Firefox" + "x" * 300)
    seen = door.behind(token)
    assert seen is not None
    assert (seen.account_id, seen.name, seen.locale, seen.theme) == (account, "wen", "en", "dark")
    (row,) = door.rows()
    assert (row.id, row.created_at, row.last_seen_at) == (seen.session_id, door.now, door.now)
    assert len(row.browser) == 200


def test_the_table_alone_lets_nobody_in(door: Door) -> None:
    door.account()
    token = signed_in_as(door)
    (row,) = door.rows()
    assert len(token) >= 43
    assert (row.token_hash, len(row.token_hash)) == (token_hash(token), 64)
    assert door.behind(row.token_hash) is None
    assert signed_in_as(door) != token


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("wen", "not the password"),
        ("wen", ""),
        ("wen", PASSWORD.upper()),
        ("nobody", PASSWORD),
        ("Wen", PASSWORD),
        ("closed", PASSWORD),
        ("fresh", ""),
        ("fresh", PASSWORD),
        ("broken", PASSWORD),
    ],
)
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(door: Door, name: str, password: str) -> None:
    door.account()
    door.account("closed", is_active=False)
    door.account("fresh", password=None)
    door.account("broken", password_hash="no hash at all")
    with pytest.raises(Forbidden) as caught:
        signed_in_as(door, name, password)
    assert (caught.value.code, caught.value.params) == ("sign_in_failed", {})
    assert door.rows() == []


def test_a_password_of_two_hundred_characters_is_compared_whole(door: Door) -> None:
    long = "x" * 199
    door.account(password=long + "y")
    signed_in_as(door, password=long + "y")
    with pytest.raises(Forbidden):
        signed_in_as(door, password=long + "z")


def test_a_hash_of_weaker_settings_is_renewed_when_its_password_is_used(door: Door) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    account = door.account(password_hash=weak)
    signed_in_as(door)
    with door.database.reading() as session:
        renewed = session.get_one(Account, account).password_hash or ""
    assert renewed != weak
    assert not PasswordHasher().check_needs_rehash(renewed)
    signed_in_as(door)


def test_one_password_is_never_hashed_alike_twice() -> None:
    assert hash_password(PASSWORD) != hash_password(PASSWORD)
    assert PASSWORD not in hash_password(PASSWORD)


def test_the_demonstration_needs_no_password_but_an_open_account(door: Door) -> None:
    account = door.account(password=None)
    door.account("closed", is_active=False)
    seen = door.behind(door.do(sign_in_to_demo, sign_in_name="wen"))
    assert seen is not None
    assert seen.account_id == account
    for name in ("closed", "nobody"):
        with pytest.raises(Forbidden):
            door.do(sign_in_to_demo, sign_in_name=name)


def test_signing_out_ends_this_session_and_no_other(door: Door) -> None:
    door.account()
    here, elsewhere = signed_in_as(door), signed_in_as(door)
    signed_out_at = door.now
    door.do(sign_out, token=here)
    assert door.behind(here) is None
    assert door.behind(elsewhere) is not None
    door.later(minutes=5)
    door.do(sign_out, token=here)
    door.do(sign_out, token="no token")
    assert [row.revoked_at for row in door.rows()] == [signed_out_at, None]


def test_people_end_their_own_sessions_and_nobody_elses(door: Door) -> None:
    mine, other = door.account(), door.account("cen")
    token = signed_in_as(door)
    session_id = door.rows()[0].id
    with pytest.raises(Missing):
        door.do(revoke_session, session_id=session_id, actor=Actor(other, "cen"))
    assert door.behind(token) is not None
    ended_at = door.now
    door.do(revoke_session, session_id=session_id, actor=Actor(mine, "wen"))
    assert door.behind(token) is None
    door.later(minutes=5)
    with pytest.raises(Missing):
        door.do(revoke_session, session_id=session_id, actor=Actor(mine, "wen"))
    assert door.rows()[0].revoked_at == ended_at


def test_a_new_password_ends_every_other_session(door: Door) -> None:
    account = door.account()
    door.account("cen")
    kept, lost, others = signed_in_as(door), signed_in_as(door), signed_in_as(door, "cen")
    door.do(change_password, present=PASSWORD, password=NEW, kept_token=kept, actor=Actor(account, "wen"))
    assert door.behind(lost) is None
    assert door.behind(kept) is not None
    assert door.behind(others) is not None
    with pytest.raises(Forbidden):
        signed_in_as(door)
    signed_in_as(door, password=NEW)


@pytest.mark.parametrize(
    ("present", "password", "field"),
    [("not the password", NEW, "present"), (PASSWORD, "short", "password"), (PASSWORD, "WEN" * 70, "password")],
)
def test_a_password_that_is_not_taken_changes_nothing(door: Door, present: str, password: str, field: str) -> None:
    account = door.account()
    token = signed_in_as(door)
    with pytest.raises(Invalid) as caught:
        door.do(change_password, present=present, password=password, actor=Actor(account, "wen"))
    assert caught.value.field == field
    assert door.behind(token) is not None
    signed_in_as(door)


def test_who_has_no_password_yet_chooses_one_without_the_present_one(door: Door) -> None:
    account = door.account(password=None)
    door.do(change_password, present="", password=NEW, actor=Actor(account, "wen"))
    signed_in_as(door, password=NEW)
