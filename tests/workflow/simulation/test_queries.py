"""The earliest lawful end of a running case, reckoned anew from where it stands."""

from datetime import date

import pytest

from tests.fixtures.office import Office
from tests.workflow.steps import decided, listed, submitted
from workflow.problems import Missing
from workflow.simulation.queries import earliest_of_case


def days(office: Office, case_id: int, name: str = "secretary") -> dict[str, date]:
    with office.as_(name) as context:
        return {end.outcome: end.on for end in earliest_of_case(context, case_id).ends}


def test_a_case_in_review_has_its_notice_still_before_it(office: Office) -> None:
    case_id = submitted(office, office.person())  # Monday, 7 September: five working days, then the day after
    assert days(office, case_id)["listed"] == date(2026, 9, 15)
    office.later(days=2)
    assert days(office, case_id)["listed"] == date(2026, 9, 17), "what is not done moves the end"


def test_a_notice_that_runs_ends_when_it_was_to_end(office: Office) -> None:
    case_id = decided(office, office.person())
    office.later(days=2)
    assert days(office, case_id)["listed"] == date(2026, 9, 15)


def test_a_notice_that_was_halted_goes_on_with_what_it_had_left(office: Office) -> None:
    case_id = decided(office, office.person())
    office.later(days=4)  # Friday the 11th: one working day is left, Monday the 14th
    office.act("secretary", case_id, "object", form={"text": "I object.", "complainant": "Somebody"})
    office.later(days=10)  # Monday the 21st
    assert days(office, case_id)["listed"] == date(2026, 9, 23)


def test_a_closed_case_has_no_end_before_it_and_a_stranger_is_told_nothing(office: Office) -> None:
    case_id = listed(office, office.person())
    assert days(office, case_id) == {}
    with pytest.raises(Missing):
        days(office, case_id, "other_nominator")
