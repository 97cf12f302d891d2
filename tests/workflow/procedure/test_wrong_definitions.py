"""Definitions gone wrong as people write them: what is said stands on the very line, is said once, and helps in both languages."""

from pathlib import Path

import pytest

from definitions.explaining import finding_words
from definitions.library import examine
from definitions.texts import has
from workflow.procedure.findings import Finding, Unsound

BASE = """\
procedure: wrong
title: {en: Wrong, zh: 有误}
about: {en: A try., zh: 试写。}
subject: person
prefix: WR
starts: desk.draft
opened_by: clerk
cancelled: end.cancelled
sources:
  r/1: {en: Rule one., zh: 规定一。}
roles:
  clerk: {of: office, holds: officer, title: {en: Clerk, zh: 经办人}}
  head: {of: office, holds: head, title: {en: Head, zh: 负责人}}
forms:
  wish:
    title: {en: Wish, zh: 申请}
    fields:
      sum:
        type: integer
        at_most: 3
        title: {en: Sum, zh: 金额}
      kind:
        type: choice
        options: {a: {en: A kind, zh: 甲类}, b: {en: B kind, zh: 乙类}}
        title: {en: Kind, zh: 类别}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft:
        title: {en: Draft, zh: 起草}
        actions:
          submit:
            by: clerk
            form: wish
            title: {en: Submit, zh: 提交}
            to: desk.check
      check:
        title: {en: Check, zh: 审核}
        deadline:
          working_days: 10
          remind: [-2]
          cites: r/1
        actions:
          approve:
            by: head
            title: {en: Approve, zh: 同意}
            to: desk.asked
          refuse: {by: head, title: {en: Refuse, zh: 不同意}, to: end.refused}
      asked:
        title: {en: Asked, zh: 征集}
        children:
          opens: {branch: letter.open, for_each: wish.sum}
          join: {rule: all}
        outcomes:
          complete: desk.vote
      vote:
        title: {en: Vote, zh: 表决}
        panel:
          of: {everyone: head}
          opinions: [agree, disagree]
          settle: {rule: majority, cites: r/1}
        outcomes:
          agreed: end.done
          refused: end.refused
  letter:
    title: {en: Letter, zh: 来信}
    states:
      open:
        title: {en: Open, zh: 待写}
        actions:
          write: {by: clerk, title: {en: Write, zh: 撰写}, to: letter.written}
      written: {title: {en: Written, zh: 已写}, final: written}
  end:
    title: {en: End, zh: 办结}
    states:
      done: {title: {en: Done, zh: 办结}, final: done}
      refused: {title: {en: Refused, zh: 不同意}, final: refused}
      cancelled: {title: {en: Cancelled, zh: 取消}, final: cancelled}
"""
Edits = tuple[tuple[str, str], ...]
TITLE = "            title: {en: Approve, zh: 同意}\n"
ROLE = "  head: {of: office, holds: head, title: {en: Head, zh: 负责人}}\n"
JOINED = "          complete: desk.vote\n"
SHORT = (JOINED, JOINED + "          short: end.refused\n")
WAITS = "          join: {rule: all}\n        outcomes:"
OPEN = "        title: {en: Open, zh: 待写}\n"
LEADS = "            to: desk.asked\n"
REFUSE = "          refuse: {by: head, title: {en: Refuse, zh: 不同意}, to: end.refused}\n"
LAST = "          refused: end.refused\n  letter"
SEATS = ("          of: {everyone: head}\n", "          of: [head, clerk]\n")


def guarded(*guards: str) -> tuple[str, str]:
    lines = "".join(f"              - {guard}\n" for guard in guards)
    return TITLE, f"{TITLE}            guards:\n{lines}"


def stated(*conditions: str) -> tuple[str, str]:
    return guarded(
        *(f"condition: {{when: {one}, otherwise: {{en: No., zh: 不可。}}, cites: r/1}}" for one in conditions)
    )


def with_role(role: str) -> tuple[tuple[str, str], tuple[str, str]]:
    key = role.partition(":")[0]
    return (ROLE, f"{ROLE}  {role}\n"), ("          write: {by: clerk", f"          write: {{by: {key}")


def waiting(deadline: str, own: str) -> Edits:
    limit = f"          join: {{rule: all}}\n        deadline: {{{deadline}, on_expiry: complete, cites: r/1}}\n        outcomes:"
    return (WAITS, limit), (OPEN, f"{OPEN}        deadline: {{{own}, remind: [-2], cites: r/1}}\n")


