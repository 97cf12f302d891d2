"""The citizen ID number says the birth date and the sex, and its last character checks the others."""

from datetime import date

import pytest

from workflow.people.rules import check_character, id_number_fault, is_non_party

BORN = date(1990, 5, 1)


def number(*, birth: str = "19900501", order: str = "123", region: str = "990102") -> str:
    """A number of the unassigned region 99, its check character right."""
    digits = f"{region}{birth}{order}"
    return digits + check_character(digits)


@pytest.mark.parametrize(("digits", "check"), [("11010519491231002", "X"), ("44052418800101001", "4")])
def test_the_specimens_of_the_standard_check(digits: str, check: str) -> None:
    assert check_character(digits) == check


def test_two_digits_exchanged_do_not_check() -> None:
    good = number()
    assert id_number_fault(good, birth_date=BORN, sex="male") is None
    exchanged = good[:15] + good[16] + good[15] + good[17]
    assert id_number_fault(exchanged, birth_date=BORN, sex="male") == "id_number_check"


def test_a_small_x_and_spaces_around_are_forgiven() -> None:
    ending_in_x = number(order="139")
    assert ending_in_x.endswith("X")
    assert id_number_fault(f" {ending_in_x.lower()} ", birth_date=BORN, sex="male") is None


@pytest.mark.parametrize(
    "text",
    ["", "110", number()[:15], number()[:17], f"{number()}0", "1.1E+17", f"{number()[:17]}Y", f"X{number()[1:]}"],
)
def test_a_number_of_another_shape_is_called_so(text: str) -> None:
    assert id_number_fault(text, birth_date=BORN, sex="male") == "id_number_shape"


@pytest.mark.parametrize("place", [slice(0, 6), slice(6, 14), slice(14, 17)])
def test_full_width_digits_are_no_digits_of_a_number(place: slice) -> None:
    wide = number().translate({ord(digit): 0xFF10 + int(digit) for digit in "0123456789"})
    mixed = number()[: place.start] + wide[place] + number()[place.stop :]
    assert id_number_fault(mixed, birth_date=BORN, sex="male") == "id_number_shape"


def test_a_number_that_says_another_birth_date_is_a_fault() -> None:
    assert id_number_fault(number(birth="19900502"), birth_date=BORN, sex="male") == "id_number_birth"


@pytest.mark.parametrize(
    ("order", "sex", "fault"),
    [
        ("123", "male", None),
        ("124", "female", None),
        ("123", "female", "id_number_sex"),
        ("124", "male", "id_number_sex"),
        ("123", "unstated", None),
    ],
)
def test_an_odd_order_number_is_a_mans(order: str, sex: str, fault: str | None) -> None:
    assert id_number_fault(number(order=order), birth_date=BORN, sex=sex) == fault


@pytest.mark.parametrize(
    ("status", "outside"),
    [("cpc", False), ("cpc_probationary", False), ("cyl", True), ("cdl", True), ("masses", True)],
)
def test_outside_the_party_is_whoever_is_neither_member_nor_probationary(status: str, *, outside: bool) -> None:
    assert is_non_party(status) is outside
