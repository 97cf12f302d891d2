"""Roles by relation: who did something, the body above, an outside system; recalls and critical sections."""

import pytest
from sqlalchemy import update

from tests.fixtures.office import Office
from tests.workflow.language.playing import Play
from workflow.bodies.tables import Body
from workflow.cases.acting_on import trigger_from_outside
from workflow.problems import Forbidden, Refused
from workflow.store.types import instant_text

RELATIONS = """
  writer: {did: submit, title: {en: Who submitted, zh: 提交人}}
  above: {of: parent_body, holds: officer, title: {en: Body above, zh: 上级单位}}
  registry: {is_outside: true, title: {en: Registry, zh: 登记系统}}
starts: desk.draft
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft: {title: {en: Draft, zh: 起草}, actions: {submit: {by: [clerk, local], guards: [{exclusive: {per: [person], in_states: [desk.sent, desk.registered]}}], to: desk.sent}}}
      sent:
        title: {en: Sent, zh: 已报送}
        actions:
          register: {by: registry, to: desk.registered}
          recall: {by: writer, awaited: false, guards: [{last_done: {actions: submit}}], to: desk.draft}
          look: {by: above, awaited: false, to: desk.sent}
      registered: {title: {en: Registered, zh: 已登记}, actions: {finish: {by: writer, to: desk.done}}}
      done: {title: {en: Done, zh: 办结}, final: done}
"""


@pytest.fixture
def related(office: Office) -> Play:
    with office.database.writing() as session:
        session.execute(update(Body).where(Body.code == "street").values(parent_id=office.bodies["organization"]))
    return Play.of(office, RELATIONS.lstrip("\n"))


def test_only_whoever_did_it_may_go_on(related: Play) -> None:
    related.act("nominator", "submit")
    trigger_now(related)
    assert related.waits_for() == ["writer"]
    with pytest.raises(Forbidden):
        related.act("secretary", "finish")
    assert related.act("nominator", "finish") == "desk.done"
    related.verify()


TAKEN = """
  handler: {did: take, title: {en: Handler, zh: 接办人}}
starts: desk.new
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      new: {title: {en: New, zh: 待接办}, actions: {take: {by: clerk, to: desk.taken}}}
      taken: {title: {en: Taken, zh: 已接办}, actions: {finish: {by: handler, to: desk.done}}}
      done: {title: {en: Done, zh: 办结}, final: done}
"""


def test_whoever_does_it_now_is_waited_for_at_once(office: Office) -> None:
    taken = Play.of(office, TAKEN.lstrip("\n"))
    taken.act("secretary", "take")
    assert taken.waits_for() == ["handler"]
    assert taken.act("secretary", "finish") == "desk.done"


def test_the_body_above_acts(related: Play) -> None:
    related.act("nominator", "submit")
    with pytest.raises(Forbidden):
        related.act("street_head", "look")
    assert related.act("secretary", "look") == "desk.sent"


def test_it_is_recalled_until_somebody_else_has_done_something(related: Play) -> None:
    related.act("nominator", "submit")
    assert related.act("nominator", "recall") == "desk.draft"
    related.act("nominator", "submit")
    related.act("secretary", "look")
    with pytest.raises(Refused) as refused:
        related.act("nominator", "recall")
    (reason,) = refused.value.reasons
    account = related.office.actors["secretary"].account_id
    assert reason.code == "last_done.acted"
    assert reason.params == {
        "action": "action:look",
        "account": f"account:{account}",
        "done_at": instant_text(related.office.now),
    }


def test_work_that_the_rules_give_to_somebody_does_not_end_the_time_for_a_recall(office: Office) -> None:
    with office.database.writing() as session:
        session.execute(update(Body).where(Body.code == "street").values(parent_id=office.bodies["organization"]))
    text = RELATIONS.replace("holds: officer, title: {en: Body", "holds: officer, assigned: in_turn, title: {en: Body")
    played = Play.of(office, text.replace("look: {by: above, awaited: false", "look: {by: above").lstrip("\n"))
    assert played.act("nominator", "submit") == "desk.sent"
    assert played.act("nominator", "recall") == "desk.draft", "nobody has acted"


def trigger_now(played: Play, action: str = "register") -> str:
    with played.office.as_(None) as context:
        return trigger_from_outside(
            context, case_id=played.case_id, action=action, source="registry", command_key="k-1"
        ).state


def test_an_outside_system_does_what_is_its_to_do_once(related: Play) -> None:
    related.act("nominator", "submit")
    assert trigger_now(related) == "desk.registered"
    assert trigger_now(related) == "desk.registered", "the same message again changes nothing"
    with pytest.raises(Refused), related.office.as_(None) as context:
        trigger_from_outside(context, case_id=related.case_id, action="register", source="registry", command_key="k-2")
    related.verify()


def test_an_outside_system_may_not_do_what_people_do(related: Play) -> None:
    with pytest.raises(Forbidden):
        trigger_now(related, "submit")


def test_only_one_case_of_a_person_is_in_the_critical_section(office: Office, related: Play) -> None:
    person = office.case(related.case_id).person_id
    assert person is not None
    second = Play.of(office, RELATIONS.lstrip("\n"), person_id=person)
    related.act("nominator", "submit")
    with pytest.raises(Refused) as refused:
        second.act("nominator", "submit")
    assert [reason.code for reason in refused.value.reasons] == ["exclusive.other"]
    related.act("nominator", "recall")
    assert second.act("nominator", "submit") == "desk.sent"
