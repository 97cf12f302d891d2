"""What somebody typed is kept for them alone, one text for each place, until it is sent or thrown away."""

import pytest
from sqlalchemy import select

from tests.fixtures.office import Office
from tests.workflow.cases.test_concurrency import at_once
from workflow.cases.drafts import MAX_DRAFT, discard_draft, draft, save_draft
from workflow.cases.tables import Draft
from workflow.problems import Invalid

PLACE = "case:17:submit"


def keep(office: Office, name: str, place: str, **values: object) -> None:
    with office.as_(name) as context:
        save_draft(context, place=place, values=values)


def kept(office: Office, name: str, place: str = PLACE) -> dict[str, object] | None:
    with office.as_(name) as context:
        return draft(context, place)


def test_what_was_typed_comes_back_as_it_was(any_office: Office) -> None:
    typed = {"grounds": "实绩突出\n“好”", "votes": 12, "members": [3, 1], "is_consented": True, "left": None}
    keep(any_office, "nominator", PLACE, **typed)
    assert kept(any_office, "nominator") == typed


def test_nothing_is_kept_where_nothing_was_typed(office: Office) -> None:
    assert kept(office, "nominator") is None
    keep(office, "nominator", PLACE)
    assert kept(office, "nominator") == {}


def test_a_later_text_takes_the_place_of_the_earlier_one(office: Office) -> None:
    keep(office, "nominator", PLACE, grounds="first", votes="3")
    office.later(minutes=5)
    keep(office, "nominator", PLACE, grounds="second")
    assert kept(office, "nominator") == {"grounds": "second"}
    with office.database.reading() as session:
        row = session.scalars(select(Draft)).one()
    assert (row.account_id, row.saved_at) == (office.actors["nominator"].account_id, office.now)


def test_a_draft_is_its_writers_and_its_places_alone(office: Office) -> None:
    keep(office, "nominator", PLACE, grounds="mine")
    keep(office, "other_nominator", PLACE, grounds="theirs")
    keep(office, "nominator", "case:18:submit", grounds="elsewhere")
    assert kept(office, "secretary") is None
    with office.as_("nominator") as context:
        discard_draft(context, place=PLACE)
        discard_draft(context, place="case:99:submit")
    assert kept(office, "nominator") is None
    assert kept(office, "nominator", "case:18:submit") == {"grounds": "elsewhere"}
    assert kept(office, "other_nominator") == {"grounds": "theirs"}


def test_a_text_too_long_is_told_and_leaves_the_one_kept(office: Office) -> None:
    around = len('{"grounds":""}')
    keep(office, "nominator", PLACE, grounds="实" * (MAX_DRAFT - around))
    with pytest.raises(Invalid) as caught:
        keep(office, "nominator", PLACE, grounds="x" * (MAX_DRAFT - around + 1))
    assert (caught.value.code, caught.value.params) == (
        "field_too_long",
        {"limit": MAX_DRAFT, "length": MAX_DRAFT + 1},
    )
    assert str((kept(office, "nominator") or {})["grounds"]).startswith("实")


def test_what_is_typed_in_two_windows_at_once_is_kept_once(any_office: Office) -> None:
    office = any_office
    results = at_once([lambda: keep(office, "nominator", PLACE, grounds="typed")] * 10)
    assert results == [None] * 10
    with office.database.reading() as session:
        assert len(session.scalars(select(Draft)).all()) == 1


def test_a_nul_character_comes_back_too(any_office: Office) -> None:
    keep(any_office, "nominator", PLACE, grounds="a\x00b")
    assert kept(any_office, "nominator") == {"grounds": "a\x00b"}
