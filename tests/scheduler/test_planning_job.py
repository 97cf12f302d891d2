"""The job that plans reviews looks once a day, after a start at once, and says which lists it cannot decide."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import delete, func, select

from scheduler.jobs import Work, plan_reviews
from tests.fixtures.office import Office
from workflow.cases.tables import ProcedureVersion
from workflow.pools.operations import add_member, ensure_pool
from workflow.reviews import planning
from workflow.reviews.tables import Review
from workflow.settings import Settings


def take_over(office: Office, count: int) -> None:
    people = [office.person() for _ in range(count)]
    with office.as_("secretary") as context:
        pool = ensure_pool(context, key="leader", title_zh="领导", title_en="Leaders", target=10)
        for person in people:
            add_member(context, pool_id=pool, person_id=person, tenure_from_date=date(2020, 1, 1))


def planned(office: Office) -> int:
    with office.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Review)) or 0


def test_runs_twice_and_after_a_restart_with_the_same_result(any_office: Office, settings: Settings) -> None:
    office = any_office
    take_over(office, 3)
    work = Work(office.database, settings)
    assert (plan_reviews(work, office.now), plan_reviews(work, office.now)) == (3, 0)
    assert plan_reviews(Work(office.database, settings), office.now) == 0
    assert planned(office) == 3


def test_two_schedulers_at_once_plan_once(any_office: Office, settings: Settings) -> None:
    office = any_office
    take_over(office, 20)
    together, done = Barrier(2), []

    def run() -> None:
        work = Work(office.database, settings)
        together.wait()
        done.append(plan_reviews(work, office.now))

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(done), planned(office)) == (20, 20)


def test_looks_once_on_each_day_of_the_office(office: Office, settings: Settings) -> None:
    work = Work(office.database, settings)
    plan_reviews(work, office.now)
    take_over(office, 1)
    assert plan_reviews(work, office.now + timedelta(hours=5)) == 0
    assert plan_reviews(work, office.now + timedelta(days=1)) == 1


def test_a_day_that_failed_is_tried_again(office: Office, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    take_over(office, 1)
    work = Work(office.database, settings)

    def broken(*_args: object, **_named: object) -> bool:
        raise RuntimeError("broken")

    with monkeypatch.context() as patched:
        patched.setattr(planning, "plan_review", broken)
        with pytest.raises(RuntimeError):
            plan_reviews(work, office.now)
    assert plan_reviews(work, office.now) == 1


def test_a_list_without_a_timetable_is_named(
    office: Office, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    take_over(office, 1)
    with office.database.writing() as session:
        session.execute(delete(ProcedureVersion).where(ProcedureVersion.key == "annual-review"))
    assert plan_reviews(Work(office.database, settings), office.now) == 0
    said = capsys.readouterr()
    assert "list_without_timetable" in said.out + said.err
    assert "leader" in said.out + said.err
