"""What the demonstration's assessors think: better and weaker candidates, strong and weak sides, mild and strict assessors."""

from collections.abc import Mapping
from random import Random

from definitions.demo.plan import Fate

ITEMS = ("virtue", "ability", "diligence", "results", "integrity")
"""The items of the shipped rubric."""
MERIT: Mapping[Fate, tuple[float, float]] = {"listed": (73, 94), "unlisted": (68, 84), "unassessed": (60, 82)}
"""How far an assessment gets → points out of 100 between which candidates lie. The ranges overlap: scores inform, they
do not select."""
LEANING: Mapping[str, float] = {"assessor1": 1.5, "assessor2": -1.5, "assessor3": 0.5, "assessor4": -0.5}
"""Points by which an assessor is milder or stricter than the others."""
SIDES, ERROR = 3.5, 1.5
"""Points: the spread of a candidate's sides around their merit, and of one assessor's view of a side."""
LOWEST, HIGHEST = 50, 99


def scores_of(place: int, fate: Fate, assessor: str) -> dict[str, int]:
    """The scoring an assessor gives the candidate at a place of the plan, in points out of 100; the same every time.

    Raises KeyError for a fate that ends before the assessment.
    """
    candidate = Random(f"candidate {place}")  # noqa: S311 - invented people, not secrets
    view = Random(f"{assessor} {place}")  # noqa: S311 - as above
    merit = candidate.uniform(*MERIT[fate])
    sides = [merit + candidate.gauss(0, SIDES) for _ in ITEMS]
    points = [round(side + LEANING.get(assessor, 0) + view.gauss(0, ERROR)) for side in sides]
    return {item: min(HIGHEST, max(LOWEST, one)) for item, one in zip(ITEMS, points, strict=True)}
