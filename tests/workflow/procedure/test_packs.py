"""Rule packs: what procedures may cite, what is written into them, and which faults are found on which line."""

from datetime import date

import pytest

from definitions.rules import packs
from tests.workflow.procedure.test_loader import SOUND, line_of
from workflow.engine.catalogue import Catalogue
from workflow.procedure.citations import citations
from workflow.procedure.findings import Finding, Unsound
from workflow.procedure.loader import parse_procedure
from workflow.procedure.model import Procedure
from workflow.procedure.packs import RulePack, parse_pack

PACK = """\
rules: rules
title: {en: Rules, zh: 规则}
issuer: {en: Office, zh: 本单位}
source: {en: Invented., zh: 虚构。}
cited_as: {en: "Rules, art. {article}: {text}", zh: "规则第{article}条：{text}"}
valid_from: 2020-01-01
articles:
  1: {en: First., zh: 第一。}
  2: {en: Second., zh: 第二。, valid_until: 2025-12-31, confidence: 0.8}
  3: {en: Third., zh: 第三。}
"""
BY_PACK = SOUND.replace("sources:\n  rules/1: {en: Article one., zh: 第一条。}\n", "rules: [rules]\n")


def vocabulary(*texts: str) -> Catalogue:
    found: list[RulePack] = [parse_pack(text, "rules.yaml") for text in texts or (PACK,)]
    return Catalogue({"channel": {"own": {"en": "own", "zh": "自荐"}}}, packs={pack.rules: pack for pack in found})


def parse(text: str, *, on: date | None = None) -> Procedure:
    return parse_procedure(text, "small.yaml", vocabulary(), on=on)


def faults(text: str, *, on: date | None = None) -> tuple[Finding, ...]:
    with pytest.raises(Unsound) as caught:
        parse(text, on=on)
    return caught.value.findings


def test_a_cited_article_is_written_into_the_procedure_with_the_name_of_its_rules() -> None:
    procedure = parse(BY_PACK)
    assert list(procedure.sources) == ["rules/1"], "what nobody cites is not carried along"
    assert procedure.sources["rules/1"].en == "Rules, art. 1: First."
    assert procedure.sources["rules/1"].zh == "规则第1条：第一。"
    assert procedure.sources["rules/1"].valid_from == date(2020, 1, 1)


def test_a_published_version_needs_no_pack_to_be_read_again() -> None:
    procedure = parse(BY_PACK.replace("cites: rules/1}}]", "cites: rules/2}}]"))
    again = Procedure.model_validate_json(procedure.canonical)
    assert again == procedure
    assert again.digest == procedure.digest
    assert again.sources["rules/2"].confidence == pytest.approx(0.8)
    assert again.sources["rules/2"].valid_until == date(2025, 12, 31)


def test_local_sources_stay_beside_packs_and_come_first() -> None:
    local = BY_PACK.replace("rules: [rules]", "rules: rules\nsources:\n  rules/1: {en: Our own words., zh: 自拟。}")
    assert parse(local).sources["rules/1"].en == "Our own words."


EVERYWHERE = [
    ("submit: {by: clerk,", "submit: {by: clerk, cites: rules/3,", "action", "submit:"),
    ("sign:\n", "sign:\n        cites: [rules/3, rules/1]\n", "state", ", rules/1]"),
    ("cites: rules/1}}]", "cites: rules/3}}]", "guard", "submit:"),
    ("remind: [-1], cites: rules/1", "remind: [-1], cites: rules/3", "deadline", "deadline:"),
    ("settle: {rule: all, cites: rules/1}", "settle: {rule: all, cites: rules/3}", "panel", "settle:"),
    ("opinions:", "quorum: {present: 1/2, cites: rules/3}\n          opinions:", "quorum", "quorum:"),
    ("form: note,", "form: note, effects: [{notify: {to: head, template: t, cites: rules/3}}],", "effect", "submit:"),
]


