"""What can never come true is an error, what will not do as it seems a warning; each on its line, with a hint."""

import subprocess
import sys
from pathlib import Path

import pytest

from definitions.examples import FRAME, examples
from definitions.explaining import finding_text
from definitions.library import FOLDER, catalogue, examine
from definitions.texts import has, keys
from tests.architecture.house import HOME
from tests.web.test_front_door import run
from workflow.engine.panels import reachable_outcomes
from workflow.procedure.findings import Finding, Unsound
from workflow.procedure.panel import Panel

COMMON = "\nactions:\n  note: {by: head, awaited: false, reason: required, except_in: [desk.decide], to: desk.decide}\n"
TEXT = examples()[FRAME].replace(COMMON, "")
"""The frame without the action that leads past the form from everywhere."""
SUBMIT = "submit: {by: clerk, form: proposal,"
AGREED = "consents: {type: yes_no, title: {en: The person agrees, zh: 本人同意}}\n      grounds:"
REFEREES = "referees: {type: accounts, holders_of: head, title: {en: Referees, zh: 评议人}}\n      grounds:"
REFEREE = "  referee: {chosen_in: proposal.referees, title: {en: Referee, zh: 评议人}}\nseen_by: "


def changed(*changes: tuple[str, str]) -> str:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def found(path: Path, text: str) -> tuple[Finding, ...]:
    path.write_text(text, encoding="utf-8")
    try:
        return examine(path)
    except Unsound as unsound:
        return unsound.findings


def guarded(*guards: str) -> tuple[str, str]:
    return SUBMIT, f"{SUBMIT} guards: [{', '.join(guards)}],"


def age(limits: str, more: str = "") -> str:
    return f"{{age: {{{limits}, cites: rules/1{more}}}}}"


def paneled(panel: str, outcomes: str = "agreed: desk.decide, refused: desk.refused") -> tuple[str, str]:
    state = f"panel: {{title: {{en: Asked, zh: 征求意见}}, panel: {panel}, outcomes: {{{outcomes}}}}}\n      decide:\n"
    return "decide:\n", state


def after_panel(panel: str, outcomes: str = "agreed: desk.decide, refused: desk.refused") -> str:
    return changed(paneled(panel, outcomes), ("to: desk.decide}", "to: desk.panel}"))


def limited(deadline: str, more: str = "") -> str:
    return changed(
        ("draft:\n", f"draft:\n        deadline: {{{deadline}, cites: rules/1}}\n"),
        ("        actions:\n", f"        actions:\n{more}"),
    )


EXPIRES = "          lapse: {by: head, title: {en: Lapse, zh: 失效}, to: desk.refused}\n"
CHOSEN = ("of: [clerk, head]", "of: {chosen: referee}")
SOUND_PANEL = "{of: [clerk, head], opinions: [agree, disagree], settle: {rule: all, cites: rules/1}}"

IMPOSSIBLE = {
    "too old and too young": (changed(guarded(age("at_most: 30"), age("at_least: 40"))), "never_enabled", SUBMIT),
    "one guard with itself": (changed(guarded(age("at_most: 30, at_least: 40"))), "never_enabled", SUBMIT),
    "in every category": (
        changed(guarded(age("at_most: {senior: 30, junior: 20}"), age("at_least: 35"))),
        "never_enabled",
        SUBMIT,
    ),
    "answers of two guards": (
        changed(
            guarded("{field_is: {fields: consents, one_of: [yes]}}", "{field_is: {fields: consents, one_of: [no]}}"),
            ("grounds:", AGREED),
        ),
        "never_enabled",
        SUBMIT,
    ),
    "an answer the form does not offer": (
        changed(guarded("{field_is: {fields: consents, one_of: [maybe]}}"), ("grounds:", AGREED)),
        "never_enabled",
        SUBMIT,
    ),
    "a form nobody fills in": (
        changed(
            ("seen_by: ", REFEREE),
            ("grounds:", REFEREES),
            (SUBMIT, "submit: {by: [clerk, referee],"),
        ),
        "role_never_named",
        "referee:",
    ),
    "chosen from the chosen": (
        changed(
            ("seen_by: ", REFEREE),
            ("grounds:", REFEREES.replace("holders_of: head", "holders_of: referee")),
        ),
        "holders_of_nobody",
        "referees:",
    ),
    "limited to a tie that never was": (
        after_panel(SOUND_PANEL.replace("opinions:", "among: tied, opinions:")),
        "no_tie_before",
        "panel:",
    ),
    "blank words": (changed(("zh: 起草", "zh: '　'")), "words_blank", "zh: '　'"),
    "a message without a text": (
        changed((SUBMIT, f"{SUBMIT} effects: [{{notify: {{to: head, template: no_such_text}}}}],")),
        "unknown_template",
        SUBMIT[:20],
    ),
}  # fmt: skip

