"""Loading a definition: every fault names file, line and what is allowed there."""

from pathlib import Path

import pytest

from workflow.engine.catalogue import Catalogue
from workflow.procedure.findings import Finding, Unsound
from workflow.procedure.loader import load_procedure, parse_procedure
from workflow.procedure.model import Procedure

CATALOGUE = Catalogue({"channel": {"own": {"en": "own", "zh": "自荐"}}})

SOUND = """\
procedure: small
title: {en: Small, zh: 小}
about: {en: A small one., zh: 很小。}
prefix: SM
starts: desk.draft
sources:
  rules/1: {en: Article one., zh: 第一条。}
roles:
  clerk: {of: office, holds: officer, title: {en: Clerk, zh: 经办人}}
  head: {of: office, holds: head, title: {en: Head, zh: 负责人}}
forms:
  note:
    title: {en: Note, zh: 说明}
    fields:
      text: {type: long_text, required: true, title: {en: Text, zh: 内容}}
      channel: {type: choice, codes: channel, title: {en: Channel, zh: 渠道}}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft:
        title: {en: Draft, zh: 起草}
        deadline: {working_days: 3, remind: [-1], cites: rules/1}
        actions:
          submit: {by: clerk, form: note, guards: [{age: {at_most: 45, cites: rules/1}}], to: desk.sign}
      sign:
        title: {en: Sign, zh: 会签}
        panel:
          of: [clerk, head]
          opinions: [agree, disagree]
          settle: {rule: all, cites: rules/1}
        outcomes: {agreed: desk.done, refused: desk.draft}
      done: {title: {en: Done, zh: 办结}, final: done}
"""


def parse(text: str) -> Procedure:
    return parse_procedure(text, "small.yaml", CATALOGUE)


def faults(text: str) -> tuple[Finding, ...]:
    with pytest.raises(Unsound) as caught:
        parse(text)
    return caught.value.findings


def line_of(text: str, fragment: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if fragment in line)


def test_a_sound_definition_loads_with_its_code_table_written_in() -> None:
    procedure = parse(SOUND)
    assert list(procedure.states) == ["desk.draft", "desk.sign", "desk.done"]
    assert procedure.forms["note"].fields["channel"].options["own"].zh == "自荐"


def test_the_canonical_text_gives_the_same_procedure_and_digest_again() -> None:
    procedure = parse(SOUND)
    again = Procedure.model_validate_json(procedure.canonical)
    assert again == procedure
    assert again.digest == procedure.digest


def test_a_comment_changes_no_digest_but_a_number_does() -> None:
    assert parse("# remark\n" + SOUND).digest == parse(SOUND).digest
    assert parse(SOUND.replace("at_most: 45", "at_most: 46")).digest != parse(SOUND).digest


CHANGES = [
    ("to: desk.sign", "to: desk.nowhere", "unknown_state", "submit:"),
    ("by: clerk, form", "by: nobody, form", "unknown_role", "submit:"),
    ("form: note, guards", "form: letter, guards", "unknown_form", "submit:"),
    ("age: {at_most: 45, cites: rules/1}", "ages: {at_most: 45, cites: rules/1}", "unknown_guard", "submit:"),
    ("age: {at_most: 45, cites", "age: {at_mots: 45, cites", "unknown_parameter", "submit:"),
    ("at_most: 45, cites: rules/1", "at_most: 45", "uncited", "submit:"),
    ("at_most: 45, cites: rules/1", "at_most: 45, cites: rules/2", "unknown_source", "submit:"),
    ("codes: channel", "codes: channels", "unknown_codes", "channel:"),
    ("type: long_text", "type: essay", "not_allowed", "text:"),
    ("remind: [-1], ", "", "deadline_without_outcome", "deadline:"),
    ("working_days: 3, remind", "working_days: 3, days: 4, remind", "one_length", "deadline:"),
    ("refused: desk.draft", "declined: desk.draft", "outcomes", "outcomes:"),
    ("agreed: desk.done, ", "", "outcomes", "outcomes:"),
    ("rule: all", "rule: loudest", "not_allowed", "settle:"),
    ("starts: desk.draft", "starts: desk.start", "unknown_state", "starts:"),
    ("prefix: SM", "prefix: small", "bad_name", "prefix:"),
    ("holds: head, title", "hold: head, title", "unknown_key", "head:"),
    ("title: {en: Done, zh: 办结}, final", "title: {en: Done}, final", "words_missing", "done:"),
    ("of: [clerk, head]", "of: [clerk, boss]", "unknown_role", "[clerk,"),
    (", final: done}", "}", "dead_end", "done:"),
    ("of: office, holds: head", "holds: head", "role_way", "head:"),
    ("by: clerk, form: note", "by: clerk, bulk: true, form: note", "bulk_with_form", "submit:"),
    ("by: clerk, form: note", "by: clerk, bulk: 1, form: note", "wrong_type", "submit:"),
    ("to: desk.sign", "bulk: true, to: desk.done", "bulk_ends_case", "submit:"),
    ("opinions: [agree,", "bulk: perhaps\n          opinions: [agree,", "bulk_opinion", "bulk: perhaps"),
    (
        "opinions: [agree,",
        "bulk: agree\n          reason_for: agree\n          opinions: [agree,",
        "bulk_opinion",
        "bulk: agree",
    ),
    ("of: [clerk, head]", "of: {everyone: clerk}\n          bulk: agree", "bulk_ballot", "bulk: agree"),
    (
        "of: [clerk, head]",
        "of: [clerk, head]\n          recorded_by: head\n          bulk: agree",
        "bulk_ballot",
        "bulk: agree",
    ),
]


