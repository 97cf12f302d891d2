"""The sandbox offers everything as forms: tables of rows, work taken and handed on, signals of systems outside."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import definitions
from tests.fixtures.office import Office
from tests.web.test_sandbox import Desk, player

__all__ = ["player"]
PATTERNS = Path(definitions.__file__).parent / "patterns"


def drafted(player: FlaskClient, name: str) -> Desk:
    """The sandbox of a draft with one of the small procedures that prove patterns."""
    text = (PATTERNS / f"{name}.yaml").read_text(encoding="utf-8")
    made = player.post("/procedure-drafts/new", data={"source": text, "note_en": "", "note_zh": ""})
    return Desk(player, f"draft-{str(made.headers['Location']).rsplit('/', 1)[1]}")


def test_a_signal_is_sent_by_a_form(player: FlaskClient, office: Office) -> None:
    desk = drafted(player, "signals")
    page = desk.page()
    assert "What systems outside can do" in page
    assert 'name="source" value="registry"' in page
    desk.take("triggers", source="registry", action="keep")
    clerk = re.findall(r"who=([a-z0-9]+)", desk.page())[0]
    text = desk.take("does", who=clerk, action="ready")
    assert "Done" in text, "the signal was kept, and is not waited for"
    scenario = player.get(f"{desk.address}/scenario.yaml").text
    assert "source: registry, triggers: keep" in scenario


@pytest.fixture
def shared(player: FlaskClient, office: Office) -> Desk:
    """Work of a role that three hold."""
    desk = drafted(player, "work")
    given = "today: 2026-03-02\nbodies: {office: {officer: [li, mao, nie], head: [wu], reader: [rong]}}\ncase: {title: Request, by: li}\n"
    assert desk.post("again", given=given).status_code == 302
    return desk


def offered(desk: Desk, who: str) -> set[str]:
    """What somebody can do about who has the work."""
    return set(re.findall(r'name="kind" value="(claims|releases|reassigns)"', desk.page(who=who)))


def test_work_is_taken_and_given_back_by_forms(shared: Desk) -> None:
    assert (offered(shared, "mao"), offered(shared, "wu")) == ({"claims"}, {"reassigns"})
    shared.take("claims", who="mao", role="clerk")
    assert (offered(shared, "mao"), offered(shared, "nie")) == ({"releases", "reassigns"}, set())
    assert shared.post("step", kind="releases", who="nie", role="clerk").status_code == 403
    shared.take("releases", who="mao", role="clerk")
    assert offered(shared, "nie") == {"claims"}


def test_work_is_handed_on_with_a_reason(shared: Desk) -> None:
    shared.take("claims", who="mao", role="clerk")
    refused = shared.post("step", kind="reassigns", who="mao", role="clerk", to="nie", reason="")
    assert refused.status_code == 422
    assert '<option value="nie" selected>' in refused.text, "what was chosen is still there"
    shared.take("reassigns", who="mao", role="clerk", to="nie", reason="On leave.")
    assert "releases" in offered(shared, "nie")


def test_a_table_grows_by_its_button_and_its_rows_are_sent(player: FlaskClient, office: Office) -> None:
    desk = Desk(player, f"version-{office.versions['foundation-fellowship']}")
    page = desk.page()
    assert "(YAML)" not in page.split('id="decision"')[1].split("</section>")[0]
    name = re.search(r'name="(referees\.0\.[a-z_]+)"', page)
    assert name
    who = re.search(r'aria-current="true"><span>([a-z0-9]+)|name="who" value="([a-z0-9]+)"', page)
    assert who
    action = re.search(r'name="action" value="([a-z_]+)"', page)
    assert action
    cells = {name[1]: "Prof. Zheng"}
    again = desk.post("step", kind="does", who=who[1] or who[2], action=action[1], again="remove:referees:9", **cells)
    assert again.status_code == 200
    assert "Prof. Zheng" in again.text
    assert "Nothing yet." in again.text, "no step was taken"


def test_another_case_is_opened_by_a_form_and_is_in_sight(player: FlaskClient, office: Office) -> None:
    desk = Desk(player, f"version-{office.versions['competition-for-posts']}")
    page = desk.page()
    name = re.search(r'name="opened" value="([a-z0-9]+)"', page)
    assert name
    given = {"new_person": "an", "new_category": "section_deputy", "new_body": "street"}
    refused = desk.post("step", kind="opens", who="zhu", opened=name[1], **given)
    assert refused.status_code == 403, "somebody of another body"
    assert '<option value="an" selected>' in refused.text
    done = desk.post("step", kind="opens", who="li", opened=name[1], **given)
    assert done.status_code == 302
    assert f"case={name[1]}" in done.headers["Location"]
    second = desk.page(case=name[1])
    assert "CP-2026-0002" in second
    assert "Cases of the sandbox" in second
    text = desk.take("closes", who="chen")
    assert "Nothing yet." not in text
    late = desk.post("step", kind="opens", who="li", opened="late", **{**given, "new_person": "bao"})
    assert late.status_code in {403, 409, 422}
    scenario = player.get(f"{desk.address}/scenario.yaml").text
    assert f"as: {name[1]}, opens: {{body: street, category: section_deputy, person: an}}" in scenario
    assert "closes: round" in scenario


def test_a_sandbox_without_a_case_opens_its_first_by_the_form(player: FlaskClient, office: Office) -> None:
    desk = drafted(player, "work")
    page = desk.page()
    given = "today: 2026-03-02\nbodies: {office: {officer: [li, mao, nie], head: [wu], reader: [rong]}}\n"
    assert desk.post("again", given=given).status_code == 302
    page = desk.page()
    assert "No case is open yet" in page
    assert 'name="opened"' not in page
    text = desk.take("opens", who="li", new_title="Request")
    assert "Request" in text
    assert "No case is open yet" not in text
