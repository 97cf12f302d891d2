"""The ledger says what goes next: which step of which case, and yearly reviews as one line."""

import re
from datetime import timedelta

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.workflow.reviews.test_planning import taken_over
from tests.workflow.steps import SCORES, nominated, scored, submitted
from workflow.cases.tables import Timer
from workflow.reviews.planning import plan_missing_reviews


def next_lines(client_of: ClientOf, office: Office) -> list[str]:
    page = client_of("secretary").get("/ledger/").text
    table = page.partition("即将执行")[2].partition("</table>")[0].partition("<tbody>")[2]
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in table.split("</tr>")[:-1]]


def test_a_reminder_names_the_step_and_the_day_of_the_ladder(office: Office, client_of: ClientOf) -> None:
    case_id = submitted(office, office.person())
    with office.database.writing() as session:
        session.query(Timer).delete()
        for rung in (-7, 7):
            due_at = office.now + timedelta(days=8 + rung)
            session.add(
                Timer(kind="remind", case_id=case_id, state="review.formal_check", rung=rung, due_at=due_at, params={})
            )
    before, after = next_lines(client_of, office)
    assert "提醒 期限前 7 个工作日" in before
    assert "形式审查" in before
    assert "期限后 7 个工作日" in after


def test_a_line_says_who_will_be_told(office: Office, client_of: ClientOf) -> None:
    submitted(office, office.person())
    scored(office, office.person(), SCORES)
    lines = next_lines(client_of, office)
    reminded = [line for line in lines if "提醒" in line and "形式审查" in line]
    assert reminded
    assert all("organization部" in line and "组织部干部科" in line for line in reminded)
    escalated = [line for line in lines if "形式审查" in line and line not in reminded]
    assert escalated
    assert all(line.endswith("organization部 组织部") for line in escalated)
    team = [line for line in lines if "提醒" in line and "考察组评分" in line]
    assert team
    assert all("assessor2 考察组" in line and "assessor1" not in line for line in team), (
        "who has scored is left in peace"
    )


def test_the_ladder_of_a_fixed_day_counts_calendar_days(office: Office, client_of: ClientOf) -> None:
    case_id = nominated(office, office.person())
    with office.database.writing() as session:
        session.query(Timer).delete()
        due_at = office.now + timedelta(days=1)
        session.add(
            Timer(kind="remind", case_id=case_id, state="recommendation.draft", rung=-3, due_at=due_at, params={})
        )
    (line,) = next_lines(client_of, office)
    assert "提醒 期限前 3 天" in line


def test_reviews_that_open_together_are_one_line(office: Office, client_of: ClientOf) -> None:
    taken_over(office, 3)
    with office.as_(None) as context:
        plan_missing_reviews(context)
    lines = next_lines(client_of, office)
    assert len(lines) == 1
    assert "启动 3 件年度考核" in lines[0]
