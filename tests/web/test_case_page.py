"""The case page says until when something runs."""

import re

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.workflow.steps import decided, nominated


def test_a_notice_that_ends_at_midnight_ends_on_its_last_day(office: Office, client_of: ClientOf) -> None:
    case_id = decided(office, office.person())
    page = client_of("secretary").get(f"/cases/{case_id}").text
    due_line = page.partition('class="due-line"')[2].partition("</p>")[0]
    (last,) = re.findall(r"<dt>截止日</dt><dd>([^<]+)</dd>", page)
    assert f"{last} 24:00" in due_line
    assert "00:00" not in due_line.replace("24:00", "")


def test_the_colour_of_an_end_does_not_call_it_a_success(office: Office, client_of: ClientOf) -> None:
    case_id = nominated(office, office.person())
    office.act("nominator", case_id, "withdraw", reason="本人意愿")
    head = client_of("secretary").get(f"/cases/{case_id}").text.partition('class="case-head"')[2].partition("</div>")[0]
    assert "已撤回" in head
    assert "badge-good" not in head
