"""Lists show the cases a reader may read, newest movement first, page after page; a search finds no others."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from tests.fixtures.office import Office
from tests.workflow.rows import add_case
from tests.workflow.steps import nominated, speak, submitted
from workflow.cases.inbox import inbox
from workflow.cases.listing import (
    PAGE_SIZE,
    CaseLine,
    cases_acted_in,
    cases_copied,
    cases_of_person,
    cases_put_forward,
    find_cases,
)
from workflow.cases.tables import Case, CaseReader
from workflow.context import Actor
from workflow.messages.tables import Delivery, Message
from workflow.problems import Invalid

FIRST, SECOND = "RO-2026-0001", "RO-2026-0002"


def references(lines: tuple[CaseLine, ...]) -> list[str]:
    return [line.reference for line in lines]


def listed(office: Office, name: str, listing: Any, **chosen: Any) -> list[str]:
    with office.as_(name) as context:
        return references(listing(context, **chosen).lines)


def found(office: Office, name: str, text: str) -> list[str]:
    with office.as_(name) as context:
        return references(find_cases(context, text))


def test_a_line_says_who_where_and_since_when(any_office: Office) -> None:
    office = any_office
    case_id = nominated(office, office.person(name="岑明", name_latin="Cen Ming"), category="youth")
    with office.as_("nominator") as context:
        (line,) = cases_put_forward(context).lines
    assert (line.id, line.reference, line.person, line.person_latin) == (case_id, FIRST, "岑明", "Cen Ming")
    assert (line.body_zh, line.body_en) == ("street部", "Street")
    assert (line.procedure.zh, line.state.en) == ("党外后备干部与优秀青年推荐选拔", "Being prepared")
    assert line.category is not None
    assert line.category.en == "Outstanding youth"
    assert (line.entered_at, line.is_closed) == (office.now, False)
    assert line.due_at == office.case(case_id).due_at is not None


def test_a_case_that_is_over_is_shown_as_closed(office: Office) -> None:
    case_id = nominated(office, office.person())
    office.act("nominator", case_id, "withdraw", reason="Moved away.")
    with office.as_("nominator") as context:
        (line,) = cases_put_forward(context).lines
    assert (line.is_closed, line.state.en) == (True, "Withdrawn")


def test_a_body_sees_what_it_put_forward_newest_movement_first(any_office: Office) -> None:
    office = any_office
    nominated(office, office.person())
    office.later(minutes=1)
    second = nominated(office, office.person())
    office.later(minutes=1)
    nominated(office, office.person(body="mill"), name="other_nominator")
    assert listed(office, "nominator", cases_put_forward) == [SECOND, FIRST]
    assert listed(office, "other_nominator", cases_put_forward) == ["RO-2026-0003"]
    assert listed(office, "secretary", cases_put_forward) == []
    office.act("nominator", second, "withdraw", reason="Moved away.")
    office.later(minutes=1)
    office.act("nominator", 1, "ask_exception", reason="Older by a month.")
    assert listed(office, "nominator", cases_put_forward) == [FIRST, SECOND]


def test_people_see_the_case_about_themselves_where_they_may_read_it(office: Office) -> None:
    person = office.person()
    case_id = nominated(office, person)
    stranger = office.actors["stranger"]
    office.actors["person"] = Actor(stranger.account_id, "stranger", person_id=person)
    assert listed(office, "person", cases_put_forward) == []
    with office.database.writing() as session:
        session.add(CaseReader(case_id=case_id, account_id=stranger.account_id, role="self"))
    assert listed(office, "person", cases_put_forward) == [FIRST]


def test_a_case_about_no_person_is_not_about_everybody_without_an_archive(office: Office) -> None:
    with office.database.writing() as session:
        case_id = add_case(session, "PO-2026-0001", state="self_report.writing")
        session.add(CaseReader(case_id=case_id, account_id=office.actors["secretary"].account_id, role="secretary"))
    assert listed(office, "secretary", cases_put_forward) == []
    assert found(office, "secretary", "PO-2026") == ["PO-2026-0001"]


def test_who_acted_in_a_case_finds_it_again(any_office: Office) -> None:
    office = any_office
    first, _ = submitted(office, office.person()), submitted(office, office.person())
    assert listed(office, "secretary", cases_acted_in) == []
    office.act("secretary", first, "approve")
    assert listed(office, "secretary", cases_acted_in) == [FIRST]
    assert listed(office, "nominator", cases_acted_in) == [SECOND, FIRST]
    assert listed(office, "orghead", cases_acted_in) == []


def test_copied_are_the_cases_told_of_without_anything_to_do_in_them(any_office: Office) -> None:
    office = any_office
    told = [submitted(office, office.person()) for _ in range(2)]
    recipient = office.actors["orghead"].account_id
    assert listed(office, "orghead", cases_copied) == []
    with office.database.writing() as session:
        for case_id, channel in ((told[0], "in_app"), (told[1], "mail")):
            message = Message(template="case_closed", params={}, case_id=case_id, created_at=office.now)
            session.add(message)
            session.flush()
            session.add(Delivery(message_id=message.id, account_id=recipient, channel=channel, status="sent"))
    assert listed(office, "orghead", cases_copied) == [FIRST]
    # What waits for somebody stands in the inbox instead, and what they answered among what they did.
    office.act("secretary", told[0], "approve")
    assert listed(office, "orghead", cases_copied) == []
    speak(office, "orghead", told[0], "agree")
    assert listed(office, "orghead", cases_copied) == []
    assert listed(office, "orghead", cases_acted_in) == [FIRST]


def pages_of(office: Office, listing: Any) -> list[list[str]]:
    with office.as_("nominator") as context:
        pages = [listing(context)]
        while pages[-1].next_cursor is not None:
            pages.append(listing(context, cursor=pages[-1].next_cursor))
    return [references(page.lines) for page in pages]


@pytest.mark.parametrize("listing", [cases_put_forward, cases_acted_in])
def test_pages_follow_each_other_without_gap_or_repetition(any_office: Office, listing: Any) -> None:
    office = any_office
    for _ in range(PAGE_SIZE + 2):
        nominated(office, office.person())
    # Two have moved since; all others are of one moment, which the border between the pages divides.
    with office.database.writing() as session:
        for number in (4, 5):
            later = office.now + timedelta(days=number)
            session.execute(update(Case).where(Case.id == number).values(entered_at=later))
    pages = pages_of(office, listing)
    assert [len(page) for page in pages] == [PAGE_SIZE, 2]
    moved = [5, 4, *(number for number in range(PAGE_SIZE + 2, 0, -1) if number not in {4, 5})]
    assert [reference for page in pages for reference in page] == [f"RO-2026-{number:04d}" for number in moved]


def test_a_full_page_alone_has_no_page_after_it(office: Office) -> None:
    for _ in range(PAGE_SIZE):
        nominated(office, office.person())
    assert [len(page) for page in pages_of(office, cases_put_forward)] == [PAGE_SIZE]


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "2026-09-07T02:00:00.000000Z", "2026-09-07T02:00:00_1", "yesterday_1", "2026-09-07T02:00:00Z_x",
     "2026-09-07T02:00:00Z_" + "9" * 30, "2026-09-07T02:00:00Z_" + "9" * 5_000, "0001-01-01T00:00:00+23:00_1"],
)  # fmt: skip
@pytest.mark.parametrize("listing", [cases_put_forward, inbox])
def test_a_garbled_cursor_is_told_at_its_field(any_office: Office, listing: Any, cursor: str) -> None:
    with any_office.as_("nominator") as context, pytest.raises(Invalid) as caught:
        listing(context, cursor=cursor)
    assert (caught.value.code, caught.value.field) == ("cursor_garbled", "after")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("岑", [1]),
        ("cen m", [1]),
        ("ro-2026-0002", [2]),
        (" 0001 ", [1]),
        ("RO", [2, 1]),
        ("%", []),
        ("_", []),
        ("  ", []),
        ("\x00", []),
        ("岑" * 500, []),
    ],
)
def test_a_search_finds_references_and_names_in_both_scripts(any_office: Office, text: str, numbers: list[int]) -> None:
    office = any_office
    nominated(office, office.person(name="岑明", name_latin="Cen Ming"))
    office.later(minutes=1)
    nominated(office, office.person())
    assert found(office, "nominator", text) == [f"RO-2026-{number:04d}" for number in numbers]


def test_a_search_and_a_persons_cases_show_nothing_the_reader_may_not_read(office: Office) -> None:
    person = office.person()
    nominated(office, person)
    nominated(office, person, category="youth")
    for name, seen in (("nominator", 2), ("secretary", 2), ("other_nominator", 0), ("stranger", 0)):
        assert len(found(office, name, "RO-2026")) == seen
        with office.as_(name) as context:
            assert len(cases_of_person(context, person)) == seen
    with office.as_("nominator") as context:
        assert cases_of_person(context, person + 1) == ()
        assert len(find_cases(context, "RO", limit=1)) == 1
