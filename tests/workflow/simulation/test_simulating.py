"""Simulations: figures that can be computed by hand, the same for the same seed, clocks and child cases among people."""

from datetime import date
from xml.etree import ElementTree as ET

import pytest

from tests.workflow.simulation.small import MONDAY, assumptions, calendar, desk, state
from workflow.procedure.findings import Unsound
from workflow.procedure.model import Procedure
from workflow.simulation.boxes import draw_times
from workflow.simulation.figures import Simulated, Spread, simulate, spread

QUEUE = desk(state("draft", "actions: {go: {by: clerk, to: closed.done}, stop: {by: head, to: closed.refused}}"))
ONE_DAY = """\
arrivals: 0
roles:
  clerk: {people: 1, hours: [8, 8, 8]}
  head: {people: 1, hours: [8, 8, 8]}
"""
ALL_GO = "states:\n  desk.draft: {chances: {go: 1}}\n"


def played(about: Procedure, text: str, *, cases: int = 3, seed: int = 1, on: date = MONDAY) -> Simulated:
    chosen = assumptions(text, about)
    return simulate(about, cases=cases, seed=seed, start=on, calendar=calendar(), assumptions=chosen)


def test_three_cases_at_one_desk_wait_for_each_other() -> None:
    found = played(QUEUE, ONE_DAY + ALL_GO)
    assert found.ends[0].days == Spread(least=1, lower=1, median=2, upper=3, ninetieth=3, most=3)
    (clerk,) = found.roles
    assert (clerk.pieces, clerk.longest_queue, clerk.mean_wait, clerk.mean_queue) == (3, 2, 1.0, 1.0)
    assert clerk.share_busy == pytest.approx(1)
    assert found.bottleneck == "clerk"
    assert found.lasts_days == 3


def test_with_a_desk_for_each_nobody_waits() -> None:
    found = played(QUEUE, ONE_DAY.replace("clerk: {people: 1", "clerk: {people: 3") + ALL_GO)
    assert found.bottleneck is None
    assert found.stages[0].days.most == 1


def test_ends_come_about_by_their_chances_even_where_none_are_given() -> None:
    even = {end.outcome: end.share for end in played(QUEUE, ONE_DAY, cases=400).ends}
    assert even["done"] == pytest.approx(0.5, abs=0.1)
    weighted = played(QUEUE, ONE_DAY + "states:\n  desk.draft: {chances: {go: 9, stop: 1}}\n", cases=400)
    assert {end.outcome: end.share for end in weighted.ends}["done"] == pytest.approx(0.9, abs=0.05)


def test_the_same_seed_gives_the_same_figures_and_another_gives_others(shipped: dict[str, Procedure]) -> None:
    about = shipped["reserve-official"]
    first, again, other = (
        simulate(about, cases=40, seed=seed, start=MONDAY, calendar=calendar(), procedures=shipped)
        for seed in (7, 7, 8)
    )
    assert first == again
    assert first.stages != other.stages


def test_every_shipped_procedure_can_be_played(shipped: dict[str, Procedure]) -> None:
    for about in shipped.values():
        found = simulate(about, cases=10, seed=1, start=MONDAY, calendar=calendar(), procedures=shipped)
        assert sum(end.cases for end in found.ends) == 10
        assert found.stages


def test_a_notice_takes_its_working_days_also_over_the_spring_festival() -> None:
    notice = desk(
        state(
            "draft",
            "notice: {working_days: 5, cites: r/1}, outcomes: {expired: closed.done}, "
            "actions: {object: {by: head, awaited: false, to: closed.refused}}",
        )
    )
    found = played(notice, "arrivals: 0", cases=1, on=date(2026, 2, 11))
    # From the morning of the 11th until the evening of the 25th: six working days, the festival not among them.
    assert found.ends[0].days is not None
    assert found.ends[0].days.median == 6


def test_a_deadline_that_expires_is_acted_on_by_the_clock() -> None:
    slow = desk(
        state(
            "draft",
            "deadline: {working_days: 2, on_expiry: give_up, cites: r/1}, "
            "actions: {go: {by: clerk, to: closed.done}, give_up: {by: the_rules, to: closed.refused}}",
        )
    )
    late = played(slow, "arrivals: 0\nroles: {clerk: {people: 1, hours: [80, 80, 80]}}", cases=1)
    assert [(end.outcome, end.days and end.days.median) for end in late.ends] == [("refused", 3)]
    quick = played(slow, "arrivals: 0\nroles: {clerk: {people: 1, hours: [8, 8, 8]}}", cases=1)
    assert [end.outcome for end in quick.ends] == ["done"]


