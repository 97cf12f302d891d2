"""Mail goes out in the reader's language, waits out a server that is down, and says so in the ledger."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from scheduler.jobs import Work, deliver_mail, spread_messages
from tests.fixtures.databases import ContextBuilder
from tests.fixtures.mail import SmtpServer
from tests.workflow.rows import NOON, add_account, add_body_role, add_case
from workflow.messages.operations import write_message
from workflow.messages.queries import LedgerLine, ledger
from workflow.messages.rules import UNREACHABLE_FOR
from workflow.problems import Unavailable
from workflow.settings import Settings
from workflow.store.database import Database

PARAMS = {"reference": "RO-2026-0001", "state": {"en": "Co-sign", "zh": "会签"}, "due_at": None}


@pytest.fixture
def work(database: Database, settings: Settings, smtp_server: SmtpServer, context_for: ContextBuilder) -> Work:
    """One message to a role that two people hold, one reading Chinese and one English."""
    with database.writing() as session:
        readers = (
            add_account(session, "zh", email="zh@office.example"),
            add_account(session, "en", email="en@office.example", locale="en"),
        )
        role = add_body_role(session, "organization", "officer", *readers)
        case = add_case(session, "RO-2026-0001")
        context = context_for(session, at=NOON)
        write_message(context, template="work_waiting", params=PARAMS, case_id=case, body_role_id=role)
    chosen = replace(
        settings,
        smtp_host=smtp_server.host,
        smtp_port=smtp_server.port,
        smtp_from="选拔系统 <selection@office.example>",
        public_url="https://selection.example",
    )
    work = Work(database, chosen)
    assert spread_messages(work, NOON) == 1
    return work


def mail_lines(work: Work, context_for: ContextBuilder) -> list[LedgerLine]:
    with work.database.reading() as session:
        return [line for line in ledger(context_for(session)) if line.channel == "mail"]


def test_each_reader_gets_the_mail_in_their_language_with_the_link(work: Work, smtp_server: SmtpServer) -> None:
    assert deliver_mail(work, NOON) == 2
    mails = {mail["To"]: mail for mail in smtp_server.mails}
    assert mails["zh@office.example"]["Subject"] == "【待办】RO-2026-0001：会签，请您办理"
    body = mails["en@office.example"].get_content()
    assert 'Case RO-2026-0001 has reached "Co-sign"' in body
    assert "https://selection.example/cases/1" in body
    assert mails["en@office.example"]["Message-ID"] == "<message-1-2@office.example>"
    assert mails["en@office.example"]["Auto-Submitted"] == "auto-generated"
    assert mails["zh@office.example"]["From"].endswith("<selection@office.example>")


def test_running_twice_sends_nothing_twice(work: Work, smtp_server: SmtpServer) -> None:
    deliver_mail(work, NOON)
    assert spread_messages(work, NOON + timedelta(days=1)) == 0
    assert deliver_mail(work, NOON + timedelta(days=1)) == 0
    assert len(smtp_server.mails) == 2


def test_server_down_loses_nothing_says_so_and_sends_once_it_is_up(
    work: Work, smtp_server: SmtpServer, context_for: ContextBuilder
) -> None:
    down = Work(work.database, replace(work.settings, smtp_port=1))
    at: datetime = NOON
    for _ in range(40):
        with pytest.raises(Unavailable):
            deliver_mail(down, at)
        at += timedelta(hours=2)
    for line in mail_lines(work, context_for):
        assert line.status == "queued"
        assert line.error is not None
        assert "refused" in line.error
        assert line.next_attempt_at == at - timedelta(hours=2) + UNREACHABLE_FOR
    assert deliver_mail(work, at) == 2
    assert {(line.status, line.sent_at, line.error) for line in mail_lines(work, context_for)} == {("sent", at, None)}
    assert len(smtp_server.mails) == 2


def test_temporary_refusal_is_retried_with_the_same_message_id(
    work: Work, smtp_server: SmtpServer, context_for: ContextBuilder
) -> None:
    smtp_server.mailbox.refusal = "451 try later"
    assert deliver_mail(work, NOON) == 0
    assert {(line.status, line.error) for line in mail_lines(work, context_for)} == {("queued", "451 try later")}
    smtp_server.mailbox.refusal = None
    assert deliver_mail(work, NOON + timedelta(seconds=30)) == 0, "not before its time"
    assert deliver_mail(work, NOON + timedelta(minutes=1)) == 2
    assert {mail["Message-ID"] for mail in smtp_server.mails} == {
        "<message-1-1@office.example>",
        "<message-1-2@office.example>",
    }


def test_permanent_refusal_is_given_up_and_shown(
    work: Work, smtp_server: SmtpServer, context_for: ContextBuilder
) -> None:
    smtp_server.mailbox.refusal = "550 no such user"
    deliver_mail(work, NOON)
    assert {(line.status, line.error) for line in mail_lines(work, context_for)} == {("failed", "550 no such user")}
    smtp_server.mailbox.refusal = None
    assert deliver_mail(work, NOON + timedelta(days=9)) == 0


def test_message_without_words_fails_alone(work: Work, smtp_server: SmtpServer, context_for: ContextBuilder) -> None:
    with work.database.writing() as session:
        write_message(context_for(session, at=NOON), template="no_such_text", params={}, case_id=None, account_id=1)
    spread_messages(work, NOON)
    assert deliver_mail(work, NOON) == 2
    (failed,) = [line for line in mail_lines(work, context_for) if line.status == "failed"]
    assert failed.template == "no_such_text"
    assert "no_such_text" in (failed.error or "")


def test_without_a_mail_server_nothing_is_tried(database: Database, settings: Settings) -> None:
    assert deliver_mail(Work(database, settings), NOON) == 0


def test_a_line_break_in_a_subject_begins_no_header(
    work: Work, smtp_server: SmtpServer, context_for: ContextBuilder
) -> None:
    broken = PARAMS | {"reference": "RO-1\r\nBcc: everybody@elsewhere.example"}
    with work.database.writing() as session:
        context = context_for(session, at=NOON)
        write_message(context, template="work_waiting", params=broken, case_id=None, account_id=1)
    spread_messages(work, NOON)
    assert deliver_mail(work, NOON) == 3
    assert smtp_server.mails[-1]["Bcc"] is None
    assert "RO-1 Bcc: everybody@elsewhere.example" in smtp_server.mails[-1]["Subject"]
