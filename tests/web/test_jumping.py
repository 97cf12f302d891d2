"""On a telephone one bar leads to what the reader is asked for, wherever on the page that is."""

from tests.fixtures.office import REPORT, Office
from tests.web.conftest import ClientOf
from tests.workflow.steps import SCORES, scored, submitted


def bar(page: str) -> str:
    return page.partition('class="jump-to-decision"')[2].partition("</div>")[0]


def test_the_bar_leads_to_the_opinion_the_meeting_or_the_decision(office: Office, client_of: ClientOf) -> None:
    signing = submitted(office, office.person())
    assert 'href="#decision"' in bar(client_of("secretary").get(f"/cases/{signing}").text)
    office.act("secretary", signing, "approve")
    page = client_of("orghead").get(f"/cases/{signing}").text
    assert 'href="#say"' in bar(page)
    assert page.count('id="say"') == 1
    meeting = scored(office, office.person(), SCORES, SCORES)
    office.act("assessor1", meeting, "file_report", form=REPORT)
    office.act("secretary", meeting, "submit_to_committee")
    page = client_of("recorder").get(f"/cases/{meeting}").text
    assert 'href="#meeting"' in bar(page)
    assert page.count('id="meeting"') == 1
    assert not bar(client_of("member01").get(f"/cases/{meeting}").text)
