"""Joins that nothing completes are errors; a branch's deadline that outlasts who waits for it is a warning."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from definitions.examples import FRAME, merged
from tests.definitions.test_examples import plain
from tests.workflow.procedure.test_deeper import found

Change = Callable[[dict[str, Any]], None]


def findings(folder: Path, change: Change) -> set[tuple[str, str, str]]:
    text = merged(plain(FRAME), plain("join"))
    change(text)
    found_here = found(folder / "x.yaml", json.dumps(text, ensure_ascii=False))
    return {
        (one.severity, one.code, one.place) for one in found_here if one.code not in {"action_untitled", "role_unused"}
    }


def desk(text: dict[str, Any]) -> dict[str, Any]:
    states: dict[str, Any] = text["stages"]["desk"]["states"]
    return states


def asks_for_ten(text: dict[str, Any]) -> None:
    desk(text)["two"]["children"]["join"]["at_least"] = 10


def asks_for_two_of_one(text: dict[str, Any]) -> None:
    del desk(text)["two"]["children"]["opens"]["for_each"]


def lets_more_be_opened(text: dict[str, Any]) -> None:
    asks_for_ten(text)
    more = {"by": "clerk", "to": "desk.two", "effects": [{"open_child": {"branch": "answer.asked"}}]}
    desk(text)["two"]["actions"] = {"more": more}


def counts_what_never_comes(text: dict[str, Any]) -> None:
    desk(text)["one"]["children"]["join"]["counting"] = ["approved"]


def waits_less_than_the_branch(text: dict[str, Any]) -> None:
    desk(text)["two"]["deadline"] = {"days": 10, "on_expiry": "short", "cites": "rules/1"}
    answer = text["stages"]["answer"]["states"]["asked"]
    answer["deadline"] = {"days": 11, "remind": [-3], "cites": "rules/1"}


def waits_as_long_as_the_branch(text: dict[str, Any]) -> None:
    waits_less_than_the_branch(text)
    desk(text)["two"]["deadline"]["days"] = 11


def waits_in_other_days(text: dict[str, Any]) -> None:
    waits_less_than_the_branch(text)
    desk(text)["two"]["deadline"] = {"months": 1, "on_expiry": "short", "cites": "rules/1"}


JOIN = "stages.desk.states.{}.children.join"
OUTLASTS = ("warning", "outlasts", "stages.answer.states.asked.deadline")


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (asks_for_ten, {("error", "join_never", JOIN.format("two"))}),
        (asks_for_two_of_one, {("error", "join_never", JOIN.format("two"))}),
        (lets_more_be_opened, set()),
        (counts_what_never_comes, {("error", "counts_nothing", JOIN.format("one") + ".counting")}),
        (waits_less_than_the_branch, {OUTLASTS}),
        (waits_as_long_as_the_branch, set()),
        (waits_in_other_days, set()),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_children_are_enough_and_in_time(tmp_path: Path, change: Change, wanted: set[tuple[str, str, str]]) -> None:
    assert findings(tmp_path, change) == wanted
