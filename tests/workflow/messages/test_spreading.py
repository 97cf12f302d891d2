"""A message reaches everybody who holds its role that day, once, over the channels they have."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.fixtures.databases import ContextBuilder
from tests.workflow.rows import NOON, add_account, add_body_role, add_case
from workflow.context import Actor
from workflow.messages.operations import mark_read, spread, write_message
from workflow.messages.queries import ledger, notifications, unread_count
from workflow.messages.tables import Delivery
from workflow.store.database import Database


def deliveries(database: Database) -> set[tuple[int, str, str]]:
    with database.reading() as session:
        rows = session.execute(select(Delivery.account_id, Delivery.channel, Delivery.status))
        return {(account, channel, status) for account, channel, status in rows}


def test_every_holder_of_that_day_gets_it_in_the_application_and_by_mail(
    any_database: Database, context_for: ContextBuilder
) -> None:
    with any_database.writing() as session:
        mailed, unmailed, left, asleep = (
            add_account(session, "mailed", email="mailed@office.example"),
            add_account(session, "unmailed"),
            add_account(session, "left", email="left@office.example"),
            add_account(session, "asleep", email="asleep@office.example", is_active=False),
        )
        role = add_body_role(session, "organization", "officer", mailed, unmailed, asleep)
        other = add_body_role(session, "organization", "head", left, to_date=date(2026, 11, 23))
        for body_role in (role, other):
            write_message(
                context_for(session), template="work_waiting", params={}, case_id=None, body_role_id=body_role
            )
    with any_database.writing() as session:
        assert spread(context_for(session)) == 2
    assert deliveries(any_database) == {
        (mailed, "in_app", "sent"),
        (mailed, "mail", "queued"),
        (unmailed, "in_app", "sent"),
    }
    with any_database.reading() as session:
        lines = ledger(context_for(session), status="nobody")
    assert [(line.template, line.account_id) for line in lines] == [("work_waiting", None)]


def test_spreading_twice_changes_nothing(any_database: Database, context_for: ContextBuilder) -> None:
    with any_database.writing() as session:
        account = add_account(session, "officer", email="officer@office.example")
        write_message(context_for(session), template="case_closed", params={}, case_id=None, account_id=account)
    with any_database.writing() as session:
        assert spread(context_for(session)) == 1
    before = deliveries(any_database)
    with any_database.writing() as session:
        assert spread(context_for(session)) == 0
    assert deliveries(any_database) == before


def test_holder_by_two_holdings_gets_it_once(any_database: Database, context_for: ContextBuilder) -> None:
    with any_database.writing() as session:
        account = add_account(session, "twice")
        role = add_body_role(session, "organization", "officer", account, account)
        write_message(context_for(session), template="case_closed", params={}, case_id=None, body_role_id=role)
    with any_database.writing() as session:
        spread(context_for(session))
    assert deliveries(any_database) == {(account, "in_app", "sent")}


def test_without_a_mail_server_messages_stay_in_the_application(
    database: Database, context_for: ContextBuilder
) -> None:
    with database.writing() as session:
        account = add_account(session, "officer", email="officer@office.example")
        write_message(context_for(session), template="case_closed", params={}, case_id=None, account_id=account)
        spread(context_for(session), is_mailing=False)
    assert deliveries(database) == {(account, "in_app", "sent")}


def test_same_once_key_writes_once(any_database: Database, context_for: ContextBuilder) -> None:
    with any_database.writing() as session:
        account = add_account(session, "officer")
        context = context_for(session)
        given: dict[str, Any] = {
            "template": "case_closed",
            "params": {"due_at": NOON, "due_date": date(2026, 12, 31)},
            "case_id": None,
        }
        assert write_message(context, **given, account_id=account, once_key="k") is not None
        assert write_message(context, **given, account_id=account, once_key="k") is None
        spread(context)
    with any_database.reading() as session:
        (line,) = ledger(context_for(session))
    assert line.params == {"due_at": "2026-11-24T04:00:00.000000Z", "due_date": "2026-12-31"}


def test_a_message_has_one_addressee(database: Database, context_for: ContextBuilder) -> None:
    with database.writing() as session, pytest.raises(ValueError, match="body role or to an account"):
        write_message(context_for(session), template="case_closed", params={}, case_id=None)


def test_notifications_are_paged_counted_and_marked_read(any_database: Database, context_for: ContextBuilder) -> None:
    with any_database.writing() as session:
        mine, other = add_account(session, "mine"), add_account(session, "other")
        actor = Actor(account_id=mine, name="mine")
        context = context_for(session, actor)
        for number in range(120):
            write_message(context, template="case_closed", params={"n": number}, case_id=None, account_id=mine)
        write_message(context, template="case_closed", params={"n": -1}, case_id=None, account_id=other)
        spread(context)
        assert unread_count(context) == 100
        first = notifications(context, limit=100)
        rest = notifications(context, before=first[-1].delivery_id, limit=100)
        assert [view.params["n"] for view in first + rest] == list(range(119, -1, -1))
        assert mark_read(context, delivery_id=first[0].delivery_id) == 1
        assert mark_read(context, up_to=first[0].delivery_id) == 119
        assert unread_count(context) == 0
        assert notifications(context, limit=1)[0].read_at == context.now
        assert unread_count(context_for(session, Actor(account_id=other, name="other"))) == 1


def test_ledger_is_filtered_and_paged(any_database: Database, context_for: ContextBuilder) -> None:
    with any_database.writing() as session:
        context = context_for(session)
        case = add_case(session, "RO-2026-0001")
        one, two = add_account(session, "one", email="one@office.example"), add_account(session, "two")
        write_message(context, template="work_waiting", params={}, case_id=case, account_id=one)
        write_message(context, template="case_closed", params={}, case_id=None, account_id=two)
        spread(context)
        write_message(context, template="case_closed", params={}, case_id=None, account_id=two)
        whole = ledger(context)
        assert [(line.template, line.channel, line.status) for line in whole] == [
            ("case_closed", None, "waiting"),
            ("case_closed", "in_app", "sent"),
            ("work_waiting", "mail", "queued"),
            ("work_waiting", "in_app", "sent"),
        ] or {(line.template, line.channel) for line in whole[2:]} == {
            ("work_waiting", "mail"),
            ("work_waiting", "in_app"),
        }
        assert {line.template for line in ledger(context, account_id=two)} == {"case_closed"}
        assert {line.template for line in ledger(context, case_id=case)} == {"work_waiting"}
        assert {line.template for line in ledger(context, template="case_closed")} == {"case_closed"}
        assert {line.template for line in ledger(context, status="waiting")} == {"case_closed"}
        assert [line.account_name and line.account_name.zh for line in ledger(context, status="queued")] == ["one"]
        first = ledger(context, limit=2)
        rest = ledger(context, before=(first[-1].message_id, first[-1].delivery_id))
        assert first + rest == whole


def test_holding_that_begins_tomorrow_gets_nothing_today(database: Database, context_for: ContextBuilder) -> None:
    with database.writing() as session:
        context = context_for(session)
        account = add_account(session, "new")
        role = add_body_role(session, "organization", "officer", account, from_date=context.today + timedelta(days=1))
        write_message(context, template="case_closed", params={}, case_id=None, body_role_id=role)
        spread(context)
    assert deliveries(database) == set()
