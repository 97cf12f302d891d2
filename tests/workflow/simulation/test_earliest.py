"""The earliest lawful day of each end, of small procedures computed by hand."""

from datetime import date

from tests.workflow.simulation.small import MONDAY, calendar, days, desk, state
from workflow.procedure.model import Procedure
from workflow.simulation.earliest import Situation, Terms
from workflow.simulation.lawful import begin, earliest_ends

SATURDAY = date(2026, 9, 12)
BY_HEAD = state("decide", "actions: {agree: {by: head, to: closed.done}, refuse: {by: head, to: closed.refused}}")
NOTICE = desk(
    state("draft", "actions: {submit: {by: clerk, to: desk.out}, drop: {by: clerk, to: closed.refused}}"),
    state("out", "notice: {working_days: 5, cites: r/1}, outcomes: {expired: desk.decide}"),
    BY_HEAD,
)


def test_what_people_do_takes_no_time_but_a_notice_runs_its_working_days() -> None:
    # Published on Monday the 7th; Tuesday to the next Monday are five working days; on Tuesday the head acts.
    assert days(NOTICE) == {"done": date(2026, 9, 15), "refused": MONDAY}


def test_people_act_on_working_days() -> None:
    assert days(NOTICE, SATURDAY)["refused"] == date(2026, 9, 14)


def test_a_notice_over_the_spring_festival_waits_for_the_office() -> None:
    # 12 and 13 February, Saturday the 14th (worked instead), then 24 and 25 after the festival; the 26th is the day after.
    assert days(NOTICE, date(2026, 2, 11))["done"] == date(2026, 2, 26)


def test_the_way_names_each_step_with_its_day_and_an_unconfirmed_year_is_provisional() -> None:
    found = earliest_ends(Terms(calendar()), begin(NOTICE), MONDAY).ends[0]
    assert [(step.state, step.by, step.on) for step in found.steps] == [
        ("desk.draft", "submit", MONDAY),
        ("desk.out", "expired", date(2026, 9, 15)),
        ("desk.decide", "agree", date(2026, 9, 15)),
    ]
    assert not found.is_provisional
    assert earliest_ends(Terms(calendar()), begin(NOTICE), date(2040, 3, 5)).ends[0].is_provisional


WAITS = desk(
    state(
        "draft", "deadline: {days: 7, on_expiry: close, cites: r/1}, actions: {close: {by: the_rules, to: desk.decide}}"
    ),
    BY_HEAD,
)


def test_a_deadline_that_only_the_clock_ends_has_to_pass_and_then_the_office_is_closed() -> None:
    # Seven days from Monday the 7th end on the 14th at closing time: the head acts on the 15th.
    assert days(WAITS) == {"done": date(2026, 9, 15), "refused": date(2026, 9, 15)}


def test_a_deadline_within_which_somebody_may_act_takes_no_time() -> None:
    quick = desk(
        state("draft", "deadline: {days: 7, on_expiry: go, cites: r/1}, actions: {go: {by: clerk, to: closed.done}}"),
        state("spare", "actions: {go: {by: clerk, to: closed.refused}}"),
        more="opened_by: clerk\nactions: {away: {by: clerk, awaited: false, except_in: [desk.spare], to: desk.spare}}\n",
    )
    assert days(quick)["done"] == MONDAY


def test_a_panel_that_meets_waits_for_its_day() -> None:
    meeting = desk(
        state(
            "draft",
            "panel: {of: {everyone: head}, recorded_by: clerk, opinions: [agree, disagree], settle: {rule: majority, cites: r/1}}, "
            "outcomes: {agreed: closed.done, refused: closed.refused}",
        )
    )
    assert days(meeting)["done"] == MONDAY
    on = (date(2026, 9, 1), date(2026, 9, 10), date(2026, 9, 24))
    assert days(meeting, meetings={"desk.draft": on})["done"] == date(2026, 9, 10)
    assert days(meeting, meetings={"desk.draft": on[:1]}) == {}, "no meeting is left"


