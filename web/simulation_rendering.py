"""Puts a simulation into words: stages, queues, ends, the bottleneck, and why the earliest lawful end is not earlier."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from definitions.explaining import words
from web.i18n import language
from web.procedure_rendering import StateView, state_view
from workflow.calendar.rules import Calendar
from workflow.procedure.model import Procedure
from workflow.simulation.assumptions import Assumptions
from workflow.simulation.boxes import draw_times
from workflow.simulation.earliest import Earliest, End, Terms
from workflow.simulation.figures import RoleFigure, Simulated, simulate
from workflow.simulation.lawful import begin, earliest_ends


@dataclass(frozen=True)
class Wait:
    """A state in which days must pass: how many, how many of them nobody works, and what asks for it."""

    state: StateView
    until: date
    days: int
    days_off: int


@dataclass(frozen=True)
class Lawful:
    """An end with the first day it can be there, and what stands before it."""

    title: str
    on: date
    is_provisional: bool
    waits: tuple[Wait, ...]


def simulated(
    procedure: Procedure, assumptions: Assumptions, numbers: Mapping[str, int], calendar: Calendar, today: date,
    procedures: Mapping[str, Procedure],
) -> dict[str, Any]:  # fmt: skip
    """Everything the page shows of one simulation."""
    found = simulate(
        procedure,
        cases=numbers["cases"],
        seed=numbers["seed"],
        start=today,
        calendar=calendar,
        assumptions=assumptions,
        procedures=procedures,
    )
    boxes = draw_times(
        procedure,
        found.stages,
        lambda text: words(text, language()),
        label=_("Time in each stage; the same figures stand in the table."),
        unit=_("working days"),
    )
    return {
        "found": found,
        "boxes": Markup(boxes),  # noqa: S704 - ours, every text escaped
        "stage_title": lambda key: words(procedure.stages[key].title, language()),
        "role_title": lambda key: _role_title(procedure, procedures, key),
        "end_title": lambda outcome: _end_title(procedure, outcome),
        "bottleneck": _bottleneck(procedure, procedures, found),
    }


def _role_title(procedure: Procedure, procedures: Mapping[str, Procedure], key: str) -> str:
    """A role's title; a role of child cases is called with the key of their procedure before it."""
    other, dot, role = key.rpartition(".")
    rules = procedures.get(other) if dot else procedure
    return words(rules.roles[role].title, language()) if rules and role in rules.roles else key


def _end_title(procedure: Procedure, outcome: str) -> str:
    """The title of the state that ends with an outcome."""
    titles = [state.title for state in procedure.states.values() if state.final == outcome and outcome]
    return words(titles[0], language()) if titles else _("not ended")


def _bottleneck(procedure: Procedure, procedures: Mapping[str, Procedure], found: Simulated) -> str:
    """Where cases wait longest, in words."""
    figure = next((one for one in found.roles if one.role == found.bottleneck), None)
    if figure is None or not figure.mean_wait:
        return _("Nowhere: no case waited for somebody who was busy with another.")
    title = _role_title(procedure, procedures, figure.role)
    return " ".join(_told(figure, title)) if language() == "en" else "".join(_told(figure, title))


def _told(figure: RoleFigure, title: str) -> Iterator[str]:
    yield _(
        "Cases wait longest for “%(title)s”: %(days)s working days on average before the work begins.",
        title=title,
        days=f"{figure.mean_wait:.1f}",
    )
    yield ngettext(
        "At the worst moment %(num)s piece of work lay there.",
        "At the worst moment %(num)s pieces of work lay there.",
        figure.longest_queue,
    )
    if figure.share_busy is not None and figure.people is not None:
        yield ngettext(
            "The %(num)s person there is at work %(share)s of the time.",
            "The %(num)s people there are at work %(share)s of the time.",
            figure.people,
            share=f"{figure.share_busy:.0%}",
        )


def lawful_ends(
    procedure: Procedure, assumptions: Assumptions, calendar: Calendar, today: date, procedures: Mapping[str, Procedure]
) -> tuple[list[Lawful], tuple[str, ...]]:
    """The ends in the order of the procedure, and dates nobody has set yet."""
    meets = {ref: special.meets.on for ref, special in assumptions.states.items() if special.meets and special.meets.on}
    terms = Terms(calendar, dict(assumptions.dates), meets, procedures)
    earliest: Earliest = earliest_ends(terms, begin(procedure), today)
    return [_lawful(procedure, calendar, end, today) for end in earliest.ends], earliest.undated


def _lawful(procedure: Procedure, calendar: Calendar, end: End, today: date) -> Lawful:
    waits = []
    before = today
    for step in end.steps:
        if step.on > before:
            days = (step.on - before).days
            off = days - calendar.working_days_between(before, step.on)
            waits.append(Wait(state_view(procedure, step.state), step.on, days, off))
        before = max(before, step.on)
    title = words(procedure.states[end.state].title, language())
    return Lawful(title, end.on, end.is_provisional, tuple(waits))
