"""The sandbox as a browser sees it: one person plays every role, moves the clock, and touches no real case."""

import re

import html5lib
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from definitions.library import procedures
from definitions.rehearsing import read_book, rehearse_here
from tests.fixtures.office import NOMINATION, Office
from tests.web.conftest import ClientOf
from tests.web.test_access import digest
from workflow.cases.tables import Draft
from workflow.rehearsal.playing import forget_pictures


@pytest.fixture
def place(office: Office) -> str:
    """The sandbox of the version that the office runs by."""
    return f"version-{office.versions['reserve-official']}"


@pytest.fixture
def player(client_of: ClientOf, administrator: str) -> FlaskClient:
    """A browser of somebody who may play, in English."""
    made = client_of(administrator)
    made.application.config["WTF_CSRF_ENABLED"] = False
    made.post("/language", data={"language": "en", "next": "/procedures/"})
    forget_pictures()
    return made


class Desk:
    """The sandbox of one browser: takes steps as its page's forms do."""

    def __init__(self, client: FlaskClient, place: str) -> None:
        self.client, self.address = client, f"/procedure-sandboxes/{place}"

    def page(self, **arguments: str) -> str:
        answer = self.client.get(self.address, query_string=arguments)
        assert answer.status_code == 200
        html5lib.HTMLParser(strict=True).parse(answer.text)
        assert " style=" not in answer.text
        return answer.text

    def post(self, way: str, **fields: str | list[str]) -> TestResponse:
        revision = re.search(r'name="revision" value="(\d+)"', self.client.get(self.address).text)
        assert revision
        return self.client.post(f"{self.address}/{way}", data={"revision": revision[1], **fields})

    def take(self, kind: str, **fields: str | list[str]) -> str:
        answer = self.post("step", kind=kind, **fields)
        assert answer.status_code == 302, re.findall(r'<ul class="reasons">.*?</ul>', answer.text, re.DOTALL)
        return self.page()


@pytest.fixture
def desk(player: FlaskClient, place: str) -> Desk:
    return Desk(player, place)


def submit(desk: Desk) -> str:
    return desk.take("does", who="li", action="submit", **NOMINATION)


def test_the_page_shows_the_case_who_is_awaited_and_what_they_can_do(desk: Desk) -> None:
    text = desk.page()
    for said in (
        "The clock shows 7 Sep 2026",
        "RO-2026-0001",
        "Being prepared",
        "What li can do",
        "Good work for years.",
    ):
        assert said in text, said
    assert "Record the meeting" not in text
    other = desk.page(who="wu")
    assert "What wu can do" in other
    assert "What is up to others" in other


def test_a_case_is_played_from_nomination_to_the_list(desk: Desk) -> None:
    assert "Formal check" in submit(desk)
    desk.take("does", who="chen", action="approve")
    for name in ("wu", "fang", "lin"):
        desk.take("gives", who=name, opinion="agree")
    text = desk.take("does", who="chen", action="appoint_team", members=["gao", "he"])
    assert "What gao can do" in text
    scores = {f"score_{key}": "85" for key in ("virtue", "ability", "diligence", "results", "integrity")}
    desk.take("gives", who="gao", opinion="assessed", **scores)
    desk.take("gives", who="he", opinion="assessed", **scores)
    desk.take("does", who="gao", action="file_report")
    desk.take("does", who="chen", action="submit_to_committee")
    meeting = desk.page()
    assert "Record the meeting" in meeting
    members = re.findall(r'name="attendance_([a-z0-9]+)"', meeting)
    assert len(members) == 11
    votes = {f"attendance_{name}": "present" for name in members} | {f"opinion_{name}": "agree" for name in members}
    text = desk.take("records", who="song", **votes)
    assert "On public notice" in text
    until = re.search(r'name="until" value="([0-9-]+)"', text)
    assert until
    assert "To be listed" in desk.take("until", until=until[1])
    assert "Listed" in desk.take("does", who="wu", action="list")


def test_what_was_played_is_a_scenario_that_goes_as_it_went(desk: Desk) -> None:
    submit(desk)
    desk.take("until", until="2026-09-15")
    desk.take("does", who="chen", action="return", reason="The grounds are thin.")
    answer = desk.client.get(f"{desk.address}/scenario.yaml")
    assert answer.mimetype == "text/yaml"
    assert "then: {state: review.formal_check, waits_for: [secretary], due: 2026-09-14" in answer.text
    rules = procedures()["reserve-official"]
    rehearsed = rehearse_here(rules, read_book(answer.text, rules))
    assert [one.failures for one in rehearsed.played] == [()]
    assert len(rehearsed.book.scripts[0].own) == 3