CHOICE = """      way:
        title: {en: Way, zh: 去向}
        choose:
          - {when: {this: form.wish.kind, equals: a}, to: desk.asked}
          - {when: {this: form.wish.kind, equals: c}, to: end.done}
          - {to: desk.vote}
      asked:
"""

WRONG: dict[str, tuple[Edits, list[tuple[str, str]]]] = {
    "nothing": ((), []),
    "a circle without an end": (
        ((LEADS, "            to: desk.draft\n"), (REFUSE, "")),
        [("no_way_out", "draft:"), ("no_way_out", "check:"), ("unreachable", "asked:")],
    ),
    "answers that exclude each other": (
        (stated("{this: form.wish.kind, equals: a}", "{this: form.wish.kind, one_of: [b]}"),),
        [("never_enabled", "guards:")],
    ),
    "numbers that exclude each other": (
        (stated("{this: children.total, at_least: 9}", "{this: form.wish.sum, at_least: 3}", "{this: form.wish.sum, at_most: 2}"),),
        [("never_enabled", "guards:")],
    ),
    "a condition that excludes itself": (
        (stated("{all: [{this: form.wish.kind, equals: a}, {not: {this: form.wish.kind, equals: a}}]}"),),
        [("never_enabled", "guards:")],
    ),
    "alternatives that are all excluded": (
        (stated("{any: [{this: form.wish.kind, equals: c}, {this: form.wish.sum, at_least: 4}]}"),),
        [("never_enabled", "guards:")],
    ),
    "an answer nobody can give": ((stated("{this: form.wish.kind, equals: c}"),), [("never_enabled", "guards:")]),
    "a number the form does not take": ((stated("{this: form.wish.sum, at_least: 4}"),), [("never_enabled", "guards:")]),
    "done by those who may not do it": (
        ((ROLE, "  head: {did: submit, title: {en: Head, zh: 负责人}}\n"), guarded("not_done_by_same: {actions: submit}"), ("{everyone: head}", "{everyone: clerk}")),
        [("never_enabled", "guards:")],
    ),
    "a role for doing what nobody does": (with_role("doer: {did: approves, title: {en: Doer, zh: 办理者}}"), [("unknown_doing", "doer:")]),
    "the person of a case about a post": (
        (("subject: person", "subject: post"), *with_role("own: {is_subject: true, title: {en: Own, zh: 本人}}")),
        [("subject_of_nothing", "own:")],
    ),
    "separation from nothing": (
        (guarded("condition: {when: {this: form.wish.sum, at_least: 1}, otherwise: {en: No., zh: 不可。}, cites: r/1}", "not_done_by_same: {actions: submits}"),),
        [("unknown_doing", "- not_done_by_same:")],
    ),
    "a recall of nothing": ((guarded("last_done: {actions: [submits]}"),), [("unknown_doing", "- last_done:")]),
    "an action no child has": (
        ((LAST, "          refused: end.refused\n        outcome_effects:\n          agreed: [{act_on: {among: children, action: wins}}]\n  letter"),),
        [("acts_nowhere", "agreed: [{act_on")],
    ),
    "a join of more than there can be": (
        (("join: {rule: all}", "join: {rule: at_least, at_least: 4}"), SHORT),
        [("join_never", "join:")],
    ),
    "a join that counts another path's end": (
        (("join: {rule: all}", "join: {rule: first, counting: done}"), SHORT),
        [("counts_nothing", "join:")],
    ),
    "a branch without an end": (
        (("to: letter.written}", "to: letter.open}"),),
        [("no_way_out", "open:"), ("unreachable", "written:")],
    ),
    "a branch with more time than who waits": (waiting("working_days: 5", "working_days: 20"), [("outlasts", "deadline: {working_days: 20")]),
    "months where days are waited": (waiting("days: 7", "months: 2"), [("outlasts", "deadline: {months: 2")]),
    "days that may be as long as working days": (waiting("working_days: 10", "days: 14"), []),
    "an outcome nobody brings about": ((("opinions: [agree, disagree]", "opinions: [agree]"),), [("outcome_never", "refused: end.refused")]),
    "an outcome that leads nowhere": (((LAST, "  letter"),), [("outcomes", "outcomes:")]),
    "an outcome of another rule": (
        ((LAST, "          refused: end.refused\n          deferred: desk.vote\n  letter"),),
        [("outcomes", "deferred:")],
    ),
    "more votes than seats": (
        (SEATS, ("settle: {rule: majority,", "settle: {rule: at_least, at_least: 3,")),
        [("too_few_seats", "settle:")],
    ),
    "more members than seats": (
        ((SEATS[0], f"{SEATS[1]}          fewest: 3\n"), (LAST, "          refused: end.refused\n          too_few: desk.vote\n  letter")),
        [("too_few_seats", "fewest:")],
    ),
    "a text in one language": ((("title: {en: Check, zh: 审核}", "title: {en: Check}"),), [("words_missing", "title: {en: Check}")]),
    "an empty text": ((("title: {en: Check, zh: 审核}", 'title: {en: Check, zh: ""}'),), [("words_blank", "title: {en: Check")]),
    "a slip of the pen in a state": ((("            to: desk.asked\n", "            to: desk.askd\n"),), [("unknown_state", "to: desk.askd")]),
    "states behind a state nobody comes to": (((LEADS, "            to: end.refused\n"),), [("unreachable", "asked:")]),
    "a choice nobody makes": (
        (("      asked:\n", CHOICE), (LEADS, "            to: desk.way\n")),
        [("way_never", "- {when: {this: form.wish.kind, equals: c}")],
    ),
}  # fmt: skip


