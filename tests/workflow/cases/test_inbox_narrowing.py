"""An inbox narrowed to a procedure, a stage, or a text shows those items, and its counts agree."""

import pytest

from tests.fixtures.office import Office
from tests.workflow.steps import nominated, submitted
from workflow.calendar.queries import calendar
from workflow.cases.inbox import Counts, Narrowing, _groups, _soon_limit, _values, inbox, inbox_head, procedures_in_use
from workflow.cases.inbox_statements import counting
from workflow.problems import Invalid
from workflow.store.types import instant_text


@pytest.mark.parametrize(
    ("narrowing", "expected"),
    [
        (Narrowing(), 3),
        (Narrowing(procedure="reserve-official"), 3),
        (Narrowing(procedure="annual-review"), 0),
        (Narrowing(procedure="reserve-official", stage="review"), 3),
        (Narrowing(procedure="reserve-official", stage="decision"), 0),
        (Narrowing(text="RO-"), 3),
        (Narrowing(text="100%"), 0),
        (Narrowing(text="_"), 0),
        (Narrowing(text="/"), 0),
    ],
)
def test_items_and_counts_agree(office: Office, narrowing: Narrowing, expected: int) -> None:
    for _ in range(3):
        submitted(office, office.person())
    nominated(office, office.person())
    with office.as_("secretary") as context:
        assert len(inbox(context, narrowing=narrowing).items) == expected
        assert inbox_head(context, narrowing=narrowing)[0].all == expected


def test_a_text_finds_the_person_by_either_name(office: Office) -> None:
    for _ in range(2):
        submitted(office, office.person())
    with office.as_("secretary") as context:
        wanted = inbox(context).items[0]
        for text in (wanted.person, wanted.person_latin.upper(), wanted.reference):
            found = inbox(context, narrowing=Narrowing(text=text)).items
            assert wanted in found
            assert all(text.casefold() in f"{i.person} {i.person_latin} {i.reference}".casefold() for i in found)


@pytest.mark.parametrize(
    ("narrowing", "code", "field"),
    [
        (Narrowing(procedure="tenure"), "procedure_unknown", "procedure"),
        (Narrowing(procedure="reserve-official", stage="court"), "stage_unknown", "stage"),
    ],
)
def test_what_does_not_exist_is_told(office: Office, narrowing: Narrowing, code: str, field: str) -> None:
    with office.as_("secretary") as context:
        assert {"reserve-official", "annual-review"} <= set(procedures_in_use(context))
        for ask in (inbox, inbox_head):
            with pytest.raises(Invalid) as caught:
                ask(context, narrowing=narrowing)
            assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize("days", [0, 2, 6, 40])
def test_a_short_inbox_is_counted_as_a_long_one_is(any_office: Office, days: int) -> None:
    office = any_office
    for _ in range(3):
        submitted(office, office.person())
        office.later(days=1)
    office.later(days=days)
    with office.as_("secretary") as context:
        groups = _groups(context)
        limit = instant_text(_soon_limit(context, calendar(context)))
        long = counting(len(groups), frozenset()).one(context.session, {**_values(context, groups), "limit": limit})
        assert inbox_head(context)[0] == Counts(*long)


def test_a_line_names_the_others_and_not_its_reader(any_office: Office) -> None:
    office = any_office
    case_id = submitted(office, office.person())
    office.act("secretary", case_id, "approve")
    with office.as_("frontier") as context:
        (item,) = inbox(context).items
    assert [other.body_en for other in item.others] == ["Organization", "Personnel"]
