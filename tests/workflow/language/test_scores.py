"""Scores of a panel as a number that rules go by: for child cases too, which have their place among each other."""

import pytest

from tests.fixtures.office import Office
from tests.workflow.language.playing import Play
from workflow.cases.gathering import gather_facts
from workflow.cases.loading import load_case
from workflow.panels.operations import give_opinion
from workflow.panels.queries import open_seats
from workflow.problems import Refused

CONTEST = """
starts: desk.draft
cancelled: entry.out
rubric:
  title: {en: Yardstick, zh: 评价标准}
  items:
    law: {weight: 60, title: {en: Law, zh: 法律}}
    conduct: {weight: 40, out_of: 10, title: {en: Conduct, zh: 品行}}
forms:
  list:
    title: {en: List, zh: 名单}
    fields: {entries: {type: integer, title: {en: Entries, zh: 件数}}}
  result:
    title: {en: Result, zh: 结果}
    fields: {mark: {type: number, decimals: 2, title: {en: Mark, zh: 得分}}}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft: {title: {en: Draft, zh: 起草}, actions: {submit: {by: clerk, form: list, effects: [{open_child: {branch: entry.read, for_each: list.entries}}], to: desk.open}}}
      open:
        title: {en: Open, zh: 进行中}
        actions:
          close:
            by: clerk
            guards: [{condition: {when: {this: children.entry.read, equals: 0}, otherwise: {en: Not all are read., zh: 尚未评完。}, cites: r/1}}]
            to: desk.done
      done: {title: {en: Done, zh: 办结}, final: done}
  entry:
    title: {en: Entry, zh: 作品}
    states:
      read:
        title: {en: Read, zh: 评阅}
        panel: {of: [head, front], opinions: [scored], scores: true, settle: {rule: everyone_answered, cites: r/1}}
        outcomes: {complete: entry.marked}
        outcome_effects: {complete: [{set_field: {field: result.mark, copy_of: scores.entry.read, cites: r/1}}]}
      marked:
        title: {en: Marked, zh: 已评}
        actions:
          win: {by: clerk, guards: [{ranked: {by: result.mark, first: 1, cites: r/1}}], to: entry.won}
      won: {title: {en: Won, zh: 获选}, final: won}
      out: {title: {en: Out, zh: 落选}, final: out}
"""


def score(office: Office, who: str, case_id: int, law: int, conduct: int) -> None:
    with office.as_(who) as context:
        seats = open_seats(context.session, case_id)
        mine = next(seat for seat in seats if seat.body_role_id in context.actor.body_role_ids)
        points = {"law": law, "conduct": conduct}
        give_opinion(context, case_id=case_id, seat_id=mine.id, opinion="scored", scores=points)


def test_the_mean_of_the_weighted_totals_orders_the_children(office: Office) -> None:
    played = Play.of(office, CONTEST)
    played.act("secretary", "submit", form={"entries": 2})
    first, second = (child.id for child in played.children)
    score(office, "orghead", first, 80, 8)
    score(office, "frontier", first, 81, 8)
    with pytest.raises(Refused) as refused:
        played.act("secretary", "close")
    assert [reason.code for reason in refused.value.reasons] == ["condition.told"]
    score(office, "orghead", second, 70, 7)
    score(office, "frontier", second, 90, 10)
    with office.as_("secretary") as context:
        needs = ("scores.entry.read", "rank.result.mark", "form.result.mark")
        found = [
            gather_facts(context, load_case(context.session, one), needs=needs, form=None) for one in (first, second)
        ]
    assert [(one["scores.entry.read"], one["form.result.mark"], one["rank.result.mark"]) for one in found] == [
        ("80.30", "80.30", 2),
        ("82.00", "82.00", 1),
    ]
    assert played.act("secretary", "win", case_id=second) == "entry.won"
