"""Child cases: branches that run together and join, as many as a form says, added while running, cancelled with the rest."""

import pytest
from sqlalchemy import select

from tests.fixtures.office import Office
from tests.workflow.language.playing import Play
from workflow.cases.tables import CaseForm
from workflow.people.tables import Account
from workflow.problems import Forbidden, Refused
from workflow.procedure.findings import Unsound

BRANCHES = """
starts: desk.draft
cancelled: desk.cancelled
forms:
  list:
    title: {en: List, zh: 名单}
    fields:
      letters:
        type: rows
        title: {en: Letters, zh: 推荐信}
        columns:
          from: {type: text, required: true, title: {en: From, zh: 作者}}
      readers: {type: accounts, holders_of: head, title: {en: Readers, zh: 评阅人}}
  letter:
    title: {en: Letter, zh: 推荐信}
    fields:
      from: {type: text, title: {en: From, zh: 作者}}
      text: {type: long_text, title: {en: Text, zh: 内容}}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft: {title: {en: Draft, zh: 起草}, actions: {submit: {by: clerk, form: list, to: desk.asked}}}
      asked:
        title: {en: Asked, zh: 征集}
        children:
          opens: JOINED_OPENS
          join: JOINED_RULE
        outcomes: JOINED_OUTCOMES
        actions:
          add: {by: clerk, awaited: false, effects: [{open_child: {branch: letter.asked}}], to: desk.asked_again}
          stop: {by: clerk, awaited: false, reason: required, to: [desk.done, desk.short]}
      asked_again:
        title: {en: Asked again, zh: 增补}
        children: {gathers: [desk.asked], join: JOINED_RULE}
        outcomes: JOINED_OUTCOMES
      short: {title: {en: Short, zh: 不足}, actions: {close: {by: clerk, to: desk.done}}}
      done: {title: {en: Done, zh: 办结}, final: done}
      cancelled: {title: {en: Cancelled, zh: 取消}, final: cancelled}
  letter:
    title: {en: Letter, zh: 推荐信}
    states:
      asked:
        title: {en: Asked, zh: 已邀请}
        actions:
          write:
            by: [front, reader]
            form: letter
            guards: [{condition: {when: {this: parent.stage, equals: desk}, otherwise: {en: Too late., zh: 已截止。}}}]
            to: letter.written
          decline: {by: [front, reader], to: letter.declined}
      written: {title: {en: Written, zh: 已收到}, final: written}
      declined: {title: {en: Declined, zh: 谢绝}, final: declined}
"""
ROWS = "{branch: letter.asked, for_each: list.letters, fills: letter}"
THREE = {"letters": [{"from": "Ann"}, {"from": "Bo"}, {"from": "Cy"}]}
BOTH = "{complete: desk.done, short: desk.short}"


def play(
    office: Office, *, opens: str = ROWS, rule: str = "{rule: all}", outcomes: str = "{complete: desk.done}"
) -> Play:
    text = BRANCHES.replace("JOINED_OPENS", opens).replace("JOINED_RULE", rule).replace("JOINED_OUTCOMES", outcomes)
    roles = "  reader: {chosen_in: list.readers, title: {en: Reader, zh: 评阅人}}\n"
    return Play.of(office, roles + text)


def test_there_is_one_child_for_every_row_with_what_the_row_says(office: Office) -> None:
    played = play(office)
    assert played.act("secretary", "submit", form=THREE) == "desk.asked"
    children = played.children
    own = office.case(played.case_id)
    assert [child.reference for child in children] == [f"{own.reference}-{n}" for n in (1, 2, 3)]
    assert {child.state for child in children} == {"letter.asked"}
    assert {child.person_id for child in children} == {own.person_id}
    with office.database.reading() as session:
        filled = session.scalars(select(CaseForm.values).where(CaseForm.case_id == children[1].id)).one()
    assert filled == {"from": "Bo"}
    assert played.waits_for(children[0].id) == ["front"]
    assert played.waits_for() == []


def test_all_must_have_ended_before_the_case_goes_on(office: Office) -> None:
    played = play(office)
    played.act("secretary", "submit", form=THREE)
    first, second, third = (child.id for child in played.children)
    played.act("frontier", "write", case_id=first, form={"text": "Good."})
    played.act("frontier", "decline", case_id=third)
    assert played.state == "desk.asked"
    played.act("frontier", "write", case_id=second, form={"text": "Fine."})
    assert played.state == "desk.done"
    played.verify()


def test_nothing_to_wait_for_is_no_wait(office: Office) -> None:
    assert play(office).act("secretary", "submit", form={"letters": []}) == "desk.done"


def test_so_many_are_enough_and_the_rest_is_cancelled(office: Office) -> None:
    played = play(office, rule="{rule: at_least, at_least: 2, counting: written}", outcomes=BOTH)
    played.act("secretary", "submit", form=THREE)
    first, second, third = (child.id for child in played.children)
    played.act("frontier", "write", case_id=first, form={"text": "Good."})
    played.act("frontier", "write", case_id=third, form={"text": "Good."})
    assert played.state == "desk.done"
    assert [child.outcome for child in played.children] == ["written", "cancelled", "written"]
    assert played.waits_for(second) == []
    played.verify()


