"""`./run procedures check|list|draw`: every fault has its line and its words, in both languages, and never a traceback."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from definitions.library import FOLDER
from web.commands.procedures import command

YEARLY = (FOLDER / "annual-review.yaml").read_text(encoding="utf-8")
TITLE = "title: {en: Yearly review of listed officials, zh: 名单人员年度考核}\n"
SUBMIT = "submit: {by: [reviewee, body_officer], form: self_report,"
FAULTS = {
    "a duplicate key": (YEARLY.replace(TITLE, TITLE * 2), "“title” stands here a second time", "“title”重复出现"),
    "an unknown key": (YEARLY + "rolez: {}\n", "“rolez” is not known here. Allowed:", "此处不能使用“rolez”"),
    "a missing key": (YEARLY.replace(TITLE, ""), "“title” is missing here", "此处缺少“title”"),
    "an unknown target": (
        YEARLY.replace("to: opinion.body}", "to: nowhere.at_all}"),
        "There is no state “nowhere.at_all”. Allowed:",
        "没有状态“nowhere.at_all”",
    ),
    "an unknown guard": (
        YEARLY.replace(SUBMIT, SUBMIT + " guards: [{ages: {at_most: 45}}],"),
        "There is no guard “ages”",
        "没有条件“ages”",
    ),
    "a guard with an unknown parameter": (
        YEARLY.replace(SUBMIT, SUBMIT + " guards: [{age: {younger: 45, cites: work-rules/16}}],"),
        "“age” has no “younger”. Allowed: at_least, at_most, on",
        "“age”没有参数“younger”",
    ),
    "an effect with an unknown parameter": (
        YEARLY.replace(SUBMIT, SUBMIT + " effects: [{notify: {whom: organization_head}}],"),
        "“notify” has no “whom”. Allowed:",
        "“notify”没有参数“whom”",
    ),
    "a guard's parameter of the wrong kind": (
        YEARLY.replace(SUBMIT, SUBMIT + " guards: [{age: {at_most: old, cites: work-rules/16}}],"),
        "Guard “age”, at_most; wanted: a whole number.",
        "条件“age”的 at_most 应为整数。",
    ),
    "a word for a number": (
        YEARLY.replace("after: 7", "after: many", 1),
        "“many” is of the wrong kind; wanted: a whole number.",
        "“many”类型不对，应为整数。",
    ),
    "an answer that is not offered": (
        YEARLY.replace("tone: primary", "tone: loud", 1),
        "“loud” is not allowed here. Allowed: primary, secondary, danger.",
        "此处不能写“loud”。可用：primary, secondary, danger。",
    ),
    "an alias": (
        YEARLY + "more: &more {}\nagain: *more\n",
        "Aliases (*more) are not allowed",
        "不允许使用别名（*more）",
    ),
    "no YAML": ("procedure: [", "This is not YAML", "不是合法的 YAML"),
    "nothing": ("", "A definition is a list of keys", "定义文件应由键和值组成"),
}


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words])


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_by_file_and_line_in_the_language_asked_for(tmp_path: Path, name: str) -> None:
    text, english, chinese = FAULTS[name]
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    for lang, wanted in (("en", english), ("zh", chinese)):
        result = run("check", "--lang", lang, path)
        assert (result.exit_code, type(result.exception)) == (1, SystemExit), result.exception
        lines = [line for line in result.stdout.splitlines() if not line.startswith("    ")]  # hints are indented
        error = {"en": "error", "zh": "错误"}[lang]
        assert all(re.match(rf"{re.escape(str(path))}:\d+: {error}: ", line) for line in lines), lines
        assert any(wanted in line for line in lines), lines


def test_every_file_named_is_checked(tmp_path: Path) -> None:
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text("procedure: [", encoding="utf-8")
    result = run("check", tmp_path / "one.yaml", tmp_path / "two.yaml", tmp_path / "absent.yaml")
    assert result.exit_code == 1
    assert [line.partition(":")[0] for line in result.stdout.splitlines() if not line.startswith("    ")] == [
        str(tmp_path / name) for name in ("one.yaml", "two.yaml", "absent.yaml")
    ]


def test_what_ships_is_sound() -> None:
    result = run("check")
    assert (result.exit_code, result.stdout) == (0, "")


def test_procedures_are_listed_and_drawn() -> None:
    listed = run("list", "--lang", "zh").stdout
    assert [line.split()[0] for line in listed.splitlines()] == sorted(path.stem for path in FOLDER.glob("*.yaml"))
    assert "名单人员年度考核（5 个环节，7 个状态）" in listed
    assert "Yearly review of listed officials (5 stages, 7 states)" in run("list").stdout
    assert run("draw", "annual-review").stdout.startswith("<svg")
    assert run("draw", "annual-review", "--mermaid").stdout.startswith("stateDiagram-v2")
    refused = run("draw", "nothing")
    assert refused.exit_code == 1
    assert ", ".join(line.split()[0] for line in listed.splitlines()) in refused.stderr