def changed(edits: Edits) -> str:
    text = BASE
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def found(path: Path, text: str) -> tuple[Finding, ...]:
    path.write_text(text, encoding="utf-8")
    try:
        return examine(path)
    except Unsound as unsound:
        return unsound.findings


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_once_and_on_its_line(tmp_path: Path, name: str) -> None:
    edits, expected = WRONG[name]
    text = changed(edits)
    lines = text.splitlines()
    findings = found(tmp_path / "wrong.yaml", text)
    assert [
        (one.code, lines[one.line - 1].strip()[: len(begun)])
        for one, (_, begun) in zip(findings, expected, strict=True)
    ] == expected
    for one in findings:
        english, chinese = (finding_words(one, locale) for locale in ("en", "zh"))
        assert all(before != after for before, after in zip(english, chinese, strict=True)), "in both languages"
        assert has(f"hint.{one.code}")


def test_a_length_is_said_with_its_unit(tmp_path: Path) -> None:
    (one,) = found(tmp_path / "wrong.yaml", changed(waiting("days: 7", "months: 2")))
    assert (
        "deadline of 2 months is longer than that of “desk.asked”, which waits here and has 7 days"
        in finding_words(one, "en")[1]
    )
    assert "此期限为 2 个月" in finding_words(one, "zh")[1]


def test_the_conflict_is_shown(tmp_path: Path) -> None:
    conflicts = {
        "answers that exclude each other": "form.wish.kind: {a} ∩ {b} ∩ {a, b} = ∅",
        "numbers that exclude each other": "form.wish.sum: 3 > 2",
        "an answer nobody can give": "form.wish.kind: {c} ∩ {a, b} = ∅",
    }
    for name, said in conflicts.items():
        (one,) = found(tmp_path / "wrong.yaml", changed(WRONG[name][0]))
        assert one.params["detail"] == said


POSSIBLE = {
    "either": "{any: [{this: form.wish.kind, equals: c}, {this: form.wish.kind, equals: a}]}",
    "no answer": "{not: {this: form.wish.kind, one_of: [a, b]}}",
    "not one of them": "{this: form.wish.kind, none_of: [a]}",
    "unknown or small": "{any: [{this: form.wish.sum, is_set: false}, {this: form.wish.sum, at_most: 2}]}",
    "not both": "{not: {all: [{this: form.wish.kind, equals: a}, {this: form.wish.kind, equals: b}]}}",
    "at the limit": "{all: [{this: form.wish.sum, at_least: 3}, {this: form.wish.sum, at_most: 3}]}",
}


@pytest.mark.parametrize("name", POSSIBLE)
def test_what_can_be_true_is_left_alone(tmp_path: Path, name: str) -> None:
    assert found(tmp_path / "wrong.yaml", changed((stated(POSSIBLE[name]),))) == ()


def test_an_answer_the_rules_write_themselves_is_not_limited_by_the_form(tmp_path: Path) -> None:
    effect = f"{TITLE}            effects: [{{set_field: {{field: wish.sum, value: 9}}}}]\n"
    text = changed((stated("{this: form.wish.sum, at_least: 4}"), (TITLE, effect)))
    assert found(tmp_path / "wrong.yaml", text) == ()
