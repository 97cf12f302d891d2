"""Every kind of answer of a form: asked for, kept, refused beside its question, and read again in words."""

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.workflow.language.playing import Play

KINDS = """
starts: desk.draft
forms:
  asked:
    title: {en: Asked, zh: 征询}
    fields:
      share: {type: number, decimals: 1, at_least: 0, at_most: 100, unit: {en: per cent, zh: "%"}, title: {en: Share, zh: 比例}}
      rival: {type: person, title: {en: Rival, zh: 竞争者}}
      seat: {type: body, title: {en: Seat, zh: 归口单位}}
      wants: {type: choice, title: {en: Wants, zh: 意向}, options: {more: {en: More, zh: 增加}, less: {en: Less, zh: 减少}}}
      how_much: {type: integer, asked_when: {this: field.wants, equals: more}, required: true, title: {en: How much, zh: 数量}}
      why_less: {type: text, required_when: {wants: less}, title: {en: Why less, zh: 减少原因}}
      traits:
        type: choices
        title: {en: Traits, zh: 特点}
        options: {a: {en: Able, zh: 能干}, b: {en: Bold, zh: 果敢}, c: {en: Calm, zh: 沉着}, d: {en: Deft, zh: 灵巧}, e: {en: Easy, zh: 随和}, f: {en: Fair, zh: 公正}, g: {en: Grave, zh: 稳重}, h: {en: Hale, zh: 健朗}, i: {en: Idle, zh: 闲散}}
      parts:
        type: rows
        title: {en: Parts, zh: 组成}
        columns:
          name: {type: text, required: true, title: {en: Name, zh: 名称}}
          is_new: {type: yes_no, title: {en: New, zh: 新增}}
          since: {type: date, title: {en: Since, zh: 起始}}
  repeated:
    title: {en: Repeated, zh: 复核}
    fields:
      share: {type: number, decimals: 1, carried_from: asked.share, title: {en: Share, zh: 比例}}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft:
        title: {en: Draft, zh: 起草}
        actions: {ask: {by: clerk, form: asked, title: {en: Ask, zh: 征询}, to: desk.again}}
      again:
        title: {en: Again, zh: 复核中}
        actions:
          repeat: {by: clerk, form: repeated, title: {en: Repeat, zh: 复核}, to: desk.done}
          back: {by: clerk, title: {en: Back, zh: 退回}, to: desk.draft}
      done: {title: {en: Done, zh: 办结}, final: done}
"""
ANSWERS = {
    "share": "12.5",
    "wants": "more",
    "how_much": "3",
    "traits": ["a", "i"],
    "parts.0.name": "Lead",
    "parts.0.is_new": "yes",
    "parts.0.since": "2026-09-01",
    "parts.2.name": "Tail",
}


class Desk:
    """The clerk's browser before one case."""

    def __init__(self, office: Office, client: FlaskClient, case_id: int) -> None:
        self.office, self.client, self.case_id = office, client, case_id
        client.application.config["WTF_CSRF_ENABLED"] = False

    def page(self) -> str:
        return self.client.get(f"/cases/{self.case_id}").text

    def sends(self, what: str, status: int = 302, /, **typed: Any) -> TestResponse:
        version = self.office.case(self.case_id).version
        answer = self.client.post(f"/cases/{self.case_id}/{what}", data={"version": version, **typed})
        assert answer.status_code == status, answer.text
        return answer


def desk(office: Office, client_of: ClientOf, body: str = KINDS) -> Desk:
    played = Play.of(office, body)
    client = client_of("secretary")
    return Desk(office, client, played.case_id)


def test_answers_of_every_kind_are_read_in_words(office: Office, client_of: ClientOf) -> None:
    rival = office.person(name="秦朗", name_latin="Qin Lang")
    clerk = desk(office, client_of)
    clerk.sends("act/ask", rival=rival, seat=office.bodies["mill"], **ANSWERS)
    page = clerk.page()
    for said in ("12.5 %", "秦朗", "mill部", "增加", "能干、闲散", "新增", "2026年9月1日", "Tail"):
        assert said in page, said
    assert f"<dd>{rival}</dd>" not in page


def test_a_person_is_found_and_chosen_without_scripts(office: Office, client_of: ClientOf) -> None:
    rival = office.person(name="秦朗", name_latin="Qin Lang")
    clerk = desk(office, client_of)
    assert f'name="rival" value="{rival}"' not in clerk.page()
    found = clerk.sends("again/ask", 200, again="find:rival", **{"search.rival": "qin", "share": "7.5"}).text
    assert re.search(rf'name="rival" value="{rival}"[^>]* checked', found)
    assert 'value="7.5"' in found
    nobody = clerk.sends("again/ask", 200, again="find:rival", **{"search.rival": "nobody", "rival": rival}).text
    assert re.search(rf'name="rival" value="{rival}"[^>]* checked', nobody), "who was chosen stays chosen"
    clerk.sends("drafts/ask", rival=rival)
    assert re.search(rf'name="rival" value="{rival}"[^>]* checked', clerk.page())