def test_a_rule_that_names_a_day_is_kept() -> None:
    dated = desk(
        state(
            "draft",
            "actions: {submit: {by: clerk, guards: [{condition: {when: {this: today, at_least: '2026-09-20'}, "
            "otherwise: {en: Too early., zh: 太早。}, cites: r/1}}], to: desk.decide}}",
        ),
        BY_HEAD,
    )
    # The 20th is a Sunday that is worked in exchange for a day of the holidays in October.
    assert days(dated)["done"] == date(2026, 9, 20)


def test_a_date_nobody_has_set_is_named_and_taken_to_be_past() -> None:
    round_ = desk(
        state(
            "draft",
            "deadline: {on: round.closes_date, on_expiry: close, cites: r/1}, actions: {close: {by: the_rules, to: closed.done}}",
        ),
        state("spare", "actions: {go: {by: clerk, to: closed.refused}}"),
        more="actions: {away: {by: clerk, awaited: false, except_in: [desk.spare], to: desk.spare}}\n",
    )
    assert earliest_ends(Terms(calendar()), begin(round_), MONDAY).undated == ("round.closes_date",)
    assert days(round_, dates={"round.closes_date": date(2026, 9, 30)})["done"] == date(2026, 9, 30)


def children(rule: str, outcomes: str) -> Procedure:
    return desk(
        state(
            "draft",
            f"children: {{opens: [{{branch: desk.quick}}, {{branch: desk.slow}}], join: {rule}}}, outcomes: {outcomes}",
        ),
        state("quick", "actions: {go: {by: clerk, to: desk.written}}"),
        state("slow", "notice: {working_days: 5, cites: r/1}, outcomes: {expired: desk.written}"),
        state("written", "final: written"),
        state("cancelled", "final: cancelled"),
        state("spare", "actions: {go: {by: clerk, to: closed.refused}}"),
        more="cancelled: desk.cancelled\nactions: {away: {by: clerk, awaited: false, except_in: [desk.spare, desk.quick, desk.slow], to: desk.spare}}\n",
    )


def test_child_cases_that_must_all_end_wait_for_the_slowest() -> None:
    assert days(children("{rule: all}", "{complete: closed.done}"))["done"] == date(2026, 9, 15)


def test_the_first_child_is_enough_where_the_rule_says_so() -> None:
    first = children("{rule: first}", "{complete: closed.done, short: closed.refused}")
    assert days(first)["done"] == MONDAY
    two = children("{rule: at_least, at_least: 2}", "{complete: closed.done, short: closed.refused}")
    assert days(two)["done"] == date(2026, 9, 15)


def test_a_case_on_its_way_goes_on_from_where_it_is() -> None:
    halfway = Situation(NOTICE, "desk.out", ends=date(2026, 9, 10))
    assert days(NOTICE, situation=halfway) == {"done": date(2026, 9, 11), "refused": date(2026, 9, 11)}
    at_the_end = Situation(NOTICE, "desk.decide")
    assert days(NOTICE, situation=at_the_end)["done"] == MONDAY


def test_a_halted_notice_goes_on_with_the_days_it_had() -> None:
    halted = desk(
        state(
            "draft",
            "notice: {working_days: 5, cites: r/1}, actions: {object: {by: clerk, awaited: false, to: desk.objection}}, outcomes: {expired: closed.done}",
        ),
        state(
            "objection",
            "pauses: desk.draft, actions: {dismiss: {by: head, to: desk.draft}, uphold: {by: head, to: closed.refused}}",
        ),
    )
    now = Situation(halted, "desk.objection", left={"desk.draft": 1})
    assert days(halted, situation=now)["done"] == date(2026, 9, 9)


def test_a_case_that_rests_goes_on_where_it_was_suspended() -> None:
    rests = desk(
        state("draft", "actions: {submit: {by: clerk, to: desk.wait}, rest: {by: clerk, to: desk.resting}}"),
        state("wait", "notice: {working_days: 5, cites: r/1}, outcomes: {expired: closed.done}"),
        state(
            "resting",
            "suspends: true, actions: {resume: {by: head, to: resumed}, drop: {by: head, to: closed.refused}}",
        ),
    )
    now = Situation(rests, "desk.resting", suspended_in="desk.draft")
    assert days(rests, situation=now)["done"] == date(2026, 9, 15)
    assert "done" not in days(rests, situation=Situation(rests, "desk.resting")), "a rest is no way past the notice"
