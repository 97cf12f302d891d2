"""Differences between two versions: every one is found, said in both languages, and nothing is said of what is the same."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from definitions.changes import change_text, guard_text, where_text
from definitions.library import FOLDER, catalogue, procedures
from definitions.texts import has
from workflow.engine.effects import REGISTRY as EFFECTS
from workflow.engine.guards import REGISTRY as GUARDS
from workflow.procedure.conditions import Condition
from workflow.procedure.diff import KINDS, diff
from workflow.procedure.loader import parse_procedure
from workflow.procedure.model import Procedure
from workflow.procedure.packs import Article, RulePack
from workflow.procedure.parts import Part, Words

TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yaml"))}
MAIN = "reserve-official"


def parsed(text: str) -> Procedure:
    return parse_procedure(text, "text", catalogue())


def said(old: str, new: str, language: str = "en") -> list[tuple[str, str]]:
    """(where, what) of every difference."""
    found = diff(parsed(old), parsed(new))
    return [(where_text(change, language), change_text(change, language)) for change in found]


def edited(*edits: tuple[str, str], key: str = MAIN) -> str:
    text = TEXTS[key]
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return text


def test_the_same_rules_differ_in_nothing() -> None:
    for text in TEXTS.values():
        assert diff(parsed(text), parsed("# another remark\n" + text)) == ()


def test_a_number_is_said_with_old_and_new() -> None:
    assert said(TEXTS[MAIN], edited(("working_days: 10", "working_days: 15"))) == [
        ("Organizational review › Co-sign by three departments › deadline", "Working days: 10 → 15")
    ]


def test_it_is_said_in_chinese_too() -> None:
    assert said(TEXTS[MAIN], edited(("working_days: 10", "working_days: 15")), "zh") == [
        ("组织把关 › 三部门会签 › 办理期限", "工作日数：10 → 15")
    ]


def test_what_is_only_written_otherwise_is_one_line_wherever_it_is_named() -> None:
    assert said(TEXTS[MAIN], edited(("co_sign", "joint_sign"))) == [
        (
            "Organizational review",
            "state “Co-sign by three departments” is now written “joint_sign”, not “co_sign”",
        )
    ]


def test_a_renamed_role_is_one_line() -> None:
    old = TEXTS["annual-review"]
    new = old.replace("body_head", "leader_of_body")
    assert said(old, new) == [("", "role “Head of the body” is now written “leader_of_body”, not “body_head”")]


def test_new_things_are_said_with_what_they_hold() -> None:
    old = TEXTS["annual-review"]
    new = edited(
        (
            "      upgraded: {title",
            "      left: {title: {en: Left the district, zh: 调离}, final: left}\n      upgraded: {title",
        ),
        (
            "          remove: {by: secretary",
            "          leave: {by: [secretary, body_head], reason: required, title: {en: Has left, zh: 调离}, to: closed.left}\n          remove: {by: secretary",
        ),
        key="annual-review",
    )
    where = "Grade and result › To be graded"
    assert said(old, new) == [
        (where, "New: action “Has left”"),
        (f"{where} › Has left", "By: Secretary (organization department), Head of the body (not set before)"),
        (f"{where} › Has left", "To: Left the district (not set before)"),
        (f"{where} › Has left", "Reason: none → required"),
        ("Closed", "New: state “Left the district”"),
        ("Closed › Left the district", "Outcome of the case: left (not set before)"),
    ]
    assert said(new, old) == [(where, "Removed: action “Has left”"), ("Closed", "Removed: state “Left the district”")]


def test_guards_are_told_by_what_they_ask() -> None:
    old = TEXTS["annual-review"]
    new = old.replace("one_of: [excellent], cites", "one_of: [excellent, competent], cites")
    ((where, what),) = said(old, new)
    assert where == "Grade and result › To be graded › Upgrade › certain answers are given"
    assert what == "One of: excellent → excellent, competent"


def test_a_stated_condition_is_told_in_the_words_of_its_definition() -> None:
    tenure = procedures()["promotion-tenure"]
    actions = (action for state in tenure.states.values() for action in state.actions.values())
    stated = [use for action in actions for use in action.guards if use.name == "condition"]
    assert "At least four referees must not be chosen by the candidate." in [
        guard_text(u, "en", tenure) for u in stated
    ]
    assert "至少四名评议人不得由候选人提名。" in [guard_text(use, "zh", tenure) for use in stated]


def test_stages_and_answers_that_a_guard_names_are_told_by_their_titles() -> None:
    official = procedures()["reserve-official"]
    told = [
        guard_text(guard, "zh", official)
        for state in official.states.values()
        for action in state.actions.values()
        for guard in action.guards
    ]
    assert any("应为其一：通过" in one for one in told)
    assert any("所在环节：讨论决定、公示、列入名单" in one for one in told)


def test_another_order_is_a_difference() -> None:
    old = TEXTS["annual-review"]
    retained = "      retained: {title: {en: Kept on the list, zh: 保留}, final: retained}\n"
    upgraded = "      upgraded: {title: {en: Upgraded, zh: 提级使用}, final: upgraded}\n"
    assert retained + upgraded in old
    assert said(old, old.replace(retained + upgraded, upgraded + retained)) == [("Closed", "States: in another order")]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a definition that holds a number or a text of its own."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from places(one, (*path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from places(one, (*path, index))
    elif (isinstance(value, int) and not isinstance(value, bool)) or path[-1] in {"en", "zh"}:
        yield path


def changed(value: Any, path: tuple[Any, ...]) -> str:
    """Its JSON with one place changed, by as little as possible."""
    inner, last = value, path[-1]
    for key in path[:-1]:
        inner = inner[key]
    before = inner[last]
    inner[last] = before + 1 if isinstance(before, int) else before + "!"
    text = json.dumps(value)
    inner[last] = before
    return text


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_no_change_of_a_number_or_text_goes_unnoticed(key: str) -> None:
    old = parsed(TEXTS[key])
    whole = json.loads(old.canonical)
    found = list(places(whole))
    assert len(found) > 100
    for path in found:
        new = Procedure.model_validate_json(changed(whole, path))
        changes = diff(old, new)
        assert len(changes) == 1, path
        assert all(change_text(change, language) for change in changes for language in ("en", "zh"))


def test_procedures_of_different_kinds_can_be_compared() -> None:
    one, other = (parsed(TEXTS[key]) for key in (MAIN, "annual-review"))
    for old, new in ((one, other), (other, one)):
        for change in diff(old, new):
            for language in ("en", "zh"):
                assert change_text(change, language)
                where_text(change, language)


def parts(part: type[Part]) -> Iterator[type[Part]]:
    for below in part.__subclasses__():
        yield below
        yield from parts(below)


def test_every_part_of_the_language_has_a_name_in_both_languages() -> None:
    language = [
        one
        for one in parts(Part)
        if one.__module__.startswith("workflow.procedure") and one not in {Words, Condition, Article, RulePack}
    ]
    assert len(language) > 20
    catalogue_parts = [*GUARDS.values(), *EFFECTS.values()]
    keys = {f"key_{name}" for one in (*language, *catalogue_parts) for name in one.model_fields}
    names = {f"guard.{key}" for key in GUARDS} | {f"effect.{key}" for key in EFFECTS}
    kinds = {f"kind.{kind}" for kind in KINDS.values()}
    assert sorted(key for key in keys | names | kinds if not has(key)) == []
