"""Work that the rules give to one of several: in turn, to who has the fewest, or by a lot that can be drawn again."""

import json

import pytest
from sqlalchemy import select

from tests.fixtures.office import Office
from tests.workflow.language.playing import Play
from tests.workflow.language.test_assigning import sees
from workflow.messages.tables import Message
from workflow.procedure.findings import Unsound
from workflow.record.tables import Event

SHARED = """\
  reader: {of: organization, holds: assessor, assigned: WAY, title: {en: Reader, zh: 阅件人}}
starts: desk.draft
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft: {title: {en: Draft, zh: 起草}, actions: {send: {by: clerk, to: desk.reading}}}
      reading: {title: {en: Reading, zh: 阅件}, actions: {read: {by: reader, to: desk.done}, return: {by: reader, to: desk.draft}}}
      done: {title: {en: Done, zh: 办结}, final: done}
"""
READERS = ("assessor1", "assessor2", "assessor3")


def sent(office: Office, way: str) -> Play:
    played = Play.of(office, SHARED.replace("WAY", way))
    played.act("secretary", "send")
    return played


def who_has(played: Play) -> list[str]:
    return [reader for reader in READERS if sees(played, reader)]


def test_holders_take_turns_and_only_who_has_it_is_told(office: Office) -> None:
    plays = [sent(office, "in_turn") for _ in range(4)]
    assert [who_has(played) for played in plays] == [["assessor1"], ["assessor2"], ["assessor3"], ["assessor1"]]
    with office.database.reading() as session:
        told = session.scalars(select(Message.account_id).where(Message.case_id == plays[1].case_id))
        assert office.actors["assessor2"].account_id in list(told)
        roles = session.scalars(select(Message.body_role_id).where(Message.case_id == plays[1].case_id)).all()
        assert office.actors["assessor2"].holdings[0].body_role_id not in roles
    plays[0].verify()


def test_who_has_the_fewest_gets_the_next(office: Office) -> None:
    first, second, third = (sent(office, "fewest") for _ in range(3))
    assert [who_has(played) for played in (first, second, third)] == [["assessor1"], ["assessor2"], ["assessor3"]]
    second.act("assessor2", "read")
    assert who_has(sent(office, "fewest")) == ["assessor2"]


def test_who_had_it_before_has_it_again(office: Office) -> None:
    first, _ = sent(office, "in_turn"), sent(office, "in_turn")
    first.act("assessor1", "return")
    first.act("secretary", "send")
    assert who_has(first) == ["assessor1"]


def test_the_record_says_among_whom_the_lot_was_drawn(office: Office) -> None:
    played = sent(office, "by_lot")
    assert len(who_has(played)) == 1
    with office.database.reading() as session:
        drawn = session.scalars(select(Event).where(Event.case_id == played.case_id, Event.action == "assign")).one()
    data = json.loads(drawn.data)
    accounts = sorted(office.actors[reader].account_id or 0 for reader in READERS)
    assert (data["way"], data["among"]) == ("by_lot", accounts)
    assert data["account"] in accounts
    played.verify()


def test_only_work_of_a_role_in_a_body_is_assigned(office: Office) -> None:
    text = SHARED.replace("of: organization, holds: assessor, assigned: WAY", "is_subject: true, assigned: in_turn")
    with pytest.raises(Unsound, match="assigned_to_nobody"):
        Play.of(office, text)
