"""Lots drawn among cases: by a public seed that the case has been told, kept in its record so that anybody can draw again."""

from collections.abc import Mapping, Sequence
from typing import Any

from workflow.cases.follow_ups import Moved
from workflow.cases.gathering import gather_facts
from workflow.cases.loading import LoadedCase, load_case
from workflow.cases.moving import note_in_state
from workflow.context import Context
from workflow.engine.effects import ActOn
from workflow.engine.lots import drawn
from workflow.problems import Invalid

DRAWN = "lots_drawn"
"""The event that keeps a draw."""


def seed_of(context: Context, case: LoadedCase, field: str) -> str:
    """The seed as the case's form has it. Raises Invalid while there is none."""
    answer = gather_facts(context, case, needs=(f"form.{field}",), form=None)[f"form.{field}"]
    if answer in (None, "", []):
        raise Invalid("lot_without_seed", reference=case.reference)
    return str(answer)


def lots_among(context: Context, moved: Moved, effect: ActOn, found: Sequence[LoadedCase]) -> dict[int, int]:
    """Case → its place in the draw, from 0."""
    seed = seed_of(context, moved.case, effect.by_lot or "")
    places = {name: place for place, name in enumerate(drawn(seed, [one.reference for one in found]))}
    return {one.id: places[one.reference] for one in found}


def keep_draw(
    context: Context,
    moved: Moved,
    effect: ActOn,
    *,
    among: Sequence[LoadedCase],
    numbers: Mapping[int, Any],
    taken: Sequence[LoadedCase],
) -> None:
    """Writes the draw into the record of the case that drew: the seed, everybody in it, their numbers, and who was taken."""
    seed = seed_of(context, moved.case, effect.by_lot or "")
    order = drawn(seed, [one.reference for one in among])
    lot: dict[str, Any] = {"seed": seed, "order": order, "taken": [one.reference for one in taken]}
    if effect.order_by:
        lot["numbers"] = {one.reference: numbers[one.id] for one in among}
    line = {"seed": seed, "number": len(order), "order": order, "taken": lot["taken"]}
    data = {"lot": lot, "action": effect.action, "explanation": [{"code": "lot.drawn", "params": line}]}
    case = load_case(context.session, moved.case.id, is_locked=True)
    note_in_state(context, case=case, action=DRAWN, role=None, data=data, may_be_closed=True)
