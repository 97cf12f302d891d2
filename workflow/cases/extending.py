"""Deadlines moved on by an action of the state, with a look beforehand at what moves."""

from datetime import date

from workflow.calendar.queries import calendar
from workflow.cases.entering import EXTENDED
from workflow.cases.follow_ups import Moved, follow_up
from workflow.cases.gathering import gather_facts
from workflow.cases.loading import LoadedCase
from workflow.context import Context
from workflow.engine.deadlines import extended
from workflow.engine.effects import ExtendDeadline
from workflow.problems import Invalid
from workflow.store.types import instant


@follow_up("extend_deadline")
def extend_deadline(context: Context, moved: Moved, effect: ExtendDeadline) -> None:
    """Moves the last day of the state's deadline. Raises Invalid where there is none, or no number to move it by."""
    data = moved.step.data
    number = effect.number
    if effect.number_from:
        fact = f"form.{effect.number_from}"
        known = {"form.key": data.get("form")}
        number = gather_facts(context, moved.case, needs=(fact,), form=data.get("values"), known=known)[fact]
    if number is None or number < 1:
        raise Invalid("extension_without_number")
    before, after = extension(context, moved.case, unit=effect.unit, number=number)
    data[EXTENDED] = {"from": before.isoformat(), "to": after.isoformat()}


def extension(context: Context, case: LoadedCase, *, unit: str, number: int) -> tuple[date, date]:
    """The last day as it is, and as it would be. Raises Invalid for a case without a deadline."""
    if case.due_at is None:
        raise Invalid("nothing_to_extend", reference=case.reference)
    before = instant(case.due_at).astimezone(context.zone).date()
    return before, extended(before, unit=unit, number=number, calendar=calendar(context))
