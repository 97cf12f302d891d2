"""What makes a password good enough, and which parts of the office a role may open: deny by default."""

from workflow.context import Actor
from workflow.problems import Invalid

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
DESIGNER = "designer"
"""The role in a body whose holders write and publish procedures."""

_READERS = {
    "register": {
        ("organization", "officer"),
        ("organization", "head"),
        ("united_front", "officer"),
        ("united_front", "head"),
    },
    "rounds": {
        ("organization", "officer"),
        ("organization", "head"),
        ("united_front", "officer"),
        ("united_front", "head"),
    },
    "ledger": {("organization", "officer"), ("organization", "head")},
    "reports": {
        ("organization", "officer"),
        ("organization", "head"),
        ("united_front", "officer"),
        ("united_front", "head"),
    },
    "procedures": {
        ("organization", "officer"),
        ("organization", "head"),
        ("united_front", "officer"),
        ("united_front", "head"),
    },
    "small_groups": {("organization", "officer"), ("organization", "head")},
}
"""Part of the office → (body, role) that may open it; `small_groups` are counts so low that they tell of single people."""


def check_password(password: str, *, sign_in_name: str) -> None:
    """Raises Invalid for a password too short, too long, or equal to the sign-in name."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid("password_too_short", field="password", limit=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise Invalid("password_too_long", field="password", limit=LONGEST_PASSWORD)
    if password.casefold() == sign_in_name.casefold():
        raise Invalid("password_is_name", field="password")


def may_open(actor: Actor, part: str) -> bool:
    """Whether the actor may open a part of the office: `register`, `rounds`, `reports`, `ledger`, `procedures`,
    `drafting` or `administration`.

    The ledger tells whether mail arrived, and reports count without naming anybody: administrators need to know both;
    case content they do not read.
    """
    if part == "administration":
        return actor.is_administrator
    if part == "drafting" or (part == "procedures" and may_draft(actor)):
        return may_draft(actor)
    if part in {"ledger", "reports"} and actor.is_administrator:
        return True
    return any((holding.body_code, holding.role) in _READERS[part] for holding in actor.holdings)


def may_draft(actor: Actor) -> bool:
    """Whether the actor writes, publishes and moves versions of procedures: designers in any body, and administrators."""
    return actor.is_administrator or any(holding.role == DESIGNER for holding in actor.holdings)
