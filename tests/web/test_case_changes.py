"""The case page says what changed: between two submissions, and since its reader last looked."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.fixtures.office import NOMINATION, Office
from tests.web.conftest import ClientOf
from tests.workflow.steps import decided, nominated, speak, submitted
from workflow.cases.tables import LastView
from workflow.people.tables import Account

TAGS = re.compile(r"<[^>]+>")


def section(client: FlaskClient, case_id: int, name: str = "changes", query: str = "") -> str:
    """The text of one part of the page, on one line."""
    page = client.get(f"/cases/{case_id}{query}").text
    found = re.search(rf'id="{name}">(.*?)</section>', page, re.DOTALL)
    assert found
    return " ".join(TAGS.sub(" ", found.group(1)).split())


@pytest.fixture
def english(office: Office) -> None:
    """Pages in English, for shorter expectations."""
    with office.database.writing() as session:
        for account in session.scalars(select(Account)):
            account.locale = "en"


def resubmitted(office: Office, case_id: int, **changed: str) -> None:
    office.act("secretary", case_id, "return", reason="Say more.")
    office.act("nominator", case_id, "submit", form={**NOMINATION, **changed})


@pytest.fixture
def corrected(office: Office, english: None) -> int:
    """A case submitted three times."""
    case_id = submitted(office, office.person())
    resubmitted(office, case_id, grounds="Second grounds.", votes="31")
    resubmitted(office, case_id, grounds="Third grounds.", votes="31")
    return case_id


def test_the_last_two_submissions_are_compared_field_by_field(client_of: ClientOf, corrected: int) -> None:
    text = section(client_of("secretary"), corrected)
    assert "Second grounds. Third grounds." in text
    assert "Good work" not in text
    assert "31" not in text
    assert "record 4 → record 6" in text


def test_any_two_submissions_can_be_compared_in_either_order(client_of: ClientOf, corrected: int) -> None:
    for query in ("?form=nomination&older=2&newer=6", "?form=nomination&older=6&newer=2"):
        text = section(client_of("secretary"), corrected, query=query)
        assert "Good work for years. Third grounds." in text
        assert "no answer 31 votes" in text


@pytest.mark.parametrize(
    "query", ["?form=nomination&older=2&newer=2", "?form=x&older=2&newer=6", "?older=a&newer=999999"]
)
def test_a_choice_that_is_none_leaves_the_last_two(client_of: ClientOf, corrected: int, query: str) -> None:
    assert "Second grounds. Third grounds." in section(client_of("secretary"), corrected, query=query)


def test_who_looks_for_the_first_time_is_told_nothing_is_compared_yet(
    office: Office, client_of: ClientOf, english: None
) -> None:
    case_id = submitted(office, office.person())
    text = section(client_of("secretary"), case_id)
    assert "for the first time" in text
    assert "Between two submissions" not in text


def test_a_reader_sees_what_others_did_since_the_visit_before(
    office: Office, client_of: ClientOf, english: None
) -> None:
    case_id = submitted(office, office.person())
    client_of("secretary").get(f"/cases/{case_id}")
    office.later(hours=3)
    office.act("secretary", case_id, "return", reason="Say more.")
    office.act("nominator", case_id, "submit", form={**NOMINATION, "grounds": "Said more."})
    text = section(client_of("secretary"), case_id).partition("Between")[0]
    assert "Good work for years. Said more." in text
    assert "Submit the nomination" in text
    assert "Return for correction" not in text, "one's own doing is no news"
    office.later(minutes=20)
    assert "Said more." in section(client_of("secretary"), case_id).partition("Between")[0], "still the same visit"
    office.later(minutes=40)
    assert "Nothing new." in section(client_of("secretary"), case_id)


def test_looking_is_noted_once_in_a_while_and_for_each_reader(
    office: Office, client_of: ClientOf, english: None
) -> None:
    case_id = submitted(office, office.person())

    def noted() -> list[tuple[int, int, int | None]]:
        with office.database.reading() as session:
            return [(r.account_id, r.seen_seq, r.before_seq) for r in session.scalars(select(LastView).order_by("id"))]

    secretary, nominator = (office.actors[name].account_id for name in ("secretary", "nominator"))
    client = client_of("secretary")
    client.get(f"/cases/{case_id}")
    first = office.now
    office.later(minutes=5)
    client.get(f"/cases/{case_id}")
    with office.database.reading() as session:
        assert session.scalars(select(LastView)).one().seen_at == first, "nothing new: nothing written"
    client_of("nominator").get(f"/cases/{case_id}")
    office.act("secretary", case_id, "approve")
    client.get(f"/cases/{case_id}")
    assert noted() == [(secretary, 3, None), (nominator, 2, None)]
    office.later(hours=1)
    client.get(f"/cases/{case_id}")
    assert noted()[0] == (secretary, 3, 3)


def test_answers_that_are_sealed_do_not_appear_among_changes(
    office: Office, client_of: ClientOf, english: None
) -> None:
    case_id = decided(office, office.person())
    for name in ("frontier", "secretary"):
        client_of(name).get(f"/cases/{case_id}")
    office.later(hours=1)
    office.act("secretary", case_id, "object", form={"text": "First complaint.", "complainant": "Gu Yan"})
    office.act("orghead", case_id, "dismiss", reason="Unfounded.")
    office.act("secretary", case_id, "object", form={"text": "Second complaint.", "complainant": "Lu Heng"})
    open_to = section(client_of("secretary"), case_id)
    assert "Gu Yan Who" not in open_to
    assert "Gu Yan Lu Heng" in open_to
    page = client_of("frontier").get(f"/cases/{case_id}").text
    assert "Second complaint." in section(client_of("frontier"), case_id)
    assert "Gu Yan" not in page
    assert "Lu Heng" not in page
    assert "Who objects" not in page


def test_stages_that_are_closed_to_a_reader_tell_only_that_something_happened(
    office: Office, client_of: ClientOf, english: None
) -> None:
    case_id = submitted(office, office.person())
    client_of("nominator").get(f"/cases/{case_id}")
    office.later(hours=1)
    office.act("secretary", case_id, "approve")
    for name in ("orghead", "frontier", "personnel"):
        speak(office, name, case_id, "agree")
    team = [office.actors[name].account_id for name in ("assessor1", "assessor2")]
    office.act("secretary", case_id, "appoint_team", form={"members": team})
    text = section(client_of("nominator"), case_id)
    assert "Papers in order" in text
    assert "Name the team" not in text
    assert "Assessment" in text


def test_the_timeline_narrows_to_one_kind(office: Office, client_of: ClientOf, english: None) -> None:
    case_id = decided(office, office.person())
    secretary = client_of("secretary")
    everything = section(secretary, case_id, "timeline")
    decisions = section(secretary, case_id, "timeline", "?show=decisions")
    assert "record 1 " in everything
    assert "record 1 " not in decisions
    assert "Papers in order" in decisions
    assert "There is no such entry." in section(secretary, case_id, "timeline", "?show=waivers")
    assert "What comes next" in section(secretary, case_id, "timeline", "?show=timers")
    assert section(secretary, case_id, "timeline", "?show=nonsense") == everything


def test_an_exception_is_found_among_exceptions(office: Office, client_of: ClientOf, english: None) -> None:
    case_id = nominated(office, office.person())
    office.act("nominator", case_id, "ask_exception", reason="One year short.")
    office.act("orghead", case_id, "answer", reason="Granted.")
    office.act("nominator", case_id, "submit", form=NOMINATION)
    text = section(client_of("orghead"), case_id, "timeline", "?show=waivers")
    assert "One year short." in text
    assert "Submit the nomination" not in text