def test_when_a_question_is_put_stands_beside_it_and_is_enforced(office: Office, client_of: ClientOf) -> None:
    clerk = desk(office, client_of)
    page = clerk.page()
    assert "仅在“意向”为增加时填写。" in page
    assert "“意向”为减少时必填。" in page
    refused = clerk.sends("act/ask", 422, wants="more").text
    assert 'href="#field-how_much"' in refused
    refused = clerk.sends("act/ask", 422, wants="less").text
    assert 'href="#field-why_less"' in refused
    assert 'href="#field-how_much"' not in refused
    clerk.sends("act/ask", wants="less", why_less="Enough.", how_much="9")
    assert "数量" not in clerk.page().split('id="materials"', 1)[1].split('id="changes"', 1)[0]


def test_a_number_is_asked_for_as_one_and_refused_beside_its_question(office: Office, client_of: ClientOf) -> None:
    clerk = desk(office, client_of)
    assert re.search(r'name="share" type="number" inputmode="decimal" step="any" min="0" max="100"', clerk.page())
    for wrong in ("12.55", "101", "-1", "much"):
        refused = clerk.sends("act/ask", 422, share=wrong).text
        assert 'id="error-share"' in refused
        assert f'value="{wrong}"' in refused


def test_many_choices_scroll_within_their_question(office: Office, client_of: ClientOf) -> None:
    page = desk(office, client_of).page()
    assert 'class="options options-many" tabindex="0"' in page


def test_an_answer_is_carried_over_with_a_note_where_it_comes_from(office: Office, client_of: ClientOf) -> None:
    clerk = desk(office, client_of)
    clerk.sends("act/ask", **ANSWERS)
    page = clerk.page()
    assert "沿用“征询”中的内容" in page
    assert re.search(r'name="share"[^>]* value="12.5"', page)
    refused = clerk.sends("act/repeat", 422, share="9.99").text
    assert re.search(r'name="share"[^>]* value="9.99"', refused), "what was typed counts, not what is carried"
    clerk.sends("act/repeat", share="13.0")
    assert "13.0" in clerk.page()


def test_changes_between_fillings_are_read_in_the_same_words(office: Office, client_of: ClientOf) -> None:
    rival = office.person(name="秦朗", name_latin="Qin Lang")
    clerk = desk(office, client_of)
    clerk.sends("act/ask", rival=rival, **ANSWERS)
    clerk.sends("act/back")
    clerk.sends("act/ask", **{**ANSWERS, "parts.0.name": "Head", "parts.0.is_new": "no"})
    changes = clerk.page().split('id="changes"', 1)[1].split('id="timeline"', 1)[0]
    assert "秦朗" in changes
    assert "Lead" in changes
    assert "Head" in changes
    assert "{" not in re.sub(r"<[^>]+>", "", changes)


LIVING = """
starts: desk.work
forms:
  longer:
    title: {en: Longer, zh: 延期}
    fields:
      days: {type: integer, required: true, at_least: 1, at_most: 90, title: {en: Days, zh: 天数}}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      work:
        title: {en: At work, zh: 办理中}
        deadline: {days: 10, remind: [-1], cites: r/1}
        actions:
          fortnight: {by: clerk, awaited: false, reason: required, title: {en: A fortnight more, zh: 延两周}, effects: [{extend_deadline: {unit: days, number: 14}}], to: desk.work}
          longer: {by: clerk, awaited: false, form: longer, reason: required, title: {en: Longer, zh: 延期}, effects: [{extend_deadline: {unit: days, number_from: longer.days}}], to: desk.work}
          on: {by: clerk, title: {en: On, zh: 往下}, to: desk.review}
      review:
        title: {en: Review, zh: 复核}
        actions:
          back: {by: clerk, awaited: false, reason: required, title: {en: Back, zh: 退回}, to: earlier}
          shut: {by: clerk, title: {en: Shut, zh: 办结}, to: desk.done}
      done:
        title: {en: Done, zh: 已办结}
        final: done
        actions:
          reopen: {by: [clerk, head], awaited: false, reason: required, title: {en: Open again, zh: 重启}, guards: [{not_done_by_same: {actions: shut}}], to: desk.review}
"""


def test_what_an_extension_moves_is_shown_before_it_is_decided(office: Office, client_of: ClientOf) -> None:
    clerk = desk(office, client_of, LIVING)
    page = clerk.page().split('id="decision"', 1)[1]
    assert "2026年9月17日" in page
    assert "2026年10月1日" in page, "ten days from the 7th, and fourteen more"
    preview = clerk.sends("again/longer", 200, again="preview", days="5", reason="Ill.").text
    assert "<strong>2026年9月22日</strong>" in preview
    assert "Ill." in preview
    assert office.case(clerk.case_id).last_seq == 1, "nothing is done by looking"
    for nonsense in ("0", "x", "99999", ""):
        assert "2026年9月17日" in clerk.sends("again/longer", 200, again="preview", days=nonsense).text
    clerk.sends("act/longer", days="5", reason="Ill.")
    page = clerk.page()
    assert "期限已延长，原为 2026年9月17日" in page
    assert "截止日由 2026年9月17日改为 2026年9月22日" in page


