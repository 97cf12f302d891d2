"""Opening a round and moving its dates: what is chosen, what is doubtful, what will move, and only then done."""

import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.workflow.rounds.test_rescheduling import PLANNED, due, plan
from tests.workflow.steps import SCORES, nominated, scored
from workflow.bodies.tables import Body
from workflow.cases.tables import ProcedureVersion
from workflow.cases.versions import Origin, compiled_version, publish_procedure
from workflow.rounds.tables import Round, RoundCall

FILLED: dict[str, Any] = {
    "title_zh": "秋季批次",
    "title_en": "Autumn round",
    "opens_date": "2026-10-09",
    "closes_date": "2026-10-30",
    "date_review_by": "2026-11-21",
    "date_assessment_by": "2026-12-18",
    "date_decision_on": "2027-01-08",
    "seats_reserve": "15",
    "called": ["1"],
}


def secretary_of(client_of: ClientOf) -> FlaskClient:
    made = client_of("secretary")
    made.application.config["WTF_CSRF_ENABLED"] = False
    return made


def newer_version(office: Office) -> tuple[int, int]:
    """The version the office has, and a newer one with another yardstick and a line of changelog."""
    old = office.versions["reserve-official"]
    with office.as_(None) as context:
        procedure = compiled_version(context.session, old).procedure
        text = {**procedure.model_dump(mode="json", exclude_defaults=True, by_alias=True), "timetable": {}}
        note = Origin(note_en="No planned dates any more.", note_zh="取消计划日期。")
        return old, publish_procedure(context, type(procedure).model_validate(text), note)


def rounds(office: Office) -> list[Round]:
    with office.database.reading() as session:
        return list(session.scalars(select(Round).where(Round.title_en == "Autumn round")))


@pytest.fixture
def called(office: Office) -> list[str]:
    """Bodies of a kind that nominates."""
    ids = [office.bodies["street"], office.bodies["mill"]]
    with office.database.writing() as session:
        for body_id in ids:
            session.get_one(Body, body_id).kind = "subdistrict"
    return [str(body_id) for body_id in ids]


def test_the_newest_version_is_chosen_at_first_and_older_ones_say_what_they_are(
    office: Office, client_of: ClientOf
) -> None:
    old, new = newer_version(office)
    secretary = secretary_of(client_of)
    page = secretary.get("/rounds/new").text
    assert f'<option value="{new}" selected>' in page
    assert f'<option value="{old}">' in page
    assert "取消计划日期。" in page
    assert "date_review_by" not in page
    assert "date_review_by" in secretary.get(f"/rounds/new?version={old}").text


def test_a_round_runs_by_the_version_chosen(office: Office, client_of: ClientOf, called: list[str]) -> None:
    old, _new = newer_version(office)
    secretary = secretary_of(client_of)
    secretary = secretary_of(client_of)
    answer = secretary.post("/rounds/new", data={**FILLED, "version": old, "called": called, "step": "open"})
    assert answer.status_code == 302
    (row,) = rounds(office)
    assert row.procedure_version_id == old
    with office.database.reading() as session:
        assert session.get_one(ProcedureVersion, old).number == 1
    assert "程序第 1 版" in secretary.get(answer.location).text


def test_nothing_is_announced_before_the_round_was_looked_at(
    office: Office, client_of: ClientOf, called: list[str]
) -> None:
    secretary = secretary_of(client_of)
    page = secretary.post("/rounds/new", data={**FILLED, "called": called, "step": "check"}).text
    assert rounds(office) == []
    assert "非工作日，下一工作日为 2026年11月23日" in page
    assert "2027 年放假安排尚未确认" in page
    assert 'name="date_review_by" value="2026-11-21"' in page
    back = secretary.post("/rounds/new", data={**FILLED, "called": called, "step": "change"}).text
    assert 'value="2026-11-21"' in back
    assert rounds(office) == []


def test_dates_out_of_order_are_told_at_their_field_and_what_was_typed_stays(
    office: Office, client_of: ClientOf, called: list[str]
) -> None:
    secretary = secretary_of(client_of)
    for wrong, field in (
        ({"date_review_by": "2026-10-01"}, "date_review_by"),
        ({"date_review_by": "soon"}, "date_review_by"),
        ({"closes_date": "9999-12-31", "date_review_by": ""}, "closes_date"),
        ({"seats_reserve": "many"}, "seats_reserve"),
    ):
        answer = secretary.post("/rounds/new", data={**FILLED, "called": called, **wrong, "step": "open"})
        assert answer.status_code == 422, wrong
        assert f'href="#field-{field}"' in answer.text, wrong
        assert "Autumn round" in answer.text
    assert rounds(office) == []


