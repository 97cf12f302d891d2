"""Votes among candidates: who has enough, who leads, who is last, and when nothing can change it any more."""

from collections.abc import Mapping

import pytest

from workflow.engine.panels import Given, reachable_outcomes, settle
from workflow.engine.tally import placed, tallied
from workflow.procedure.panel import Panel

MAJORITY = {"rule": "majority", "base": "cast", "uncounted": "abstain"}


def panel(settle_by: Mapping[str, object]) -> Panel:
    rules = {"of": {"everyone": "head"}, "opinions": ["none", "abstain"], "candidates": "children", "settle": settle_by}
    return Panel.model_validate(rules)


def seats(*said: str | None) -> list[Given]:
    return [Given(one if one in (None, "none", "abstain") else f"case:{one}") for one in said]


@pytest.mark.parametrize(
    ("rule", "said", "outcome", "winner"),
    [
        (MAJORITY, ("4", "4", "9"), "chosen", 4),
        (MAJORITY, ("4", "4", "9", "7"), "undecided", None),
        (MAJORITY, ("4", "4", "9", "abstain", "abstain"), "chosen", 4),
        (MAJORITY, ("4", "4", "9", None), None, None),
        (MAJORITY, ("4", "4", "4", "9", None), "chosen", 4),
        (MAJORITY, ("none", "none", "9"), "none", None),
        (MAJORITY, ("abstain", "abstain"), "undecided", None),
        ({"rule": "majority"}, ("4", "4", "abstain", "abstain"), "undecided", None),
        ({"rule": "share", "share": "2/3", "base": "cast"}, ("4", "4", "9"), "chosen", 4),
        ({"rule": "share", "share": "1/3", "base": "cast"}, ("4", "9", None), None, None),
        ({"rule": "share", "share": "1/3", "base": "cast"}, ("4", "9"), "undecided", None),
        ({"rule": "at_least", "at_least": 2}, ("4", "4", "9"), "chosen", 4),
        ({"rule": "at_least", "at_least": 2}, ("4", "4", "9", "9"), "undecided", None),
        ({"rule": "most", "uncounted": "abstain"}, ("4", "abstain", "abstain"), "chosen", 4),
    ],
)
def test_who_has_enough(
    rule: Mapping[str, object], said: tuple[str | None, ...], outcome: str | None, winner: int | None
) -> None:
    settled = settle(panel(rule), seats(*said))
    assert (settled.outcome, settled.winner) == (outcome, winner)


def test_who_has_no_votes_is_last_too() -> None:
    tally = tallied(panel(MAJORITY), seats("4", "4", "9", "abstain", "none"), [4, 9, 11, 12])
    assert tally == {"4": 2, "9": 1, "11": 0, "12": 0}
    assert (placed(tally, "leading"), placed(tally, "last"), placed({}, "last")) == ([4], [11, 12], [])


def test_a_state_says_where_each_outcome_leads_and_each_can_come() -> None:
    rules = panel(MAJORITY)
    assert rules.possible_outcomes == reachable_outcomes(rules) == {"chosen", "undecided", "none"}


def test_abstentions_are_no_votes_against_where_everybody_else_agrees() -> None:
    rules = {"of": {"everyone": "head"}, "opinions": ["agree", "disagree", "abstain"]}
    both = [Panel.model_validate({**rules, "settle": {"rule": "all", "uncounted": one}}) for one in ((), "abstain")]
    said = [Given("agree"), Given("abstain")]
    assert [settle(one, said).outcome for one in both] == ["refused", "agreed"]