def test_back_to_where_the_case_has_been_is_said_in_words(office: Office, client_of: ClientOf) -> None:
    clerk = desk(office, client_of, LIVING)
    clerk.sends("act/on")
    assert "退回到“办理中”。" in clerk.page()
    clerk.sends("act/back", reason="Again.")
    assert office.case(clerk.case_id).state == "desk.work"


def test_a_closed_case_is_opened_again_from_its_page(office: Office, client_of: ClientOf) -> None:
    clerk = desk(office, client_of, LIVING)
    clerk.sends("act/on")
    clerk.sends("act/shut")
    refused = clerk.page()
    assert "重启" in refused.split('id="decision"', 1)[1]
    assert "disabled" in refused.split('id="decision"', 1)[1]
    head = Desk(office, client_of("orghead"), clerk.case_id)
    head.sends("act/reopen", reason="A fault.")
    page = head.page()
    assert "重新启动" in page
    assert "已办结的案件重新启动。" in page


SAID = """
starts: desk.vote
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      vote:
        title: {en: Vote, zh: 表决}
        panel:
          of: [front, head]
          opinions: [agree, shrugs]
          titles: {shrugs: {en: Does not mind, zh: 无所谓}}
          silence: shrugs
          reason_for: shrugs
          settle: {rule: most, cites: r/1}
        deadline: {days: 7, on_expiry: tied, cites: r/1}
        outcomes: {agree: desk.done, shrugs: desk.done, tied: desk.done}
        outcome_titles: {tied: {en: A draw, zh: 打成平手}}
      done: {title: {en: Done, zh: 办结}, final: done}
"""


def test_a_procedures_own_words_stand_wherever_an_opinion_or_outcome_does(office: Office, client_of: ClientOf) -> None:
    played = Play.of(office, SAID)
    client = client_of("frontier")
    client.application.config["WTF_CSRF_ENABLED"] = False
    page = client.get(f"/cases/{played.case_id}").text
    assert "<span>无所谓</span>" in page
    assert "视为“无所谓”" in page
    assert "选择无所谓时必填" in page
    seat = page.split('name="seat" value="', 1)[1].partition('"')[0]
    client.post(f"/cases/{played.case_id}/drafts/opinion-{seat}", data={"seat": seat, "opinion": "shrugs"})
    played.gives("frontier", "shrugs", reason="So what.")
    played.gives("orghead", "agree")
    for path in (f"/cases/{played.case_id}", "/meetings"):
        shown = re.sub(r"<[^>]+>", " ", client.get(path).text)
        assert "打成平手" in shown, path
        assert not re.search(r"\b(shrugs|tied)\b", shown), path
    assert "无所谓" in client.get(f"/cases/{played.case_id}").text


def test_silence_is_told_in_the_procedures_words(office: Office, client_of: ClientOf) -> None:
    played = Play.of(office, SAID)
    office.later(days=8)
    played.expires()
    shown = re.sub(r"<[^>]+>", " ", client_of("frontier").get(f"/cases/{played.case_id}").text)
    assert "逾期未答复，视为“无所谓”" in shown
    assert "shrugs" not in shown


OWN_WORDS = """
starts: desk.draft
forms:
  asked:
    title: {en: Asked, zh: 征询}
    fields:
      reason: {type: text, required: true, title: {en: Reason of the person, zh: 本人理由}}
      version: {type: integer, title: {en: Version, zh: 版次}}
      target: {type: choice, title: {en: Aim, zh: 目标}, options: {near: {en: Near, zh: 近期}, far: {en: Far, zh: 远期}}}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft:
        title: {en: Draft, zh: 起草}
        actions: {ask: {by: clerk, form: asked, reason: required, title: {en: Ask, zh: 征询}, to: desk.done}}
      done: {title: {en: Done, zh: 办结}, final: done}
"""


def test_questions_may_be_called_like_what_the_page_sends_itself(office: Office, client_of: ClientOf) -> None:
    clerk = desk(office, client_of, OWN_WORDS)
    for name in ("answer.reason", "answer.version", "answer.target"):
        assert f'name="{name}"' in clerk.page()
    typed = {"answer.reason": "Health", "answer.version": "7", "answer.target": "far", "reason": "Asked by letter"}
    clerk.sends("act/ask", **typed)
    page = clerk.page()
    for said in ("Health", "远期", "<dd>7</dd>", "Asked by letter"):
        assert said in page, said
