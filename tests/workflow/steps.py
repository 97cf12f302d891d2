"""Steps through the shipped procedures that tests of the upper rooms begin with."""

from datetime import datetime, timedelta
from typing import Any

from tests.fixtures.office import NOMINATION, REPORT, Office
from workflow.bulk.operations import Seen, start_bulk
from workflow.notices.operations import expire_notice
from workflow.panels.operations import give_opinion, record_meeting
from workflow.panels.queries import open_seats as seats_of_open_panel
from workflow.panels.tables import Seat
from workflow.rounds.operations import nominate

SCORES = {"virtue": 90, "ability": 80, "diligence": 85, "results": 88, "integrity": 95}


def open_seats(office: Office, case_id: int) -> list[Seat]:
    with office.database.reading() as session:
        return seats_of_open_panel(session, case_id)


def speak(office: Office, name: str, case_id: int, opinion: str, **given: Any) -> str | None:
    actor = office.actors[name]
    seat = next(
        one
        for one in open_seats(office, case_id)
        if one.body_role_id in actor.body_role_ids or one.account_id == actor.account_id
    )
    with office.as_(name) as context:
        return give_opinion(context, case_id=case_id, seat_id=seat.id, opinion=opinion, **given).settlement.outcome


def nominated(office: Office, person_id: int, *, category: str = "reserve", name: str = "nominator") -> int:
    with office.as_(name) as context:
        return nominate(context, round_id=office.round_id, person_id=person_id, category=category).case_id


def submitted(office: Office, person_id: int, *, category: str = "reserve", name: str = "nominator") -> int:
    case_id = nominated(office, person_id, category=category, name=name)
    office.act(name, case_id, "submit", form=NOMINATION)
    return case_id


def begun(office: Office, *cases: int, name: str = "secretary", doing: str = "act:approve") -> int:
    """A bulk job about cases of the formal check as they are now; nothing is done to them yet."""
    seen = [Seen(case_id, office.case(case_id).version) for case_id in cases]
    with office.as_(name) as context:
        return start_bulk(
            context, state="review.formal_check", doing=doing, seen=seen, reason="", once_key=f"{name}:{cases}"
        )


def scored(office: Office, person_id: int, *scorings: dict[str, int], category: str = "reserve") -> int:
    """A case whose team of two has given the scorings named, in order; with both it waits for the report."""
    case_id = submitted(office, person_id, category=category)
    office.act("secretary", case_id, "approve")
    for name in ("orghead", "frontier", "personnel"):
        speak(office, name, case_id, "agree")
    team = ("assessor1", "assessor2")
    office.act("secretary", case_id, "appoint_team", form={"members": [office.actors[n].account_id for n in team]})
    for name, scores in zip(team, scorings, strict=False):
        speak(office, name, case_id, "assessed", scores=scores)
    return case_id


def decided(office: Office, person_id: int, *, category: str = "reserve") -> int:
    """A case the committee has agreed to at the office's present moment."""
    case_id = scored(office, person_id, SCORES, SCORES, category=category)
    office.act("assessor1", case_id, "file_report", form=REPORT)
    office.act("secretary", case_id, "submit_to_committee")
    entries = {one.id: {"attendance": "present", "opinion": "agree"} for one in open_seats(office, case_id)}
    with office.as_("recorder") as context:
        record_meeting(context, case_id=case_id, entries=entries, seen_version=office.case(case_id).version)
    return case_id


def listed(office: Office, person_id: int, *, category: str = "reserve", at: datetime | None = None) -> int:
    """A case entered in the list, eight days after the decision unless another moment is given."""
    case_id = decided(office, person_id, category=category)
    office.now = at or office.now + timedelta(days=8)
    with office.as_(None) as context:
        expire_notice(context, case_id=case_id, state="notice.published")
    office.act("orghead", case_id, "list")
    return case_id
