"""Settings of panels: silence, opinions that stand, who may not take part, too few members, choosing among candidates."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from scheduler.jobs import Work, spread_messages
from tests.fixtures.office import Office
from tests.workflow.language.playing import Play
from workflow.problems import Invalid
from workflow.procedure.findings import Unsound
from workflow.record.tables import Event
from workflow.settings import Settings

SILENT = """
starts: desk.asked
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      asked:
        title: {en: Asked, zh: 征求意见}
        panel:
          of: [clerk, front]
          opinions: [agree, disagree]
          keeps: agree
          silence: SILENCE
          settle: {rule: all, cites: r/1}
        deadline: {months: 1, on_expiry: refused, cites: r/1}
        outcomes: {agreed: desk.done, refused: desk.returned}
      returned: {title: {en: Returned, zh: 退回}, actions: {again: {by: clerk, to: desk.asked}, close: {by: clerk, to: desk.done}}}
      done: {title: {en: Done, zh: 办结}, final: done}
"""


def last_event(played: Play) -> dict[str, Any]:
    with played.office.database.reading() as session:
        found = session.scalars(select(Event).where(Event.case_id == played.case_id).order_by(Event.seq.desc())).first()
        assert found is not None
        return dict(json.loads(found.data))


def test_silence_counts_as_consent_when_the_deadline_is_over_and_its_proof_is_kept(office: Office) -> None:
    played = Play.of(office, SILENT.replace("SILENCE", "agree"))
    work = Work(office.database, Settings(database_url=office.database.url))
    spread_messages(work, office.now)
    work.close()
    played.gives("secretary", "agree")
    office.later(days=31)
    assert played.expires() == "desk.done"
    data = last_event(played)
    (silent,) = data["silent"]
    assert {(one["account"], one["template"]) for one in silent["sent"]} == {
        (office.actors["frontier"].account_id, "work_waiting")
    }
    assert [line["code"] for line in data["explanation"]] == ["panel.all", "panel.silent"]
    played.verify()


def test_where_silence_means_nothing_the_deadline_says_what_it_comes_to(office: Office) -> None:
    played = Play.of(office, SILENT.replace("          silence: SILENCE\n", ""))
    played.gives("secretary", "agree")
    assert played.expires() == "desk.returned"


def test_an_opinion_that_stands_is_not_asked_for_again(office: Office) -> None:
    played = Play.of(office, SILENT.replace("SILENCE", "agree"))
    played.gives("secretary", "agree")
    played.gives("frontier", "disagree")
    assert played.act("secretary", "again") == "desk.asked"
    assert played.waits_for() == ["front"]
    assert played.gives("frontier", "agree") == "desk.done"


def test_silence_that_never_comes_to_count_is_a_fault(office: Office) -> None:
    with pytest.raises(Unsound, match="silence_never_counts"):
        Play.of(office, SILENT.replace("SILENCE", "agree").replace("on_expiry: refused", "remind: [0]"))


def test_a_recorder_who_would_enter_votes_for_candidates_is_a_fault(office: Office) -> None:
    text = SILENT.replace(
        "          silence: SILENCE\n", "          recorded_by: clerk\n          candidates: children\n"
    )
    with pytest.raises(Unsound, match="recorded_votes"):
        Play.of(office, text)


COMMITTEE = """
starts: desk.draft
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft: {title: {en: Draft, zh: 起草}, actions: {submit: {by: [clerk, assessor], to: desk.readers}}}
      readers:
        title: {en: Readers, zh: 评阅}
        panel:
          of: {everyone: assessor, without_who_did: submit}
          opinions: [agree, disagree]
          fewest: FEWEST
          settle: {rule: at_least, at_least: 1, cites: r/1}
        outcomes: {agreed: desk.council, refused: desk.done, too_few: desk.completed}
      council:
        title: {en: Council, zh: 评议}
        panel:
          of: {everyone: assessor, without_who_spoke_in: desk.readers}
          opinions: [agree, disagree]
          fewest: 1
          settle: {rule: share, share: 2/3, base: should_attend, cites: r/1}
        outcomes: {agreed: desk.done, refused: desk.done, too_few: desk.completed}
      completed: {title: {en: To be completed, zh: 待补足}, actions: {close: {by: clerk, to: desk.done}}}
      done: {title: {en: Done, zh: 办结}, final: done}
