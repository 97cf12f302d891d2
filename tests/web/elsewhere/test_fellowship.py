"""A fellowship through the pages: people apply for themselves, referees, readers who score or step aside."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.web.elsewhere.conftest import Elsewhere, Screen

KEY = "foundation-fellowship"
APPLICANT, OFFICER = "lin", "foundation.officer.1"
READERS = tuple(f"foundation.reader.{n}" for n in (1, 2, 3))
APPLICATION = {
    "summary": "A plan.",
    "institution": "A college",
    "is_doctor": "yes",
    **{f"referees.{n}.name": f"Named {n}" for n in (0, 1)},
    **{f"referees.{n}.mail": f"r{n}@letters.example" for n in (0, 1)},
}
INDEPENDENT = {f"list.{n}.{key}": f"Free {n}" for n in (0, 1, 2) for key in ("name", "mail")}


def applied(place: Elsewhere) -> int:
    place.newcomer(APPLICANT, "林晚", "Lin Wan")
    answer = place.sends(APPLICANT, "/open/rounds/1", "/open/rounds/1", category="fellowship")
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def reading(place: Elsewhere) -> int:
    case_id = applied(place)
    place.acts(APPLICANT, case_id, "submit", **APPLICATION)
    place.acts(OFFICER, case_id, "eligible", **INDEPENDENT)
    for child in place.children(case_id):
        place.acts(OFFICER, child, "accept")
        place.acts(OFFICER, child, "report", text=f"Letter {child}")
    assert place.state(case_id) == "panel.reading"
    return case_id


def speaks(place: Elsewhere, who: str, case_id: int, status: int = 302, /, **typed: Any) -> str:
    page = place.reads(who, f"/cases/{case_id}")
    seat = page.split('name="seat" value="', 1)[1].partition('"')[0]
    return place.sends(who, f"/cases/{case_id}/opinion", f"/cases/{case_id}", status, seat=seat, **typed).text


def test_who_replaces_a_referee_heads_the_letter_too(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    case_id = applied(place)
    place.acts(APPLICANT, case_id, "submit", **APPLICATION)
    place.acts(OFFICER, case_id, "eligible", **INDEPENDENT)
    place.acts(OFFICER, place.children(case_id)[0], "decline")
    another = place.children(case_id)[-1]
    assert ">Lin Wan</h1>" in place.reads(OFFICER, f"/cases/{another}"), "nobody is found yet"
    place.acts(OFFICER, another, "invite", name="Prof. Late", mail="late@letters.example")
    assert ">Prof. Late</h1>" in place.reads(OFFICER, f"/cases/{another}")
    assert ">Prof. Late</a>" in place.reads(OFFICER, "/inbox")


def test_a_round_is_applied_in_for_oneself(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    case_id = applied(place)
    assert 'href="/open/rounds/1"' in place.reads(APPLICANT, "/open/")
    assert "submit" in place.reads(APPLICANT, f"/cases/{case_id}")
    again = place.sends(APPLICANT, "/open/rounds/1", "/open/rounds/1", 409, category="fellowship")
    assert "FF-2026-0001" in again.text
    place.reads(OFFICER, "/open/rounds/999", status=404)


def test_a_round_is_opened_by_who_the_procedure_names(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    assert 'href="/rounds/"' in place.reads(OFFICER, "/inbox")
    assert 'href="/rounds/"' not in place.reads(READERS[0], "/inbox")
    place.reads(READERS[0], "/rounds/new", status=403)
    page = place.reads(OFFICER, "/rounds/new")
    assert "Fellowship with external referees" in page
    given = {
        "version": place.world.versions[KEY],
        "step": "open",
        "called": place.world.bodies["own"],
        "seats_fellowship": 3,
        "opens_date": "2026-09-07",
        "closes_date": "2026-10-30",
        "title_zh": "二〇二七年度",
        "title_en": "Fellowships of 2027",
    }
    place.sends(OFFICER, "/rounds/new", "/rounds/new", **given)
    place.newcomer(APPLICANT, "林晚", "Lin Wan")
    assert "Fellowships of 2027" in place.reads(APPLICANT, "/open/")


def test_readers_find_the_letters_with_the_case(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    case_id = reading(place)
    page = place.reads(READERS[0], f"/cases/{case_id}")
    child = place.children(case_id)[0]
    assert f"Letter {child}" in page, "papers of a stage the panel reads"
    assert f'href="/cases/{child}"' not in page
    assert "Named 0" in page
    assert "Free 0" not in page, "who is independent is the officer's to know"
    assert f"Letter {child}" not in place.reads(APPLICANT, f"/cases/{case_id}")


def test_stepping_aside_needs_a_reason_and_too_few_are_explained(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    case_id = reading(place)
    page = place.reads(READERS[0], f"/cases/{case_id}")
    assert 'value="recused"' in page
    assert "needed for: stepping aside" in page
    points = {"score_quality": 6, "score_promise": 6, "score_place": 6}
    speaks(place, READERS[0], case_id, opinion="read", **points)
    assert 'id="field-reason"' in speaks(place, READERS[1], case_id, 422, opinion="recused")
    answer = speaks(place, READERS[1], case_id, opinion="recused", reason="The same institution.")
    assert answer
    assert place.state(case_id) == "panel.too_few_readers"
    assert "85.7" in place.reads(OFFICER, "/rounds/1/ranking"), "who stepped aside gave no points"
    page = place.reads(OFFICER, f"/cases/{case_id}")
    assert "Too few may take part" in page
    assert "needs at least 3 who may take part" in page
    assert "Steps aside" in page
    assert "recused" not in re.sub(r"<[^>]+>", "", page)


def test_whoever_spoke_last_is_told_where_the_case_is_not_theirs_any_more(
    elsewhere: Callable[[str], Elsewhere],
) -> None:
    place = elsewhere(KEY)
    case_id = reading(place)
    speaks(place, READERS[0], case_id, opinion="recused", reason="A friend.")
    assert "is not open to you any more" in place.reads(READERS[0], "/inbox")


@pytest.mark.browser
def test_an_application_on_a_telephone_without_scripts(
    elsewhere: Callable[[str], Elsewhere], screen_of: Callable[[Elsewhere], Screen]
) -> None:
    place = elsewhere(KEY)
    place.newcomer(APPLICANT, "林晚", "Lin Wan")
    screen = screen_of(place)
    screen.sits(APPLICANT, locale="zh")
    screen.opens("/open/")
    screen.page.locator("main .choices a").first.click()
    screen.presses("开始申请")
    for label, text in (("摘要", "研究计划"), ("依托单位", "某大学")):
        screen.page.get_by_label(label).fill(text)
    for number in (1, 2):
        row = screen.page.get_by_role("group", name=f"第 {number} 行", exact=True)
        row.get_by_label("姓名").fill(f"专家{number}")
        row.get_by_label("邮箱").fill(f"r{number}@letters.example")
    screen.page.get_by_label("是", exact=True).check()
    screen.presses("提交")
    assert place.state(1) == "application.check"
    screen.sits(OFFICER)
    screen.opens("/cases/1")
    for number in (1, 2, 3):
        row = screen.page.get_by_role("group", name=f"Row {number}", exact=True)
        row.get_by_label("Name").fill(f"Free {number}")
        row.get_by_label("Mail").fill(f"f{number}@letters.example")
    screen.presses("Eligible; name independent referees")
    assert screen.page.locator("#children").get_by_text("Free 3").is_visible()
    assert "5 have ended as “Reference filed”" in screen.page.locator("#children").inner_text()
