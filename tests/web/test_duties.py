"""Separation of duties on pages: who may not do a work is neither offered it nor named to be given it, with the reason."""

import re

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.workflow.language.playing import Play
from tests.workflow.language.test_allotting import separated
from tests.workflow.language.test_assigning import SEPARATED, item_of


def shown(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_whom_the_rules_bar_cannot_take_the_work_and_reads_why(office: Office, client_of: ClientOf) -> None:
    played = Play.of(office, SEPARATED.lstrip("\n"))
    played.act("assessor1", "submit")
    item, path = item_of(played), f"/cases/{played.case_id}"
    client = client_of("assessor1")
    client.application.config["WTF_CSRF_ENABLED"] = False
    page = client.get(path).text
    assert f"/work/{item}/claim" not in page
    assert "由您本人办理，按职责分离要求须由他人办理本项" in shown(
        page.split("谁在办理", 1)[-1].split('id="decision"')[0]
    )
    answer = client.post(f"/work/{item}/claim", follow_redirects=True)
    assert "由您本人办理，按职责分离要求须由他人办理本项" in shown(answer.text)
    assert f"/work/{item}/claim" in client_of("assessor2").get(path).text


def test_whom_the_rules_bar_is_not_offered_the_work_of_a_colleague(office: Office, client_of: ClientOf) -> None:
    played = Play.of(office, SEPARATED.lstrip("\n"))
    played.act("assessor1", "submit")
    path = f"/work/{item_of(played)}/reassign"
    barred = office.actors["assessor1"].account_id
    client = client_of("assessor2")
    client.application.config["WTF_CSRF_ENABLED"] = False
    client.post(path.replace("reassign", "claim"))
    page = client.get(path).text
    assert f'name="account" value="{barred}"' not in page
    assert f'name="account" value="{office.actors["assessor3"].account_id}"' in page
    assert "assessor1 其本人已办理本案的" in shown(page)
    refused = client.post(path, data={"account": barred, "reason": "Ill."})
    assert refused.status_code == 422
    assert 'href="#field-account"' in refused.text
    assert "其本人已办理本案的" in shown(refused.text.split("error-summary", 1)[1].split("</form>", 1)[0])


def test_the_timeline_says_why_somebody_was_not_given_the_work(office: Office, client_of: ClientOf) -> None:
    played = separated(office, "in_turn")
    played.act("assessor1", "send")
    page = shown(client_of("assessor1").get(f"/cases/{played.case_id}").text)
    assert re.search(r"未分派给已办理本案“[^”]+”的人员：按职责分离要求须由他人办理本项。", page)
    assert "action:send" not in page
