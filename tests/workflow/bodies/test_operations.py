"""Bodies and roles are an administrator's to give; a role is held from a day to a day, both included."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.fixtures.databases import ContextBuilder
from tests.workflow.cases.test_concurrency import at_once
from tests.workflow.rows import add_account
from workflow.bodies.operations import add_body, add_role_holding, end_role_holding, require_administrator
from workflow.bodies.tables import Body, BodyRole, RoleHolding
from workflow.context import Actor, Context
from workflow.problems import Conflict, Forbidden, Invalid, Missing
from workflow.store.database import Database

ADMINISTRATOR = Actor(account_id=None, name="admin", is_administrator=True)
STREET = {"code": "subdistrict-01", "kind": "subdistrict", "title_zh": "望溪街道党工委", "title_en": "Wangxi"}
SINCE = date(2026, 1, 1)
Write = Callable[..., Any]


@pytest.fixture
def write(any_database: Database, context_for: ContextBuilder) -> Write:
    """Does one operation in a transaction of its own, as the administrator unless somebody else is given."""

    def one(operation: Callable[..., Any], *, actor: Actor = ADMINISTRATOR, **given: Any) -> Any:
        with any_database.writing() as session:
            return operation(context_for(session, actor), **given)

    return one


@pytest.fixture
def account(any_database: Database) -> int:
    """Somebody who may be given roles."""
    with any_database.writing() as session:
        return add_account(session, "wen")


def count(database: Database, table: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_body_stands_below_its_parent_in_its_place(any_database: Database, write: Write) -> None:
    parent = write(add_body, code="committee", kind="committee", title_zh="区委", title_en="Committee")
    child = write(add_body, **STREET, parent_id=parent, position=7)
    with any_database.reading() as session:
        row = session.get_one(Body, child)
        assert (row.code, row.kind, row.parent_id, row.position) == ("subdistrict-01", "subdistrict", parent, 7)
        assert (row.title_zh, row.title_en) == ("望溪街道党工委", "Wangxi")
        assert session.get_one(Body, parent).parent_id is None


def test_a_code_names_one_body(any_database: Database, write: Write) -> None:
    write(add_body, **STREET)
    with pytest.raises(Conflict) as caught:
        write(add_body, **{**STREET, "title_zh": "柳渡街道党工委"})
    assert (caught.value.code, caught.value.params) == ("body_code_taken", {"body": "subdistrict-01"})
    assert count(any_database, Body) == 1


def test_of_ten_bodies_of_one_code_added_at_once_one_is(any_database: Database, write: Write) -> None:
    results = at_once([lambda: write(add_body, **STREET)] * 10)
    assert [type(result) for result in results if not isinstance(result, int)] == [Conflict] * 9
    assert count(any_database, Body) == 1


def test_a_body_is_of_a_known_kind(write: Write) -> None:
    with pytest.raises(Invalid) as caught:
        write(add_body, **{**STREET, "kind": "castle"})
    assert (caught.value.code, caught.value.field) == ("body_kind_unknown", "kind")
    assert "subdistrict" in caught.value.params["allowed"]


def test_a_parent_that_does_not_exist_is_told(any_database: Database, write: Write) -> None:
    with pytest.raises(Missing):
        write(add_body, **STREET, parent_id=99)
    assert count(any_database, Body) == 0


def test_a_role_is_made_once_and_held_by_several(any_database: Database, write: Write, account: int) -> None:
    body = write(add_body, **STREET)
    with any_database.writing() as session:
        other = add_account(session, "cen")
    given = {"body_id": body, "role": "officer", "from_date": SINCE}
    first = write(add_role_holding, account_id=account, **given, to_date=date(2026, 12, 31))
    second = write(add_role_holding, account_id=other, **given)
    write(add_role_holding, account_id=other, **{**given, "role": "head"})
    with any_database.reading() as session:
        one, two = session.get_one(RoleHolding, first), session.get_one(RoleHolding, second)
        assert (one.body_role_id, one.account_id) == (two.body_role_id, account)
        assert (one.from_date, one.to_date, two.to_date) == (SINCE, date(2026, 12, 31), None)
    assert count(any_database, BodyRole) == 2


def test_a_role_given_to_many_at_once_is_one_role(any_database: Database, write: Write, account: int) -> None:
    body = write(add_body, **STREET)
    given = {"body_id": body, "role": "officer", "account_id": account, "from_date": SINCE}
    results = at_once([lambda: write(add_role_holding, **given)] * 10)
    assert {type(result) for result in results} == {int}
    assert count(any_database, BodyRole) == 1


def test_a_holding_names_a_known_role_and_days_in_order(write: Write, account: int) -> None:
    given = {"body_id": write(add_body, **STREET), "account_id": account, "from_date": SINCE}
    with pytest.raises(Invalid) as role:
        write(add_role_holding, **given, role="king")
    with pytest.raises(Invalid) as dates:
        write(add_role_holding, **given, role="officer", to_date=date(2025, 12, 31))
    assert (role.value.code, role.value.field) == ("role_unknown", "role")
    assert (dates.value.code, dates.value.field) == ("dates_reversed", "to_date")
    write(add_role_holding, **given, role="officer", to_date=SINCE)


def test_a_role_that_a_procedure_names_can_be_held(write: Write, account: int) -> None:
    given = {"body_id": write(add_body, **STREET), "account_id": account, "from_date": SINCE}
    with pytest.raises(Invalid, match="role_unknown"):
        write(add_role_holding, **given, role="developer")
    assert write(add_role_holding, **given, role="developer", also=("developer",))


def test_nobody_holds_a_role_in_no_body(any_database: Database, write: Write, account: int) -> None:
    body = write(add_body, **STREET)
    for given in ({"body_id": 99, "account_id": account}, {"body_id": body, "account_id": 99}):
        with pytest.raises(Missing) as caught:
            write(add_role_holding, **given, role="officer", from_date=SINCE)
        assert caught.value.code == "holding_of_nobody"
    assert count(any_database, BodyRole) == 0


def test_a_holding_ends_on_a_day_not_before_it_began(any_database: Database, write: Write, account: int) -> None:
    body = write(add_body, **STREET)
    holding = write(add_role_holding, body_id=body, role="head", account_id=account, from_date=SINCE)
    with pytest.raises(Invalid) as caught:
        write(end_role_holding, holding_id=holding, to_date=date(2025, 12, 31))
    assert (caught.value.code, caught.value.field) == ("dates_reversed", "to_date")
    with pytest.raises(Missing):
        write(end_role_holding, holding_id=holding + 1, to_date=SINCE)
    write(end_role_holding, holding_id=holding, to_date=SINCE)
    with any_database.reading() as session:
        assert session.get_one(RoleHolding, holding).to_date == SINCE


@pytest.mark.parametrize(
    ("operation", "given"),
    [
        (add_body, STREET),
        (add_role_holding, {"body_id": 1, "role": "head", "account_id": 1, "from_date": SINCE}),
        (end_role_holding, {"holding_id": 1, "to_date": SINCE}),
    ],
)
def test_only_administrators_configure(write: Write, operation: Callable[..., Any], given: dict[str, Any]) -> None:
    with pytest.raises(Forbidden) as caught:
        write(operation, actor=Actor(account_id=1, name="secretary"), **given)
    assert caught.value.code == "administrators_only"


def test_the_clock_is_no_administrator(database: Database, context_for: ContextBuilder) -> None:
    with database.reading() as session:
        context: Context = context_for(session)
        with pytest.raises(Forbidden):
            require_administrator(context)
