"""A member is reviewed once a year: planned with the listing, opened once, reminded by ladder, written down at the end."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.fixtures.office import Office
from tests.workflow.steps import listed, speak
from workflow.cases.tables import Case, Timer
from workflow.cases.timers import Sweep, Swept
from workflow.context import OFFICE_ZONE
from workflow.messages.tables import Message
from workflow.people.tables import YearlyGrade
from workflow.pools.operations import add_member, ensure_pool, leave
from workflow.pools.tables import Membership
from workflow.problems import Conflict, Forbidden, Refused
from workflow.record.queries import verify
from workflow.reviews.operations import open_review
from workflow.reviews.planning import plan_reviews
from workflow.reviews.queries import overdue_reviews, reviews_of_year
from workflow.reviews.tables import Review

SELF_REPORT = {"work": "Led the renewal of three lanes.", "shortcomings": "Too little time in the lanes."}
OPINION = {"grade": "competent", "opinion": "Steady and fair."}


def at(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=OFFICE_ZONE)


def sweep(office: Office, now: datetime) -> Swept:
    office.now = now
    swept = Sweep(office.database, act_on_expiry=lambda *_args, **_named: None, open_review=open_review)
    try:
        return swept.run(now)
    finally:
        swept.close()


def rows(office: Office, table: Any) -> list[Any]:
    with office.database.reading() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def opened(office: Office) -> int:
    """The case of the review of 2026 of somebody just listed, opened by the clock on its day."""
    listed(office, office.person())
    assert sweep(office, at(2026, 12, 1)).acted == 1
    case_id = rows(office, Review)[0].case_id
    assert isinstance(case_id, int)
    return case_id


def graded(office: Office, action: str, grade: str = "competent") -> int:
    case_id = opened(office)
    office.act("nominator", case_id, "submit", form=SELF_REPORT)
    office.act("street_head", case_id, "give_opinion", form=OPINION)
    speak(office, "orghead", case_id, "agree")
    speak(office, "frontier", case_id, "agree")
    given = {} if action == "retain" else {"reason": "Decided jointly."}
    office.act("secretary", case_id, action, form={"grade": grade}, **given)
    return case_id


def test_listing_plans_the_review_of_the_year_and_its_timer(office: Office) -> None:
    listed(office, office.person())
    (review,) = rows(office, Review)
    assert (review.year, review.opens_date, review.due_date) == (2026, date(2026, 12, 1), date(2026, 12, 31))
    (timer,) = [row for row in rows(office, Timer) if row.kind == "open_review"]
    assert (timer.review_id, timer.due_at, timer.is_open) == (review.id, at(2026, 12, 1, 8).astimezone(UTC), True)


def test_the_clock_opens_a_review_once_and_not_before_its_day(any_office: Office) -> None:
    office = any_office
    listed(office, office.person())
    review = rows(office, Review)[0]
    with pytest.raises(Conflict), office.as_(None, at=at(2026, 11, 30, 23, 59)) as context:
        open_review(context, review_id=review.id)
    assert sweep(office, at(2026, 12, 1)).acted == 1
    assert sweep(office, at(2026, 12, 1)).acted == 0
    with office.as_(None) as context:
        again = open_review(context, review_id=review.id)
    assert again.is_repeat
    case = office.case(again.case_id)
    assert (case.state, case.category, case.body_id) == ("self_report.writing", "reserve", office.bodies["street"])
    assert case.due_at == at(2026, 12, 31, 17).astimezone(UTC)
    with office.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 2
        assert session.scalars(select(Message.template).where(Message.template == "review_opened")).all() == [
            "review_opened"
        ]


def test_the_secretary_may_open_a_review_early_and_nobody_else(office: Office) -> None:
    listed(office, office.person())
    review = rows(office, Review)[0]
    with pytest.raises(Forbidden), office.as_("street_head") as context:
        open_review(context, review_id=review.id)
    with office.as_("secretary") as context:
        assert not open_review(context, review_id=review.id).is_repeat
    assert sweep(office, at(2026, 12, 1)).acted == 0


def test_the_ladder_follows_the_due_day_and_no_rung_is_said_twice(office: Office) -> None:
    case_id = opened(office)

    def ladder() -> list[tuple[str, int]]:
        found = [row for row in rows(office, Timer) if row.case_id == case_id and row.is_open]
        return [(row.kind, row.rung) for row in sorted(found, key=lambda row: row.due_at)]

    # Thirty days before 31 December is the first of the month, 09:00: due by the time the clock came to open the review.
    assert [row.rung for row in rows(office, Timer) if row.result == "sent"] == [-30]
    assert ladder() == [("remind", -7), ("remind", 0), ("escalate", 7)]
    assert sweep(office, at(2026, 12, 24)).sent == 1
    office.now = at(2026, 12, 24, 9, 1)
    office.act("nominator", case_id, "submit", form=SELF_REPORT)
    assert ladder() == [("remind", 0), ("escalate", 7)]
    assert sweep(office, at(2026, 12, 31)).sent == 1
    assert sweep(office, at(2027, 1, 7)).sent == 1
    with office.database.reading() as session:
        escalated = session.scalars(
            select(Message.body_role_id).where(Message.template.like("deadline_escalation%"))
        ).all()
    assert escalated == [next(iter(office.actors["street_head"].body_role_ids))]


@pytest.mark.parametrize(("up_again", "sent"), [(at(2026, 12, 3), 1), (at(2026, 12, 26), 1), (at(2027, 1, 20), 1)])
def test_reminders_missed_while_nothing_ran_are_made_up_for_as_one(office: Office, up_again: Any, sent: int) -> None:
    listed(office, office.person())
    found = sweep(office, up_again)
    assert (found.acted, found.sent) == (1, sent)
    assert sweep(office, up_again).sent == 0


def test_a_state_entered_after_the_deadline_is_overdue_and_says_nothing_again(office: Office) -> None:
    case_id = opened(office)
    sweep(office, at(2027, 1, 20))
    office.act("nominator", case_id, "submit", form=SELF_REPORT)
    assert office.case(case_id).due_at == at(2026, 12, 31, 17).astimezone(UTC)
    assert [row for row in rows(office, Timer) if row.case_id == case_id and row.is_open] == []
    with office.as_("secretary") as context:
        assert [one.case_id for one in overdue_reviews(context)] == [case_id]


def test_who_is_retained_is_reviewed_again_the_year_after(any_office: Office) -> None:
    office = any_office
    graded(office, "retain")
    first, second = rows(office, Review)
    assert (first.grade, first.result) == ("competent", "retained")
    assert (second.year, second.due_date, second.case_id) == (2027, date(2027, 12, 31), None)
    assert [row.left_at for row in rows(office, Membership)] == [None]
    with office.database.reading() as session:
        assert session.scalars(select(YearlyGrade.grade).where(YearlyGrade.year == 2026)).all() == ["competent"]
        assert verify(session).first_broken is None


@pytest.mark.parametrize(
    ("action", "grade", "result"), [("upgrade", "excellent", "upgraded"), ("remove", "incompetent", "removed")]
)
def test_who_is_upgraded_or_removed_leaves_the_list(office: Office, action: str, grade: str, result: str) -> None:
    graded(office, action, grade)
    (review,) = rows(office, Review)
    (membership,) = rows(office, Membership)
    assert (review.result, membership.left_reason, membership.left_at) == (result, result, office.now)


def test_nobody_is_retained_with_a_grade_below_competent(office: Office) -> None:
    with pytest.raises(Refused):
        graded(office, "retain", "basically_competent")


def test_a_grade_the_archive_holds_already_stays(office: Office) -> None:
    person = office.person()
    with office.database.writing() as session:
        session.add(YearlyGrade(person_id=person, year=2026, grade="excellent"))
    listed(office, person)
    sweep(office, at(2026, 12, 1))
    case_id = rows(office, Review)[0].case_id
    office.act("nominator", case_id, "submit", form=SELF_REPORT)
    office.act("street_head", case_id, "give_opinion", form=OPINION)
    for name in ("orghead", "frontier"):
        speak(office, name, case_id, "agree")
    office.act("secretary", case_id, "retain", form={"grade": "competent"})
    assert rows(office, Review)[0].grade == "competent"
    with office.database.reading() as session:
        assert session.scalars(select(YearlyGrade.grade).where(YearlyGrade.year == 2026)).all() == ["excellent"]


def test_members_taken_over_are_planned_once_however_often_it_is_asked(any_office: Office) -> None:
    office = any_office
    people = [office.person() for _ in range(3)]
    with office.as_("secretary") as context:
        pool_id = ensure_pool(context, key="leader", title_zh="领导", title_en="Leaders", target=10)
        for person, since in zip(people, (date(2019, 1, 1), date(2026, 8, 1), date(2026, 9, 1)), strict=True):
            add_member(context, pool_id=pool_id, person_id=person, tenure_from_date=since)
        assert plan_reviews(context, year=2026, procedure="annual-review") == 3
        assert plan_reviews(context, year=2026, procedure="annual-review") == 0
    with pytest.raises(Forbidden), office.as_("nominator") as context:
        plan_reviews(context, year=2026, procedure="annual-review")
    with office.as_(None) as context:
        assert plan_reviews(context, year=2025, procedure="annual-review") == 1
    with office.as_("secretary") as context:
        leave(context, membership_id=1, reason="removed")
        seen = reviews_of_year(context, year=2026)
    assert [count for _, _, count in seen.counts] == [2]
    assert sweep(office, at(2026, 12, 1) + timedelta(hours=3)).acted == 2
    with office.as_("secretary") as context:
        seen = reviews_of_year(context, year=2026)
        assert [(ref, count) for ref, _, count in seen.counts] == [("self_report.writing", 2)]
    with office.as_("other_nominator") as context:
        assert reviews_of_year(context, year=2026).reviews == ()
    with office.as_("street_head") as context:
        assert len(reviews_of_year(context, year=2026).reviews) == 2
