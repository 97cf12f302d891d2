"""A delivery is claimed by one process, tried again with growing waits, and given up only at the end."""

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, insert, select

from tests.fixtures.databases import ContextBuilder
from tests.workflow.rows import NOON, add_account
from workflow.context import Actor
from workflow.messages.delivering import Claimed, claim_deliveries, record_failure, record_sent, record_unreachable
from workflow.messages.operations import retry_failed, spread, write_message
from workflow.messages.queries import Outbox, outbox
from workflow.messages.rules import BACKOFF, CLAIM_FOR, message_id
from workflow.messages.tables import Delivery, Message
from workflow.problems import Conflict, Forbidden, Missing
from workflow.store.database import Database

ADMINISTRATOR = Actor(account_id=None, name="admin", is_administrator=True)


@pytest.fixture
def queued(any_database: Database, context_for: ContextBuilder) -> Database:
    """One mail waiting to be sent."""
    with any_database.writing() as session:
        account = add_account(session, "officer", email="officer@office.example", locale="en")
        context = context_for(session, at=NOON)
        write_message(context, template="case_closed", params={"n": 1}, case_id=None, account_id=account)
        spread(context)
    return any_database


def claim(database: Database, at: datetime) -> tuple[Claimed, ...]:
    with database.writing() as session:
        return claim_deliveries(session, at, 100)


def mail(database: Database) -> Delivery:
    with database.reading() as session:
        return session.scalars(select(Delivery).where(Delivery.channel == "mail")).one()


def test_claim_carries_what_the_mail_needs_and_holds_until_it_runs_out(queued: Database) -> None:
    (claimed,) = claim(queued, NOON)
    assert (claimed.email, claimed.locale, claimed.template, claimed.params) == (
        "officer@office.example", "en", "case_closed", {"n": 1},
    )  # fmt: skip
    assert claim(queued, NOON + CLAIM_FOR - timedelta(seconds=1)) == ()
    (again,) = claim(queued, NOON + CLAIM_FOR)
    assert again.attempts == 2, "a process that died in between is retried"


def test_sent_is_final(queued: Database) -> None:
    (claimed,) = claim(queued, NOON)
    with queued.writing() as session:
        record_sent(session, claimed.delivery_id, NOON)
        record_failure(session, claimed, NOON, "too late", is_permanent=True)
    assert (mail(queued).status, mail(queued).sent_at, mail(queued).error) == ("sent", NOON, None)
    assert claim(queued, NOON + timedelta(days=30)) == ()


def test_failures_wait_longer_each_time_and_are_given_up_after_the_last(queued: Database) -> None:
    at = NOON
    for wait in BACKOFF:
        (claimed,) = claim(queued, at)
        with queued.writing() as session:
            record_failure(session, claimed, at, "451 try later", is_permanent=False)
        assert (mail(queued).status, mail(queued).next_attempt_at) == ("queued", at + wait)
        assert claim(queued, at + wait - timedelta(seconds=1)) == ()
        at += wait
    (claimed,) = claim(queued, at)
    with queued.writing() as session:
        record_failure(session, claimed, at, "451 try later", is_permanent=False)
    assert (mail(queued).status, mail(queued).error, mail(queued).next_attempt_at) == ("failed", "451 try later", None)


def test_permanent_refusal_is_given_up_at_once_and_a_person_retries(
    queued: Database, context_for: ContextBuilder
) -> None:
    (claimed,) = claim(queued, NOON)
    with queued.writing() as session:
        record_failure(session, claimed, NOON, "550 no such user", is_permanent=True)
    assert mail(queued).status == "failed"
    with queued.writing() as session:
        with pytest.raises(Forbidden):
            retry_failed(context_for(session), delivery_id=claimed.delivery_id)
        with pytest.raises(Missing):
            retry_failed(context_for(session, ADMINISTRATOR), delivery_id=999)
        retry_failed(context_for(session, ADMINISTRATOR, at=NOON), delivery_id=claimed.delivery_id)
        with pytest.raises(Conflict):
            retry_failed(context_for(session, ADMINISTRATOR), delivery_id=claimed.delivery_id)
    assert len(claim(queued, NOON)) == 1


def test_unreachable_server_is_never_a_reason_to_give_up(queued: Database) -> None:
    at = NOON
    for _ in range(50):
        (claimed,) = claim(queued, at)
        with queued.writing() as session:
            record_unreachable(session, [claimed.delivery_id], at, "connection refused")
        at += timedelta(hours=3)
    assert (mail(queued).status, mail(queued).attempts, mail(queued).error) == ("queued", 0, "connection refused")


@pytest.mark.postgres
def test_concurrent_claimers_never_get_the_same_delivery(
    postgres_database: Database, context_for: ContextBuilder
) -> None:
    with postgres_database.writing() as session:
        account = add_account(session, "officer", email="officer@office.example")
        message = {"template": "case_closed", "params": {}, "account_id": account, "created_at": NOON}
        session.execute(insert(Message), [message] * 400)
        while spread(context_for(session, at=NOON)):
            pass
    claimed: list[int] = []
    together = Barrier(4)

    def work() -> None:
        together.wait()
        while True:
            with postgres_database.writing() as session:
                mine = claim_deliveries(session, NOON, 7)
            if not mine:
                return
            claimed.extend(one.delivery_id for one in mine)

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with postgres_database.reading() as session:
        queued = session.scalar(select(func.count()).where(Delivery.channel == "mail"))
    assert len(claimed) == len(set(claimed)) == queued == 400


def test_message_id_is_the_same_at_every_attempt() -> None:
    assert message_id(3, 4, "office.example") == "<message-3-4@office.example>"


def test_the_outbox_says_what_waits_since_when_and_what_was_given_up(
    queued: Database, context_for: ContextBuilder
) -> None:
    def seen() -> Outbox:
        with queued.reading() as session:
            return outbox(context_for(session))

    assert seen() == Outbox(waiting=1, oldest_at=NOON, failed=0)
    (claimed,) = claim(queued, NOON)
    with queued.writing() as session:
        record_failure(session, claimed, NOON, "no such box", is_permanent=True)
    assert seen() == Outbox(waiting=0, oldest_at=None, failed=1)
