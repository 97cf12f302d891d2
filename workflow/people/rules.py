"""Rules of the archive: who adds to it, the citizen ID number and what it says."""

from datetime import date

from workflow.context import Actor

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
LENGTH = 18
NON_PARTY_EXCLUDED = frozenset({"cpc", "cpc_probationary"})
KEEPER = ("organization", "officer")
"""(body, role) whose holders add people of every body, and those of none."""


def may_add(actor: Actor, *, body_id: int | None) -> bool:
    """Whether the actor adds people to the archive of a body: its own officers do, and who keeps the whole archive."""
    if any((held.body_code, held.role) == KEEPER for held in actor.holdings):
        return True
    return body_id is not None and actor.holds("officer", body_id=body_id)


def check_character(digits: str) -> str:
    """The last character of an ID number from its first seventeen digits (GB 11643)."""
    return CHECK_CHARACTERS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True)) % 11]


def id_number_fault(number: str, *, birth_date: date, sex: str) -> str | None:
    """The code of what is wrong with an ID number, or None: shape, check character, birth date, sex.

    The region is not checked: numbers of invented people carry an unassigned one.
    """
    text = number.strip().upper()
    if len(text) != LENGTH or not (text.isascii() and text[:17].isdecimal()) or text[17] not in CHECK_CHARACTERS:
        return "id_number_shape"
    if check_character(text[:17]) != text[17]:
        return "id_number_check"
    if text[6:14] != birth_date.strftime("%Y%m%d"):
        return "id_number_birth"
    if sex in {"male", "female"} and (int(text[16]) % 2 == 1) != (sex == "male"):
        return "id_number_sex"
    return None


def is_non_party(political_status: str) -> bool:
    """Whether somebody is outside the governing party: neither a member nor a probationary one (GB/T 4762: not 01, 02)."""
    return political_status not in NON_PARTY_EXCLUDED


def is_one_line(text: str) -> bool:
    """Whether a name or title is a line that can stand in a list, a file and the subject of a mail."""
    return "\x00" not in text and len(text.splitlines()) <= 1
