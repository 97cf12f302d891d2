"""Which year a membership is reviewed first, and by whose timetable a list is reviewed."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import chain

from workflow.engine.decide import Compiled
from workflow.engine.effects import ScheduleReview


def first_review_year(effect: ScheduleReview, *, tenure_from_date: date, today: date) -> int:
    """The first year whose review opens on or after the day the tenure began and is not due before today."""
    year = tenure_from_date.year
    if tenure_from_date > effect.opens_date(year):
        year += 1
    while effect.due_date(year) < today:
        year += 1
    return year


def planned_by(compiled: Compiled) -> ScheduleReview | None:
    """The first effect of a procedure that plans a review; None where it plans none."""
    groups = chain(
        (action.effects for action in compiled.actions.values()),
        compiled.outcome_effects.values(),
        compiled.entry_effects.values(),
    )
    effects = chain.from_iterable(groups)
    return next((effect for effect in effects if isinstance(effect, ScheduleReview)), None)


def timetables(pool_keys: Sequence[str], procedures: Sequence[Compiled]) -> Mapping[str, ScheduleReview | None]:
    """List → the timetable its members are reviewed by; None where the procedures name none, or several reviews."""
    named = named_timetables(pool_keys, procedures)
    return {key: effects[0] if len(effects) == 1 else None for key, effects in named.items()}


def named_timetables(
    pool_keys: Sequence[str], procedures: Sequence[Compiled]
) -> Mapping[str, tuple[ScheduleReview, ...]]:
    """List → a timetable of every review its members could be under.

    A list that a procedure leads to is reviewed as that procedure says. Any other is reviewed by the procedure that
    plans its own next run, as a yearly review does.
    """
    plans = [(one.procedure, effect) for one in procedures if (effect := planned_by(one)) is not None]
    own = [effect for procedure, effect in plans if effect.procedure == procedure.procedure]
    found = {}
    for key in pool_keys:
        led = [effect for procedure, effect in plans if key in {kind.pool for kind in procedure.categories.values()}]
        first: dict[str, ScheduleReview] = {}
        for effect in led or own:
            first.setdefault(effect.procedure, effect)
        found[key] = tuple(first.values())
    return found