@pytest.mark.parametrize(("old", "new", "part", "on_line"), EVERYWHERE, ids=[row[2] for row in EVERYWHERE])
def test_any_part_may_cite_and_an_unknown_article_is_found_on_its_line(
    old: str, new: str, part: str, on_line: str
) -> None:
    cited = BY_PACK.replace(old, new, 1)
    if part == "quorum":
        cited = cited.replace("refused: desk.draft}", "refused: desk.draft, void: desk.sign}")
    assert part in {citation.part for citation in citations(parse(cited)) if citation.article == "rules/3"}
    unknown = cited.replace("rules/3", "rules/9")
    (fault,) = faults(unknown)
    assert (fault.code, fault.line) == ("unknown_source", line_of(unknown, on_line))
    assert "rules/2" in fault.params["allowed"]


def test_a_common_action_is_cited_once_in_each_of_its_states_and_faulted_once() -> None:
    common = BY_PACK.replace("stages:\n", "actions:\n  stop: {by: head, cites: rules/9, to: desk.done}\nstages:\n", 1)
    (fault,) = faults(common)
    assert fault.line == line_of(common, "stop:")
    stops = [one.state for one in citations(parse(common.replace("rules/9", "rules/3"))) if one.action == "stop"]
    assert stops == ["desk.draft", "desk.sign"]


def test_an_unknown_pack_is_told_which_there_are() -> None:
    found = faults(BY_PACK.replace("[rules]", "[ruels]"))
    assert ("unknown_rules", line_of(BY_PACK, "rules: [rules]")) in {(fault.code, fault.line) for fault in found}


@pytest.mark.parametrize(
    ("on", "is_valid"),
    [(date(2019, 12, 31), False), (date(2020, 1, 1), True), (date(2025, 12, 31), True), (date(2026, 1, 1), False)],
)
def test_an_article_that_is_not_valid_on_the_day_is_a_finding(on: date, *, is_valid: bool) -> None:
    text = (
        BY_PACK.replace("cites: rules/1}}]", "cites: rules/2}}]")
        .replace("remind: [-1], cites: rules/1", "remind: [-1], cites: rules/2")
        .replace("rule: all, cites: rules/1", "rule: all, cites: rules/2")
    )
    parse(text)
    if is_valid:
        parse(text, on=on)
    else:
        assert {fault.code for fault in faults(text, on=on)} == {"article_not_valid"}


PACK_FAULTS = [
    ("issuer: {en: Office, zh: 本单位}\n", "", "missing_key", "rules: rules"),
    ("2: {en: Second., zh: 第二。", "2: {en: Second.", "words_missing", "2: {"),
    ("confidence: 0.8", "confidence: sure", "confidence", "2: {"),
    ("confidence: 0.8", "confidence: 8", "out_of_bounds", "2: {"),
    ("valid_until: 2025-12-31", "valid_until: soon", "day", "2: {"),
    ("valid_until: 2025-12-31", "valid_from: 2026-01-01, valid_until: 2025-12-31", "validity", "2: {"),
    ("第{article}条", "该条", "cited_as", "rules: rules"),
    ("confidence", "confidance", "unknown_key", "2: {"),
]


@pytest.mark.parametrize(("old", "new", "code", "on_line"), PACK_FAULTS, ids=[row[2] for row in PACK_FAULTS])
def test_each_fault_of_a_pack_is_found_on_its_line(old: str, new: str, code: str, on_line: str) -> None:
    broken = PACK.replace(old, new, 1)
    assert broken != PACK
    with pytest.raises(Unsound) as caught:
        parse_pack(broken, "rules.yaml")
    assert [(fault.code, fault.line) for fault in caught.value.findings] == [(code, line_of(broken, on_line))]


def test_the_packs_that_ship_hold_what_the_district_cites(shipped: dict[str, Procedure]) -> None:
    for key in ("reserve-official", "annual-review"):
        for cited in shipped[key].sources:
            pack, _, number = cited.partition("/")
            assert packs()[pack].quoted(number).zh
