"""Choices: by a condition, by a person, back to an earlier state, and what is possible everywhere."""

import pytest

from tests.fixtures.office import Office
from tests.workflow.language.playing import Play
from workflow.problems import Conflict, Invalid, Refused

ROUTED = """
starts: desk.draft
forms:
  wish:
    title: {en: Wish, zh: 申请}
    fields:
      sum: {type: number, decimals: 2, required: true, unit: {en: yuan, zh: 元}, title: {en: Sum, zh: 金额}}
      why: {type: text, required: true, asked_when: {this: field.sum, at_least: 1000}, title: {en: Why, zh: 理由}}
actions:
  withdraw: {by: clerk, awaited: false, reason: required, except_in: [desk.checked], to: desk.withdrawn}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft: {title: {en: Draft, zh: 起草}, actions: {submit: {by: clerk, form: wish, to: desk.how_large}}}
      how_large:
        title: {en: How large, zh: 金额}
        choose:
          - {when: {this: form.wish.sum, at_least: 1000}, to: desk.large}
          - {when: {all: [{this: form.wish.sum, at_least: 100}, {not: {this: entered.desk.checked, at_least: 1}}]}, to: desk.checked}
          - {to: desk.done}
      large:
        title: {en: Large, zh: 大额}
        actions:
          approve: {by: head, to: desk.done}
          return: {by: head, reason: required, to: earlier}
          send: {by: head, to: [desk.checked, desk.draft]}
      checked: {title: {en: Checked, zh: 核对}, actions: {again: {by: clerk, form: wish, to: desk.how_large}}}
      done: {title: {en: Done, zh: 办结}, final: done}
      withdrawn:
        title: {en: Withdrawn, zh: 撤回}
        final: withdrawn
        actions:
          reopen: {by: [clerk, head], reason: required, guards: [{not_done_by_same: {actions: withdraw}}], to: desk.draft}
"""


@pytest.fixture
def routed(office: Office) -> Play:
    return Play.of(office, ROUTED)


@pytest.mark.parametrize(("asked", "came_to"), [("50.00", "desk.done"), ("999.99", "desk.checked")])
def test_the_first_way_whose_condition_holds_is_taken(routed: Play, asked: str, came_to: str) -> None:
    assert routed.act("secretary", "submit", form={"sum": asked}) == came_to
    routed.verify()


def test_a_choice_knows_how_often_a_state_was_entered(routed: Play) -> None:
    routed.act("secretary", "submit", form={"sum": "150"})
    assert routed.act("secretary", "again", form={"sum": "150"}) == "desk.done"


def test_a_question_is_put_only_where_its_condition_holds(routed: Play) -> None:
    with pytest.raises(Invalid) as faults:
        routed.act("secretary", "submit", form={"sum": "1000"})
    assert [(problem.code, problem.field) for problem in faults.value.problems] == [("field_required", "why")]
    assert routed.act("secretary", "submit", form={"sum": "1000", "why": "A car."}) == "desk.large"


def test_who_acts_chooses_where_it_goes(routed: Play) -> None:
    routed.act("secretary", "submit", form={"sum": "1000", "why": "A car."})
    with pytest.raises(Invalid, match="target_required"):
        routed.act("orghead", "send")
    with pytest.raises(Refused):
        routed.act("orghead", "send", target="desk.done")
    assert routed.act("orghead", "send", target="desk.checked") == "desk.checked"


def test_back_to_any_state_the_case_has_been_in_and_no_other(routed: Play) -> None:
    routed.act("secretary", "submit", form={"sum": "1000", "why": "A car."})
    with pytest.raises(Refused) as refused:
        routed.act("orghead", "return", reason="No.", target="desk.checked")
    assert [reason.code for reason in refused.value.reasons] == ["action.no_way_there"]
    assert routed.act("orghead", "return", reason="No.", target="desk.draft") == "desk.draft"
    routed.verify()


def test_a_common_action_is_possible_everywhere_but_where_it_is_excepted(routed: Play) -> None:
    routed.act("secretary", "submit", form={"sum": "150"})
    with pytest.raises(Refused):
        routed.act("secretary", "withdraw", reason="Enough.")
    routed.act("secretary", "again", form={"sum": "5000", "why": "A bus."})
    assert routed.act("secretary", "withdraw", reason="Enough.") == "desk.withdrawn"


def test_a_closed_case_is_reopened_by_a_second_person(routed: Play) -> None:
    routed.act("secretary", "withdraw", reason="Enough.")
    assert routed.office.case(routed.case_id).outcome == "withdrawn"
    with pytest.raises((Refused, Conflict)):
        routed.act("secretary", "reopen", reason="A mistake.")
    assert routed.act("orghead", "reopen", reason="A mistake.") == "desk.draft"
    case = routed.office.case(routed.case_id)
    assert (case.outcome, case.closed_at) == (None, None)
    assert routed.waits_for() == ["clerk"]
    routed.verify()
