"""An inbox narrowed to a procedure, a stage, or a text shows those items, and its counts agree."""

import pytest

from tests.fixtures.office import Office
from tests.workflow.steps import nominated, submitted
from workflow.cases.inbox import Narrowing, inbox, inbox_counts, procedures_in_use
from workflow.problems import Invalid


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
        assert inbox_counts(context, narrowing=narrowing).all == expected


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
        assert {"reserve-official", "annual-review"} >= set(procedures_in_use(context))
        for ask in (inbox, inbox_counts):
            with pytest.raises(Invalid) as caught:
                ask(context, narrowing=narrowing)
            assert (caught.value.code, caught.value.field) == (code, field)