DOUBTFUL = {
    "one category": (
        changed(guarded(age("at_most: {senior: 50, junior: 20}"), age("at_least: 35"))),
        "never_enabled_for",
        SUBMIT,
    ),
    "a reminder before the beginning": (limited("working_days: 5, remind: [-30]"), "reminder_before_start", "deadline:"),
    "a reminder on the first day": (limited("days: 5, remind: [-5]"), "reminder_before_start", "deadline:"),
    "a reminder before a month": (limited("months: 1, remind: [-31]"), "reminder_before_start", "deadline:"),
    "a reminder after the clock": (limited("days: 5, remind: [1], on_expiry: lapse", EXPIRES), "after_expiry", "deadline:"),
    "an escalation after the clock": (
        limited("days: 5, escalate: {after: 1, to: head}, on_expiry: lapse", EXPIRES),
        "after_expiry",
        "deadline:",
    ),
    "nobody can object": (after_panel(SOUND_PANEL.replace(", disagree]", "]")), "outcome_never", "panel:"),
    "all never defer": (
        after_panel(
            SOUND_PANEL.replace("disagree]", "disagree, defer]"),
            "agreed: desk.decide, refused: desk.refused, deferred: desk.panel",
        ),
        "outcome_never",
        "panel:",
    ),
    "a quorum nobody records": (
        after_panel(
            SOUND_PANEL.replace("settle:", "quorum: {present: 2/3, cites: rules/1}, settle:"),
            "agreed: desk.decide, refused: desk.refused, void: desk.panel",
        ),
        "outcome_never",
        "panel:",
    ),
    "an opinion without a name": (
        after_panel("{of: [head], opinions: [shrugs], settle: {rule: everyone_answered, cites: rules/1}}", "complete: desk.decide"),
        "opinion_unnamed",
        "panel:",
    ),
    "asked before being named": (
        changed(
            ("seen_by: ", REFEREE),
            ("grounds:", REFEREES),
            paneled(SOUND_PANEL.replace(*CHOSEN)),
            ("to: desk.decide}", "to: desk.panel}\n          skip: {by: clerk, title: {en: Skip, zh: 跳过}, to: desk.panel}"),
        ),
        "role_maybe_unnamed",
        "referee:",
    ),
    "a role for nothing": (
        changed(("seen_by: ", "  idler: {of: office, holds: idler, title: {en: Idler, zh: 闲人}}\nseen_by: ")),
        "role_unused",
        "idler:",
    ),
    "English in the Chinese": (changed(("zh: 起草", "zh: Draft")), "words_untranslated", "zh: Draft"),
    "Chinese in the English": (changed(("en: Draft", "en: 起草")), "words_untranslated", "en: 起草"),
    "an action without a name": (changed(), "action_untitled", SUBMIT),
}  # fmt: skip


def line_of(text: str, fragment: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if fragment[:18] in line)


def assert_found(path: Path, text: str, code: str, fragment: str, severity: str) -> None:
    findings = found(path, text)
    assert {finding.severity for finding in findings} == {severity}
    (lines,) = [{finding.line for finding in findings if finding.code == code}]
    assert line_of(text, fragment) in lines


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_can_never_come_true_is_an_error(tmp_path: Path, name: str) -> None:
    assert_found(tmp_path / "x.yaml", *IMPOSSIBLE[name], "error")


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_will_not_do_as_it_seems_is_a_warning(tmp_path: Path, name: str) -> None:
    assert_found(tmp_path / "x.yaml", *DOUBTFUL[name], "warning")


