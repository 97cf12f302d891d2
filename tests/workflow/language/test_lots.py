"""Lots among cases: with a public seed, kept in the record of the case that drew, and drawn again by anybody."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from definitions.explaining import line_text
from tests.fixtures.office import Office
from tests.workflow.language.playing import Play
from workflow.cases.drawing_lots import DRAWN
from workflow.engine.lots import drawn
from workflow.engine.panels import Line
from workflow.problems import Invalid
from workflow.record.tables import Event

LOTTERY = """
subject: post
starts: desk.draft
cancelled: ticket.out
forms:
  list:
    title: {en: List, zh: 名单}
    fields:
      names: {type: rows, title: {en: Names, zh: 名称}, columns: {name: {type: text, title: {en: Name, zh: 名称}}, mark: {type: integer, title: {en: Mark, zh: 得分}}}}
      places: {type: integer, at_least: 0, title: {en: Places, zh: 名额}}
  ticket:
    title: {en: Ticket, zh: 签}
    fields:
      name: {type: text, title: {en: Name, zh: 名称}}
      mark: {type: integer, title: {en: Mark, zh: 得分}}
  draw:
    title: {en: Draw, zh: 抽签}
    fields:
      seed: {type: text, title: {en: Seed, zh: 种子}}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft:
        title: {en: Draft, zh: 起草}
        actions:
          submit: {by: clerk, form: list, effects: [{open_child: {branch: ticket.in, for_each: list.names, called: name, fills: ticket}}], to: desk.ready}
      ready:
        title: {en: Ready, zh: 待抽签}
        actions:
          note: {by: clerk, awaited: false, reason: required, to: stays}
          draw: {by: clerk, form: draw, effects: [{act_on: {among: children, which: first, take_from: list.places, ORDERby_lot: draw.seed, action: win}}], to: desk.done}
      done: {title: {en: Done, zh: 办结}, final: done}
  ticket:
    title: {en: Ticket, zh: 签}
    states:
      in: {title: {en: In, zh: 参加}, actions: {win: {by: the_rules, to: ticket.drawn}}}
      drawn: {title: {en: Drawn, zh: 中签}, final: drawn}
      out: {title: {en: Out, zh: 未中}, final: out}
"""
RULES = "  the_rules: {is_automatic: true, title: {en: The rules, zh: 依规则自动}}\n"
SIX = [{"name": name, "mark": mark} for name, mark in zip("ABCDEF", (9, 7, 7, 7, 5, 7), strict=True)]


def ready(office: Office, places: int, order: str = "") -> Play:
    played = Play.of(office, RULES + LOTTERY.replace("ORDER", order))
    played.act("secretary", "submit", form={"names": SIX, "places": places})
    return played


def draw_of(played: Play) -> dict[str, Any]:
    with played.office.database.reading() as session:
        event = session.scalars(select(Event).where(Event.case_id == played.case_id, Event.action == DRAWN)).one()
    return dict(json.loads(event.data)["lot"])


def winners(played: Play) -> list[str]:
    return [child.reference for child in played.children if child.outcome == "drawn"]


def test_so_many_are_drawn_as_the_form_says_and_anybody_can_do_it_again(office: Office) -> None:
    played = ready(office, places=2)
    everybody = [child.reference for child in played.children]
    assert played.act("secretary", "draw", form={"seed": "7 12 19"}) == "desk.done"
    kept = draw_of(played)
    assert kept == {"seed": "7 12 19", "order": drawn("7 12 19", everybody), "taken": drawn("7 12 19", everybody)[:2]}
    assert sorted(winners(played)) == sorted(kept["taken"])
    played.verify()


def test_the_record_says_it_in_both_languages(office: Office) -> None:
    played = ready(office, places=1)
    played.act("secretary", "draw", form={"seed": "7"})
    first, *_ = order = draw_of(played)["order"]
    with office.database.reading() as session:
        event = session.scalars(select(Event).where(Event.case_id == played.case_id, Event.action == DRAWN)).one()
    (line,) = (Line(one["code"], one["params"]) for one in json.loads(event.data)["explanation"])
    assert line_text(line, "en").startswith(
        f"Lots drawn with the seed “7” among 6, in this order: {order[0]}, {order[1]}"
    )
    assert line_text(line, "en").endswith(f"Taken: {first}.")
    assert line_text(line, "zh").startswith("以种子“7”在 6 件中抽签")


def test_a_draw_does_not_open_the_case_that_it_ended(office: Office) -> None:
    played = ready(office, places=1)
    played.act("secretary", "draw", form={"seed": "7"})
    case = office.case(played.case_id)
    assert case.closed_at is not None
    assert case.outcome == "done"


def test_between_equal_numbers_only_the_lot_decides(office: Office) -> None:
    played = ready(office, places=3, order="order_by: ticket.mark, ")
    first, *_ = everybody = [child.reference for child in played.children]
    played.act("secretary", "draw", form={"seed": "7"})
    level = [everybody[place] for place in (1, 2, 3, 5)]
    assert draw_of(played)["taken"] == [first, *drawn("7", level)[:2]]
    assert draw_of(played)["numbers"][first] == 9


def test_without_a_seed_nothing_is_drawn_and_nothing_has_changed(office: Office) -> None:
    played = ready(office, places=1)
    with pytest.raises(Invalid) as refused:
        played.act("secretary", "draw", form={})
    assert refused.value.code == "lot_without_seed"
    assert (played.state, winners(played)) == ("desk.ready", [])


def test_child_cases_are_called_after_their_rows(office: Office) -> None:
    assert [child.title for child in ready(office, places=1).children] == list("ABCDEF")


def test_an_action_that_stays_leaves_work_and_deadline_as_they_are(office: Office) -> None:
    played = ready(office, places=1)
    assert played.act("secretary", "note", reason="Six came.") == "desk.ready"
    assert played.waits_for() == ["clerk"]
