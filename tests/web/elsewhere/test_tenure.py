"""Promotion and tenure through the pages: a case about a person, a clock that stands still, letters, a choice of where to."""

import re
from collections.abc import Callable

import pytest

from tests.web.elsewhere.conftest import Elsewhere, Screen

KEY = "promotion-tenure"
OFFICE, CHAIR, DEAN = "university.officer.1", "own.chair.1", "above.dean.1"
PROVOST, PRESIDENT, BOARD = "university.provost.1", "university.president.1", "university.board.1"
CANDIDATE = "lin"


def opened(place: Elsewhere) -> int:
    person = place.newcomer(CANDIDATE, "林晚", "Lin Wan")
    page = f"/open/{KEY}"
    answer = place.sends(OFFICE, page, f"{page}?search=lin", person=person)
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def referees(count: int) -> dict[str, str]:
    rows = {f"list.{n}.name": f"Referee {n + 1}" for n in range(count)}
    rows |= {f"list.{n}.institution": "Far College" for n in range(count)}
    rows |= {f"list.{n}.suggested_by": "department" for n in range(count)}
    return {**rows, "letters_due_on": "2030-07-01"}


def listing(place: Elsewhere) -> int:
    case_id = opened(place)
    place.expires(case_id, days=950)
    place.acts(CHAIR, case_id, "write_review", review="Good.")
    place.acts(CHAIR, case_id, "begin_early", reason="An offer elsewhere.")
    return case_id


def lettered(place: Elsewhere) -> int:
    case_id = listing(place)
    place.acts(CHAIR, case_id, "ask", **referees(8))
    for child in place.children(case_id)[:5]:
        place.acts(CHAIR, child, "receive", text="Excellent.", is_arms_length="yes")
    return case_id


