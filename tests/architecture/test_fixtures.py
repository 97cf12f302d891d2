"""The tests' own tools: what they promise to every other test."""

import smtplib
import socket
from email.message import EmailMessage

import pytest
from sqlalchemy import text

from tests.fixtures.browsers import is_missing_allowed
from tests.fixtures.closed_world import OutsideConnection
from workflow.bodies.tables import Body
from workflow.store.migrating import is_current


def _add_body(database, code):
    with database.writing() as session:
        session.add(Body(code=code, kind="subdistrict", title_zh="街道", title_en="Subdistrict", position=1))


@pytest.mark.parametrize("order", ["first", "second"])
def test_each_test_gets_an_empty_migrated_database(any_database, order):
    assert is_current(any_database)
    with any_database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM body")) == 0
    _add_body(any_database, order)


def test_two_databases_of_one_test_are_the_two_kinds(sqlite_database, request):
    assert sqlite_database.is_sqlite


@pytest.mark.postgres
def test_postgres_is_a_real_server(postgres_database):
    with postgres_database.reading() as session:
        assert session.scalar(text("SHOW server_version_num")) >= "160000"


def test_a_connection_to_another_machine_fails():
    with pytest.raises(OutsideConnection):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(OutsideConnection):
        socket.create_connection(("selection.example", 80), timeout=1)
    with socket.socket() as plain, pytest.raises(OutsideConnection):
        plain.connect_ex(("192.0.2.1", 80))


def _mail(subject):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@selection.example", "b@selection.example", subject
    mail.set_content("候选人")
    return mail


def test_the_smtp_server_keeps_what_it_is_sent(smtp_server):
    with smtplib.SMTP(smtp_server.host, smtp_server.port) as client:
        client.send_message(_mail("推荐"))
    assert [mail["Subject"] for mail in smtp_server.mails] == ["推荐"]
    assert smtp_server.mailbox.recipients == [["b@selection.example"]]
    assert smtp_server.mails[0].get_content().strip() == "候选人"


def test_the_smtp_server_can_refuse(smtp_server):
    smtp_server.mailbox.refusal = "451 try later"
    with smtplib.SMTP(smtp_server.host, smtp_server.port) as client, pytest.raises(smtplib.SMTPDataError):
        client.send_message(_mail("推荐"))
    assert smtp_server.mails == []


@pytest.mark.browser
def test_the_browser_speaks_chinese_and_reaches_nobody(page):
    assert page.evaluate("navigator.language") == "zh-CN"
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://selection.example/")


def test_the_context_carries_the_moment_of_the_test(database, context_for, now):
    with database.reading() as session:
        assert context_for(session).now == now
        assert str(context_for(session).today) == "2026-11-24"


@pytest.mark.browser
def test_the_application_answers_the_browser(live_server, page):
    answer = page.goto(live_server.url)
    assert answer is not None
    assert answer.status == 200
    assert page.url.startswith(live_server.url)


def test_two_live_servers_of_one_test_do_not_disturb_each_other(serve_live, sqlite_database, live_server):
    assert serve_live(sqlite_database).url != live_server.url


def test_a_missing_browser_skips_at_home_and_fails_in_ci(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    assert is_missing_allowed()
    monkeypatch.setenv("CI", "true")
    assert not is_missing_allowed()
