"""A year's notice is entered by an administrator, checked, and counts from then on."""

from datetime import date
from typing import Any

import pytest

from tests.fixtures.databases import ContextBuilder
from workflow.calendar.operations import enter_year
from workflow.calendar.queries import calendar, notices
from workflow.context import CLOCK, Actor
from workflow.problems import Forbidden, Invalid
from workflow.store.database import Database

ADMINISTRATOR = Actor(account_id=None, name="admin", is_administrator=True)
NOTICE: dict[str, Any] = {
    "year": 2027,
    "days_off": [date(2027, 1, 1), date(2027, 2, 8), date(2027, 2, 9)],
    "working_weekend_days": [date(2027, 2, 20)],
    "source": "国办发明电〔2026〕0号",
}


def test_entered_year_is_confirmed_and_named_in_the_version(
    any_database: Database, context_for: ContextBuilder
) -> None:
    with any_database.writing() as session:
        context = context_for(session, ADMINISTRATOR)
        assert calendar(context).add_working_days(date(2026, 12, 30), 5).is_provisional
        assert enter_year(context, **NOTICE) == 1
        found = calendar(context)
    assert found.version.endswith("+2027v1")
    assert found.is_working_day(date(2027, 2, 20))
    assert not found.add_working_days(date(2026, 12, 30), 5).is_provisional


def test_corrected_notice_is_a_new_version_and_the_old_stays(
    any_database: Database, context_for: ContextBuilder
) -> None:
    with any_database.writing() as session:
        context = context_for(session, ADMINISTRATOR)
        enter_year(context, **NOTICE)
        assert enter_year(context, **NOTICE | {"working_weekend_days": []}) == 2
        assert not calendar(context).is_working_day(date(2027, 2, 20))
        assert [(notice.version, notice.is_in_force) for notice in notices(context)] == [(2, True), (1, False)]


def test_calendar_is_read_with_one_statement_and_built_once(database: Database, context_for: ContextBuilder) -> None:
    statements: list[str] = []
    with database.reading() as session:
        first = calendar(context_for(session))
        driver: Any = session.connection().connection.driver_connection
        driver.set_trace_callback(statements.append)
        assert calendar(context_for(session)) is first
    assert [text for text in statements if text.startswith("SELECT")] == statements[:1]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"year": 1900}, "calendar_year_out_of_range", "year"),
        ({"days_off": []}, "calendar_days_off_empty", "days_off"),
        ({"source": "  "}, "calendar_source_missing", "source"),
        ({"working_weekend_days": [date(2027, 2, 10)]}, "calendar_day_no_weekend", "working_weekend_days"),
        ({"days_off": [date(2027, 2, 20)]}, "calendar_day_both", "working_weekend_days"),
        ({"days_off": [date(2027, 2, 8), date(2027, 2, 8)]}, "calendar_day_twice", "days_off"),
        ({"days_off": [date(2028, 2, 8)]}, "calendar_day_of_other_year", "days_off"),
    ],
)
def test_faulty_notice_is_refused_with_its_place(
    database: Database, context_for: ContextBuilder, change: dict[str, Any], code: str, field: str
) -> None:
    with database.writing() as session:
        context = context_for(session, ADMINISTRATOR)
        with pytest.raises(Invalid) as caught:
            enter_year(context, **NOTICE | change)
        assert (code, field) in {(problem.code, problem.field) for problem in caught.value.problems}
        assert notices(context) == ()


def test_only_an_administrator_enters_a_year(database: Database, context_for: ContextBuilder) -> None:
    with database.writing() as session, pytest.raises(Forbidden):
        enter_year(context_for(session, CLOCK), **NOTICE)