def family(rule: str, outcomes: str) -> Procedure:
    forms = (
        "forms:\n  list: {title: {en: List, zh: 名单}, fields: {letters: {type: rows, title: {en: Letters, zh: 信}, "
        "columns: {from: {type: text, title: {en: From, zh: 作者}}}}}}\n"
    )
    return desk(
        state(
            "draft",
            f"children: {{opens: {{branch: desk.letter, for_each: list.letters}}, join: {rule}}}, outcomes: {outcomes}",
        ),
        state("letter", "actions: {write: {by: clerk, to: desk.written}}"),
        state("written", "final: written"),
        state("cancelled", "final: cancelled"),
        state("spare", "actions: {go: {by: clerk, to: closed.refused}}"),
        more=f"cancelled: desk.cancelled\n{forms}actions: {{away: {{by: clerk, awaited: false, except_in: [desk.spare, desk.letter], to: desk.spare}}}}\n",
    )


@pytest.mark.parametrize(
    ("rule", "outcomes", "median"),
    [
        ("{rule: all}", "{complete: closed.done}", 4),
        ("{rule: at_least, at_least: 2}", "{complete: closed.done, short: closed.refused}", 2),
        ("{rule: first}", "{complete: closed.done, short: closed.refused}", 1),
    ],
)
def test_child_cases_are_joined_by_their_rule(rule: str, outcomes: str, median: int) -> None:
    found = played(family(rule, outcomes), ONE_DAY + "children: {list.letters: 4}\n", cases=1)
    assert found.ends[0].days is not None
    assert (found.ends[0].outcome, found.ends[0].days.median) == ("done", median)


def test_a_meeting_takes_place_on_its_day() -> None:
    board = desk(
        state(
            "draft",
            "panel: {of: {everyone: head}, recorded_by: clerk, opinions: [agree, disagree], settle: {rule: majority, cites: r/1}}, "
            "outcomes: {agreed: closed.done, refused: closed.refused}",
        )
    )
    text = "arrivals: 0\nroles: {clerk: {hours: [0, 0, 0]}}\nstates: {desk.draft: {meets: {weekday: 4}}}"
    for end in played(board, text, cases=5).ends:
        assert end.days is not None
        assert end.days.median == 3, "from Monday morning to Thursday morning"


def test_a_procedure_that_goes_round_for_ever_is_left_when_the_years_are_over() -> None:
    round_and_round = desk(
        state(
            "draft",
            "deadline: {months: 12, on_expiry: again, cites: r/1}, actions: {again: {by: the_rules, to: desk.other}}",
        ),
        state(
            "other",
            "actions: {back: {by: clerk, to: desk.draft}, stop: {by: head, awaited: false, to: closed.done}, refuse: {by: head, awaited: false, to: closed.refused}}",
        ),
    )
    (end,) = played(round_and_round, "years: 3", cases=2).ends
    assert (end.outcome, end.cases, end.days) == ("", 2, None)


def test_the_spread_of_ten_times_is_by_rank() -> None:
    assert spread([float(n) for n in range(1, 11)]) == Spread(1, 3, 5.5, 8, 9, 10)


def test_the_drawing_has_a_box_for_each_stage_and_no_style_of_its_own(shipped: dict[str, Procedure]) -> None:
    about = shipped["reserve-official"]
    found = simulate(about, cases=30, seed=1, start=MONDAY, calendar=calendar())
    svg = draw_times(about, found.stages, lambda text: text.zh, label="用时", unit="工作日")
    drawing = ET.fromstring(svg)
    boxes = [one for one in drawing.iter() if one.get("class") == "boxes-box"]
    assert len(boxes) == len(found.stages)
    assert all(one.get("style") is None for one in drawing.iter())
    assert "民主推荐" in svg


FAULTS = [
    ("roles: {boss: {people: 1}}", "unknown_role"),
    ("states: {desk.nowhere: {seats: 3}}", "unknown_state"),
    ("states: {desk.draft: {chances: {gone: 1}}}", "unknown_action"),
    ("states: {desk.draft: {chances: {go: 0}}}", "no_chance"),
    ("roles: {clerk: {hours: [8, 2, 4]}}", "hours_order"),
    ("roles: {clerk: {hours: [8, 2]}}", "missing_key"),
    ("roles: {clerk: {people: 0}}", "out_of_bounds"),
    ("speed: 3", "unknown_key"),
]


@pytest.mark.parametrize(("text", "code"), FAULTS, ids=[row[1] for row in FAULTS])
def test_each_fault_of_a_file_of_assumptions_is_found_on_its_line(text: str, code: str) -> None:
    with pytest.raises(Unsound) as caught:
        assumptions("arrivals: 3\n" + text, QUEUE)
    assert [(fault.code, fault.line) for fault in caught.value.findings] == [(code, 2)]
