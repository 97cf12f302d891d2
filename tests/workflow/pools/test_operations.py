"""A decision leads onto the list of the category, since the day it was taken; who leaves stays on record."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.fixtures.office import Office
from tests.workflow.steps import decided, listed
from workflow.context import Context
from workflow.notices.operations import expire_notice
from workflow.people.names import strokes_key
from workflow.people.tables import Person
from workflow.pools.operations import add_member, ensure_pool, leave
from workflow.pools.queries import members, memberships, pools
from workflow.pools.tables import Membership, Pool
from workflow.problems import Conflict, Forbidden, Invalid


def reserve_pool(office: Office, target: int = 3) -> int:
    with office.as_("secretary") as context:
        return ensure_pool(context, key="reserve", title_zh="后备", title_en="Reserves", target=target)


def test_listing_enters_the_pool_with_tenure_from_the_decision(any_office: Office) -> None:
    office = any_office
    person = office.person()
    case_id = listed(office, person)
    with office.database.reading() as session:
        row = session.scalars(select(Membership)).one()
        archive = session.get_one(Person, person)
        pool = session.get_one(Pool, row.pool_id)
    assert (row.case_id, row.tenure_from_date, row.entered_at) == (case_id, date(2026, 9, 7), office.now)
    assert (archive.category, archive.tier) == ("reserve", "section")
    # A list that nobody had set up takes its words from the procedure and its target from the round.
    assert (pool.key, pool.target, pool.title_zh) == ("reserve", 2, "科级后备干部")


def test_the_day_of_the_decision_is_the_one_on_the_offices_wall(office: Office) -> None:
    office.now = office.now.replace(hour=0, minute=30)  # still the day before in Greenwich
    listed(office, office.person())
    with office.database.reading() as session:
        assert session.scalars(select(Membership.tenure_from_date)).one() == date(2026, 9, 7)


def test_nobody_is_on_a_list_twice_at_a_time(office: Office) -> None:
    pool_id, person = reserve_pool(office), office.person()
    case_id = decided(office, person)
    with office.as_("secretary") as context:
        add_member(context, pool_id=pool_id, person_id=person, tenure_from_date=date(2020, 1, 1))
    office.later(days=8)
    with office.as_(None) as context:
        expire_notice(context, case_id=case_id, state="notice.published")
    with pytest.raises(Conflict) as caught:
        office.act("orghead", case_id, "list")
    assert caught.value.code == "member_already"
    assert office.case(case_id).state == "appointment.confirm"


def test_entering_another_list_of_the_procedure_is_a_move(office: Office) -> None:
    person = office.person(birth_date=date(1995, 5, 1))
    listed(office, person, category="youth")
    listed(office, person)
    with office.as_("secretary") as context:
        newest, older = memberships(context, person_id=person)
    assert (newest.pool_key, newest.left_at) == ("reserve", None)
    assert (older.pool_key, older.left_reason) == ("youth", "moved")


def test_a_list_counts_its_members_and_vacancies(office: Office) -> None:
    pool_id = reserve_pool(office)
    with office.as_("secretary") as context:
        first = add_member(
            context, pool_id=pool_id, person_id=office_person(context), tenure_from_date=date(2024, 5, 1)
        )
    listed(office, office.person())
    with office.as_("frontier") as context:
        (seen,) = pools(context)
        assert (seen.members, seen.target, seen.vacancies) == (2, 3, 1)
        assert [one.tenure_from_date for one in members(context, pool_key="reserve")] == [
            date(2024, 5, 1),
            date(2026, 9, 7),
        ]
    with office.as_("secretary") as context:
        leave(context, membership_id=first, reason="removed")
        assert pools(context)[0].vacancies == 2
        with pytest.raises(Conflict):
            leave(context, membership_id=first, reason="removed")
    # Brought up to date, the list stays the same one.
    assert reserve_pool(office, target=1) == pool_id


def office_person(context: Context) -> int:
    person = Person(
        reference="P-90000",
        name="蓝田",
        name_latin="Lan Tian",
        sort_strokes="",
        sort_pinyin="",
        sex="female",
        nationality="ha",
        birth_date=date(1980, 1, 1),
        political_status="cdl",
        education="master",
        created_at=context.now,
    )
    context.session.add(person)
    context.session.flush()
    return person.id


def test_lists_are_kept_by_the_organization_departments_officers(office: Office) -> None:
    pool_id, person = reserve_pool(office), office.person()
    for name in ("orghead", "nominator", "frontier"):
        with office.as_(name) as context:
            with pytest.raises(Forbidden):
                ensure_pool(context, key="reserve", title_zh="后备", title_en="Reserves", target=1)
            with pytest.raises(Forbidden):
                add_member(context, pool_id=pool_id, person_id=person, tenure_from_date=date(2026, 1, 1))
            with pytest.raises(Forbidden):
                leave(context, membership_id=1, reason="removed")
    with pytest.raises(Invalid), office.as_("secretary") as context:
        add_member(context, pool_id=pool_id, person_id=person, tenure_from_date=date(2027, 1, 1))


def test_a_body_sees_only_its_own_people_on_the_lists(office: Office) -> None:
    listed(office, office.person())
    for name, number in (("nominator", 1), ("street_head", 1), ("other_nominator", 0), ("assessor1", 0)):
        with office.as_(name) as context:
            assert len(members(context, pool_key="reserve")) == number
            with pytest.raises(Forbidden):
                pools(context)


def test_a_list_is_in_the_order_of_surname_strokes_whoever_came_first(any_office: Office) -> None:
    office, names = any_office, ("顾嘉", "丁安", "温哲", "万辰")
    pool_id = reserve_pool(office)
    for name in names:
        person = office.person(name=name, sort_strokes=strokes_key(name))
        with office.as_("secretary") as context:
            add_member(context, pool_id=pool_id, person_id=person, tenure_from_date=date(2020, 1, 1))
    with office.as_("secretary") as context:
        assert [one.person for one in members(context, pool_key="reserve")] == ["丁安", "万辰", "顾嘉", "温哲"]
