"""The invented district looks like the one it stands for: bodies, tiers, ages, education, women, parties and grades."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from definitions.codes import tables
from definitions.demo import load
from definitions.demo.district import fill
from definitions.demo.invented import Crowd
from tests.fixtures.databases import ContextBuilder
from workflow.bodies.operations import add_body
from workflow.bodies.tables import Body
from workflow.context import OFFICE_ZONE, Actor, Holding
from workflow.people.operations import PersonData, add_account, add_person
from workflow.people.rules import id_number_fault, is_non_party
from workflow.people.tables import Account, Person, YearlyGrade
from workflow.pools.tables import Membership, Pool
from workflow.rounds.tables import Round
from workflow.store.database import Database
from workflow.store.migrating import upgrade

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=OFFICE_ZONE)
AGES = {"leader": (44, 57), "reserve": (34, 46), "youth": (27, 35)}
PARTIES = {
    "non_affiliated": 30, "masses": 15, "cdl": 12, "cndca": 11, "js": 10, "cpwdp": 8, "capd": 7, "rcck": 4, "zgp": 2, "tsl": 1,
}  # fmt: skip
EDUCATION = {"master": 45, "bachelor": 50, "diploma": 5}
GRADES = {"excellent": 18, "competent": 77, "basically_competent": 1, "none": 4}


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The demonstration with everybody listed; nobody writes to it."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'district.db'}")
    upgrade(database)
    load(database, stage="appointed", now=NOW)
    yield database
    database.dispose()


@pytest.fixture(scope="module")
def people(district: Database) -> Collection[Person]:
    """Everybody."""
    with district.reading() as session:
        return session.scalars(select(Person)).all()


@pytest.fixture(scope="module")
def archives(district: Database) -> Mapping[str, list[Person]]:
    """List → the people on it."""
    found: dict[str, list[Person]] = {}
    with district.reading() as session:
        listed = select(Person, Pool.key).join(Membership, Membership.person_id == Person.id).join(Pool)
        for row in session.execute(listed.where(Membership.left_at.is_(None))):
            found.setdefault(row.key, []).append(row.Person)
    return found


def age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def shares(values: Collection[Any]) -> dict[Any, float]:
    """Value → its share in the hundred."""
    return {value: 100 * count / len(values) for value, count in Counter(values).items()}


def assert_near(found: Mapping[str, float], wanted: Mapping[str, int], within: float) -> None:
    assert found.keys() <= wanted.keys()
    assert {key: round(found.get(key, 0)) for key in wanted if abs(found.get(key, 0) - wanted[key]) > within} == {}


def test_the_district_has_its_bodies_and_about_four_hundred_people(
    district: Database, people: Collection[Person]
) -> None:
    with district.reading() as session:
        kinds = Counter(session.scalars(select(Body.kind)))
    assert (kinds["subdistrict"], kinds["industry"], kinds["bureau"]) == (8, 12, 17)
    assert 400 <= len(people) <= 440
    assert Counter(one.category for one in people if one.tier is None and one.category) == {
        "member": 100,
        "entrepreneur": 100,
    }


def test_fifty_archives_stand_by_tier_and_category(
    archives: Mapping[str, list[Person]], people: Collection[Person]
) -> None:
    tiers = Counter((key, one.category, one.tier) for key, listed in archives.items() for one in listed)
    assert tiers == {
        ("leader", "leader", "division"): 10,
        ("reserve", "reserve", "section"): 15,
        ("youth", "youth", "section"): 25,
    }
    assert sum(one.tier is not None for one in people) == 50
    assert [one.tier for one in people if one.is_chief] == ["division"] * 5


def test_five_of_eight_subdistricts_have_a_leader(district: Database, archives: Mapping[str, list[Person]]) -> None:
    with district.reading() as session:
        subdistricts = set(session.scalars(select(Body.id).where(Body.kind == "subdistrict")))
    leaders = [one for one in archives["leader"] if one.body_id in subdistricts]
    assert len({one.body_id for one in leaders}) == 5
    assert sum(one.is_chief for one in leaders) == 3


@pytest.mark.parametrize("key", sorted(AGES))
def test_ages_on_the_day_the_round_opened_lie_within_their_lists_bounds(
    district: Database, archives: Mapping[str, list[Person]], key: str
) -> None:
    with district.reading() as session:
        opens = session.scalars(select(Round.opens_date)).one()
    youngest, oldest = AGES[key]
    ages = [age(one.birth_date, opens) for one in archives[key]]
    assert youngest <= min(ages)
    assert max(ages) <= oldest
    assert len(set(ages)) > 4


def test_everybody_on_a_list_is_outside_the_party_and_has_studied(archives: Mapping[str, list[Person]]) -> None:
    listed = [one for people in archives.values() for one in people]
    assert all(is_non_party(one.political_status) for one in listed)
    assert all(one.education in {"master", "bachelor"} for one in listed if one.category != "leader")
    # Fifty are few: fourteen points are two standard deviations of such a share.
    found = shares([one.education for one in listed])
    assert abs(found["master"] - EDUCATION["master"]) <= 14
    assert abs(shares([one.sex for one in listed])["female"] - 40) <= 14
    assert len({one.political_status for one in listed}) >= 7


def test_shares_among_all_outside_the_party_are_those_of_the_district(people: Collection[Person]) -> None:
    outside = [one for one in people if is_non_party(one.political_status)]
    assert len(outside) > 290
    assert_near(shares([one.political_status for one in outside]), PARTIES, within=4)
    assert_near(shares([one.education for one in outside]), EDUCATION, within=6)
    assert_near(shares([one.sex for one in people]), {"female": 40, "male": 60}, within=5)


def test_yearly_grades_are_spread_as_in_the_district(district: Database) -> None:
    with district.reading() as session:
        grades = session.scalars(select(YearlyGrade.grade)).all()
    assert_near(shares(grades), GRADES, within=3)


def test_everything_coded_is_in_the_code_tables_and_every_number_is_right(people: Collection[Person]) -> None:
    for field in ("sex", "nationality", "political_status", "education"):
        assert {getattr(one, field) for one in people} <= tables()[field].keys()
    faults = {id_number_fault(str(one.id_number), birth_date=one.birth_date, sex=one.sex) for one in people}
    assert faults == {None}
    assert all(str(one.id_number).startswith("99") for one in people), "no region of the country begins with 99"
    assert len({one.name for one in people}) == len(people) - 1, "two people have one name"
    assert len({(one.name, one.body_id, f"{one.birth_date:%Y-%m}") for one in people}) == len(people)
    assert [one.name for one in people if one.sort_strokes.startswith("99")] == []


@pytest.mark.parametrize(
    "day", [date(2026, 1, 1), date(2027, 1, 4), date(2026, 2, 9), date(2026, 3, 31), date(2026, 12, 31)]
)
def test_invented_people_are_as_old_as_asked_on_any_day(day: date) -> None:
    crowd = Crowd(1)
    ages = {age(crowd.draw(on=day, ages=(34, 36)).birth_date, day) for _ in range(200)}
    assert ages == {34, 35, 36}


def test_people_are_the_same_every_time_and_others_with_another_seed() -> None:
    day = date(2026, 9, 1)
    first, again, other = (Crowd(seed).draw(on=day, ages=(30, 40)) for seed in (1, 1, 2))
    assert first == again
    assert replace(first, name="") != replace(other, name="")


def test_the_offices_can_go_on_counting_where_the_demonstration_ended(
    any_database: Database, context_for: ContextBuilder
) -> None:
    codes = {"sex": {"male"}}
    with any_database.writing() as session:
        fill(context_for(session), date(2026, 9, 1))
    with any_database.writing() as session:
        context = context_for(session, Actor(1, "admin", is_administrator=True))
        secretary = Actor(2, "secretary", (Holding(1, 1, "organization", "officer"),))
        data = PersonData("温朗", "male", "ha", date(1990, 5, 1), "cdl", "master")
        added: dict[Any, int] = {
            Person: add_person(replace(context, actor=secretary), data=data, codes=codes),
            Account: add_account(context, sign_in_name="new.one", name="新", name_latin="New", email=""),
            Body: add_body(context, code="new", kind="organ", title_zh="新", title_en="New"),
        }
        counts = {table: session.scalar(select(func.max(table.id))) for table in added}
    assert added == counts
