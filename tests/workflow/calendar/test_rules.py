"""Working days as the State Council's notices set them, and what is said of years without one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.calendar.rules import Calendar, Deadline, EnteredYear, build_calendar

# Working days of each month as a second, independent source counts them: every day of these years was compared.
WORKING_DAYS = {
    2018: [22, 17, 22, 20, 22, 20, 22, 23, 21, 18, 22, 21],
    2019: [22, 17, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22],
    2020: [17, 20, 22, 22, 19, 21, 23, 21, 23, 17, 21, 23],
    2021: [20, 17, 23, 22, 19, 21, 22, 22, 22, 17, 22, 23],
    2022: [21, 16, 23, 21, 20, 21, 21, 23, 21, 18, 22, 22],
    2023: [18, 20, 23, 20, 21, 21, 21, 23, 20, 19, 22, 21],
    2024: [22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22],
    2025: [19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23],
    2026: [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23],
}
DAYS = st.dates(date(2018, 1, 1), date(2026, 6, 30))


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return build_calendar({})


@pytest.mark.parametrize(
    ("start", "not_counted", "counted"),
    [
        (date(2026, 2, 12), date(2026, 2, 26), date(2026, 2, 25)),
        (date(2026, 9, 28), date(2026, 10, 10), date(2026, 10, 9)),
        (date(2026, 4, 29), date(2026, 5, 9), date(2026, 5, 8)),
        (date(2025, 9, 26), date(2025, 10, 10), date(2025, 10, 9)),
    ],
)
def test_fifth_working_day(calendar: Calendar, start: date, not_counted: date, counted: date) -> None:
    assert calendar.add_working_days(start, 5) == Deadline(not_counted, False, calendar.version)
    assert calendar.add_working_days(start, 5, count_first_day=True).date == counted


@pytest.mark.parametrize("year", WORKING_DAYS)
def test_working_days_of_each_month(calendar: Calendar, year: int) -> None:
    counted = [0] * 12
    day = date(year, 1, 1)
    while day.year == year:
        counted[day.month - 1] += calendar.is_working_day(day)
        day += timedelta(days=1)
    assert counted == WORKING_DAYS[year]
    assert calendar.is_confirmed(year)


def test_substituted_saturday_is_worked_and_its_day_off_is_not(calendar: Calendar) -> None:
    assert calendar.is_working_day(date(2026, 10, 10))
    assert not calendar.is_working_day(date(2026, 10, 7))


def test_deadline_that_reaches_a_year_without_notice_is_provisional(calendar: Calendar) -> None:
    assert not calendar.is_confirmed(2027)
    assert calendar.add_working_days(date(2026, 12, 29), 2) == Deadline(date(2026, 12, 31), False, calendar.version)
    assert calendar.add_working_days(date(2026, 12, 29), 3).is_provisional


def test_count_across_an_unconfirmed_year_is_provisional() -> None:
    calendar = build_calendar({2028: EnteredYear(1, frozenset({date(2028, 1, 3)}), frozenset())})
    assert calendar.is_confirmed(2028)
    assert calendar.add_working_days(date(2026, 12, 1), 300).is_provisional


def test_entered_year_replaces_what_the_data_says() -> None:
    calendar = build_calendar({2027: EnteredYear(2, frozenset({date(2027, 1, 4)}), frozenset({date(2027, 1, 2)}))})
    assert calendar.version.endswith("+2027v2")
    assert not calendar.is_working_day(date(2027, 1, 4))
    assert calendar.is_working_day(date(2027, 1, 2))
    assert calendar.is_working_day(date(2027, 2, 5)), "the data's own days off of the year no longer count"
    assert not calendar.add_working_days(date(2026, 12, 29), 5).is_provisional


def test_notice_may_touch_the_december_before() -> None:
    calendar = build_calendar({2027: EnteredYear(1, frozenset({date(2026, 12, 31)}), frozenset({date(2026, 12, 26)}))})
    assert calendar.is_working_day(date(2026, 12, 26))
    assert not calendar.is_working_day(date(2026, 12, 31))


@given(start=DAYS, days=st.integers(0, 120))
def test_days_added_are_the_days_between(start: date, days: int) -> None:
    calendar = build_calendar({})
    assert calendar.working_days_between(start, calendar.add_working_days(start, days).date) == days


@given(start=DAYS, days=st.integers(1, 60))
def test_shifting_forth_and_back_ends_on_a_working_day(start: date, days: int) -> None:
    calendar = build_calendar({})
    there = calendar.shift_working_days(start, days)
    back = calendar.shift_working_days(there, -days)
    assert calendar.is_working_day(there)
    assert back <= start
    assert calendar.is_working_day(start) == (back == start)


def test_between_is_negative_once_the_day_has_passed(calendar: Calendar) -> None:
    assert calendar.working_days_between(date(2026, 11, 27), date(2026, 11, 24)) == -3


def test_days_back_and_years_beyond_are_refused(calendar: Calendar) -> None:
    with pytest.raises(ValueError, match="ahead"):
        calendar.add_working_days(date(2026, 1, 5), -1)
    with pytest.raises(ValueError, match="outside"):
        calendar.is_working_day(date(1999, 1, 1))
    with pytest.raises(ValueError, match="outside"):
        calendar.shift_working_days(date(2060, 12, 30), 10)
