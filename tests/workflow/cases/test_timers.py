"""Whatever falls due is done once: after downtime merged, with a failing act put off, under two sweepers at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from tests.fixtures.databases import ContextBuilder
from tests.workflow.rows import NOON, add_account, add_body_role, add_case, add_timer, add_work_item
from workflow.cases import timers as timers_module
from workflow.cases.tables import Case, Timer
from workflow.cases.timer_writing import write_swept
from workflow.cases.timers import RETRY_AFTER, Sweep, Swept
from workflow.cases.upcoming import upcoming_timers
from workflow.context import Context
from workflow.messages.tables import Message
from workflow.store.database import DRIVER_FAULTS, Database

DUE_AT = "2026-11-27T09:00:00.000000Z"
HOUR = timedelta(hours=1)
ARRAY_READ = "SCAN json_each VIRTUAL TABLE INDEX 1:"


def params(reference: str, **more: Any) -> dict[str, Any]:
    return {"reference": reference, "digest": "d" * 64, "due_at": DUE_AT, **more}


def refuse(*_args: Any, **_kwargs: Any) -> None:
    raise AssertionError("not to be called here")


def sweep(
    database: Database,
    at: datetime = NOON,
    *,
    act_on_expiry: Callable[..., object] = refuse,
    open_review: Callable[..., object] = refuse,
) -> Swept:
    sweeping = Sweep(database, act_on_expiry=act_on_expiry, open_review=open_review)
    try:
        return sweeping.run(at)
    finally:
        sweeping.close()


def timers(database: Database) -> dict[int, tuple[bool, str | None]]:
    with database.reading() as session:
        return {row.id: (row.is_open, row.result) for row in session.scalars(select(Timer))}


def messages(database: Database) -> list[Message]:
    with database.reading() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def test_reminder_goes_to_whoever_holds_open_work_and_not_before_its_time(any_database: Database) -> None:
    with any_database.writing() as session:
        account = add_account(session, "assessor")
        role = add_body_role(session, "organization", "officer")
        case = add_case(session, "RO-1")
        add_work_item(session, case, body_role_id=role)
        add_work_item(session, case, account_id=account)
        timer = add_timer(session, "remind", case, NOON, rung=-3, params=params("RO-1"))
    assert sweep(any_database, NOON - timedelta(microseconds=1)).done == 0
    assert sweep(any_database).sent == 1
    assert {(m.template, m.body_role_id, m.account_id, m.case_id) for m in messages(any_database)} == {
        ("deadline_reminder", role, None, case),
        ("deadline_reminder", None, account, case),
    }
    assert messages(any_database)[0].params == params("RO-1", days=-3, state="review.co_sign")
    assert timers(any_database) == {timer: (False, "sent")}


def test_sweeping_twice_changes_nothing(any_database: Database) -> None:
    with any_database.writing() as session:
        role = add_body_role(session, "organization", "officer")
        case = add_case(session, "RO-1")
        add_work_item(session, case, body_role_id=role)
        add_timer(session, "remind", case, NOON, params=params("RO-1"))
        add_timer(session, "escalate", case, NOON, params=params("RO-1", body_role_id=role))
    assert sweep(any_database).done == 2
    before = timers(any_database), [m.id for m in messages(any_database)]
    assert sweep(any_database) == Swept()
    assert (timers(any_database), [m.id for m in messages(any_database)]) == before


def test_after_72_hours_of_downtime_nothing_is_missed_nothing_twice_and_ladders_are_merged(
    any_database: Database,
) -> None:
    with any_database.writing() as session:
        officer, head = (add_body_role(session, "organization", role) for role in ("officer", "head"))
        for number in range(30):
            case = add_case(session, f"RO-{number}")
            add_work_item(session, case, body_role_id=officer)
            for rung, hours in ((-3, 1), (0, 30), (1, 60)):
                add_timer(session, "remind", case, NOON + hours * HOUR, rung=rung, params=params(f"RO-{number}"))
            escalation = params(f"RO-{number}", body_role_id=head)
            add_timer(session, "escalate", case, NOON + 65 * HOUR, rung=1, params=escalation)
            add_timer(session, "remind", case, NOON + 100 * HOUR, rung=5, params=params(f"RO-{number}"))
    swept = sweep(any_database, NOON + 72 * HOUR)
    assert (swept.sent, swept.merged, swept.closed, swept.messages) == (60, 60, 0, 31)
    reminders = [m for m in messages(any_database) if m.template == "deadline_reminder"]
    (digest,) = [m for m in messages(any_database) if m.template == "deadline_escalation"]
    assert sorted(m.params["reference"] for m in reminders) == sorted(f"RO-{number}" for number in range(30))
    assert digest.body_role_id == head
    assert digest.params["count"] == 30
    assert {case["reference"] for case in digest.params["cases"]} == {f"RO-{number}" for number in range(30)}
    with any_database.reading() as session:
        assert session.scalar(select(func.count()).where(Timer.is_open)) == 30, "the later rungs wait"
        latest = set(session.scalars(select(Timer.rung).where(Timer.result == "sent", Timer.kind == "remind")))
    assert latest == {1}
    assert sweep(any_database, NOON + 72 * HOUR) == Swept()


def test_single_escalation_names_its_case(any_database: Database) -> None:
    with any_database.writing() as session:
        head = add_body_role(session, "organization", "head")
        case = add_case(session, "RO-1")
        add_timer(session, "escalate", case, NOON, params=params("RO-1", body_role_id=head))
    sweep(any_database)
    (message,) = messages(any_database)
    assert (message.case_id, message.body_role_id) == (case, head)
    assert message.params == params("RO-1", state="review.co_sign")


def test_escalation_to_a_role_that_is_not_there_is_closed(any_database: Database) -> None:
    with any_database.writing() as session:
        case = add_case(session, "RO-1")
        add_timer(session, "escalate", case, NOON, params=params("RO-1", body_role_id=None))
    assert sweep(any_database).closed == 1
    assert messages(any_database) == []


def test_reminder_of_a_timer_with_other_values_says_the_same(any_database: Database) -> None:
    with any_database.writing() as session:
        role = add_body_role(session, "organization", "officer")
        case = add_case(session, 'RO-"1"')
        add_work_item(session, case, body_role_id=role)
        add_timer(session, "remind", case, NOON, params=params('RO-"1"', tries=2))
    sweep(any_database)
    assert messages(any_database)[0].params == params('RO-"1"', days=-3, state="review.co_sign")


def test_reminders_of_one_batch_keep_their_own_words_and_holders(any_database: Database) -> None:
    references = ('RO-"1"', "RO-\x1e2\n", "RO-{3},\\", "选-4'")
    with any_database.writing() as session:
        account, role = add_account(session, "assessor"), add_body_role(session, "organization", "officer")
        for number, reference in enumerate(references):
            case = add_case(session, reference)
            if number % 2:
                add_work_item(session, case, account_id=account)
            else:
                add_work_item(session, case, body_role_id=role)
            add_timer(session, "remind", case, NOON, params=params(reference))
    assert sweep(any_database).sent == 4
    assert [(m.params, m.body_role_id, m.account_id) for m in messages(any_database)] == [
        (
            params(reference, days=-3, state="review.co_sign"),
            None if number % 2 else role,
            account if number % 2 else None,
        )
        for number, reference in enumerate(references)
    ]


def test_sweep_cut_off_between_two_batches_is_taken_up_where_it_stopped(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers_module, "REMINDERS_AT_ONCE", 7)
    with any_database.writing() as session:
        role = add_body_role(session, "organization", "officer")
        for number in range(10):
            case = add_case(session, f"RO-{number}")
            add_work_item(session, case, body_role_id=role)
            for rung, hours in ((-3, 0), (0, 1)):
                add_timer(session, "remind", case, NOON + hours * HOUR, rung=rung, params=params(f"RO-{number}"))
    written = iter(range(2))

    def write_two_batches(*given: Any) -> None:
        write_swept(*given)
        next(written)

    with monkeypatch.context() as patched:
        patched.setattr(timers_module, "write_swept", write_two_batches)
        with pytest.raises(StopIteration):
            sweep(any_database, NOON + HOUR)
    assert sum(not is_open for is_open, _result in timers(any_database).values()) == 7, (
        "the escalations' batch was empty"
    )
    swept = sweep(any_database, NOON + HOUR)
    assert (swept.sent, swept.merged) == (10, 3)
    assert sorted(m.params["reference"] for m in messages(any_database)) == sorted(f"RO-{n}" for n in range(10))


def test_sweep_reads_no_table_from_end_to_end_on_sqlite(sqlite_database: Database) -> None:
    run: list[str] = []
    sweeping = Sweep(sqlite_database, act_on_expiry=refuse, open_review=refuse)
    with sqlite_database.writing() as session:
        role = add_body_role(session, "organization", "officer")
        case = add_case(session, "RO-1")
        add_work_item(session, case, body_role_id=role)
        add_timer(session, "remind", case, NOON, params=params("RO-1"))
        add_timer(session, "escalate", case, NOON, params=params("RO-1", body_role_id=role))

    @event.listens_for(sqlite_database.engine, "checkout")
    def listen(connection: Any, *_given: Any) -> None:
        connection.set_trace_callback(run.append)

    assert sweeping.run(NOON).sent == 2
    sweeping.poll._connection.dbapi_connection.set_trace_callback(None)
    sweeping.close()
    asked = [statement for statement in run if statement.lstrip().startswith(("SELECT", "WITH", "UPDATE"))]
    assert len(asked) >= 5
    with sqlite_database.engine.connect() as connection:
        steps = [row[3] for sql in asked for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
    assert [step for step in steps if step.startswith("SCAN") and step not in ("SCAN due", ARRAY_READ)] == []


def test_timers_of_a_state_that_was_left_are_closed_silently(any_database: Database) -> None:
    with any_database.writing() as session:
        role = add_body_role(session, "organization", "officer")
        case = add_case(session, "RO-1", state="assessment.open")
        add_work_item(session, case, body_role_id=role)
        for kind in ("remind", "escalate", "expire"):
            add_timer(session, kind, case, NOON, params=params("RO-1", body_role_id=role))
    assert sweep(any_database).closed == 3
    assert messages(any_database) == []


def test_expiry_comes_before_reminders_that_it_makes_needless(any_database: Database) -> None:
    with any_database.writing() as session:
        role = add_body_role(session, "organization", "officer")
        case = add_case(session, "RO-1")
        add_work_item(session, case, body_role_id=role)
        add_timer(session, "remind", case, NOON - HOUR, params=params("RO-1"))
        expiry = add_timer(session, "expire", case, NOON, params=params("RO-1"))

    def expire(context: Context, *, case_id: int, state: str) -> None:
        assert state == "review.co_sign"
        assert context.actor.account_id is None
        context.session.execute(update(Case).where(Case.id == case_id).values(state="closed.lapsed"))

    swept = sweep(any_database, act_on_expiry=expire)
    assert (swept.acted, swept.closed, swept.sent) == (1, 1, 0)
    assert timers(any_database)[expiry] == (False, "acted")


def test_failing_act_loses_nothing_else_and_is_tried_again_later(
    any_database: Database, context_for: ContextBuilder
) -> None:
    with any_database.writing() as session:
        bad, good = add_case(session, "RO-BAD"), add_case(session, "RO-GOOD")
        failing = add_timer(session, "expire", bad, NOON, params=params("RO-BAD"))
        working = add_timer(session, "expire", good, NOON, params=params("RO-GOOD"))
    broken = True

    def expire(context: Context, *, case_id: int, state: str) -> None:
        context.session.execute(update(Case).where(Case.id == case_id).values(outcome="lapsed"))
        if case_id == bad and broken:
            raise RuntimeError("no such member")

    at = NOON
    for wait in (*RETRY_AFTER, RETRY_AFTER[-1]):
        swept = sweep(any_database, at, act_on_expiry=expire)
        assert [failed.timer_id for failed in swept.failures] == [failing]
        with any_database.reading() as session:
            assert session.get_one(Case, bad).outcome is None, "what a failed act wrote is undone"
            (waiting,) = upcoming_timers(context_for(session))
        assert (waiting.due_at, waiting.error) == (at + wait, "RuntimeError: no such member")
        at += wait
    assert timers(any_database)[working] == (False, "acted")
    broken = False
    assert sweep(any_database, at, act_on_expiry=expire).acted == 1
    assert timers(any_database)[failing] == (False, "acted")


def test_review_is_opened_by_its_callback(any_database: Database) -> None:
    opened: list[int | None] = []
    with any_database.writing() as session:
        add_timer(session, "open_review", None, NOON, state=None, params={})

    def open_review(_context: Context, *, review_id: int | None) -> None:
        opened.append(review_id)

    sweep(any_database, open_review=open_review)
    assert opened == [None]


def test_upcoming_timers_are_paged_in_order_of_time(any_database: Database, context_for: ContextBuilder) -> None:
    with any_database.writing() as session:
        case = add_case(session, "RO-1")
        for number in range(5):
            add_timer(session, "remind", case, NOON + (number // 2) * HOUR, params=params("RO-1"))
        first = upcoming_timers(context_for(session), limit=3)
        rest = upcoming_timers(context_for(session), after=(first[-1].due_at, first[-1].timer_id))
        assert upcoming_timers(context_for(session), case_id=case) == first + rest
        assert [view.reference for view in first + rest] == ["RO-1"] * 5


def test_lost_poll_connection_is_replaced(any_database: Database) -> None:
    sweeping = Sweep(any_database, act_on_expiry=refuse, open_review=refuse)
    assert sweeping.run(NOON) == Swept()
    sweeping.poll._connection.dbapi_connection.close()
    with pytest.raises(Exception, match="closed"):
        sweeping.run(NOON)
    assert sweeping.run(NOON) == Swept()
    sweeping.close()


@pytest.mark.postgres
def test_poll_connection_ended_by_the_server_is_replaced(postgres_database: Database) -> None:
    sweeping = Sweep(postgres_database, act_on_expiry=refuse, open_review=refuse)
    assert sweeping.run(NOON) == Swept()
    number = sweeping.poll._connection.dbapi_connection.info.backend_pid
    with postgres_database.writing() as session:
        session.execute(select(func.pg_terminate_backend(number, 5_000)))
    with pytest.raises(DRIVER_FAULTS):
        sweeping.run(NOON)
    assert sweeping.run(NOON) == Swept()
    sweeping.close()


@pytest.mark.postgres
def test_two_sweepers_at_once_say_everything_exactly_once(postgres_database: Database) -> None:
    with postgres_database.writing() as session:
        role = add_body_role(session, "organization", "officer")
        for number in range(300):
            case = add_case(session, f"RO-{number}")
            add_work_item(session, case, body_role_id=role)
            add_timer(session, "remind", case, NOON, params=params(f"RO-{number}"))
        expiring = add_case(session, "RO-X")
        add_timer(session, "expire", expiring, NOON, params=params("RO-X"))
    expired: list[int] = []
    together = Barrier(3)

    def expire(_context: Context, *, case_id: int, state: str) -> None:
        expired.append(case_id)

    def work() -> None:
        together.wait()
        sweep(postgres_database, act_on_expiry=expire)

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    references = [message.params["reference"] for message in messages(postgres_database)]
    assert len(references) == len(set(references)) == 300
    assert expired == [expiring]
