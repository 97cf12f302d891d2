"""Age groups agree with the guard on age, and what is hidden cannot be computed from what is shown."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.engine.guards.base import full_years
from workflow.procedure.model import Procedure
from workflow.reports.rules import FEWEST, age_groups, listing_states, milestones, timed_stages, withheld


@settings(deadline=None)
@given(on=st.dates(date(2020, 1, 1), date(2040, 12, 31)), age_days=st.integers(18 * 365, 70 * 365))
def test_ages_are_grouped_as_the_guard_counts_them(on: date, age_days: int) -> None:
    birthday = on - timedelta(days=age_days)
    age = full_years(birthday, on)
    group = next(name for name, earliest in age_groups(on) if earliest is None or birthday >= earliest)
    limits = [(30, "to_30"), (35, "31_35"), (40, "36_40"), (45, "41_45")]
    assert group == next((name for limit, name in limits if age <= limit), "from_46")


def possible(shown: dict[str, int], hidden: dict[str, str], total: int, among: set[str]) -> list[tuple[int, ...]]:
    """Every set of numbers for the few that somebody could think of who knows the total and the rule."""
    few = [key for key, why in hidden.items() if why == "few"]
    covers = len(hidden) - len(few)
    rest = total - sum(shown.values())
    ranges = [range(0 if key in among else 1, FEWEST) for key in few]
    return [
        numbers
        for numbers in product(*ranges)
        if (rest - sum(numbers) >= FEWEST * covers if covers else rest == sum(numbers))
    ]


@settings(deadline=None)
@given(
    counts=st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 12), max_size=7),
    among=st.sets(st.sampled_from("abcdefg")),
)
def test_the_few_stay_uncertain_while_there_is_something_to_cover_them(counts: dict[str, int], among: set[str]) -> None:
    hidden = dict(withheld(counts, among=among))
    shown = {key: count for key, count in counts.items() if key not in hidden}
    if not any(counts.values()):
        assert hidden == {}
        return
    assert not {count for count in shown.values() if 0 < count < FEWEST}
    assert not set(shown) & among
    if any(why == "few" for why in hidden.values()) and any(count >= FEWEST for count in shown.values()):
        assert len(possible(shown, hidden, sum(counts.values()), among & set(counts))) > 1


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"a": 40, "b": 45}, {}),
        ({"a": 0, "b": 0}, {}),
        ({"a": 0, "b": 9}, {}),
        ({"a": 1, "b": 9, "c": 20}, {"a": "few", "b": "cover"}),
        ({"a": 1, "b": 2, "c": 20}, {"a": "few", "b": "few"}),
        ({"a": 1, "b": 1, "c": 20, "d": 30}, {"a": "few", "b": "few", "c": "cover"}),
        ({"a": 1}, {"a": "few"}),
    ],
)
def test_what_is_hidden(counts: dict[str, int], hidden: dict[str, str]) -> None:
    assert withheld(counts) == hidden


def test_milestones_come_from_the_procedure(shipped: dict[str, Procedure]) -> None:
    ways = {line.key: line.ways for line in milestones(shipped["reserve-official"])}
    assert listing_states(shipped["reserve-official"]) == ("closed.listed",)
    assert ways["decided_for"] == (("decision.committee", "notice.published"),)
    assert ways["published"] == ((None, "notice.published"),)
    assert ways["assessed"] is not None
    assert {target for _, target in ways["assessed"] if target.startswith("assessment.")} == {"assessment.ready"}
    assert ways["reviewed"] is not None
    assert not {target for _, target in ways["reviewed"] if target.startswith(("review.", "closed."))}
    assert ways["returned"] == (
        ("review.formal_check", "recommendation.draft"),
        ("review.returned", "recommendation.draft"),
    )
    assert "closed" not in timed_stages(shipped["reserve-official"])


def test_a_procedure_without_these_stages_has_no_such_numbers(shipped: dict[str, Procedure]) -> None:
    ways = {line.key: line.ways for line in milestones(shipped["annual-review"])}
    assert {ways[key] for key in ("reviewed", "assessed", "decided_for", "published", "listed")} == {None}
