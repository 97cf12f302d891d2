"""Rehearsals and simulations as a browser sees them."""

import re

import html5lib
import pytest
from flask.testing import FlaskClient

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.web.test_access import digest

SCENARIOS = """\
procedure: annual-review
given:
  today: 2026-12-01
  bodies:
    organization: {officer: [chen], head: [wu]}
    united_front: {head: [fang]}
    street: {kind: subdistrict, officer: [li], head: [zhou]}
  people:
    wen: {body: street}
  case: {person: wen, body: street}
scenarios:
  - title: {en: She reports, zh: 述职}
    key: reported
    steps:
      - {who: wen, does: submit, form: {work: Much., shortcomings: Some.}, then: {state: opinion.body}}
  - title: {en: The body waits, zh: 单位}
    after: reported
    steps:
      - {who: zhou, does: give_opinion, form: {grade: competent, opinion: Good.}, then: {state: closed.retained}}
  - title: {en: After what failed, zh: 其后}
    steps:
      - {who: wen, does: submit, form: {work: Much.}, refused: [field_required]}
"""


@pytest.fixture
def player(client_of: ClientOf, administrator: str) -> FlaskClient:
    made = client_of(administrator)
    made.application.config["WTF_CSRF_ENABLED"] = False
    made.post("/language", data={"language": "en", "next": "/procedures/"})
    return made


@pytest.fixture
def address(office: Office) -> str:
    return f"/procedure-rehearsals/version-{office.versions['annual-review']}"


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    html5lib.HTMLParser(strict=True).parse(answer.text)
    return answer.text


def played(client: FlaskClient, address: str) -> str:
    """The page after every scenario was played."""
    text = page(client, address)
    while "not been played yet" in text:
        assert client.post(f"{address}/go-on").status_code == 302
        text = page(client, address)
    return text


def test_scenarios_are_played_and_what_differs_is_told_with_its_line(
    player: FlaskClient, address: str, office: Office
) -> None:
    before = digest(office)
    assert player.post(address, data={"scenarios": SCENARIOS}).status_code == 302
    text = played(player, address)
    assert "2 of 3 scenarios went as expected" in text
    line = next(number for number, one in enumerate(SCENARIOS.splitlines(), 1) if "closed.retained" in one)
    assert f'data-line="{line}"' in text
    assert "The case should be at" in text
    assert "What was exercised" in text
    assert re.search(r"\d+ are missing", text)
    after = digest(office)
    assert {name for name in after if after[name] != before[name]} == {"draft"}
    assert player.post(f"{address}/usual").status_code == 302
    assert "went as expected" not in page(player, address)


def test_a_scenario_that_goes_on_from_one_that_failed_waits(player: FlaskClient, address: str) -> None:
    broken = SCENARIOS.replace("state: opinion.body", "state: closed.removed")
    player.post(address, data={"scenarios": broken})
    text = played(player, address)
    assert "1 of 3 scenarios went as expected" in text
    assert "It goes on from a scenario that failed" in text


def test_results_of_rules_or_scenarios_that_changed_are_not_shown(player: FlaskClient, address: str) -> None:
    player.post(address, data={"scenarios": SCENARIOS})
    assert "went as expected" in page(player, address)
    assert player.post(f"{address}/go-on").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("does: submit", "does: submti", "no action"),
        ("who: wen", "who: nobody", "Nobody here is called"),
        ("procedure: annual-review", "procedure: another", "must be of the procedure"),
        ("steps:", "steps", "not YAML"),
        (SCENARIOS, " ", ""),
    ],
)
def test_findings_stand_with_their_lines(player: FlaskClient, address: str, old: str, new: str, told: str) -> None:
    text = SCENARIOS.replace(old, new, 1)
    answer = player.post(address, data={"scenarios": text})
    assert answer.status_code == 422
    html5lib.HTMLParser(strict=True).parse(answer.text)
    assert told in answer.text
    if told and told != "not YAML":
        line = next(number for number, one in enumerate(text.splitlines(), 1) if new in one)
        assert f'<span id="line-{line}" class="is-error">' in answer.text


def test_a_simulation_tells_times_queues_ends_and_the_earliest_day(client_of: ClientOf, office: Office) -> None:
    reader = client_of("secretary")
    reader.application.config["WTF_CSRF_ENABLED"] = False
    reader.post("/language", data={"language": "en", "next": "/"})
    first = page(reader, "/procedure-simulations/reserve-official")
    assert "Where it is held up" not in first
    assert re.search(r"<li>On public notice <span.*?5 working days</span> · until ", first)
    text = page(reader, "/procedure-simulations/reserve-official?cases=80&seed=3&arrivals=5")
    for said in (
        '<svg xmlns="http://www.w3.org/2000/svg" class="boxes"',
        "Cases wait longest for",
        "Nine in ten",
        "Listed",
    ):
        assert said in text, said
    assert text == page(reader, "/procedure-simulations/reserve-official?cases=80&seed=3&arrivals=5")
    busy = page(reader, "/procedure-simulations/reserve-official?cases=80&seed=3&people-secretary=1&usual-secretary=6")
    assert "Cases wait longest for “Secretary" in busy


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("cases=100000", "A whole number from 1 to 300"),
        ("cases=-1", "A whole number from 1 to 300"),
        ("cases=5&people-secretary=half", "A whole number of people"),
        ("cases=5&least-secretary=9", "The shortest comes first"),
        ("cases=5&usual-secretary=nan", "Hours are numbers"),
        ("cases=5&states=review.formal_check: {chances: {approve: 0}}", "Line 1"),
        ("cases=5&states=a:%0A  b: c: d", "Line 2"),
    ],
)
def test_what_cannot_be_simulated_is_explained(client_of: ClientOf, asked: str, told: str) -> None:
    reader = client_of("secretary")
    reader.application.config["WTF_CSRF_ENABLED"] = False
    reader.post("/language", data={"language": "en", "next": "/"})
    text = page(reader, f"/procedure-simulations/reserve-official?{asked}", 422)
    assert told in text
    assert "Where it is held up" not in text


def test_the_page_of_a_procedure_says_rules_in_words_and_whether_articles_are_valid(client_of: ClientOf) -> None:
    reader = client_of("secretary")
    reader.application.config["WTF_CSRF_ENABLED"] = False
    reader.post("/language", data={"language": "en", "next": "/"})
    text = page(reader, "/procedures/reserve-official")
    assert "Section-level reserve: 45" in text
    assert "round.opens_date" not in text
    assert "Articles it cites, and whether they are valid on" in text
    assert "zoom-200" in page(reader, "/procedures/reserve-official/diagram?zoom=200")
    assert "zoom-100" in page(reader, "/procedures/reserve-official/diagram?zoom=7")
