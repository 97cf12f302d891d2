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


def test_who_has_not_answered_comes_first_and_the_others_are_folded_with_their_number(
    office: Office, client_of: ClientOf
) -> None:
    nominated(office, office.person())
    bodies = client_of("secretary").get("/rounds/1").text.partition("各单位反馈")[2]
    open_part, _fold, folded = bodies.partition("<details")
    assert told(open_part) == ["未反馈"]
    assert told(folded) == ["已推荐"]
    assert re.search(r'<summary>已推荐单位 <span class="count">1</span></summary>', folded)


def told(part: str) -> list[str]:
    """What the badges of a part of a page say."""
    return re.findall(r'badge-status badge-\w+"><svg.*?</svg>([^<]+)</span>', part, re.DOTALL)


def test_most_stuck_cases_are_folded_and_none_is_left_out(office: Office, client_of: ClientOf) -> None:
    cases = [nominated(office, office.person()) for _one in range(7)]
    office.later(days=60)
    page = client_of("secretary").get("/rounds/1").text.partition("滞留案件")[2].partition("时间安排")[0]
    shown, _fold, folded = page.partition("<details")
    linked = [re.findall(r'href="/cases/(\d+)"', part) for part in (shown, folded)]
    assert list(map(len, linked)) == [5, 2]
    assert sorted(map(int, linked[0] + linked[1])) == sorted(cases)
    assert "另有 2 件滞留案件" in folded


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