"""
ASSESSOR = "  assessor: {of: organization, holds: assessor, title: {en: Assessor, zh: 考察人员}}\n"


def test_whoever_acted_or_spoke_before_takes_no_part(office: Office) -> None:
    played = Play.of(office, ASSESSOR + COMMITTEE.replace("FEWEST", "1"))
    assert played.act("assessor1", "submit") == "desk.readers"
    with pytest.raises(StopIteration):
        played.gives("assessor1", "agree")
    assert played.gives("assessor2", "agree") == "desk.council"
    assert played.waits_for() == ["assessor", "assessor"]
    with pytest.raises(StopIteration):
        played.gives("assessor2", "agree")
    played.gives("assessor1", "agree")
    assert played.gives("assessor3", "agree") == "desk.done"


def test_a_panel_of_too_few_is_not_held(office: Office) -> None:
    played = Play.of(office, ASSESSOR + COMMITTEE.replace("FEWEST", "3"))
    assert played.act("assessor1", "submit") == "desk.completed"
    assert played.waits_for() == ["clerk"]
    played.verify()


ELECTION = """
starts: vote.nominating
attempts_from: vote.nominating
cancelled: run.withdrawn
stages:
  vote:
    title: {en: Vote, zh: 选举}
    states:
      nominating:
        title: {en: Nominating, zh: 提名}
        deadline: {days: 7, on_expiry: close, cites: r/1}
        actions:
          stand: {by: [head, front], awaited: false, effects: [{open_child: {branch: run.standing, about: actor}}], to: vote.nominating}
          close: {by: clerk, awaited: false, to: vote.enough}
      enough:
        title: {en: Enough, zh: 是否有候选人}
        choose:
          - {when: {this: children.open, at_least: 1}, to: vote.polling}
          - {to: vote.nominating}
      polling:
        title: {en: Polling, zh: 投票}
        panel:
          of: {everyone: assessor}
          candidates: children
          opinions: [none_of_them]
          settle: {rule: most, cites: r/1}
        outcomes: {chosen: vote.elected, none_of_them: vote.nobody, tied: vote.nominating}
        outcome_effects:
          chosen: [{act_on: {among: children, which: chosen, action: win}}, {act_on: {among: children, which: others, action: lose}}]
          none_of_them: [{act_on: {among: children, action: lose}}]
      nobody: {title: {en: Nobody, zh: 无人当选}, actions: {again: {by: clerk, to: vote.nominating}}}
      elected: {title: {en: Elected, zh: 当选}, final: elected}
  run:
    title: {en: Candidacy, zh: 参选}
    states:
      standing:
        title: {en: Standing, zh: 参选}
        actions:
          win: {by: clerk, awaited: false, to: run.elected}
          lose: {by: clerk, awaited: false, to: run.defeated}
      elected: {title: {en: Elected, zh: 当选}, final: elected}
      defeated: {title: {en: Defeated, zh: 落选}, final: defeated}
      withdrawn: {title: {en: Withdrawn, zh: 退选}, final: withdrawn}