def test_a_refused_step_is_told_and_not_kept_until_it_is_what_is_expected(desk: Desk) -> None:
    answer = desk.post("step", kind="does", who="li", action="submit", **{**NOMINATION, "is_consented": "no"})
    assert answer.status_code == 422
    html5lib.HTMLParser(strict=True).parse(answer.text)
    assert "This step was not taken" in answer.text
    assert "Nothing yet." in answer.text
    kept = re.search(r'name="step" value="([^"]+)"', answer.text)
    assert kept
    written = kept[1].replace("&#39;", "'")
    assert "refused: [field_is.one_of]" in written
    text = desk.take("step", step=written)
    assert "refused" in text
    assert "Being prepared" in text


def test_reminders_come_as_the_clock_moves_and_a_step_is_taken_back(desk: Desk) -> None:
    before = desk.page()
    until = re.search(r'name="until" value="([0-9-]+)"', before)
    assert until
    after = desk.take("until", until=until[1])
    assert "Due in 3 days" in after or "3 days" in after
    assert desk.post("back").status_code == 302
    assert "The clock shows 7 Sep 2026" in desk.page()


def test_steps_survive_a_process_and_another_window_is_noticed(desk: Desk) -> None:
    submit(desk)
    forget_pictures()
    assert "Formal check" in desk.page()
    late = desk.client.post(f"{desk.address}/step", data={"revision": "0", "kind": "until", "until": "2026-09-20"})
    assert late.status_code == 409
    assert "another window" in late.text


def test_it_begins_anew_with_other_people_and_names_the_line_of_what_is_wrong(desk: Desk) -> None:
    submit(desk)
    given = re.search(r'<textarea id="input-given"[^>]*>(.*?)</textarea>', desk.page(), re.DOTALL)
    assert given
    text = given[1].replace("&#39;", "'").replace("&#34;", '"')
    line = next(n for n, one in enumerate(text.splitlines(), 1) if "political_status: cdl" in one)
    wrong = desk.post("again", kind="given", given=text.replace("political_status: cdl", "political_status: unheard"))
    assert wrong.status_code == 422
    assert f"Line {line}<" in wrong.text
    assert "Formal check" in desk.page(), "what was played is still there"
    done = desk.post("again", kind="given", given=text.replace("political_status: cdl", "political_status: cpc"))
    assert done.status_code == 302
    assert "Being prepared" in desk.page()
    refused = desk.post("step", kind="does", who="li", action="submit", **NOMINATION)
    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "nothing"}, "Write one step"),
        ({"kind": "until", "until": "soon"}, "Choose the day"),
        ({"kind": "until", "until": "2099-01-01"}, "at most 4 years"),
        ({"kind": "until", "until": "2026-09-01"}, "Days go forward"),
        ({"kind": "does", "who": "nobody", "action": "submit"}, "Nobody here is called"),
        ({"kind": "does", "who": "li", "action": "fly"}, "no action"),
        ({"kind": "step", "step": "{who: li"}, "not YAML"),
        ({"kind": "step", "step": "{who: li, flies: home}"}, "exactly one of"),
        ({"kind": "gives", "who": "wu", "opinion": "agree"}, ""),
        ({"kind": "records", "who": "song", "attendance_member01": "present"}, "stance"),
    ],
)
def test_what_is_no_step_is_explained(desk: Desk, fields: dict[str, str], words: str) -> None:
    answer = desk.post("step", **fields)
    assert 400 <= answer.status_code < 500
    assert words in answer.text
    assert "Nothing yet." in answer.text


def test_no_real_case_is_touched(desk: Desk, office: Office) -> None:
    before = digest(office)
    submit(desk)
    desk.take("until", until="2026-09-20")
    after = digest(office)
    assert {name for name in after if after[name] != before[name]} == {"draft"}
    with office.database.reading() as session:
        assert session.query(Draft).count() == 1


def test_a_draft_is_played_as_it_is_written_now(player: FlaskClient, office: Office) -> None:
    source = player.get("/procedure-drafts/new?version=1").text
    assert source
    text = (procedures()["reserve-official"]).canonical
    made = player.post("/procedure-drafts/new", data={"source": text, "note_en": "", "note_zh": ""})
    number = str(made.headers["Location"]).rsplit("/", 1)[1]
    desk = Desk(player, f"draft-{number}")
    submit(desk)
    other = text.replace('"submit":', '"send":')
    saved = player.post(f"/procedure-drafts/{number}", data={"source": other, "revision": "1"})
    assert saved.status_code == 302
    broken = player.get(desk.address)
    assert broken.status_code == 422
    assert "no action “submit”" in broken.text
    assert desk.post("back").status_code == 302
    assert "Being prepared" in desk.page()
    player.post(f"/procedure-drafts/{number}", data={"source": "procedure: none\n", "revision": "2"})
    assert player.get(desk.address).status_code == 422


@pytest.mark.parametrize("key", sorted(procedures()))
def test_every_shipped_procedure_opens(player: FlaskClient, office: Office, key: str) -> None:
    text = Desk(player, f"version-{office.versions[key]}").page()
    assert "The clock shows" in text