def test_a_person_is_found_by_search_and_nobody_without(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    person = place.newcomer(CANDIDATE, "林晚", "Lin Wan")
    page = f"/open/{KEY}"
    assert f'value="{person}"' not in place.reads(OFFICE, page)
    assert f'value="{person}" checked' in place.reads(OFFICE, f"{page}?search=lin")
    assert "林晚" in place.reads(OFFICE, f"{page}?search=林", locale="zh")
    assert "Nobody in the archive matches" in place.reads(OFFICE, f"{page}?search=nobody")
    refused = place.sends(OFFICE, page, f"{page}?search=lin", 422, search="lin")
    assert "Choose a person from the list" in refused.text
    place.sends(OFFICE, page, f"{page}?search=lin", person=person)
    assert ">Lin Wan</h1>" in place.reads(OFFICE, "/cases/1")


def test_a_case_at_rest_says_since_when_where_it_goes_on_and_what_is_left(
    elsewhere: Callable[[str], Elsewhere],
) -> None:
    place = elsewhere(KEY)
    case_id = opened(place)
    place.acts(PROVOST, case_id, "stop_clock", ground="birth", reason="A child.")
    page = place.reads(PROVOST, f"/cases/{case_id}")
    assert "it goes on at “First years”" in page
    assert "Goes on at “First years”." in page.split('id="decision"', 1)[1]
    assert re.search(r"stands still, with \d+ days left", page)
    assert "案件中止，原定 2029年3月7日的期限停止计算" in place.reads(PROVOST, f"/cases/{case_id}", locale="zh")
    place.acts(PROVOST, case_id, "start_clock", reason="Back.")
    page = place.reads(PROVOST, f"/cases/{case_id}")
    assert "stands still, with" not in page
    assert "Goes on after its rest." in page


def test_rows_are_added_and_taken_away_without_scripts(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    case_id = listing(place)
    page, again = f"/cases/{case_id}", f"/cases/{case_id}/again/ask"
    assert place.reads(CHAIR, page).count('name="list.7.name"') == 1
    assert 'name="list.8.name"' not in place.reads(CHAIR, page)
    typed = {"list.0.name": "Ann", "list.1.name": "Bo", "letters_due_on": "2030-07-01"}
    more = place.sends(CHAIR, again, page, 200, again="add:list", **referees(8)).text
    assert 'name="list.8.name"' in more
    assert 'value="Referee 8"' in more
    assert 'value="2030-07-01"' in more
    nine = {**referees(9), "list.8.name": ""}
    assert 'name="list.9.name"' in place.sends(CHAIR, again, page, 200, again="add:list", **nine).text
    fewer = place.sends(CHAIR, again, page, 200, again="remove:list:0", **referees(9)).text
    assert 'value="Referee 1"' not in fewer
    assert 'value="Referee 9"' in fewer
    for nonsense in ("remove:list:99", "remove:list:x", "add:letters_due_on", "add:nothing", "", "find:list"):
        assert 'value="Bo"' in place.sends(CHAIR, again, page, 200, again=nonsense, **typed).text
    assert place.state(case_id) == "referees.listing", "nothing is done by it"
    assert place.reads(CHAIR, f"{again}", status=200)


def test_a_faulty_row_is_told_by_the_number_it_has_on_the_page(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    case_id = listing(place)
    rows = referees(9) | {"list.1.name": "", "list.1.institution": "", "list.1.suggested_by": "", "list.4.name": ""}
    answer = place.acts(CHAIR, case_id, "ask", 422, **rows)
    assert "Row 5: “Name” is missing." in answer.text
    assert 'value="Referee 9"' in answer.text


def test_rows_are_kept_as_a_draft_and_read_as_a_table(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    case_id = listing(place)
    page = f"/cases/{case_id}"
    place.sends(CHAIR, f"{page}/drafts/ask", page, **{"list.0.name": "Ann", "list.1.name": "Bo"})
    kept = place.reads(CHAIR, page)
    assert 'value="Ann"' in kept
    assert 'value="Bo"' in kept
    place.acts(CHAIR, case_id, "ask", draft="yes", **referees(8))
    table = place.reads(CHAIR, page).split('class="table-wrap answer-table"', 1)[1].split("</table>", 1)[0]
    assert '<th scope="col">Suggested by</th>' in table
    assert '<td data-label="Suggested by">Department</td>' in table


def test_the_case_says_what_of_its_children_it_waits_for(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    case_id = listing(place)
    place.acts(CHAIR, case_id, "ask", **referees(8))
    page = place.reads(CHAIR, f"/cases/{case_id}")
    assert "goes on when 5 have ended as “Letter received”" in page
    assert "Referee 3</a>" in page
    place.acts(CHAIR, case_id, "ask_another")
    assert len(place.children(case_id)) == 9
    child = place.children(case_id)[0]
    place.acts(CHAIR, child, "receive", text="Excellent.", is_arms_length="yes")
    page = place.reads(CHAIR, f"/cases/{case_id}")
    assert "1 of 9 have come in" in page
    assert "Letter received" in page


def test_a_letter_is_headed_by_its_referee_and_says_whom_it_is_about(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    child = place.children(lettered(place))[0]
    page = place.reads(CHAIR, f"/cases/{child}")
    assert ">Referee 1</h1>" in page
    assert "About Lin Wan" in page
    assert "关于林晚" in place.reads(CHAIR, f"/cases/{child}", locale="zh")


def test_letters_that_wait_are_told_apart_in_the_inbox(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    case_id = listing(place)
    place.acts(CHAIR, case_id, "ask", **referees(8))
    waiting = [one for one in place.children(case_id) if f'href="/cases/{one}"' in place.reads(CHAIR, "/inbox")]
    lines = place.reads(CHAIR, "/inbox").split("<tbody>", 1)[1].split("</tr>")
    assert len(waiting) > 1
    for number, child in enumerate(waiting, 1):
        (line,) = [one for one in lines if f'href="/cases/{child}"' in one]
        assert f">Referee {number}</a>" in line
        assert "About Lin Wan" in line


def test_children_are_not_told_of_to_who_does_not_read_them(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    case_id = lettered(place)
    assert place.state(case_id) == "dossier.preparing"
    page = place.reads(CANDIDATE, f"/cases/{case_id}")
    assert "PT-2026-0001-" not in page
    assert "Child cases" not in page
    assert "Referee 1" not in page
    place.reads(CANDIDATE, f"/cases/{place.children(case_id)[0]}", status=404)


def test_a_faulty_cell_says_why(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    case_id = lettered(place)
    works = {"statement": "My work.", "works.0.title": "A book", "works.0.year": "1066"}
    assert "Row 1, “Year”" in place.acts(CANDIDATE, case_id, "submit", 422, **works).text
    place.acts(CANDIDATE, case_id, "submit", **{**works, "works.0.year": "2020"})
    assert place.state(case_id) == "department.completing", "three colleagues are too few"


def test_where_to_is_asked_in_words_and_refused_as_the_rules_say(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    case_id = lettered(place)
    place.acts(CANDIDATE, case_id, "submit", statement="My work.")
    members = place.reads(DEAN, f"/cases/{case_id}")
    (first, *_) = re.findall(r'name="members" value="(\d+)"', members)
    place.acts(DEAN, case_id, "complete", members=first)
    for colleague in ("own.tenured.1", "own.tenured.2", "own.tenured.3"):
        page = place.reads(colleague, f"/cases/{case_id}")
        seat = page.split('name="seat" value="', 1)[1].partition('"')[0]
        place.sends(colleague, f"/cases/{case_id}/opinion", f"/cases/{case_id}", seat=seat, opinion="agree")
    place.acts(CANDIDATE, case_id, "respond", text="Thank you.")
    place.acts(CHAIR, case_id, "give_opinion", recommendation="grant", grounds="Strong.")
    place.acts(DEAN, case_id, "give_opinion", recommendation="grant", grounds="Strong.")
    place.acts(PROVOST, case_id, "not_recommend", reason="No post.")
    place.acts(CANDIDATE, case_id, "appeal", fault="No hearing.")
    page = place.reads(PRESIDENT, f"/cases/{case_id}")
    for target, title in (("college.dean", "Opinion of the dean"), ("department.chair", "Opinion of the chair")):
        assert re.search(rf'name="target" value="{target}"[^>]*> <span>{title}', page)
    unsaid = place.acts(PRESIDENT, case_id, "uphold", 422, reason="Right.")
    assert "Say where the case is to go: Vote of colleagues" in unsaid.text
    wrong = place.acts(PRESIDENT, case_id, "uphold", 422, reason="Right.", target="closed.tenured")
    assert "Tenure granted" in wrong.text
    assert place.state(case_id) == "denial.appeal"
    place.acts(PRESIDENT, case_id, "uphold", reason="Right.", target="college.dean")
    assert place.state(case_id) == "college.dean"


def test_work_is_taken_given_back_and_handed_on(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    case_id = opened(place)
    place.expires(case_id, days=950)
    item = re.findall(r'formaction="/work/(\d+)/claim"', place.reads(CHAIR, "/inbox"))[0]
    place.sends(CHAIR, f"/work/{item}/claim", "/inbox")
    assert "taken by you" in place.reads(CHAIR, "/inbox")
    assert "Lin Wan" not in place.reads("own.chair.2", "/inbox")
    assert "taken, as Chair of the department" in place.reads("own.chair.2", f"/cases/{case_id}")
    place.sends("own.chair.2", f"/work/{item}/release", "/inbox", 403)
    place.sends(CHAIR, f"/work/{item}/release", "/inbox")
    assert "Lin Wan" in place.reads("own.chair.2", "/inbox")
    place.sends(CHAIR, f"/work/{item}/claim", "/inbox")
    page = place.reads(CHAIR, f"/work/{item}/reassign")
    (colleague, *_) = re.findall(r'name="account" value="(\d+)"', page)
    silent = place.sends(CHAIR, f"/work/{item}/reassign", f"/work/{item}/reassign", 422, account=colleague)
    assert 'id="field-reason"' in silent.text
    place.sends(CHAIR, f"/work/{item}/reassign", f"/work/{item}/reassign", account=colleague, reason="On leave.")
    assert "taken by you" in place.reads("own.chair.2", "/inbox")
    place.reads(OFFICE, f"/work/{item}/reassign", status=403)
    place.reads("university.board.1", f"/work/{item}/reassign", status=404)


def test_the_page_leads_to_the_earliest_lawful_end(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    case_id = opened(place)
    assert f'href="/cases/{case_id}/rules#earliest"' in place.reads(OFFICE, f"/cases/{case_id}")
    assert 'id="earliest"' in place.reads(OFFICE, f"/cases/{case_id}/rules")


@pytest.mark.browser
def test_referees_are_listed_on_a_telephone_without_scripts(
    elsewhere: Callable[[str], Elsewhere], screen_of: Callable[[Elsewhere], Screen]
) -> None:
    place = elsewhere(KEY)
    case_id = listing(place)
    screen = screen_of(place)
    screen.sits(CHAIR)
    screen.opens(f"/cases/{case_id}")
    screen.page.get_by_role("link", name="Fill in on a page of its own").click()
    screen.presses("Add a row")
    for number in range(9):
        row = screen.page.get_by_role("group", name=f"Row {number + 1}", exact=True)
        row.get_by_label("Name").fill(f"Referee {number + 1}")
        row.get_by_label("Institution").fill("Far College")
        row.get_by_label("Suggested by").select_option("Department")
    screen.page.get_by_role("button", name="Remove row 9").click()
    screen.looks()
    screen.page.get_by_label("Letters due on").fill("2030-07-01")
    screen.page.get_by_label("Letters due on").press("Enter")
    screen.looks()
    assert place.state(case_id) == "referees.letters", "Enter sends the form; it removes no row"
    screen.page.locator("#children").get_by_role("link", name="Referee 1", exact=True).click()
    screen.page.get_by_label("Letter", exact=True).fill("Excellent.")
    screen.page.get_by_label("Yes").check()
    screen.presses("File the letter")
    screen.page.get_by_role("link", name="PT-2026-0001", exact=False).first.click()
    assert screen.page.locator("#children").get_by_text("Letter received").first.is_visible()
