"""The demonstration's hard cases: names that software stumbles over, told apart on pages; scores that differ; shares that stay."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import mean, pstdev

import pytest
from sqlalchemy import select

from definitions.demo import casting, load
from definitions.demo.casting import AGES, Cast, cast_people
from definitions.demo.deciding import ASSESSORS
from definitions.demo.diary import Desk, Directory
from definitions.demo.hard_names import BEYOND_BMP, MINORITY, RARE
from definitions.demo.plan import FUNNEL
from definitions.demo.scoring import scores_of
from web.app import create_app
from web.request import COOKIE
from workflow.access.operations import sign_in_to_demo
from workflow.context import CLOCK, OFFICE_ZONE, Context
from workflow.people.tables import Person
from workflow.rounds.comparing import ranking
from workflow.settings import Settings
from workflow.store.database import Database
from workflow.store.migrating import upgrade

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=OFFICE_ZONE)
OPENINGS = [date(2026, 1, 5), date(2026, 2, 11), date(2026, 9, 17), date(2026, 12, 28), date(2027, 6, 1)]


def fifty(cast: Cast) -> list[casting.Part]:
    places = [place for place, *_ in cast.older] + [one.place for one in cast.nominations if one.fate == "listed"]
    return [cast.parts[place] for place in places]


@pytest.mark.parametrize("opens", OPENINGS)
def test_the_fifty_archives_hold_every_hard_name(opens: date) -> None:
    parts = fifty(cast_people(opens))
    names = Counter(part.draw.name for part in parts)
    assert sorted(names.values()) == [1] * 48 + [2]
    (twice,) = (name for name, count in names.items() if count == 2)
    one, other = (part for part in parts if part.draw.name == twice)
    assert one.body != other.body
    assert f"{one.draw.birth_date:%Y-%m}" != f"{other.draw.birth_date:%Y-%m}"
    assert sum(RARE in name for name in names) == sum(BEYOND_BMP in name for name in names) == 1
    assert ord(RARE) < 0x10000 < ord(BEYOND_BMP)
    (minority,) = (part.draw for part in parts if part.draw.name == MINORITY)
    assert (minority.nationality, minority.sex) == ("ug", "female")
    assert "·" in MINORITY


@pytest.mark.parametrize("opens", OPENINGS)
def test_hard_names_change_names_and_nothing_that_is_counted(opens: date, monkeypatch: pytest.MonkeyPatch) -> None:
    def counted(cast: Cast) -> list[tuple[object, ...]]:
        return [
            (
                one.draw.sex,
                one.draw.birth_date,
                one.draw.education,
                one.draw.political_status,
                one.draw.grades,
                one.tier,
            )
            for one in cast.parts
        ]

    hard = cast_people(opens)
    monkeypatch.setattr(casting, "hard_names", lambda _listed: {})
    plain = cast_people(opens)
    assert counted(hard) == counted(plain)
    assert sum(a.draw != b.draw for a, b in zip(hard.parts, plain.parts, strict=True)) == 4
    for place, pool, _ in hard.older:
        low, high = AGES[pool]
        assert low <= opens.year - hard.parts[place].draw.birth_date.year <= high


def test_scores_are_the_same_every_time_and_within_their_range() -> None:
    for place in range(sum(FUNNEL.values())):
        for assessor in ASSESSORS:
            scores = scores_of(place, "listed", assessor)
            assert scores == scores_of(place, "listed", assessor)
            assert all(50 <= points <= 99 for points in scores.values())


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The demonstration when everybody is listed and reviewed; nobody writes to it."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('hard') / 'demo.db'}")
    upgrade(database)
    load(database, stage="reviewing", now=NOW)
    yield database
    database.dispose()


def test_the_ranking_spreads_candidates(decided: Database) -> None:
    with decided.reading() as session:
        context = Desk(session, NOW, Directory()).as_name("secretary")
        found = ranking(context, 1).candidates
    totals = [one.total for one in found]
    assert max(totals) - min(totals) > 18
    assert 4 < pstdev(totals) < 9
    assert len({round(total, 2) for total in totals}) > 0.9 * len(totals)
    listed = [one.total for one in found if one.outcome == "listed"]
    others = [one.total for one in found if one.outcome not in {None, "listed"}]
    assert mean(listed) > mean(others) + 3
    assert max(others) > min(listed), "scores inform, they do not select"
    assert all(max(one.means.values()) - min(one.means.values()) > 1 for one in found)


@pytest.mark.parametrize("path", ["/pools/", "/pools/reviews", "/rounds/1/ranking", "/people/?category={category}"])
def test_pages_tell_people_of_one_name_apart(decided: Database, tmp_path: Path, path: str) -> None:
    with decided.reading() as session:
        people = session.scalars(select(Person).where(Person.tier == "section")).all()
        names = Counter(one.name for one in people)
        pair = [one for one in people if names[one.name] == 2]
        born = {f"{one.birth_date.year}年{one.birth_date.month}月" for one in pair}
    with decided.writing() as session:
        cookie = sign_in_to_demo(Context(session, CLOCK, NOW), sign_in_name="secretary")
    settings = Settings(database_url=decided.url, var_directory=tmp_path)
    client = create_app(settings, clock=lambda: NOW.astimezone(UTC)).test_client()
    client.set_cookie(COOKIE, cookie)
    text = client.get(path.format(category=pair[0].category)).text
    rows = [row for row in text.split("<tr") if pair[0].name in row]
    assert len(rows) == 2
    assert {month for month in born for row in rows if month in row} == born
    assert len(born) == 2
    for hard in (RARE, BEYOND_BMP, MINORITY):
        assert hard in client.get("/pools/").text
