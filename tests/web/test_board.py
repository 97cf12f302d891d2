"""The secretary's board leads from each number to its cases."""

import re

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.workflow.steps import nominated, submitted


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
