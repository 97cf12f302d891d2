"""Taking something back before anybody else acts: offered in its own words, told in the timeline, refused with who acted and when."""

import re

import pytest

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.workflow.language.playing import Play

SENT = """
  writer: {did: submit, title: {en: Who submitted, zh: 提交人}}
starts: desk.draft
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft: {title: {en: Draft, zh: 起草}, actions: {submit: {by: local, title: {en: Submit, zh: 提交}, to: FIRST}}}
      sent:
        title: {en: Sent, zh: 已报送}
        deadline: {working_days: 5, on_expiry: look, cites: r/1}
        actions:
          recall: {by: writer, awaited: false, guards: [{last_done: {actions: submit}}], to: desk.draft}
          look: {by: head, title: {en: Look at it, zh: 审阅}, to: desk.sent}
          close: {by: head, to: desk.done}
      done: {title: {en: Done, zh: 办结}, final: done}
""".lstrip("\n")


def shown(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.fixture
def sent(office: Office) -> Play:
    played = Play.of(office, SENT.replace("FIRST", "desk.sent"))
    played.act("nominator", "submit")
    return played


def test_what_can_be_taken_back_says_so_and_the_timeline_keeps_it(sent: Play, client_of: ClientOf) -> None:
    client = client_of("nominator")
    client.application.config["WTF_CSRF_ENABLED"] = False
    path = f"/cases/{sent.case_id}"
    decision = shown(client.get(path).text.split('id="decision"', 1)[1])
    assert "撤回" in decision
    assert "此后尚无人办理。在他人办理之前，您可以撤回。" in decision
    sent.act("nominator", "recall")
    assert "在他人办理之前撤回。" in shown(client.get(path).text)
    with sent.office.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE account SET locale = 'en'")
    assert "Taken back before anybody else acted on it." in shown(client.get(path).text)


def test_who_comes_too_late_reads_who_acted_and_when(sent: Play, client_of: ClientOf) -> None:
    client = client_of("nominator")
    client.application.config["WTF_CSRF_ENABLED"] = False
    path = f"/cases/{sent.case_id}"
    sent.act("orghead", "look")
    wanted = "orghead 已于 2026年9月7日 10:00 办理（“审阅”），不能再撤回。"
    assert wanted in shown(client.get(path).text), "before pressing"
    version = sent.office.case(sent.case_id).version
    refused = client.post(f"{path}/act/recall", data={"version": version})
    assert refused.status_code == 422
    assert wanted in shown(refused.text.split("error-summary", 1)[1].split("</div>", 1)[0])
    with sent.office.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE account SET locale = 'en'")
    told = "orghead has already acted on it on 7 Sep 2026, 10:00 (“Look at it”); it can no longer be taken back."
    assert told in shown(client.get(path).text)


def test_time_that_ran_out_is_nobodys_doing(sent: Play, client_of: ClientOf) -> None:
    sent.office.later(days=20)
    sent.expires()
    page = shown(client_of("nominator").get(f"/cases/{sent.case_id}").text)
    assert "案件已于 2026年9月27日 10:00 自动继续（“审阅”），不能再撤回。" in page


INNER = """\
  inner:
    title: {en: Inner, zh: 内部}
    states:
      check: {title: {en: Check, zh: 核对}, actions: {pass: {by: head, title: {en: Pass, zh: 放行}, to: desk.sent}}}
"""


def test_who_does_not_see_the_stage_does_not_read_who_acted_there(office: Office, client_of: ClientOf) -> None:
    played = Play.of(office, SENT.replace("FIRST", "inner.check") + INNER)
    played.act("nominator", "submit")
    played.act("orghead", "pass")
    page = shown(client_of("nominator").get(f"/cases/{played.case_id}").text.split('id="decision"', 1)[1])
    assert "案件已于 2026年9月7日 10:00 由他人办理，不能再撤回。" in page
    assert "orghead" not in page.split("撤回。", 1)[0]
    assert "放行" not in page.split("撤回。", 1)[0]
