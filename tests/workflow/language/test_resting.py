"""Suspending and resuming: the clock stands still, what was said stays said, and only what rested is resumed."""

import pytest

from tests.fixtures.office import Office
from tests.workflow.language.playing import Play
from workflow.problems import Refused

RESTING = """
starts: desk.signing
actions:
  suspend: {by: head, awaited: false, reason: required, except_in: [desk.resting], to: desk.resting}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      signing:
        title: {en: Signing, zh: 会签}
        panel:
          of: [clerk, front]
          opinions: [agree, disagree]
          settle: {rule: all, one_veto: true, cites: r/1}
        deadline: {working_days: 10, remind: [0], cites: r/1}
        outcomes: {agreed: desk.check, refused: desk.closed}
      check:
        title: {en: Check, zh: 核对}
        deadline: {days: 20, remind: [0], cites: r/1}
        actions: {approve: {by: clerk, to: desk.closed}}
      resting:
        title: {en: Resting, zh: 中止}
        suspends: true
        actions:
          resume: {by: head, reason: required, to: resumed}
          give_up: {by: head, awaited: false, reason: required, to: desk.closed}
      closed: {title: {en: Closed, zh: 办结}, final: closed}
"""


@pytest.fixture
def resting(office: Office) -> Play:
    return Play.of(office, RESTING)


def due(played: Play) -> str:
    case = played.office.case(played.case_id)
    assert case.due_at is not None
    return case.due_at.date().isoformat()


def test_an_opinion_given_before_stands_when_the_case_goes_on(resting: Play) -> None:
    resting.gives("secretary", "agree")
    assert resting.act("orghead", "suspend", reason="A letter is awaited.") == "desk.resting"
    assert resting.waits_for() == ["head"]
    assert resting.act("orghead", "resume", reason="It came.") == "desk.signing"
    assert resting.waits_for() == ["front"]
    assert resting.gives("frontier", "agree") == "desk.check"
    resting.verify()


def test_the_clock_stands_still_while_the_case_rests(resting: Play) -> None:
    assert due(resting) == "2026-09-20", "ten working days from 7 September, one Sunday being worked"
    resting.office.later(days=2)
    resting.act("orghead", "suspend", reason="A letter is awaited.")
    assert resting.office.case(resting.case_id).due_at is None
    resting.office.later(days=20)
    resting.act("orghead", "resume", reason="It came.")
    assert due(resting) == "2026-10-15", "eight working days were left on 9 September, counted from the 29th"


def test_calendar_days_stand_still_too(resting: Play) -> None:
    resting.gives("secretary", "agree")
    resting.gives("frontier", "agree")
    assert due(resting) == "2026-09-27"
    resting.office.later(days=5)
    resting.act("orghead", "suspend", reason="Wait.")
    resting.office.later(days=100)
    resting.act("orghead", "resume", reason="On.")
    assert due(resting) == "2027-01-05", "fifteen days were left on 12 September, counted from 21 December"


def test_it_resumes_where_it_was_and_nowhere_else(resting: Play) -> None:
    resting.act("orghead", "suspend", reason="Wait.")
    with pytest.raises(Refused) as refused:
        resting.act("orghead", "resume", reason="On.", target="desk.check")
    assert [reason.code for reason in refused.value.reasons] == ["action.no_way_there"]


def test_given_up_while_it_rests_its_panel_is_over(resting: Play) -> None:
    resting.gives("secretary", "agree")
    resting.act("orghead", "suspend", reason="Wait.")
    assert resting.act("orghead", "give_up", reason="Never mind.") == "desk.closed"
    with pytest.raises(StopIteration):
        resting.gives("frontier", "agree")
    resting.verify()
