"""Work that the rules give to one of several: in turn, to who has the fewest, or by a lot that can be drawn again."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from tests.fixtures.office import Office
from tests.workflow.language.playing import Play
from tests.workflow.language.test_assigning import sees
from workflow.cases.loading import load_case
from workflow.cases.operations import grant_waiver
from workflow.cases.versions import compiled_version
from workflow.messages.tables import Message
from workflow.people.tables import Account
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


SEPARATED = """\
  reader: {of: organization, holds: assessor, assigned: WAY, title: {en: Reader, zh: 阅件人}}
starts: desk.draft
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft: {title: {en: Draft, zh: 起草}, actions: {send: {by: reader, to: desk.reading}}}
      reading:
        title: {en: Reading, zh: 阅件}
        actions:
          read: {by: reader, guards: [RULE], to: desk.done}
          return: {by: reader, to: desk.draft}
      done: {title: {en: Done, zh: 办结}, final: done}
"""
APART = "{not_done_by_same: {actions: send, cites: r/1}}"


def separated(office: Office, way: str, rule: str = APART) -> Play:
    return Play.of(office, SEPARATED.replace("WAY", way).replace("RULE", rule))


def assigned(played: Play, action: str = "assign") -> dict[str, Any]:
    with played.office.database.reading() as session:
        events = select(Event).where(Event.case_id == played.case_id, Event.action == action)
        return dict(json.loads(session.scalars(events.order_by(Event.seq.desc())).first().data))  # type: ignore[union-attr]


@pytest.mark.parametrize("way", ["in_turn", "fewest", "by_lot"])
def test_who_may_not_act_is_never_given_the_work_and_the_record_says_why(office: Office, way: str) -> None:
    for sender in READERS:
        played = separated(office, way)
        played.act(sender, "send")
        (has_it,) = who_has(played)
        assert has_it != sender
        told = assigned(played)
        assert told["barred"] == [office.actors[sender].account_id]
        assert office.actors[sender].account_id not in told["among"]
        assert told["explanation"] == [{"code": "assign.not_done_by_same.same", "params": {"action": "action:send"}}]
        played.verify()


def test_who_had_it_before_does_not_get_it_back_where_the_rules_bar_them_since(office: Office) -> None:
    played = separated(office, "in_turn")
    played.act("assessor1", "send")
    (reader,) = who_has(played)
    played.act(reader, "return")
    played.act(reader, "send")
    assert len(who_has(played)) == 1
    assert not {"assessor1", reader} & set(who_has(played))


def test_with_everybody_barred_the_work_waits_for_the_role(office: Office) -> None:
    alone = (
        "{condition: {when: {this: actor.account_id, equals: 0}, otherwise: {en: Nobody., zh: 无人可办。}, cites: r/1}}"
    )
    played = separated(office, "in_turn", alone)
    played.act("assessor1", "send")
    assert who_has(played) == list(READERS), "it is nobody's, so that everybody sees it"
    told = assigned(played, "unassigned")
    assert [row["code"] for row in told["explanation"]] == ["assign.condition.told", "assign.nobody"]
    assert told["explanation"][0]["params"]["text"] == {"en": "Nobody.", "zh": "无人可办。"}


def test_a_rule_set_aside_bars_nobody(office: Office) -> None:
    rule = APART.replace("cites: r/1", "cites: r/1, waivable_by: head")
    played = separated(office, "in_turn", rule)
    for reader in READERS:
        played.act(reader, "send")
        if reader != READERS[-1]:
            played.act(reader, "return")
    assert who_has(played) == list(READERS)
    with office.as_("orghead") as context:
        version = load_case(context.session, played.case_id).version
        rule_id = assigned_guard(played)
        grant_waiver(context, case_id=played.case_id, guard=rule_id, reason="All sent it.", seen_version=version)
    played.act("assessor1", "return")
    played.act("assessor1", "send")
    assert len(who_has(played)) == 1


def assigned_guard(played: Play) -> str:
    with played.office.database.reading() as session:
        case = load_case(session, played.case_id)
        return compiled_version(session, case.version_id).actions["desk.reading", "read"].guards[0].identity


def test_work_is_not_given_to_a_closed_account(office: Office) -> None:
    with office.database.writing() as session:
        session.get_one(Account, office.actors["assessor1"].account_id).is_active = False
    assert who_has(sent(office, "in_turn")) == ["assessor2"]
