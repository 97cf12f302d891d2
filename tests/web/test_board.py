"""The secretary's board leads from each number to its cases."""

import re
from datetime import date

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.workflow.steps import nominated, submitted
from workflow.cases.case_page import case_page
from workflow.cases.operations import grant_waiver


def test_numbers_of_the_board_lead_to_their_cases(office: Office, client_of: ClientOf) -> None:
    nominated(office, office.person())
    submitted(office, office.person())
    withdrawn = nominated(office, office.person())
    office.act("nominator", withdrawn, "withdraw", reason="本人意愿")
    secretary = client_of("secretary")
    page = secretary.get("/rounds/1").text
    tiles = page.partition('class="tiles')[2].partition("</ul>")[0].split("</li>")
    targets = [re.findall(r'href="([^"]+)"', tile) for tile in tiles if "<strong>" in tile]
    assert targets[:3] == [["/reports/1/cases/waiting-recommendation"], ["/reports/1/cases/waiting-review"], []]
    assert targets[-1] == [], "ended cases wait nowhere"
    (body,) = re.findall(r'href="(/reports/1/cases/body-\d+)"', page)
    assert len(re.findall(r"<tr data-href", secretary.get(body).text)) == 2
    assert len(re.findall(r"<tr data-href", secretary.get(targets[1][0]).text)) == 1


def test_who_has_not_answered_comes_first(office: Office, client_of: ClientOf) -> None:
    nominated(office, office.person())
    table = client_of("secretary").get("/rounds/1").text.partition("各推荐单位")[2].partition("</table>")[0]
    answers = re.findall(r'badge-status badge-\w+"><svg.*?</svg>([^<]+)</span>', table, re.DOTALL)
    assert answers == ["未反馈", "已推荐"]


def test_exceptions_are_counted_and_lead_to_their_cases(office: Office, client_of: ClientOf) -> None:
    plain = nominated(office, office.person())
    office.later(days=1)
    old = nominated(office, office.person(birth_date=date(1979, 1, 1)))
    secretary = client_of("secretary")
    assert "本批次未批准例外" in secretary.get("/rounds/1").text
    office.act("nominator", old, "ask_exception", reason="经历突出")
    with office.as_("orghead") as context:
        (reason, *_others) = case_page(context, old).waivable
        assert reason.guard is not None
        grant_waiver(context, case_id=old, guard=reason.guard, reason="同意", seen_version=office.case(old).version)
    assert "已批准例外 1 项，涉及 1 件案件" in secretary.get("/rounds/1").text
    listed = secretary.get("/reports/1/cases/waived").text
    assert f"/cases/{old}" in listed
    assert f"/cases/{plain}" not in listed
