"""In a round whose procedure lets people open their own cases, each applies once, while it is open."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import update

from tests.fixtures.office import MORNING, Office
from workflow.bodies.tables import Body
from workflow.people.tables import Account
from workflow.problems import Conflict, Forbidden, Invalid, Refused
from workflow.rounds.applying import apply_to_round
from workflow.rounds.operations import open_round
from workflow.rounds.tables import Round


@pytest.fixture
def calling(office: Office) -> int:
    """A round of the fellowship that two bodies are called to; the nominator is somebody of the archive."""
    person = office.person(body="street")
    with office.database.writing() as session:
        session.add(Body(code="foundation", kind="organ", title_zh="基金会", title_en="Foundation", position=90))
        session.execute(
            update(Account).where(Account.id == office.actors["nominator"].account_id).values(person_id=person)
        )
    office.actors["nominator"] = replace(office.actors["nominator"], person_id=person)
    bodies = [office.bodies["street"], office.bodies["mill"]]
    officer = replace(office.actors["secretary"].holdings[0], body_code="foundation")
    office.actors["officer"] = replace(office.actors["secretary"], holdings=(officer,))
    with office.as_("officer") as context:
        context.session.execute(update(Round).values(reference="R-2025-01"))
        opened = open_round(
            context,
            procedure="foundation-fellowship",
            title_zh="批次",
            title_en="Round",
            opens_date=MORNING.date(),
            closes_date=date(2026, 9, 18),
            body_ids=bodies,
            seats={"fellowship": 1},
        )
    return opened.round_id


def apply(office: Office, who: str, round_id: int, **given: int) -> int:
    with office.as_(who) as context:
        return apply_to_round(context, round_id=round_id, category="fellowship", **given).case_id


def test_a_person_applies_at_their_own_body_once(office: Office, calling: int) -> None:
    case = office.case(apply(office, "nominator", calling))
    assert (case.person_id, case.body_id, case.round_id, case.state) == (
        office.actors["nominator"].person_id,
        office.bodies["street"],
        calling,
        "application.draft",
    )
    with pytest.raises(Conflict, match="applied_already"):
        apply(office, "nominator", calling)


def test_a_body_that_is_not_called_takes_no_application(office: Office, calling: int) -> None:
    with pytest.raises(Invalid, match="application_which_body"):
        apply(office, "nominator", calling, body_id=office.bodies["personnel"])


def test_nobody_applies_who_is_no_person_or_where_bodies_nominate(office: Office, calling: int) -> None:
    with pytest.raises(Forbidden, match="round_not_for_applicants"):
        apply(office, "secretary", calling)
    with pytest.raises(Forbidden, match="round_not_for_applicants"), office.as_("nominator") as context:
        apply_to_round(context, round_id=office.round_id, category="reserve")


def test_a_round_that_is_over_takes_no_application(office: Office, calling: int) -> None:
    office.later(days=12)
    with pytest.raises(Refused):
        apply(office, "nominator", calling)