def test_a_join_that_can_no_longer_be_met_comes_up_short(office: Office) -> None:
    played = play(office, rule="{rule: at_least, at_least: 2, counting: written}", outcomes=BOTH)
    played.act("secretary", "submit", form=THREE)
    first, second, _ = (child.id for child in played.children)
    played.act("frontier", "decline", case_id=first)
    assert played.state == "desk.asked"
    played.act("frontier", "decline", case_id=second)
    assert played.state == "desk.short"
    assert [child.outcome for child in played.children] == ["declined", "declined", "cancelled"]


def test_the_first_is_enough(office: Office) -> None:
    played = play(office, rule="{rule: first, counting: written}", outcomes=BOTH)
    played.act("secretary", "submit", form=THREE)
    played.act("frontier", "decline", case_id=played.children[0].id)
    assert played.state == "desk.asked"
    played.act("frontier", "write", case_id=played.children[2].id, form={"text": "Good."})
    assert played.state == "desk.done"


def test_one_can_be_added_while_the_others_run(office: Office) -> None:
    played = play(office, rule="{rule: at_least, at_least: 2, counting: written}", outcomes=BOTH)
    played.act("secretary", "submit", form={"letters": [{"from": "Ann"}, {"from": "Bo"}]})
    played.act("secretary", "add")
    children = played.children
    assert len(children) == 3
    assert [child.state for child in children] == ["letter.asked"] * 3, "going on to where they are gathered keeps them"


def test_each_account_named_holds_the_role_in_its_own_child_only(office: Office) -> None:
    played = play(office, opens="{branch: letter.asked, for_each: list.readers, names: reader}")
    played.act("secretary", "submit", form={"readers": [office.actors["orghead"].account_id]})
    (child,) = played.children
    assert set(played.waits_for(child.id)) == {"front", "reader"}
    with pytest.raises(Forbidden):
        played.act("personnel", "write", case_id=child.id, form={"text": "Mine."})
    played.act("orghead", "write", case_id=child.id, form={"text": "Mine."})
    assert played.state == "desk.done"


def test_leaving_by_hand_cancels_what_is_open_and_a_late_hand_is_told(office: Office) -> None:
    played = play(office)
    played.act("secretary", "submit", form=THREE)
    first = played.children[0].id
    assert played.act("secretary", "stop", reason="Enough.", target="desk.done") == "desk.done"
    assert {child.outcome for child in played.children} == {"cancelled"}
    with pytest.raises(Refused):
        played.act("frontier", "write", case_id=first, form={"text": "Late."})
    played.verify()


HOMES = """
  local_child: {of: subject_body, holds: officer, title: {en: Body of the child, zh: 子案件单位}}
starts: desk.draft
cancelled: desk.cancelled
forms:
  list:
    title: {en: List, zh: 名单}
    fields:
      new_body: {type: body, title: {en: New body, zh: 新单位}}
      who: {type: accounts, holders_of: head, title: {en: Who, zh: 人员}}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft: {title: {en: Draft, zh: 起草}, actions: {submit: {by: clerk, form: list, to: desk.asked}}}
      asked:
        title: {en: Asked, zh: 征集}
        children: {opens: {branch: letter.asked, OPENED}, join: {rule: all}}
        outcomes: {complete: desk.done}
      done: {title: {en: Done, zh: 办结}, final: done}
      cancelled: {title: {en: Cancelled, zh: 取消}, final: cancelled}
  letter:
    title: {en: Letter, zh: 推荐信}
    states:
      asked: {title: {en: Asked, zh: 已邀请}, actions: {write: {by: local_child, to: letter.written}}}
      written: {title: {en: Written, zh: 已收到}, final: written}
""".lstrip("\n")


def child_home(office: Office, opened: str, **answers: object) -> int | None:
    """The body of the child of a case of the street's about somebody who works at the mill."""
    played = Play.of(office, HOMES.replace("OPENED", opened), person_id=office.person(body="mill"))
    played.act("secretary", "submit", form=answers)
    (child,) = played.children
    played.verify()
    return child.body_id


def test_a_child_is_the_business_of_the_body_its_rules_say(office: Office) -> None:
    bodies = office.bodies
    assert child_home(office, "about: subject") == bodies["street"], "that of the case, where nothing is said"
    assert child_home(office, "body: subject") == bodies["mill"], "that of the person by now"
    assert child_home(office, "body: list.new_body", new_body=bodies["personnel"]) == bodies["personnel"]
    assert child_home(office, "body: list.new_body") == bodies["street"], "nothing was answered"


def test_where_its_own_body_is_that_bodys_people_act_in_a_child(office: Office) -> None:
    played = Play.of(office, HOMES.replace("OPENED", "body: subject"), person_id=office.person(body="mill"))
    played.act("secretary", "submit", form={})
    (child,) = played.children
    with pytest.raises(Forbidden):
        played.act("nominator", "write", case_id=child.id)
    assert played.act("other_nominator", "write", case_id=child.id) == "letter.written"
    assert played.state == "desk.done"


def test_of_many_children_each_is_its_own_subjects_bodys(office: Office) -> None:
    account, person = office.actors["orghead"].account_id, office.person(body="mill")
    with office.database.writing() as session:
        session.get_one(Account, account).person_id = person
    opened = "about: each, for_each: list.who, body: subject"
    assert child_home(office, opened, who=[account]) == office.bodies["mill"]


def test_a_body_nobody_is_asked_for_is_a_finding(office: Office) -> None:
    for named in ("list.who", "list.nothing", "nowhere.new_body"):
        with pytest.raises(Unsound, match=r"unknown_field.*list.new_body"):
            child_home(office, f"body: {named}")
