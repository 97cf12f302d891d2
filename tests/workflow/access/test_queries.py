"""A session ends by itself when nobody used it for two hours or twelve hours have passed; people see those still open."""

from datetime import timedelta

import pytest

from tests.workflow.access.doors import PASSWORD, Door
from workflow.access.operations import IDLE_LENGTH, SESSION_LENGTH, revoke_session, sign_in
from workflow.access.queries import SessionView, sessions
from workflow.access.tables import SignIn
from workflow.context import Actor, Context
from workflow.people.tables import Account


def opened(door: Door, name: str = "wen", browser: str = "") -> str:
    token: str = door.do(sign_in, sign_in_name=name, password=PASSWORD, browser=browser)
    return token


def seen_again(door: Door) -> None:
    with door.database.writing() as session:
        for row in session.query(SignIn):
            row.last_seen_at = door.now


def shown(door: Door, account: int, token: str) -> tuple[SessionView, ...]:
    with door.database.reading() as session:
        return sessions(Context(session, Actor(account, "wen"), door.now), token)


def test_a_token_leads_to_its_account_alone(door: Door) -> None:
    door.account(name_latin="Wen Lang")
    door.account("cen")
    seen = door.behind(opened(door))
    assert seen is not None
    assert (seen.name, seen.name_latin, seen.last_seen_at) == ("wen", "Wen Lang", door.now)
    assert door.behind("") is None
    assert door.behind("no such token") is None


def test_two_idle_hours_end_a_session(door: Door) -> None:
    door.account()
    token = opened(door)
    door.now += IDLE_LENGTH - timedelta(seconds=1)
    assert door.behind(token) is not None
    door.later(seconds=1)
    assert door.behind(token) is None


def test_a_session_in_use_lasts_twelve_hours_and_no_longer(door: Door) -> None:
    door.account()
    token, began = opened(door), door.now
    while door.now + timedelta(hours=1) < began + SESSION_LENGTH:
        door.later(hours=1)
        seen_again(door)
        assert door.behind(token) is not None
    door.now = began + SESSION_LENGTH
    assert door.behind(token) is None


@pytest.mark.parametrize("is_active", [True, False])
def test_a_closed_account_is_signed_out(door: Door, *, is_active: bool) -> None:
    account = door.account()
    token = opened(door)
    with door.database.writing() as session:
        session.get_one(Account, account).is_active = is_active
    assert (door.behind(token) is not None) is is_active


def test_people_see_their_own_open_sessions_newest_first_and_this_one_marked(any_door: Door) -> None:
    door = any_door
    mine = door.account()
    door.account("cen")
    here = opened(door, browser="Firefox")
    door.later(minutes=10)
    opened(door, "cen")
    opened(door, browser="Edge")
    ended = opened(door, browser="Chromium")
    last = door.rows()[-1].id
    door.do(revoke_session, session_id=last, actor=Actor(mine, "wen"))
    assert door.behind(ended) is None
    found = shown(door, mine, here)
    assert [(one.browser, one.is_this) for one in found] == [("Edge", False), ("Firefox", True)]
    assert found[0].created_at - found[1].created_at == timedelta(minutes=10)


def test_a_session_that_opens_nothing_any_more_is_not_shown_as_open(door: Door) -> None:
    account = door.account()
    token = opened(door)
    door.now += IDLE_LENGTH
    assert shown(door, account, token) == ()
    seen_again(door)
    assert len(shown(door, account, token)) == 1
    door.later(hours=10)
    seen_again(door)
    assert shown(door, account, token) == ()
