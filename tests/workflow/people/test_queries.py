"""The register shows everybody with a tier once, by surname strokes; one person's page shows everything dated, newest first."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from tests.fixtures.databases import ContextBuilder
from tests.workflow.rows import add_body, add_person
from workflow.people.names import pinyin_key
from workflow.people.queries import PAGE_SIZE, PersonLine, archive_of_body, person_page, register, structure
from workflow.people.tables import Kinship, Post, Posting, Sanction, Training, YearlyGrade
from workflow.problems import Invalid, Missing
from workflow.store.database import Database

GIVEN = "安辰峰岚明"


def names(lines: Iterable[PersonLine]) -> list[str]:
    return [line.name for line in lines]


def fill(database: Database, *people: tuple[str, str | None, str | None]) -> list[int]:
    with database.writing() as session:
        return [add_person(session, name, tier=tier, category=category) for name, tier, category in people]


def registered(database: Database, context_for: ContextBuilder, **chosen: Any) -> list[str]:
    with database.reading() as session:
        return names(register(context_for(session), **chosen).lines)


def test_the_register_goes_by_strokes_and_leaves_out_who_has_no_tier(
    any_database: Database, context_for: ContextBuilder
) -> None:
    fill(
        any_database,
        ("戴文", "section", "youth"),
        ("温朗", "division", "leader"),
        ("王辰", "section", "reserve"),
        ("欧阳明", "section", "youth"),
        ("丁一", None, "member"),
        ("于安", None, None),
    )
    assert registered(any_database, context_for) == ["王辰", "欧阳明", "温朗", "戴文"]
    assert registered(any_database, context_for, tier="section") == ["王辰", "欧阳明", "戴文"]
    assert registered(any_database, context_for, category="youth") == ["欧阳明", "戴文"]
    assert registered(any_database, context_for, category="member") == ["丁一"]
    assert registered(any_database, context_for, tier="division", category="youth") == []
    assert registered(any_database, context_for, search="于安") == ["于安"], "a search looks through everybody"


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("温", ["温安", "温朗"]),
        ("wen lang", ["温朗"]),
        ("WEN", ["温安", "温朗"]),
        (" 安 ", ["温安"]),
        ("P-00002", ["温安"]),
        ("P-0000", []),
        ("%", []),
        ("_", []),
        ("\x00", []),
    ],
)
def test_a_search_finds_names_in_both_scripts_and_whole_references(
    any_database: Database, context_for: ContextBuilder, search: str, found: list[str]
) -> None:
    fill(any_database, ("温朗", "section", None), ("温安", "section", None), ("王辰", "section", None))
    assert registered(any_database, context_for, search=search) == found


def test_pages_follow_each_other_without_gap_or_repetition(any_database: Database, context_for: ContextBuilder) -> None:
    # Many of one name: who came first stands first.
    ids = fill(any_database, *((f"温{GIVEN[number % 5]}", "section", None) for number in range(2 * PAGE_SIZE + 3)))
    pages = []
    with any_database.reading() as session:
        pages.append(register(context_for(session)))
        while pages[-1].next_cursor is not None:
            pages.append(register(context_for(session), cursor=pages[-1].next_cursor))
    assert [len(page.lines) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 3]
    seen = [line.id for page in pages for line in page.lines]
    by_name = {given: ids[place::5] for place, given in enumerate(GIVEN)}
    assert seen == [number for given in sorted(GIVEN, key=pinyin_key) for number in by_name[given]]


def test_a_full_page_alone_has_no_page_after_it(database: Database, context_for: ContextBuilder) -> None:
    fill(database, *(("温安", "section", None) for _ in range(PAGE_SIZE)))
    with database.reading() as session:
        assert register(context_for(session)).next_cursor is None


@pytest.mark.parametrize("cursor", ["温", "12温|", "12温|x", "|-1", "12温|" + "9" * 30, "12\x00温|1"])
def test_a_garbled_cursor_is_told_at_its_field(
    any_database: Database, context_for: ContextBuilder, cursor: str
) -> None:
    with pytest.raises(Invalid) as caught:
        registered(any_database, context_for, cursor=cursor)
    assert (caught.value.code, caught.value.field) == ("cursor_garbled", "after")


def test_the_structure_counts_everybody_with_a_tier_or_a_category(
    any_database: Database, context_for: ContextBuilder
) -> None:
    fill(
        any_database,
        ("戴文", "section", "youth"),
        ("王辰", "section", "youth"),
        ("温朗", "division", "leader"),
        ("丁一", None, "member"),
        ("柏安", "section", None),
        ("于安", None, None),
    )
    with any_database.reading() as session:
        assert structure(context_for(session)) == {
            ("section", "youth"): 2,
            ("division", "leader"): 1,
            (None, "member"): 1,
            ("section", None): 1,
        }


def dated(person: int) -> list[Any]:
    """Two of everything, the older one entered last."""
    course = {"course": "班", "organizer": "院", "hours": 80, "is_off_job": True, "is_completed": True}
    post = {"organization": "街道", "rank": "142"}
    new, old, end = date(2024, 3, 1), date(2021, 3, 1), date(2024, 9, 1)
    return [
        Post(person_id=person, title="new", from_date=new, **post),
        Post(person_id=person, title="old", from_date=old, to_date=new, **post),
        Training(person_id=person, from_date=new, to_date=end, **course),
        Training(person_id=person, from_date=old, to_date=new, **course),
        Posting(person_id=person, kind="exchange", host="局", from_date=new),
        Posting(person_id=person, kind="rotation", host="局", from_date=old, to_date=new),
        Sanction(person_id=person, kind="admonition", from_date=new, until_date=end),
        Sanction(person_id=person, kind="demerit", from_date=old, until_date=new),
        YearlyGrade(person_id=person, year=2024, grade="competent"),
        YearlyGrade(person_id=person, year=2023, grade="excellent"),
    ]


def test_a_page_shows_what_is_dated_newest_first_and_nobody_elses(
    database: Database, context_for: ContextBuilder
) -> None:
    with database.writing() as session:
        body = add_body(session, "street", title_zh="望溪街道", title_en="Wangxi")
        person, other = add_person(session, body_id=body), add_person(session, "王辰")
        session.add_all([*dated(person), *dated(other)])
    with database.reading() as session:
        view = person_page(context_for(session), person)
        assert (view.person.id, view.body_zh, view.body_en) == (person, "望溪街道", "Wangxi")
        assert [post.title for post in view.posts] == ["new", "old"]
        assert [course.from_date.year for course in view.trainings] == [2024, 2021]
        assert [posting.kind for posting in view.postings] == ["exchange", "rotation"]
        assert [sanction.kind for sanction in view.sanctions] == ["admonition", "demerit"]
        assert [grade.year for grade in view.grades] == [2024, 2023]


def test_kinship_is_kept_once_and_read_from_both_sides(database: Database, context_for: ContextBuilder) -> None:
    with database.writing() as session:
        child, father, stranger = (add_person(session, name) for name in ("温朗", "温安", "王辰"))
        session.add(Kinship(person_id=child, relative_id=father, relation="father"))
    with database.reading() as session:
        context = context_for(session)
        of_child, of_father = person_page(context, child).kin, person_page(context, father).kin
        assert [(one.person_id, one.name_latin, one.relation) for one in of_child] == [(father, "Wen An", "father")]
        assert [(one.person_id, one.name) for one in of_father] == [(child, "温朗")]
        assert person_page(context, stranger).kin == ()


def test_a_person_who_is_in_no_archive_of_a_body_has_a_page_too(
    database: Database, context_for: ContextBuilder
) -> None:
    (person,) = fill(database, ("温朗", None, None))
    with database.reading() as session:
        view = person_page(context_for(session), person)
        assert (view.body_zh, view.body_en, view.posts) == ("", "", ())
        with pytest.raises(Missing) as caught:
            person_page(context_for(session), person + 1)
    assert caught.value.code == "person_missing"


def test_a_body_sees_its_own_people_by_strokes(any_database: Database, context_for: ContextBuilder) -> None:
    with any_database.writing() as session:
        street, mill = add_body(session, "street"), add_body(session, "mill")
        for name, body in (("温朗", street), ("丁一", street), ("王辰", mill), ("于安", None)):
            add_person(session, name, body_id=body)
    with any_database.reading() as session:
        context = context_for(session)
        assert names(archive_of_body(context, street)) == ["丁一", "温朗"]
        assert names(archive_of_body(context, street, search="lang")) == ["温朗"]
        assert names(archive_of_body(context, street, search="王")) == []