def test_seats_left_empty_set_no_limit(office: Office, client_of: ClientOf, called: list[str]) -> None:
    secretary = secretary_of(client_of)
    secretary.post("/rounds/new", data={**FILLED, "called": called, "seats_youth": "", "step": "open"})
    (row,) = rounds(office)
    assert row.seats == {"reserve": 15}


def test_moving_a_date_shows_what_moves_and_then_moves_it(office: Office, client_of: ClientOf) -> None:
    plan(office, **PLANNED)
    case_id = scored(office, office.person(), SCORES, SCORES)
    nominated(office, office.person())
    secretary = secretary_of(client_of)
    assert "2026年11月13日" in secretary.get("/rounds/1").text
    assert '<a href="/rounds/" aria-current="page">' in secretary.get("/rounds/1/timetable").text
    sent = {"date_assessment_by": "2026-11-18", "reason": "考察人数较多", "seen": "0"}
    page = secretary.post("/rounds/1/timetable", data={**sent, "step": "check"}).text
    assert "2026年11月13日" in page
    assert "考察报告与四项核查" in page
    assert due(office, case_id) == date(2026, 11, 13)
    assert secretary.post("/rounds/1/timetable", data={**sent, "step": "save"}).status_code == 302
    assert due(office, case_id) == date(2026, 11, 18)
    board = secretary.get("/rounds/1").text
    assert "考察人数较多" in board
    assert "组织考察完成：2026年11月13日 → 2026年11月18日" in board
    again = secretary.post("/rounds/1/timetable", data={**sent, "date_assessment_by": "2026-11-19", "step": "save"})
    assert again.status_code == 409
    assert 'value="2026-11-19"' in again.text


def test_a_change_without_reason_is_refused_before_it_is_shown(office: Office, client_of: ClientOf) -> None:
    plan(office, **PLANNED)
    answer = secretary_of(client_of).post(
        "/rounds/1/timetable", data={"date_assessment_by": "2026-11-18", "reason": " ", "step": "check"}
    )
    assert answer.status_code == 422
    assert 'href="#field-reason"' in answer.text


def test_bodies_called_read_the_timetable(office: Office, client_of: ClientOf) -> None:
    plan(office, **PLANNED)
    page = client_of("nominator").get("/calls/").text
    assert "组织考察完成" in page
    assert "2026年11月13日" in page


def test_only_who_calls_rounds_is_offered_to_open_one(office: Office, client_of: ClientOf) -> None:
    assert "/rounds/new" in secretary_of(client_of).get("/rounds/").text
    assert "/rounds/new" not in client_of("orghead").get("/rounds/").text


def test_a_new_round_begins_as_the_last_one_was(office: Office, client_of: ClientOf, called: list[str]) -> None:
    secretary = secretary_of(client_of)
    data = {**FILLED, "title_zh": "2026年批次", "title_en": "Round 2026", "called": called, "step": "open"}
    assert secretary.post("/rounds/new", data=data).status_code == 302
    office.later(days=190)
    page = secretary_of(client_of).get("/rounds/new").text
    values = dict(re.findall(r'name="((?:opens|closes|date|seats|title)_\w+)"[^>]* value="([^"]*)"', page))
    assert values["title_zh"] == "2027年批次"
    assert values["opens_date"] == "2027-03-17", "the working day after Tuesday 16 March"
    assert values["closes_date"] == "2027-04-09", (
        "16 working days later, as from 9 to 30 October 2026 with a Saturday worked"
    )
    assert values["seats_reserve"] == "15"
    assert values["date_decision_on"] > values["date_assessment_by"] > values["date_review_by"] > values["closes_date"]
    assert "参照批次" in page
    assert page.count('name="called"') == page.count(" checked> <span>")


def test_a_first_round_is_proposed_as_long_as_its_rules_allow(office: Office, client_of: ClientOf) -> None:
    with office.database.writing() as session:
        session.query(RoundCall).delete()
        session.query(Round).delete()
    page = secretary_of(client_of).get("/rounds/new").text
    values = dict(re.findall(r'name="((?:opens|closes|date)_\w+)"[^>]* value="([^"]*)"', page))
    assert values == {
        "opens_date": "2026-09-08",
        "closes_date": "2026-09-29",  # 15 working days: Sunday the 20th is worked, Friday the 25th is not
        "date_review_by": "2026-10-26",  # five and ten more, around the holidays of October
        "date_assessment_by": "2026-11-23",
        "date_decision_on": "2026-11-24",
        "date_notice_from": "2026-11-25",
        "date_listing_by": "2026-12-03",  # the day after the five of the notice
    }
    assert "首次启动本程序" in page
    assert "15 天" in page
