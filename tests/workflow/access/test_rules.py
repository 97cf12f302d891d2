"""A password is long enough and no name; the parts of the office open to the roles named for them and to nobody else."""

import pytest

from workflow.access.rules import check_password, may_open
from workflow.context import CLOCK, Actor, Holding
from workflow.problems import Invalid

PARTS = ("register", "rounds", "ledger", "administration")


@pytest.mark.parametrize("password", ["x" * 10, "x" * 200, "密码密码密码密码密码", "wen.lang.1990"])
def test_ten_to_two_hundred_characters_are_a_password(password: str) -> None:
    check_password(password, sign_in_name="wen.lang")


@pytest.mark.parametrize(
    ("password", "code", "limit"),
    [("", "password_too_short", 10), ("x" * 9, "password_too_short", 10), ("x" * 201, "password_too_long", 200)],
)
def test_a_password_too_short_or_too_long_is_told_its_limit(password: str, code: str, limit: int) -> None:
    with pytest.raises(Invalid) as caught:
        check_password(password, sign_in_name="wen.lang")
    assert (caught.value.code, caught.value.field, caught.value.params) == (code, "password", {"limit": limit})


def test_the_sign_in_name_is_no_password_however_it_is_written() -> None:
    with pytest.raises(Invalid) as caught:
        check_password("Subdistrict-01.Officer", sign_in_name="subdistrict-01.officer")
    assert (caught.value.code, caught.value.field) == ("password_is_name", "password")


def opened(actor: Actor) -> set[str]:
    return {part for part in PARTS if may_open(actor, part)}


@pytest.mark.parametrize(
    ("body", "role", "parts"),
    [
        ("organization", "officer", {"register", "rounds", "ledger"}),
        ("organization", "head", {"register", "rounds", "ledger"}),
        ("united_front", "officer", {"register", "rounds"}),
        ("united_front", "head", {"register", "rounds"}),
        ("organization", "assessor", set()),
        ("standing_committee", "recorder", set()),
        ("subdistrict-01", "officer", set()),
        ("subdistrict-01", "head", set()),
        ("office", "administrator", set()),
    ],
)
def test_a_role_opens_its_parts_of_the_office(body: str, role: str, parts: set[str]) -> None:
    assert opened(Actor(1, "wen", (Holding(1, 1, body, role),))) == parts


def test_administrators_configure_and_see_whether_mail_arrived_but_read_nobodys_archive() -> None:
    assert opened(Actor(1, "admin", is_administrator=True)) == {"ledger", "administration"}


def test_several_roles_open_what_each_of_them_does() -> None:
    roles = (Holding(1, 1, "subdistrict-01", "head"), Holding(2, 2, "united_front", "officer"))
    assert opened(Actor(1, "wen", roles)) == {"register", "rounds"}


def test_nothing_opens_to_nobody() -> None:
    assert opened(CLOCK) == opened(Actor(1, "wen")) == set()
