"""Before a nomination is sent its page says everything that would refuse it, the answers typed included."""

import html
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.fixtures.office import NOMINATION, Office
from tests.web.conftest import ClientOf
from tests.workflow.steps import nominated, submitted
from workflow.context import OFFICE_ZONE
from workflow.rounds.operations import open_round
from workflow.rounds.tables import Round


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


def test_who_asks_for_an_exception_is_told_what_it_does_not_change(office: Office, client_of: ClientOf) -> None:
    too_old = {"birth_date": date(1970, 1, 1)}
    alone, both = (
        nominated(office, office.person(**changed)) for changed in (too_old, too_old | {"political_status": "cpc"})
    )
    client = client_of("nominator")
    client.application.config["WTF_CSRF_ENABLED"] = False
    for case_id, is_told in ((alone, False), (both, True)):
        client.post(f"/nominations/{case_id}/form", data=NOMINATION)
        page = client.get(f"/nominations/{case_id}").text
        assert "申请例外" in page
        assert ("其余条件无论如何均须满足" in page) is is_told


def test_a_round_that_is_closed_says_so_wherever_somebody_still_tries(office: Office, client_of: ClientOf) -> None:
    office.now += timedelta(days=60)
    client = client_of("nominator")
    client.application.config["WTF_CSRF_ENABLED"] = False
    page = f"/calls/{office.round_id}/nominate"
    sent = {"person": str(office.person()), "category": "reserve"}
    for answer in (
        client.get(page),
        client.post(page, data=sent),
        client.post(f"/calls/{office.round_id}/nil", data={"reason": "无合适人选"}),
    ):
        assert "截止。" in html.unescape(answer.text)
    assert 'name="person"' not in client.get(page).text


def test_who_may_not_act_is_told_whose_it_is_by_name(office: Office, client_of: ClientOf) -> None:
    case_id = submitted(office, office.person())
    client = client_of("orghead")
    client.application.config["WTF_CSRF_ENABLED"] = False
    sent = client.post(f"/cases/{case_id}/act/approve", data={"version": str(office.case(case_id).version)})
    assert sent.status_code == 403
    assert "secretary" not in sent.text
    assert "组织部干部科" in sent.text


def test_calls_that_can_be_answered_stand_before_those_that_are_over(office: Office, client_of: ClientOf) -> None:
    for title, closes in (("旧批次", date(2025, 9, 18)), ("更旧批次", date(2025, 9, 11))):
        with office.as_("secretary", at=datetime(2025, 9, 1, 9, tzinfo=OFFICE_ZONE)) as context:
            open_round(
                context,
                procedure="reserve-official",
                title_zh=title,
                title_en=title,
                opens_date=date(2025, 9, 1),
                closes_date=closes,
                body_ids=[office.bodies["street"]],
                seats={},
            )
    page = client_of("nominator").get("/calls/").text
    with office.database.reading() as session:
        now_open = session.scalars(select(Round.title_zh).where(Round.id == office.round_id)).one()
    assert page.index(now_open) < page.index(">旧批次") < page.index(">更旧批次")
