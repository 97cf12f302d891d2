"""A vote one must win, and a run-off among those with the fewest: who may be voted for, and what the record keeps."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from tests.fixtures.office import Office
from tests.workflow.language.playing import Play
from workflow.cases.case_page import case_page
from workflow.panels.queries import panels_of_case
from workflow.panels.views import PanelView
from workflow.problems import Invalid
from workflow.record.tables import Event

ROLES = """\
  voter: {of: organization, holds: assessor, title: {en: Voters, zh: 投票人}}
  the_rules: {is_automatic: true, title: {en: The rules, zh: 依规则自动}}
"""
VOTE = """
subject: post
starts: desk.draft
cancelled: city.out
forms:
  list:
    title: {en: List, zh: 名单}
    fields:
      names: {type: rows, title: {en: Names, zh: 名称}, columns: {name: {type: text, title: {en: Name, zh: 名称}}}}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft: {title: {en: Draft, zh: 起草}, actions: {submit: {by: clerk, form: list, effects: [{open_child: {branch: city.in, for_each: list.names, called: name}}], to: desk.vote}}}
      vote:
        title: {en: Vote, zh: 投票}
        panel: {of: {everyone: voter}, candidates: children, opinions: [abstain], settle: {rule: majority, base: cast, uncounted: abstain, cites: r/1}}
        outcomes: {chosen: desk.done, undecided: desk.which}
        outcome_effects:
          chosen: [{act_on: {among: children, which: chosen, action: win}}]
          undecided: [{act_on: {among: children, which: last, action: be_last}}]
      which: {title: {en: Which, zh: 去向}, choose: [{when: {this: tally.desk.vote.last, at_least: 2}, to: desk.run_off}, {to: desk.vote}]}
      run_off:
        title: {en: Run-off, zh: 复投}
        panel: {of: {everyone: voter}, candidates: children, candidates_in: city.last, opinions: [abstain], settle: {rule: most, uncounted: abstain, cites: r/1}}
        outcomes: {chosen: desk.done, tied: desk.done}
      done: {title: {en: Done, zh: 办结}, final: done}
  city:
    title: {en: City, zh: 城市}
    states:
      in: {title: {en: In, zh: 参选}, actions: {win: {by: the_rules, to: city.won}, be_last: {by: the_rules, to: city.last}}}
      last: {title: {en: Last, zh: 最少}, actions: {win: {by: the_rules, to: city.won}}}
      won: {title: {en: Won, zh: 当选}, final: won}
      out: {title: {en: Out, zh: 落选}, final: out}
"""


@pytest.fixture
def voting(office: Office) -> Play:
    played = Play.of(office, ROLES + VOTE, person_id=None, title="Games")
    played.act("secretary", "submit", form={"names": [{"name": name} for name in ("Alpha", "Beta", "Gamma")]})
    return played


def votes(played: Play, *choices: int | None) -> str:
    """Each voter in turn chooses a child by its place; None abstains."""
    state = played.state
    for number, choice in enumerate(choices, 1):
        opinion = "abstain" if choice is None else f"case:{played.children[choice].id}"
        state = played.gives(f"assessor{number}", opinion)
    return state


def ballot(played: Play, who: str = "assessor1") -> PanelView:
    with played.office.as_(who) as context:
        view = case_page(context, played.case_id)
        return panels_of_case(context, view.case, roles=view.roles, visited=view.visited)[-1]


def tally_of(played: Play) -> Any:
    with played.office.database.reading() as session:
        lines = session.scalars(select(Event.data).where(Event.case_id == played.case_id).order_by(Event.seq.desc()))
        return next(found for found in (json.loads(line).get("tally") for line in lines) if found)


def test_candidates_go_by_their_own_names(voting: Play) -> None:
    assert [(one.name, one.is_open) for one in ballot(voting).candidates] == [
        ("Alpha", True),
        ("Beta", True),
        ("Gamma", True),
    ]


def test_half_of_the_valid_votes_is_not_enough_and_one_more_is(voting: Play) -> None:
    assert votes(voting, 0, 1, None) == "desk.vote"
    assert [child.state for child in voting.children] == ["city.in", "city.in", "city.last"]


def test_abstentions_are_no_votes(voting: Play) -> None:
    assert votes(voting, 0, None, None) == "desk.done"
    assert [child.outcome for child in voting.children] == ["won", "out", "out"]
    first, *others = (child.id for child in voting.children)
    assert tally_of(voting) == {str(first): 1, **{str(one): 0 for one in others}}
    voting.verify()


def test_only_the_last_stand_in_the_run_off(voting: Play) -> None:
    assert votes(voting, 0, 1, 2) == "desk.run_off"
    assert {child.state for child in voting.children} == {"city.last"}


def test_in_a_run_off_nobody_else_can_be_voted_for(voting: Play) -> None:
    voting.office.act(None, voting.children[0].id, "win", roles=frozenset({"the_rules"}))
    assert votes(voting, 1, 2, None) == "desk.run_off"
    assert [one.name for one in ballot(voting).candidates if one.is_open] == ["Beta", "Gamma"]
    with pytest.raises(Invalid, match="opinion_unknown"):
        voting.gives("assessor1", f"case:{voting.children[0].id}")


def test_who_leads_is_told_by_reference_in_the_record(voting: Play) -> None:
    votes(voting, 1, 1)
    first, second, third = (child.reference for child in voting.children)
    line = next(line for line in ballot(voting, "secretary").lines if line.code == "panel.tally")
    assert line.params["votes"] == [f"{second}: 2", f"{first}: 0", f"{third}: 0"]