QUIET = {
    "an opinion the panel names": after_panel(
        SOUND_PANEL.replace("disagree]", "shrugs], titles: {shrugs: {en: Does not mind, zh: 无所谓}}")
    ),
    "ages that meet": changed(guarded(age("at_most: 40"), age("at_least: 40"))),
    "ages on different days": changed(guarded(age("at_most: 30"), age("at_least: 31, on: round.opens_date"))),
    "a waiver": changed(guarded(age("at_most: 30"), age("at_least: 40", ", waivable_by: head"))),
    "a reminder in time": limited("days: 5, remind: [-4, 0]"),
    "a panel": after_panel(SOUND_PANEL),
    "named before being asked": changed(
        ("seen_by: ", REFEREE),
        ("grounds:", REFEREES),
        paneled(SOUND_PANEL.replace(*CHOSEN)),
        ("to: desk.decide}", "to: desk.panel}"),
    ),
}


@pytest.mark.parametrize("name", QUIET)
def test_what_can_work_is_left_alone(tmp_path: Path, name: str) -> None:
    assert {finding.code for finding in found(tmp_path / "x.yaml", QUIET[name])} == {"action_untitled"}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_what_ships_is_beyond_doubt(path: Path) -> None:
    assert examine(path) == ()


def test_every_finding_has_a_hint_and_every_hint_its_finding() -> None:
    hints = {key.removeprefix("hint.") for key in keys() if key.startswith("hint.")}
    codes = {key for key in keys() if f"hint.{key}" in keys()}
    listed = (HOME / "definitions" / "messages" / "findings.yaml").read_text(encoding="utf-8").splitlines()
    said = {
        line.partition(":")[0]
        for line in listed
        if line[:1].isalpha() and not line.startswith(("severity.", "wanted.", "finding."))
    }
    assert hints == codes == said
    assert has("severity.error")
    assert has("severity.warning")


def test_a_finding_is_told_with_severity_and_hint() -> None:
    finding = Finding("x.yaml", 7, "words_blank", {}, severity="warning")
    assert finding_text(finding, "en") == "x.yaml:7: warning: A text is blank.\n    Write the text in both languages."


def test_the_outcomes_of_a_panel_are_those_its_rule_gives() -> None:
    settle = {"rule": "majority", "cites": "rules/1"}
    meeting = {"of": {"everyone": "head"}, "opinions": ["agree", "disagree", "defer"], "settle": settle}
    recorded = meeting | {"recorded_by": "head", "quorum": {"present": "2/3"}}
    assert reachable_outcomes(Panel.model_validate(meeting)) == {"agreed", "refused", "deferred"}
    assert reachable_outcomes(Panel.model_validate(recorded)) == {"agreed", "refused", "deferred", "void"}


def test_warnings_leave_the_exit_code_alone_and_errors_do_not(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(DOUBTFUL["a reminder before the beginning"][0], encoding="utf-8")
    doubtful = run("procedures", "check", str(path), home=HOME)
    assert doubtful.returncode == 0
    assert ": warning: " in doubtful.stdout
    path.write_text(IMPOSSIBLE["blank words"][0], encoding="utf-8")
    impossible = run("procedures", "check", str(path), home=HOME)
    assert impossible.returncode == 1
    assert ": error: " in impossible.stdout


def test_checking_needs_no_database() -> None:
    """What takes long to import is not imported: the check is answered at once, also in an editor."""
    script = "import sys, web.commands.procedures; sys.exit('sqlalchemy' in sys.modules or 'flask' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=HOME, check=False).returncode == 0


def test_the_catalogue_knows_the_texts() -> None:
    assert catalogue().has_text("case_listed")
    assert not catalogue().has_text("no_such_text")
