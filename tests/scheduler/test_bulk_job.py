"""The scheduler goes on with bulk jobs in the name of whoever began them."""

from scheduler.jobs import Work, continue_bulk
from tests.fixtures.office import Office
from tests.workflow.steps import begun, submitted
from workflow.bulk.queries import job
from workflow.settings import Settings


def test_runs_twice_with_the_same_result_and_gives_every_job_its_turn(any_office: Office, settings: Settings) -> None:
    office = any_office
    first = begun(office, *[submitted(office, office.person()) for _ in range(2)])
    second = begun(office, submitted(office, office.person()))
    work = Work(office.database, settings)
    assert (continue_bulk(work, office.now), continue_bulk(work, office.now)) == (3, 0)
    with office.as_("secretary") as context:
        assert [job(context, number).done for number in (first, second)] == [2, 1]
