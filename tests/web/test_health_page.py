"""The administrator's page says what stands still and which list nobody would be reviewed on."""

from datetime import timedelta

from scheduler.jobs import JOBS
from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.workflow.reviews.test_planning import taken_over
from workflow.cases.tables import ProcedureVersion
from workflow.cases.versions import publish_procedure
from workflow.heartbeat.operations import beat
from workflow.procedure.model import Procedure


def shown(client_of: ClientOf) -> str:
    return client_of("admin").get("/administration/").text


def test_a_list_with_several_reviews_or_none_is_shown(
    office: Office, client_of: ClientOf, administrator: str, shipped: dict[str, Procedure]
) -> None:
    assert administrator
    taken_over(office, 2)
    assert "已安排" in shown(client_of)
    text = shipped["annual-review"].model_dump_json(by_alias=True, exclude_defaults=True)
    with office.as_(None) as context:
        publish_procedure(context, Procedure.model_validate_json(text.replace("annual-review", "talent-review")))
    assert "考核程序不唯一" in shown(client_of)
    with office.database.writing() as session:
        session.query(ProcedureVersion).filter(ProcedureVersion.key.endswith("-review")).delete()
    page = shown(client_of)
    assert "无考核程序" in page
    assert "名单人员不会被安排考核" in page


def test_every_job_has_a_name_people_can_read(office: Office, client_of: ClientOf, administrator: str) -> None:
    assert administrator
    with office.database.writing() as session:
        for job in JOBS:
            beat(session, job=job.name, leader="vm:7", now=office.now)
    page = shown(client_of)
    for job in JOBS:
        assert f"<code>{job.name}</code>" in page
        assert f">{job.name}<br>" not in page


def test_a_scheduler_that_stands_still_is_shown_with_what_follows(
    office: Office, client_of: ClientOf, administrator: str
) -> None:
    assert administrator
    assert "定时任务从未在此数据库上运行" in shown(client_of)
    with office.database.writing() as session:
        beat(session, job="sweep_timers", leader="vm:7", now=office.now, error="broken")
    page = shown(client_of)
    assert ("vm:7" in page, "出错" in page, "有任务停止运行" in page) == (True, True, False)
    office.now += timedelta(minutes=6)
    assert "有任务停止运行" in shown(client_of)
