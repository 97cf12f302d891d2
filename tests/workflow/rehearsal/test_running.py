"""What a rehearsal says: differences where something is not as written, and what was exercised."""

import pytest

from definitions.rehearsing import report_lines
from tests.workflow.rehearsal.small import difference, one, play

SUBMIT = "{who: li, does: submit}"
OLD = "{people: {wen: {born: 1975-05}}}"


@pytest.mark.parametrize(
    ("then", "code", "expected", "found"),
    [
        ("{state: desk.done}", "state", "state:desk.done", "state:desk.sign"),
        ("{waits_for: [head]}", "waits_for", ["role:head"], ["role:deputy", "role:head"]),
        ("{waits_for: []}", "waits_for", "text:rehearsal.nothing", ["role:deputy", "role:head"]),
        ("{due: 2026-03-09}", "due", "2026-03-09", "text:rehearsal.nothing"),
        ("{outcome: agreed}", "outcome", "text:outcome.agreed", "text:rehearsal.nothing"),
        ("{ended: done}", "ended", "done", "text:rehearsal.nothing"),
        ("{told: {wu: []}}", "told", "text:rehearsal.nothing", ["work_waiting"]),
        ("{told: {li: work_waiting}}", "told", ["work_waiting"], "text:rehearsal.nothing"),
        ("{listed: {reserve: [wen]}}", "listed", ["wen"], "text:rehearsal.nothing"),
    ],
)
def test_what_is_not_as_written_is_a_difference(then: str, code: str, expected: object, found: object) -> None:
    met = difference(f"{{who: li, does: submit, then: {then}}}")
    assert met.code == code
    assert (str(met.params["expected"]), str(met.params["found"])) == (str(expected), str(found))


def test_what_is_as_written_passes() -> None:
    rehearsed = play(
        one(
            "{who: li, does: submit, then: {state: desk.sign, waits_for: [deputy, head], due: none, told: {wu: work_waiting, li: []}}}",
            "{who: wu, gives: agree, then: {state: desk.sign, waits_for: [deputy]}}",
            "{who: fang, gives: agree, then: {state: desk.done, outcome: agreed, ended: done, waits_for: [], listed: {reserve: []}}}",
        )
    )
    assert rehearsed.passed


def test_a_refusal_nobody_expected_is_a_difference_with_its_reasons_in_words() -> None:
    rehearsed = play(one(SUBMIT, given=OLD))
    report = "\n".join(report_lines(rehearsed, "en"))
    assert "step 1 (li: Submit)" in report
    assert "This was refused (age.at_most), and should have been done:" in report
    assert "Aged 50 on 2 Mar 2026 (born 1 May 1975); the limit is 45. Rule: Article one." in report
    assert "截至 2026年3月2日为 50 周岁" in "\n".join(report_lines(rehearsed, "zh"))


def test_a_refusal_that_does_not_come_is_a_difference() -> None:
    met = difference("{who: li, does: submit, refused: [age]}")
    assert (met.code, met.params) == ("not_refused", {"expected": ["age"]})


def test_every_reason_of_a_refusal_must_be_expected() -> None:
    met = difference("{who: li, does: submit, form: {text: ~}, refused: [age]}", given=OLD)
    assert met.code == "refused_otherwise"
    assert met.params["found"] == ["age.at_most", "field_required"]
    assert play(one("{who: li, does: submit, form: {text: ~}, refused: [age, field_required]}", given=OLD)).passed


def test_every_refusal_expected_must_come() -> None:
    met = difference("{who: wu, does: submit, refused: [role_needed, age]}")
    assert (met.code, met.params["found"]) == ("refused_otherwise", ["role_needed"])


def test_a_scenario_stops_at_its_first_difference() -> None:
    [played] = play(one(SUBMIT, "{who: li, does: drop}", "{who: li, does: drop}")).played
    assert (len(played.failures), played.steps) == (1, 1)
    assert [failure.cue.number for failure in played.failures if failure.cue] == [2]


def test_what_goes_on_from_a_failed_scenario_is_not_played() -> None:
    rehearsed = play(
        one("{who: li, does: submit, then: {state: desk.done}}", more="key: first"),
        one("{who: wu, gives: agree}", more="key: second\n    after: first", title="Two"),
        one("{who: fang, gives: agree}", more="after: second", title="Three"),
    )
    assert [played.passed for played in rehearsed.played] == [False, False, False]
    assert [played.waits_on for played in rehearsed.played[1:]] == [one.script for one in rehearsed.played[:2]]
    assert "– “Two” was not played: it goes on from “One”, which failed." in list(report_lines(rehearsed, "en"))


@pytest.mark.parametrize("given", ["{}", "{forms: {note: {text: Otherwise}}}"])
def test_a_scenario_goes_on_where_the_earlier_one_ended(given: str) -> None:
    """On a copy of its database, or played again where something else is given."""
    rehearsed = play(
        one(SUBMIT, more="key: first"),
        one("{who: wu, gives: agree, then: {waits_for: [deputy]}}", more="after: first", given=given),
    )
    assert rehearsed.passed
    assert [played.steps for played in rehearsed.played] == [1, 2]


def test_a_step_of_an_earlier_scenario_that_fails_is_named_as_such() -> None:
    rehearsed = play(
        one(SUBMIT, more="key: first", title="First"),
        one("{who: wu, gives: agree}", more="after: first", given=OLD, title="Second"),
    )
    report = "\n".join(report_lines(rehearsed, "en"))
    assert "“Second”, in “First” that it goes on from, step 1 (li: Submit)" in report


def test_the_clock_does_what_falls_due_on_the_way() -> None:
    rehearsed = play(
        one(
            "{until: 2026-03-03, then: {state: desk.draft, told: {li: []}}}",
            "{until: 2026-03-04, then: {state: desk.draft, told: {li: deadline_reminder}}}",
            "{until: 2026-03-05, then: {state: desk.dropped, ended: dropped}}",
        )
    )
    assert rehearsed.passed, list(report_lines(rehearsed, "en"))


def test_a_case_that_cannot_be_opened_is_said_before_the_first_step() -> None:
    [played] = play(one(SUBMIT, given="{people: {wen: {body: ~}}}")).played
    assert [failure.difference.code for failure in played.failures] == ["not_begun"]
    assert played.failures[0].cue is None


def test_coverage_names_what_no_scenario_reached() -> None:
    rehearsed = play(
        one(
            "{who: li, does: submit, refused: [age]}",
            "{who: wu, waives: age, reason: Known., refused: []}",
            SUBMIT,
            given=OLD,
        ),
    )
    shares = {share.kind: (share.covered, share.missed) for share in rehearsed.coverage}
    assert shares == {
        "states": (2, ("desk.done", "desk.dropped")),
        "actions": (1, ("desk.draft.drop",)),
        "outcomes": (0, ("desk.sign.agreed", "desk.sign.refused")),
        "ways": (0, ()),
        "guards_passed": (0, ("desk.draft.submit.age",)),
        "guards_failed": (1, ()),
    }


def test_a_guard_that_passed_is_counted_as_passed_only() -> None:
    shares = {share.kind: share.missed for share in play(one(SUBMIT)).coverage}
    assert (shares["guards_passed"], shares["guards_failed"]) == ((), ("desk.draft.submit.age",))


def test_more_members_than_seats_are_refused() -> None:
    """Before the operation is asked: who is not on the panel cannot be recorded."""
    met = difference(SUBMIT, "{who: wu, records: {agree: 3}}")
    assert met.params["found"] == ["rehearsal_too_many_members"]
