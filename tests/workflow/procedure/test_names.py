"""What conditions, guards and effects name has to be there, or the definition would say something that never happens."""

import json
from pathlib import Path
from typing import Any

import pytest

from definitions.examples import FRAME, examples, merged
from definitions.library import catalogue, examine
from workflow.procedure.findings import Unsound
from workflow.procedure.loader import parse_procedure
from workflow.procedure.source import read_source

WORDS = {"en": "Something.", "zh": "某事。"}


def laid_over(above: dict[str, Any]) -> str:
    frame = read_source(examples()[FRAME], "frame.yaml").value
    return json.dumps(merged(frame, above), ensure_ascii=False)


def approving(**given: Any) -> dict[str, Any]:
    return {"stages": {"desk": {"states": {"decide": {"actions": {"approve": given}}}}}}


def condition(fact: str) -> dict[str, Any]:
    return approving(guards=[{"condition": {"when": {"this": fact, "is_set": True}, "otherwise": WORDS}}])


def acting(**given: Any) -> dict[str, Any]:
    return approving(effects=[{"act_on": {"among": "round", "action": "approve", **given}}])


@pytest.mark.parametrize(
    ("above", "code"),
    [
        (condition("case.colour"), "unknown_fact"),
        (condition("childrn.open"), "unknown_fact"),
        (condition("outcome.desk.draft"), "unknown_fact"),
        (condition("votes.desk.decide.agree"), "unknown_fact"),
        (condition("scores.desk.decide"), "unknown_fact"),
        (condition("tally.desk.decide.last"), "unknown_fact"),
        (condition("children.desk.nowhere"), "unknown_state"),
        (approving(effects=[{"set_field": {"field": "proposal.grounds", "copy_of": "nowhere.x"}}]), "unknown_fact"),
        (
            approving(effects=[{"set_field": {"field": "proposal.grounds", "copy_of": "form.proposal.x"}}]),
            "unknown_fact",
        ),
        (acting(action="aprove"), "acts_nowhere"),
        (acting(action="submit", in_states="desk.decide"), "acts_nowhere"),
        (acting(in_states="desk.nowhere"), "unknown_state"),
        (acting(order_by="proposal.grounds"), "first_only"),
        (acting(which="first", order_by="proposal.nothing"), "unknown_field"),
        (acting(among="children", which="last"), "chosen_by_nobody"),
        (
            approving(guards=[{"round_count": {"in_states": "desk.x", "at_least": 2, "cites": "rules/1"}}]),
            "unknown_state",
        ),
        (approving(guards=[{"seats_left": {"in_stages": "dsk"}}]), "unknown_stage"),
    ],
)
def test_a_name_of_nothing_is_an_error(above: dict[str, Any], code: str) -> None:
    with pytest.raises(Unsound) as caught:
        parse_procedure(laid_over(above), "x.yaml", catalogue())
    assert [finding.code for finding in caught.value.findings] == [code]


def test_a_lot_needs_a_seed_that_somebody_gives() -> None:
    seed = {"title": WORDS, "fields": {"seed": {"type": "text", "title": WORDS}}}
    above = merged(acting(which="first", by_lot="draw.seed"), {"forms": {"draw": seed}})
    with pytest.raises(Unsound, match="seed_never_given"):
        parse_procedure(laid_over(above), "x.yaml", catalogue())
    parse_procedure(laid_over(merged(above, approving(form="draw"))), "x.yaml", catalogue())


def test_a_deed_of_nobody_is_doubtful_for_the_parent_may_have_it(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(laid_over(approving(guards=[{"not_done_by_same": {"actions": "submti"}}])), encoding="utf-8")
    assert "unknown_doing" in {finding.code for finding in examine(path)}


def test_an_action_that_stays_leads_back_to_each_state_of_its_stage() -> None:
    note = {"by": "head", "awaited": False, "to": "stays"}
    procedure = parse_procedure(
        laid_over({"actions": None, "stages": {"desk": {"actions": {"mark": note}}}}), "x", catalogue()
    )
    found = {ref: state.actions["mark"].to for ref, state in procedure.states.items() if "mark" in state.actions}
    assert found == {"desk.draft": "desk.draft", "desk.decide": "desk.decide"}
