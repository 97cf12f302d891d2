"""Who keeps the lists of people, and who looks at them."""

from workflow.context import Actor

KEEPING = (("organization", "officer"),)
"""(body, role) whose holders enter people in lists, take them out, and start reviews by hand."""
READING = (
    *KEEPING,
    ("organization", "head"),
    ("united_front", "officer"),
    ("united_front", "head"),
    ("district_committee", "inspector"),
)
OWN_READING = ("officer", "head")
"""Roles in a person's own body that see the body's people on the lists."""


def may_keep(actor: Actor) -> bool:
    """Whether the actor changes lists."""
    return any((held.body_code, held.role) in KEEPING for held in actor.holdings)


def may_read_all(actor: Actor) -> bool:
    """Whether the actor reads whole lists."""
    return any((held.body_code, held.role) in READING for held in actor.holdings)


def bodies_read(actor: Actor) -> frozenset[int]:
    """Bodies whose own people the actor sees on the lists."""
    return frozenset(held.body_id for held in actor.holdings if held.role in OWN_READING)
