"""An election through the pages: a case about a post, candidates as child cases, votes that nobody sees before the end."""

from collections.abc import Callable

import pytest

from tests.web.elsewhere.conftest import Elsewhere, Screen

KEY = "project-leader-election"
SECRETARY = "project.secretary.1"
FIRST, SECOND, THIRD = (f"project.developer.{n}" for n in (1, 2, 3))
CASTING = "project.casting_voter.1"
TITLE = "Leader for 2027"


def opened(place: Elsewhere) -> int:
    answer = place.sends(SECRETARY, f"/open/{KEY}", f"/open/{KEY}", title=TITLE)
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def nominating(place: Elsewhere) -> int:
    case_id = opened(place)
    place.acts(SECRETARY, case_id, "announce", vacant_on="2026-11-01")
    assert place.expires(case_id, days=20) == "nomination.open"
    return case_id


def voting(place: Elsewhere) -> int:
    case_id = nominating(place)
    for who in (FIRST, SECOND):
        place.acts(who, case_id, "stand")
    place.expires(case_id, days=8)
    assert place.expires(case_id, days=22) == "polling.voting"
    return case_id


def votes(place: Elsewhere, who: str, case_id: int, opinion: str) -> None:
    page = place.reads(who, f"/cases/{case_id}")
    seat = page.split('name="seat" value="', 1)[1].partition('"')[0]
    place.sends(who, f"/cases/{case_id}/opinion", f"/cases/{case_id}", seat=seat, opinion=opinion)


def test_only_who_may_open_a_case_is_offered_to(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    assert 'href="/open/"' in place.reads(SECRETARY, "/inbox")
    assert "choose a leader for one year" in place.reads(SECRETARY, "/open/")
    assert "Election of the project leader" not in place.reads(FIRST, "/open/")
    place.reads(FIRST, f"/open/{KEY}", status=404)


def test_a_matter_is_called_by_its_title_wherever_it_stands(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    case_id = opened(place)
    page = place.reads(SECRETARY, f"/cases/{case_id}")
    assert f"<title>{TITLE} PE-2026-0001" in page
    assert f">{TITLE}</h1>" in page
    for path in ("/inbox", "/mine", "/search?q=leader", "/inbox?q=2027"):
        assert TITLE in place.reads(SECRETARY, path), path
        assert TITLE in place.reads(SECRETARY, path, locale="zh"), path


def test_a_title_is_needed_and_a_second_case_is_opened_knowingly(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    page = f"/open/{KEY}"
    assert 'href="#field-title"' in place.sends(SECRETARY, page, page, 422, title=" ").text
    opened(place)
    answer = place.sends(SECRETARY, page, page, 409, title=TITLE)
    assert "PE-2026-0001" in answer.text
    assert f'value="{TITLE}"' in answer.text
    place.sends(SECRETARY, page, page, title=TITLE, another="yes")
    assert place.state(2) == "vacancy.announcing"


def test_candidates_are_listed_with_the_case_and_lead_back_to_it(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    case_id = nominating(place)
    place.acts(FIRST, case_id, "stand")
    (child,) = place.children(case_id)
    assert f'href="/cases/{child}"' in place.reads(THIRD, f"/cases/{case_id}")
    page = place.reads(FIRST, f"/cases/{child}")
    assert f'<a href="/cases/{case_id}">PE-2026-0001</a>' in page
    assert f'href="/cases/{case_id}#children"' in page
    path = page.split('class="stepper"', 1)[1].split("</ol>", 1)[0]
    assert "Candidacy" in path
    assert "Vacancy" not in path, "a branch has a path of its own"


def test_a_vote_is_for_a_candidate_by_name_and_covered_until_the_end(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    case_id = voting(place)
    first, _second = place.children(case_id)
    page = place.reads(THIRD, f"/cases/{case_id}")
    assert f'value="case:{first}"' in page
    assert "None of the above" in page
    assert "secret, ranked ballot" in page
    votes(place, THIRD, case_id, f"case:{first}")
    covered = place.reads(FIRST, f"/cases/{case_id}")
    assert "1 for the one ahead" not in covered, "no tally while the vote runs"
    table = covered.split("<caption>Opinions", 1)[1].split("</table>", 1)[0]
    assert "Wen Lang" not in table
    votes(place, FIRST, case_id, f"case:{first}")
    assert place.state(case_id) == "office.held"
    settled = place.reads(FIRST, f"/cases/{case_id}")
    assert "<strong>Wen Lang</strong>" in settled
    assert "Elected" in settled
    assert f"case:{first}" not in settled


def test_a_withdrawn_candidate_is_no_longer_to_be_chosen(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    case_id = voting(place)
    first, second = place.children(case_id)
    place.acts(FIRST, first, "withdraw")
    page = place.reads(THIRD, f"/cases/{case_id}")
    assert f'value="case:{first}"' not in page
    assert f'value="case:{second}"' in page


def test_the_casting_vote_offers_only_what_had_equal_votes(elsewhere: Callable[[str], Elsewhere]) -> None:
    place = elsewhere(KEY)
    case_id = voting(place)
    first, second = place.children(case_id)
    votes(place, FIRST, case_id, f"case:{first}")
    votes(place, SECOND, case_id, f"case:{second}")
    assert place.expires(case_id, days=15) == "polling.tie"
    page = place.reads(CASTING, f"/cases/{case_id}")
    assert f'value="case:{first}"' in page
    assert f'value="case:{second}"' in page
    assert 'value="none_of_the_above"' not in page
    assert "The votes were equal. Only what had most of them can be chosen here: Wen Lang, Wen Lang" in page
    assert "票数相等" in place.reads(CASTING, f"/cases/{case_id}", locale="zh")
    seat = page.split('name="seat" value="', 1)[1].partition('"')[0]
    path = f"/cases/{case_id}"
    answer = place.sends(CASTING, f"{path}/opinion", path, 422, seat=seat, opinion="none_of_the_above")
    assert "only what had most of them can be chosen now" in answer.text
    votes(place, CASTING, case_id, f"case:{second}")
    assert place.state(case_id) == "office.held"


@pytest.mark.browser
def test_an_election_on_a_telephone_without_scripts(
    elsewhere: Callable[[str], Elsewhere], screen_of: Callable[[Elsewhere], Screen]
) -> None:
    place = elsewhere(KEY)
    screen = screen_of(place)
    screen.sits(SECRETARY, locale="zh")
    screen.opens("/open/")
    screen.page.get_by_role("link", name="项目负责人选举").click()
    screen.page.get_by_label("职务或事项").fill(TITLE)
    screen.presses("发起案件")
    screen.page.get_by_label("空缺日期").fill("2026-11-01")
    screen.presses("公布空缺")
    place.expires(1, days=20)
    for who in (FIRST, SECOND):
        screen.sits(who)
        screen.opens("/cases/1")
        screen.presses("Stand for the office")
    place.expires(1, days=8)
    place.expires(1, days=22)
    for who in (THIRD, FIRST):
        screen.sits(who)
        screen.opens("/inbox")
        screen.page.get_by_role("link", name=TITLE).click()
        screen.page.get_by_text("PE-2026-0001-2").first.click()
        screen.presses("Give your opinion")
    assert place.state(1) == "office.held"
    assert screen.page.locator(".case-head").get_by_text("Leader in office").is_visible()
