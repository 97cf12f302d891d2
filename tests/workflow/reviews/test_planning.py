"""Members without a planned review get one, whatever brought them onto the list, however often and by however many it is asked."""

from datetime import date, datetime
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select

from tests.fixtures.office import Office, set_up
from tests.workflow.cases.test_concurrency import at_once
from tests.workflow.steps import listed
from workflow.cases.tables import Timer
from workflow.cases.timers import Sweep
from workflow.context import OFFICE_ZONE, Context
from workflow.pools.operations import add_member, ensure_pool, leave
from workflow.problems import Forbidden
from workflow.procedure.model import Procedure
from workflow.reviews.operations import open_review
from workflow.reviews.planning import plan_missing_reviews
from workflow.reviews.tables import Review
from workflow.store.database import Database


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 9, tzinfo=OFFICE_ZONE)


def taken_over(office: Office, count: int, *, since: date = date(2019, 1, 1), key: str = "leader") -> list[int]:
    """Memberships entered by hand at the office's present moment."""
    people = [office.person() for _ in range(count)]
    with office.as_("secretary") as context:
        pool = ensure_pool(context, key=key, title_zh="名单", title_en="List", target=10)
        return [add_member(context, pool_id=pool, person_id=one, tenure_from_date=since) for one in people]


def plan(office: Office, **given: Any) -> int:
    with office.as_(None) as context:
        return plan_missing_reviews(context, **given).members


def years(office: Office) -> list[tuple[int, int]]:
    with office.database.reading() as session:
        rows = session.execute(select(Review.membership_id, Review.year).order_by(Review.membership_id, Review.year))
        return [(row.membership_id, row.year) for row in rows]


def open_timers(office: Office) -> list[Timer]:
    with office.database.reading() as session:
        return list(session.scalars(select(Timer).where(Timer.kind == "open_review", Timer.is_open)))


def test_members_taken_over_by_hand_are_planned_once(any_office: Office) -> None:
    office = any_office
    first, second = taken_over(office, 2)
    (youth,) = taken_over(office, 1, key="youth", since=date(2026, 9, 1))
    assert (plan(office), plan(office)) == (3, 0)
    assert years(office) == [(first, 2026), (second, 2026), (youth, 2026)]
    assert len(open_timers(office)) == 3


def test_two_at_once_plan_every_review_exactly_once(any_office: Office) -> None:
    office = any_office
    members = taken_over(office, 40)
    planned = at_once([lambda: plan(office)] * 4)
    assert sum(planned) == 40
    assert years(office) == [(member, 2026) for member in members]
    assert len(open_timers(office)) == 40


def test_a_limit_is_kept_and_says_that_there_is_more(office: Office) -> None:
    taken_over(office, 5)
    seen = []
    for _ in range(3):
        with office.as_(None) as context:
            one = plan_missing_reviews(context, limit=2)
        seen.append((one.members, one.is_more))
    assert seen == [(2, True), (2, True), (1, False)]


def test_who_was_listed_by_a_case_has_one_already(office: Office) -> None:
    listed(office, office.person())
    assert plan(office) == 0
    assert len(years(office)) == 1


def test_a_review_under_way_is_not_planned_over_and_the_next_follows_the_last(office: Office) -> None:
    (member,) = taken_over(office, 1)
    plan(office)
    with office.as_("secretary") as context:
        open_review(context, review_id=1)
    office.now = at(2027, 3, 1)
    assert plan(office) == 0
    with office.database.writing() as session:
        session.get_one(Review, 1).result = "retained"
    assert plan(office) == 1
    assert years(office) == [(member, 2026), (member, 2027)]


def test_a_year_end_missed_while_nothing_ran_is_made_up_for(any_office: Office) -> None:
    office = any_office
    (member,) = taken_over(office, 1)
    office.now = at(2027, 2, 1)
    assert plan(office) == 1
    assert years(office) == [(member, 2026)]
    sweeping = Sweep(office.database, act_on_expiry=lambda *_args, **_named: None, open_review=open_review)
    assert sweeping.run(office.now).acted == 1
    sweeping.close()


def test_years_before_somebody_was_entered_here_are_not_asked_for(office: Office) -> None:
    office.now = at(2027, 1, 4)
    (member,) = taken_over(office, 1)
    assert plan(office) == 1
    assert years(office) == [(member, 2027)]


def test_who_has_left_is_not_planned_and_who_leaves_takes_the_plan_along(office: Office) -> None:
    gone, stays = taken_over(office, 2)
    with office.as_("secretary") as context:
        leave(context, membership_id=gone, reason="removed")
    assert plan(office) == 1
    assert years(office) == [(stays, 2026)]
    with office.as_("secretary") as context:
        leave(context, membership_id=stays, reason="removed")
    assert open_timers(office) == []
    assert plan(office) == 0


@pytest.mark.postgres
@pytest.mark.parametrize("is_planning_first", [True, False])
def test_leaving_waits_for_planning_and_the_other_way_round(
    postgres_database: Database, shipped: dict[str, Procedure], *, is_planning_first: bool
) -> None:
    office = set_up(postgres_database, shipped)
    (member,) = taken_over(office, 1)

    def leaving(context: Context) -> None:
        leave(context, membership_id=member, reason="removed")

    def planning(context: Context) -> None:
        plan_missing_reviews(context)

    first, second = (planning, leaving) if is_planning_first else (leaving, planning)

    def afterwards() -> None:
        with office.as_("secretary") as context:
            second(context)

    waiting = Thread(target=afterwards)
    with office.as_("secretary") as context:
        first(context)
        waiting.start()
        waiting.join(timeout=0.5)
        assert waiting.is_alive()
    waiting.join()
    assert open_timers(office) == []
    assert len(years(office)) == is_planning_first


def test_only_the_clock_and_keepers_of_lists_plan(office: Office) -> None:
    taken_over(office, 1)
    with pytest.raises(Forbidden), office.as_("nominator") as context:
        plan_missing_reviews(context)
    with office.as_("secretary") as context:
        assert plan_missing_reviews(context).members == 1
