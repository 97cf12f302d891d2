"""A public notice that runs over the Spring Festival counts the weekend days worked instead, in every year with a notice of days off."""

from datetime import date, datetime, time, timedelta

import pytest

from tests.fixtures.office import REPORT, Office
from tests.workflow.steps import SCORES, open_seats, scored
from workflow.calendar.rules import build_calendar
from workflow.context import OFFICE_ZONE
from workflow.notices.operations import expire_notice
from workflow.notices.tables import PublicNotice
from workflow.panels.operations import record_meeting
from workflow.problems import Conflict

# The decision, a weekend day worked within the notice, its fifth working day, counted by hand from the State Council's notices.
FESTIVALS = {
    2018: (date(2018, 2, 13), date(2018, 2, 24), date(2018, 2, 26)),
    2019: (date(2019, 2, 1), date(2019, 2, 2), date(2019, 2, 13)),
    2021: (date(2021, 2, 9), date(2021, 2, 20), date(2021, 2, 22)),
    2022: (date(2022, 1, 28), date(2022, 1, 29), date(2022, 2, 9)),
    2023: (date(2023, 1, 19), date(2023, 1, 28), date(2023, 1, 31)),
    2024: (date(2024, 2, 7), date(2024, 2, 18), date(2024, 2, 20)),
    2025: (date(2025, 1, 26), date(2025, 2, 8), date(2025, 2, 8)),
    2026: (date(2026, 2, 12), date(2026, 2, 14), date(2026, 2, 26)),
}
PROLONGED = 2020
"""The epidemic prolonged the days off, and the working Saturday after them was cancelled: none could be substituted."""


def published(office: Office, day: date) -> tuple[int, PublicNotice]:
    """A case whose committee agrees on a day; its notice begins then."""
    case_id = scored(office, office.person(), SCORES, SCORES)
    office.act("assessor1", case_id, "file_report", form=REPORT)
    office.act("secretary", case_id, "submit_to_committee")
    office.now = morning(day)
    entries = {one.id: {"attendance": "present", "opinion": "agree"} for one in open_seats(office, case_id)}
    with office.as_("recorder") as context:
        record_meeting(context, case_id=case_id, entries=entries, seen_version=office.case(case_id).version)
    with office.database.reading() as session:
        notice = session.query(PublicNotice).one()
        session.expunge(notice)
    return case_id, notice


def morning(day: date) -> datetime:
    return datetime.combine(day, time(9), tzinfo=OFFICE_ZONE)


@pytest.mark.parametrize(("decided", "worked", "ends"), FESTIVALS.values(), ids=map(str, FESTIVALS))
def test_notice_over_the_festival_ends_on_its_fifth_working_day(
    office: Office, decided: date, worked: date, ends: date
) -> None:
    assert worked.weekday() >= 5
    case_id, notice = published(office, decided)
    assert (notice.starts_date, notice.ends_date, notice.is_provisional) == (decided, ends, False)
    assert decided < worked <= ends
    assert (ends - decided).days > 7, "five days off lie in between"
    with pytest.raises(Conflict), office.as_(None, at=morning(ends)) as context:
        expire_notice(context, case_id=case_id, state="notice.published")
    with office.as_(None, at=morning(ends + timedelta(days=1))) as context:
        expire_notice(context, case_id=case_id, state="notice.published")
    assert office.case(case_id).state == "appointment.confirm"


def test_prolonged_days_off_have_no_working_weekend(office: Office) -> None:
    _, notice = published(office, date(2020, 1, 21))
    assert (notice.ends_date, notice.is_provisional) == (date(2020, 2, 5), False)


def test_every_confirmed_year_since_2018_is_here() -> None:
    calendar = build_calendar({})
    confirmed = {year for year in range(2018, 2061) if calendar.is_confirmed(year)}
    assert confirmed == {*FESTIVALS, PROLONGED}


def test_notice_into_a_year_without_a_notice_of_days_off_is_provisional(office: Office) -> None:
    year = max(FESTIVALS) + 1
    _, notice = published(office, date(year, 2, 3))
    assert notice.is_provisional