@pytest.mark.parametrize(("old", "new", "code", "on_line"), CHANGES, ids=[f"{c[2]}-{n}" for n, c in enumerate(CHANGES)])
def test_each_fault_is_found_on_its_line(old: str, new: str, code: str, on_line: str) -> None:
    assert old in SOUND
    broken = SOUND.replace(old, new, 1)
    found = {(finding.code, finding.line) for finding in faults(broken)}
    assert (code, line_of(broken, on_line)) in found


def test_an_unknown_key_is_told_what_is_allowed_and_what_is_near() -> None:
    (fault,) = faults(SOUND.replace("holds: head, title", "hold: head, title"))
    assert "holds" in fault.params["allowed"]
    assert fault.params["near"] == "holds"


def test_a_definition_without_bulk_keeps_its_text_and_its_digest() -> None:
    said = SOUND.replace("opinions: [agree,", "bulk: []\n          opinions: [agree,").replace(
        "by: clerk,", "by: clerk, bulk: false,"
    )
    assert parse(said).canonical == parse(SOUND).canonical
    assert "bulk" not in parse(SOUND).canonical


def test_unreachable_states_and_dead_ends_are_found() -> None:
    lonely = SOUND + "      lonely: {title: {en: L, zh: 孤}, actions: {go: {by: head, to: desk.lonely}}}\n"
    codes = [finding.code for finding in faults(lonely)]
    assert codes == ["unreachable"]
    circle = SOUND.replace("agreed: desk.done", "agreed: desk.draft")
    assert {finding.code for finding in faults(circle)} == {"no_way_out", "unreachable"}


def test_a_way_that_leads_nowhere_is_named_without_all_that_follows_from_it() -> None:
    assert [finding.code for finding in faults(SOUND.replace("agreed: desk.done", "agreed: desk.nowhere"))] == [
        "unknown_state"
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: [1, 2", "yaml_syntax"),
        ("a: 1\na: 2\n", "yaml_duplicate_key"),
        ("- a\n- b\n", "yaml_not_a_mapping"),
        ("", "yaml_not_a_mapping"),
        ("a: &x [1]\nb: *x\n", "yaml_alias"),
        ("a: !!python/object/apply:os.system [ls]\n", "yaml_tag"),
        ("a: !secret x\n", "yaml_tag"),
        ("a: " + "[" * 60 + "]" * 60, "yaml_too_deep"),
        ("a: " + "x" * 600_000, "yaml_too_large"),
        ("{[1]: 2}", "yaml_key_not_text"),
        ("a: \x07\n", "yaml_syntax"),
    ],
)
def test_what_is_not_plain_yaml_is_refused(text: str, code: str) -> None:
    assert code in {finding.code for finding in faults(text)}


def test_on_and_no_stay_words() -> None:
    broken = SOUND.replace("starts: desk.draft", "starts: no")
    assert any(finding.params.get("value") == "no" for finding in faults(broken))


def test_a_missing_or_garbled_file_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(Unsound) as caught:
        load_procedure(tmp_path / "none.yaml", CATALOGUE)
    assert caught.value.findings[0].code == "file_unreadable"
    (tmp_path / "gbk.yaml").write_bytes("procedure: 程序".encode("gbk"))
    with pytest.raises(Unsound) as caught:
        load_procedure(tmp_path / "gbk.yaml", CATALOGUE)
    assert caught.value.findings[0].code == "file_not_utf8"


CLOSING = """\
fragment: closing
forms:
  farewell: {title: {en: Farewell, zh: 告别}, fields: {text: {type: text, title: {en: Text, zh: 内容}}}}
stages:
  closing:
    title: {en: Closing, zh: 办结}
    states:
      filed: {title: {en: Filed, zh: 归档}, final: filed}
"""
SHARING = (
    SOUND.replace("starts:", "uses: closing\nstarts:")
    .replace("agreed: desk.done", "agreed: closing.filed")
    .replace("refused: desk.draft", "refused: desk.done")
)


def sharing(folder: Path, text: str, fragment: str = CLOSING) -> Procedure:
    (folder / "closing.yaml").write_text(fragment, encoding="utf-8")
    return parse_procedure(
        text, "small.yaml", Catalogue(CATALOGUE.codes, fragments={"closing": folder / "closing.yaml"})
    )


def test_what_a_fragment_brings_stands_as_if_it_were_written_there(tmp_path: Path) -> None:
    procedure = sharing(tmp_path, SHARING)
    assert "closing.filed" in procedure.states
    assert "farewell" in procedure.forms
    again = Procedure.model_validate_json(procedure.canonical)
    assert again.states.keys() == procedure.states.keys(), "a published version is whole by itself"


def test_a_fault_in_a_fragment_names_its_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(Unsound) as caught:
        sharing(tmp_path, SHARING, CLOSING.replace("final: filed", "final: filed, deadline: {days: 3, remind: [0]}"))
    assert {(finding.file, finding.line) for finding in caught.value.findings} == {(str(tmp_path / "closing.yaml"), 8)}


def test_a_name_in_both_is_a_fault_where_the_procedure_has_it(tmp_path: Path) -> None:
    with pytest.raises(Unsound) as caught:
        sharing(tmp_path, SHARING.replace("forms:\n", "forms:\n  farewell: {}\n"))
    (finding,) = caught.value.findings
    assert (finding.code, finding.file, finding.params["key"]) == ("fragment_collision", "small.yaml", "farewell")


def test_an_unknown_fragment_is_told_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(Unsound) as caught:
        sharing(tmp_path, SHARING.replace("uses: closing", "uses: [closing, opening]"))
    assert [(f.code, f.params["allowed"]) for f in caught.value.findings] == [("unknown_fragment", "closing")]
