"""Before a nomination is sent its page says everything that would refuse it, the answers typed included."""

import html

import pytest

from tests.fixtures.office import NOMINATION, Office
from tests.web.conftest import ClientOf
from tests.workflow.steps import nominated


@pytest.mark.parametrize("page", ["", "/check"])
def test_an_answer_the_rules_do_not_accept_is_told_before_it_is_sent(
    office: Office, client_of: ClientOf, page: str
) -> None:
    case_id = nominated(office, office.person())
    client = client_of("nominator")
    client.application.config["WTF_CSRF_ENABLED"] = False
    form = f"/nominations/{case_id}/form"
    assert client.post(form, data=NOMINATION | {"is_consented": "no"}).status_code == 302
    refused = html.unescape(client.get(f"/nominations/{case_id}{page}").text)
    assert "已征得本人同意" in refused
    assert "“否”" in refused
    client.post(form, data=NOMINATION)
    assert "“否”" not in html.unescape(client.get(f"/nominations/{case_id}{page}").text)
