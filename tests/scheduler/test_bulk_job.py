"""The scheduler goes on with bulk jobs in the name of whoever began them."""

from scheduler.jobs import Work, continue_bulk
from tests.fixtures.office import Office
from tests.workflow.steps import begun, submitted
from tests.workflow.versions.moving_about import begun as begun_case
from tests.workflow.versions.moving_about import planned, version
from workflow.bulk.operations import Seen
from workflow.bulk.queries import job
from workflow.settings import Settings
from workflow.versions.moving import preview_moves, start_moving


def test_runs_twice_with_the_same_result_and_gives_every_job_its_turn(any_office: Office, settings: Settings) -> None:
    office = any_office
    first = begun(office, *[submitted(office, office.person()) for _ in range(2)])
    second = begun(office, submitted(office, office.person()))
    work = Work(office.database, settings)
    assert (continue_bulk(work, office.now), continue_bulk(work, office.now)) == (3, 0)
    with office.as_("secretary") as context:
        assert [job(context, number).done for number in (first, second)] == [2, 1]


def test_moves_to_another_version_are_gone_on_with_too(any_office: Office, settings: Settings) -> None:
    office = any_office
    cases = [begun_case(office) for _ in range(3)]
    plan_id = planned(office, cases[0].version_id, version(office, ("joint", "co_sign")))
    with office.as_("stranger") as context:
        seen = [Seen(one.case_id, one.version) for one in preview_moves(context, plan_id=plan_id)]
        start_moving(context, plan_id=plan_id, seen=seen, once_key="k")
    work = Work(office.database, settings)
    assert (continue_bulk(work, office.now), continue_bulk(work, office.now)) == (3, 0)
    assert {case.state for case in cases} == {"desk.co_sign"}
