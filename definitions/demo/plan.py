"""What the demonstration's round is played with: who is nominated by whom and how far each gets, who was listed before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Fate = Literal["twice", "ineligible", "unreviewed", "unassessed", "unlisted", "listed"]
"""Why a nomination ends where it does: the person's second one, a rule against it, the review, the assessment, the
committee or the seats; or it leads onto the list."""
FUNNEL: Mapping[Fate, int] = {
    "twice": 10,
    "ineligible": 15,
    "unreviewed": 15,
    "unassessed": 10,
    "unlisted": 5,
    "listed": 40,
}
"""95 nominations → 85 people → 70 eligible → 55 reviewed → 45 assessed → 40 listed."""
SEATS: Mapping[str, int] = {"reserve": 15, "youth": 25}


@dataclass(frozen=True, slots=True)
class Nominee:
    """One nomination. `is_kin` marks the person whose relative sits on the standing committee."""

    person_id: int
    body_id: int
    category: str
    fate: Fate
    is_kin: bool = False


@dataclass(frozen=True, slots=True)
class OldMember:
    """Somebody taken over from a list that is older than the application."""

    person_id: int
    pool: str
    tenure_from_date: date


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the round needs of the district; whoever acts is found by their roles.

    `called` are the nominating bodies in official order. Of the two nominations of a person nominated twice, the one
    with the fate `twice` comes later.
    """

    called: Sequence[int]
    nominees: Sequence[Nominee]
    older: Sequence[OldMember]
