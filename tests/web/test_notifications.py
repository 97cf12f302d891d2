"""Notifications are read one by one or all at once, and failed mail is offered again only to whoever may."""

import re
from datetime import date

import pytest

from scheduler.jobs import Work, spread_messages
from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.workflow.rounds.test_rescheduling import PLANNED, move, plan
from tests.workflow.steps import nominated, submitted
from workflow.messages.tables import Delivery
from workflow.settings import Settings

AGAIN = "/retry"


@pytest.fixture
def told(office: Office) -> Office:
    """Three cases wait for the secretary, who was told."""
    for _ in range(3):
        submitted(office, office.person())
        office.later(days=1)
    work = Work(office.database, Settings(database_url=office.database.url))
    spread_messages(work, office.now)
    work.close()
    return office


def test_one_is_marked_and_leaves_the_unread_alone(told: Office, client_of: ClientOf) -> None:
    secretary = client_of("secretary")
    secretary.application.config["WTF_CSRF_ENABLED"] = False
    assert secretary.get("/notifications/").text.count("is-unread") == 3
    with told.database.reading() as session:
        mine = told.actors["secretary"].account_id
        (first, *_others) = session.query(Delivery).filter_by(account_id=mine, channel="in_app").order_by(Delivery.id)
    answer = secretary.post("/notifications/read", data={"one": first.id, "unread": "1"})
    assert answer.headers["Location"] == "/notifications/?unread=1"
    everything = secretary.get("/notifications/").text
    assert (everything.count("<time"), everything.count("is-unread")) == (3, 2)
    assert secretary.get("/notifications/?unread=1").text.count("<time") == 2
    secretary.post("/notifications/read", data={"up_to": 1_000})
    assert "没有未读通知" in secretary.get("/notifications/?unread=1").text


def test_somebody_elses_notification_is_not_marked(told: Office, client_of: ClientOf) -> None:
    stranger = client_of("stranger")
    stranger.application.config["WTF_CSRF_ENABLED"] = False
    for number in range(1, 10):
        stranger.post("/notifications/read", data={"one": number})
    assert client_of("secretary").get("/notifications/").text.count("is-unread") == 3


@pytest.mark.parametrize("before", ["-1", "99999999999999999999999", "x", ""])
def test_a_garbled_place_is_answered(told: Office, client_of: ClientOf, before: str) -> None:
    assert client_of("secretary").get(f"/notifications/?before={before}").status_code == 200


def test_only_who_may_try_failed_mail_again_is_offered_it(
    told: Office, client_of: ClientOf, administrator: str
) -> None:
    with told.database.writing() as session:
        session.query(Delivery).update({"status": "failed", "error": "no such box"})
    assert AGAIN in client_of(administrator).get("/ledger/?status=failed").text
    secretary = client_of("secretary").get("/ledger/?status=failed").text
    assert AGAIN not in secretary
    assert "可由系统管理员重新发送" in secretary


def test_a_notification_leads_to_where_it_is_answered(office: Office, client_of: ClientOf) -> None:
    plan(office, **PLANNED)
    for _ in range(2):
        nominated(office, office.person())
    move(office, closes_date=date(2026, 10, 8))
    work = Work(office.database, Settings(database_url=office.database.url))
    spread_messages(work, office.now)
    work.close()
    page = client_of("nominator").get("/notifications/").text
    titles = dict(re.findall(r'notice-title"><a href="([^"]+)">([^<]+)', page))
    assert titles["/calls/"].startswith("【时间调整】")
    assert titles["/inbox"] == "【期限调整】共 2 件案件"
