"""The scheduler's jobs are seen to be alive, silent or failing."""

from datetime import timedelta

from tests.fixtures.databases import ContextBuilder
from workflow.heartbeat.operations import beat
from workflow.heartbeat.queries import SILENCE, jobs
from workflow.store.database import Database


def test_last_tick_work_and_error_are_kept(any_database: Database, context_for: ContextBuilder) -> None:
    with any_database.writing() as session:
        context = context_for(session)
        beat(session, job="sweep", leader="host:1", now=context.now, done=3)
        later = context.now + timedelta(minutes=1)
        beat(session, job="sweep", leader="host:2", now=later, error="broken")
    with any_database.reading() as session:
        (job,) = jobs(context_for(session, at=later))
    assert (job.leader, job.ticked_at, job.worked_at, job.done) == ("host:2", later, context.now, 3)
    assert (job.error, job.failed_at, job.is_alive) == ("broken", later, True)


def test_error_goes_with_the_next_good_tick_and_silence_shows(
    any_database: Database, context_for: ContextBuilder
) -> None:
    with any_database.writing() as session:
        context = context_for(session)
        beat(session, job="sweep", leader="host:1", now=context.now, error="broken")
        beat(session, job="sweep", leader="host:1", now=context.now)
    with any_database.reading() as session:
        (job,) = jobs(context_for(session, at=context.now + SILENCE))
    assert (job.error, job.is_alive) == (None, False)
