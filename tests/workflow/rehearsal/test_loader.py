"""What is wrong with a scenario file is said with its line and with what may stand there, in both languages."""

import pytest

from definitions.explaining import finding_text
from tests.workflow.rehearsal.small import GIVEN, PROCEDURE, book, one
from workflow.procedure.findings import Finding, Unsound
from workflow.rehearsal.given import Given
from workflow.rehearsal.loader import parse_scenarios

FIRST = GIVEN.count("\n") + 1
"""The line on which the first scenario begins; its first step is three lines below."""


def findings(text: str) -> tuple[Finding, ...]:
    with pytest.raises(Unsound) as caught:
        book(text)
    return caught.value.findings


@pytest.mark.parametrize(
    ("step", "code", "named"),
    [
        ("{who: nobody, does: drop}", "unknown_name", "fang, li, wen, wu"),
        ("{who: li, does: dorp}", "unknown_deed", "drop, submit"),
        ("{who: li, does: submit, form: {txet: a}}", "unknown_field", "text"),
        ("{who: li, does: drop, when: 2026-03-03}", "unknown_key", "does, form, on, reason, refused, then, to, who"),
        (
            "{who: li, does: drop, gives: agree}",
            "scenario_step_kind",
            "does, triggers, waives, claims, releases, reassigns, opens, closes, until, gives, votes_for, records",
        ),
        ("{who: li}", "scenario_step_kind", "does"),
        ("{on: soon, who: li, does: drop}", "scenario_day", "soon"),
        ("{who: wu, gives: agreed}", "unknown_opinion", "agree, disagree"),
        ("{who: wu, records: {agree: 2, away: 1}}", "unknown_stance", "absent, agree, disagree, recused"),
        ("{who: wu, records: {agree: many people}}", "scenario_holders", "many people"),
        ("{who: wu, waives: agee}", "unknown_waivable", "age"),
        ("{who: wu, closes: door}", "not_allowed", "round"),
        ("{case: other, who: li, does: drop}", "unknown_case", "case"),
        ("{who: li, does: submit, refused: [agee]}", "unknown_reason", "agee"),
        ("{who: li, does: drop, then: {state: desk.dnoe}}", "unknown_state", "desk.done, desk.draft"),
        ("{who: li, does: drop, then: {waits_for: [clrk]}}", "unknown_role", "clerk, deputy, head"),
        ("{who: li, does: drop, then: {outcome: void}}", "unknown_outcome", "agreed, refused"),
        ("{who: li, does: drop, then: {ended: over}}", "unknown_end", "done, dropped"),
        ("{who: li, does: drop, then: {due: never}}", "scenario_day", "never"),
        ("{who: li, does: drop, then: {told: {li: no_such}}}", "unknown_template", "no_such"),
        ("{who: li, does: drop, then: {told: {lo: work_waiting}}}", "unknown_name", "li"),
        ("{on: 2026-03-01, who: li, does: drop}", "scenario_backwards", "2026-03-02"),
    ],
)
def test_a_faulty_step_is_found_at_its_line(step: str, code: str, named: str) -> None:
    found = findings(one("{who: li, does: submit}", step))
    assert [(one.code, one.line) for one in found] == [(code, FIRST + 4)]
    for language in ("en", "zh"):
        assert named in finding_text(found[0], language)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("{bodies: {office: {boss: [wu]}}}", "unknown_body_role"),
        ("{bodies: {office: {kind: ministry}}}", "unknown_kind"),
        ("{bodies: {office: {parent: heaven}}}", "unknown_body"),
        ("{people: {wen: {political_status: royalist}}}", "unknown_table_code"),
        ("{people: {wen: {grades: {2025: superb}}}}", "unknown_table_code"),
        ("{people: {wen: {kin: {nobody: spouse}}}}", "unknown_person"),
        ("{people: {wen: {sanction: {kind: scolding, until: 2026-05-01}}}}", "unknown_table_code"),
        ("{people: {wen: {body: mill}}}", "unknown_body"),
        ("{case: {category: reserve}}", "unknown_category"),
        ("{case: {person: who}}", "unknown_person"),
        ("{forms: {nota: {}}}", "unknown_form"),
        ("{forms: {note: {txet: a}}}", "unknown_field"),
        ("{round: {opens: 2026-03-01, closes: 2026-03-31}}", "scenario_incomplete"),
        ("{today: ~}", "scenario_incomplete"),
    ],
)
def test_a_faulty_given_is_found_at_its_line(given: str, code: str) -> None:
    found = findings(one("{who: li, does: drop}", given=given))
    assert [one.code for one in found] == [code]
    assert found[0].line == (FIRST if code == "scenario_incomplete" else FIRST + 1)
    assert finding_text(found[0], "zh") != finding_text(found[0], "en")


def test_a_scenario_goes_on_only_from_one_before_it() -> None:
    found = findings(one("{who: li, does: drop}", more="after: later"))
    assert [(one.code, one.line) for one in found] == [("unknown_scenario", FIRST + 2)]


def test_a_key_stands_once() -> None:
    found = findings(one("{who: li, does: drop}", more="key: a") + one("{who: li, does: drop}", more="key: a"))
    assert [one.code for one in found] == ["scenario_key_twice"]


def test_scenarios_of_another_procedure_are_refused() -> None:
    text = GIVEN.replace("procedure: small", "procedure: large") + one("{who: li, does: drop}")
    with pytest.raises(Unsound) as caught:
        parse_scenarios(text, "x.yaml", PROCEDURE, codes={}, has_text=lambda _key: True)
    assert "scenario_procedure" in [finding.code for finding in caught.value.findings]


def test_every_fault_of_a_file_is_said_at_once() -> None:
    found = findings(one("{who: lo, does: dorp}", "{who: la, does: drop}"))
    assert [one.code for one in found] == ["unknown_deed", "unknown_name", "unknown_name"]


def test_what_a_scenario_is_given_is_laid_over_what_all_are() -> None:
    below = Given.model_validate({"people": {"wen": {"born": "1985-05", "education": "master"}}, "today": "2026-03-02"})
    above = Given.model_validate({"people": {"wen": {"education": "diploma"}, "li": {}}})
    laid = below.under(above)
    assert str(laid.people["wen"].born) == "1985-05-01"
    assert (laid.people["wen"].education, laid.today) == ("diploma", below.today)
    assert below.people["wen"].education == "master"


def test_people_only_counted_have_names() -> None:
    given = Given.model_validate({"bodies": {"board": {"member": 2}, "council": {"member": 1, "head": ["wu"]}}})
    assert given.held == {
        ("board", "member"): ("member01", "member02"),
        ("council", "member"): ("member03",),
        ("council", "head"): ("wu",),
    }
