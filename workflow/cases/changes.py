"""What changed in a case: answers between two fillings of a form, and everything since its reader last looked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow.cases.case_views import CaseView, EventView, FormView
from workflow.cases.last_views import Visit
from workflow.procedure.forms import FormField


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One answer that is another now; None stands for no answer."""

    key: str
    field: FormField
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two fillings of one form, and the choice of those that could be compared."""

    old: FormView
    new: FormView
    fields: tuple[FieldChange, ...]
    choice: tuple[FormView, ...]


@dataclass(frozen=True, slots=True)
class SinceView:
    """What others did since the reader's visit before: events, answers changed, forms filled in for the first time."""

    at: datetime
    events: tuple[EventView, ...]
    comparisons: tuple[Comparison, ...]
    first_forms: tuple[FormView, ...]

    @property
    def is_empty(self) -> bool:
        return not self.events


def changes_between(old: FormView, new: FormView) -> tuple[FieldChange, ...]:
    """The answers that differ, in the order of the form. Answers hidden from the reader are in neither filling."""
    return tuple(
        FieldChange(key, field, before, after)
        for key, field in new.form.fields.items()
        if (before := _answer(old, key)) != (after := _answer(new, key))
    )


def _answer(filling: FormView, key: str) -> Any:
    value = filling.values.get(key)
    return None if value in ("", []) else value


def comparisons(view: CaseView, *, form: str = "", older: int = 0, newer: int = 0) -> tuple[Comparison, ...]:
    """One comparison for each form filled in more than once: its last two fillings.

    For the form named, the fillings with these record numbers instead, whichever is given first. Numbers that are
    not fillings of it, or the same twice, leave the last two.
    """
    found = []
    for key in dict.fromkeys(filled.key for filled in view.fillings):
        choice = tuple(filled for filled in view.fillings if filled.key == key)
        if len(choice) < 2:
            continue
        chosen = [filled for filled in choice if key == form and filled.seq in {older, newer}]
        old, new = chosen if len(chosen) == 2 else choice[-2:]
        found.append(Comparison(old, new, changes_between(old, new), choice))
    return tuple(found)


def since_view(view: CaseView, visit: Visit | None) -> SinceView | None:
    """What the reader has not seen; None for somebody who looks for the first time.

    What readers did themselves is not news to them: their own fillings are what later ones are compared with.
    """
    if visit is None or visit.before_seq is None or visit.before_at is None:
        return None
    seen = visit.before_seq
    events = tuple(event for event in view.events if event.seq > seen and not event.is_own)
    changed, first = [], []
    for newest in view.forms:
        known = _last(one for one in view.fillings if one.key == newest.key and (one.seq <= seen or one.is_own))
        if known is None:
            first.append(newest)
        elif fields := changes_between(known, newest):
            changed.append(Comparison(known, newest, fields, ()))
    return SinceView(visit.before_at, events, tuple(changed), tuple(first))


def _last(found: Iterable[FormView]) -> FormView | None:
    return next(iter(list(found)[::-1]), None)