"""


def test_members_choose_among_those_who_stand(office: Office) -> None:
    played = Play.of(office, ASSESSOR + ELECTION)
    assert played.expires() == "vote.nominating", "nobody stands, and the time begins anew"
    played.act("orghead", "stand")
    played.act("frontier", "stand")
    assert played.expires() == "vote.polling"
    first, second = (child.id for child in played.children)
    played.gives("assessor1", f"case:{second}")
    with pytest.raises(Invalid, match="opinion_unknown"):
        played.gives("assessor2", f"case:{played.case_id}")
    assert played.gives("assessor2", f"case:{second}") == "vote.elected", "the third vote can no longer change it"
    assert {child.id: child.outcome for child in played.children} == {first: "defeated", second: "elected"}
    played.verify()


def test_after_none_of_them_everything_begins_anew(office: Office) -> None:
    played = Play.of(office, ASSESSOR + ELECTION)
    played.act("orghead", "stand")
    played.expires()
    played.gives("assessor1", "none_of_them")
    assert played.gives("assessor2", "none_of_them") == "vote.nobody"
    assert played.act("secretary", "again") == "vote.nominating"
    assert played.expires() == "vote.nominating", "who stood before does not stand again by that"
    played.verify()


RECUSING = """
starts: desk.readers
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      readers:
        title: {en: Readers, zh: 评阅}
        panel:
          of: {everyone: assessor}
          opinions: [agree, disagree]
          may_recuse: true
          fewest: FEWEST
          settle: {rule: majority, base: cast, cites: r/1}
        deadline: {days: 30, on_expiry: refused, cites: r/1}
        outcomes: {agreed: desk.done, refused: desk.closed, too_few: desk.completed}
      completed: {title: {en: To be completed, zh: 待补足}, actions: {close: {by: clerk, to: desk.done}}}
      closed: {title: {en: Closed, zh: 关闭}, final: closed}
      done: {title: {en: Done, zh: 办结}, final: done}
"""


def test_a_member_with_a_conflict_steps_aside_and_counts_nowhere(office: Office) -> None:
    played = Play.of(office, ASSESSOR + RECUSING.replace("FEWEST", "2"))
    with pytest.raises(Invalid, match="reason_required"):
        played.gives("assessor1", "recused")
    played.gives("assessor1", "recused", reason="We wrote a paper together.")
    played.gives("assessor2", "agree")
    assert played.gives("assessor3", "agree") == "desk.done", "both that remain agree"


def test_when_too_many_step_aside_the_panel_is_of_too_few(office: Office) -> None:
    played = Play.of(office, ASSESSOR + RECUSING.replace("FEWEST", "3"))
    assert played.gives("assessor1", "recused", reason="Same institute.") == "desk.completed"


def test_at_the_deadline_a_vote_is_counted_without_those_who_stayed_away(office: Office) -> None:
    played = Play.of(office, ASSESSOR + RECUSING.replace("FEWEST", "2"))
    played.gives("assessor1", "agree")
    assert played.expires() == "desk.done"


TOGETHER = """\
  named: {chosen_in: list.members, title: {en: Named, zh: 指定成员}}
starts: desk.draft
forms:
  list:
    title: {en: List, zh: 名单}
    fields:
      members: {type: accounts, holders_of: anybody, required: true, title: {en: Members, zh: 成员}}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft: {title: {en: Draft, zh: 起草}, actions: {submit: {by: clerk, form: list, to: desk.vote}}}
      vote:
        title: {en: Vote, zh: 表决}
        panel: {of: {everyone: assessor, chosen: named}, opinions: [agree, disagree], settle: {rule: all, cites: r/1}}
        outcomes: {agreed: desk.done, refused: desk.done}
      done: {title: {en: Done, zh: 办结}, final: done}
"""
ANYBODY = "  anybody: {of: organization, holds: assessor, title: {en: Anybody, zh: 任何人}}\n"


def test_everybody_and_those_named_sit_together_once_each(office: Office) -> None:
    text = TOGETHER.replace("holders_of: anybody", "holders_of: head")
    played = Play.of(office, ASSESSOR + text)
    played.act("secretary", "submit", form={"members": [office.actors["orghead"].account_id]})
    assert played.waits_for() == ["assessor", "assessor", "assessor", "named"]
    same = Play.of(office, ASSESSOR + ANYBODY + TOGETHER)
    same.act("secretary", "submit", form={"members": [office.actors["assessor1"].account_id]})
    assert same.waits_for() == ["assessor", "assessor", "assessor"]
