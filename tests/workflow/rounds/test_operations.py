"""Rounds are called by whom the procedure names, take nominations in their time, and keep every answer."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.fixtures.office import NOMINATION, Office
from tests.workflow.steps import nominated, submitted
from workflow.context import OFFICE_ZONE
from workflow.messages.tables import Message
from workflow.problems import Conflict, Forbidden, Invalid, Missing, Refused
from workflow.rounds.operations import Opened, close_round, file_nil_return, open_round, remind_bodies
from workflow.rounds.tables import NilReturn, Round
from workflow.rounds.telling import remind_when_due


def call(office: Office, name: str = "secretary", **changed: Any) -> Opened:
    values = {
        "procedure": "reserve-official",
        "title_zh": "秋季批次",
        "title_en": "Autumn round",
        "opens_date": date(2026, 9, 1),
        "closes_date": date(2026, 9, 18),
        "body_ids": [office.bodies["street"], office.bodies["mill"]],
        "seats": {"reserve": 15, "youth": 25},
    }
    with office.as_(name) as context:
        return open_round(context, **{**values, **changed})


def told(office: Office, template: str) -> list[int | None]:
    with office.database.reading() as session:
        rows = select(Message.body_role_id).where(Message.template == template).order_by(Message.id)
        return list(session.scalars(rows))


def nil_return(office: Office, name: str = "nominator", reason: str = "Nobody is ready this year.") -> int:
    with office.as_(name) as context:
        return file_nil_return(context, round_id=office.round_id, reason=reason)


def test_a_round_keeps_the_yardstick_of_its_version_and_tells_the_bodies_called(any_office: Office) -> None:
    office = any_office
    opened = call(office)
    assert opened.reference == "R-2026-02"
    with office.database.reading() as session:
        row = session.get_one(Round, opened.round_id)
        assert [(item["key"], item["weight"], item["out_of"]) for item in row.rubric][:2] == [
            ("virtue", 30, 100),
            ("ability", 20, 100),
        ]
        assert row.rubric[0]["title"] == {"en": "Virtue", "zh": "德"}
        params = session.scalars(select(Message.params).where(Message.template == "round_called")).all()
        assert params[0]["closes_date"] == "2026-09-18"
    officers = [next(iter(office.actors[name].body_role_ids)) for name in ("nominator", "other_nominator")]
    assert sorted(told(office, "round_called"), key=str) == sorted(officers, key=str)


def test_a_round_nobody_could_nominate_in_is_not_opened(office: Office) -> None:
    office.now = datetime(2026, 9, 18, 17, 0, tzinfo=OFFICE_ZONE)
    assert call(office).reference == "R-2026-02", "on the closing day bodies may still nominate"
    office.later(days=1)
    with pytest.raises(Invalid) as caught:
        call(office)
    assert [(one.code, one.field) for one in caught.value.problems] == [("round_closes_past", "closes_date")]


def test_only_the_role_the_procedure_names_calls_rounds(office: Office) -> None:
    for name in ("orghead", "nominator", "frontier", "stranger"):
        with pytest.raises(Forbidden):
            call(office, name)


def test_a_title_of_several_lines_is_refused_for_it_stands_in_the_subject_of_mails(office: Office) -> None:
    with pytest.raises(Invalid) as caught:
        call(office, title_zh="甲\r\nBcc: everybody@elsewhere.example")
    assert [(one.field, one.code) for one in caught.value.problems] == [("title_zh", "field_not_one_line")]


def test_every_faulty_field_of_a_round_is_named(office: Office) -> None:
    with pytest.raises(Invalid) as caught:
        call(
            office,
            title_zh=" ",
            title_en="x" * 201,
            closes_date=date(2026, 8, 31),
            body_ids=[],
            seats={"reserve": -1, "giant": 3},
        )
    assert [problem.field for problem in caught.value.problems] == [
        "title_zh",
        "title_en",
        "closes_date",
        "body_ids",
        "seats_reserve",
        "seats_giant",
    ]
    with pytest.raises(Invalid) as unknown:
        call(office, body_ids=[office.bodies["street"], 9_999])
    assert unknown.value.code == "round_body_unknown"


def test_a_nomination_is_a_draft_of_the_actors_own_body(office: Office) -> None:
    case = office.case(nominated(office, office.person()))
    assert (case.state, case.body_id, case.round_id) == (
        "recommendation.draft",
        office.bodies["street"],
        office.round_id,
    )


def test_a_body_neither_called_nor_ones_own_nominates_nobody(office: Office) -> None:
    person = office.person()
    for name in ("secretary", "stranger", "street_head"):
        with pytest.raises(Forbidden):
            nominated(office, person, name=name)
    with pytest.raises(Missing):
        nominated(office, person, name="other_nominator")


def test_a_second_open_nomination_of_one_person_is_a_conflict(office: Office) -> None:
    person = office.person()
    nominated(office, person)
    with pytest.raises(Conflict) as caught:
        nominated(office, person)
    assert caught.value.params["reference"] == "RO-2026-0001"
    nominated(office, person, category="youth")


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (datetime(2026, 8, 31, 17, 0, tzinfo=OFFICE_ZONE), "round_open.not_yet"),
        (datetime(2026, 10, 1, 0, 1, tzinfo=OFFICE_ZONE), "round_open.closed"),
    ],
)
def test_outside_its_days_a_round_takes_nothing(office: Office, moment: datetime, code: str) -> None:
    person = office.person()
    office.now = moment
    for ask in (lambda: nominated(office, person), lambda: nil_return(office)):
        with pytest.raises(Refused) as caught:
            ask()
        assert [reason.code for reason in caught.value.reasons] == [code]


def test_a_closed_round_takes_no_nomination_and_no_submission(office: Office) -> None:
    draft = nominated(office, office.person())
    with office.as_("secretary") as context:
        close_round(context, round_id=office.round_id)
    with pytest.raises(Refused):
        nominated(office, office.person())
    with pytest.raises(Refused) as caught:
        office.act("nominator", draft, "submit", form=NOMINATION)
    assert [reason.code for reason in caught.value.reasons] == ["round_open.ended"]
    with pytest.raises(Conflict), office.as_("secretary") as context:
        close_round(context, round_id=office.round_id)


def test_a_nomination_withdraws_the_nil_return_and_keeps_what_it_said(any_office: Office) -> None:
    office = any_office
    nil_return(office)
    with pytest.raises(Conflict) as again:
        nil_return(office)
    assert again.value.code == "nil_return_filed"
    office.later(hours=1)
    case_id = nominated(office, office.person())
    with office.database.reading() as session:
        row = session.scalars(select(NilReturn)).one()
        assert (row.reason, row.withdrawn_case_id) == ("Nobody is ready this year.", case_id)
        assert (row.withdrawn_by, row.withdrawn_at) == (office.actors["nominator"].account_id, office.now)
    with pytest.raises(Conflict) as caught:
        nil_return(office)
    assert caught.value.code == "nil_return_with_nominations"
    office.act("nominator", case_id, "withdraw", reason="Moved away.")
    nil_return(office, reason="The only candidate moved away.")
    with office.database.reading() as session:
        assert len(session.scalars(select(NilReturn)).all()) == 2


def test_a_nil_return_says_why(office: Office) -> None:
    with pytest.raises(Invalid):
        nil_return(office, reason="  ")


def test_only_bodies_without_an_answer_are_reminded_and_once_a_day(office: Office) -> None:
    def remind() -> int:
        with office.as_("secretary") as context:
            return remind_bodies(context, round_id=office.round_id)

    nil_return(office, name="other_nominator")
    assert [remind(), remind()] == [1, 0]
    office.later(days=1)
    assert remind() == 1
    submitted(office, office.person())
    office.later(days=1)
    assert remind() == 0


def test_the_clock_reminds_on_the_days_of_the_deadline_and_catches_up_with_the_latest(office: Office) -> None:
    def tick(day: int, hour: int = 9) -> int:
        with office.as_(None, at=datetime(2026, 9, day, hour, 0, tzinfo=OFFICE_ZONE)) as context:
            return remind_when_due(context)

    assert [tick(26), tick(27, 8), tick(27), tick(27), tick(29), tick(30), tick(30)] == [0, 0, 2, 0, 0, 2, 0]
    assert len(told(office, "round_reminder")) == 4
