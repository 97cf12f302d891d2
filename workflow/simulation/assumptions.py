"""What a simulation assumes: working time by role, people who do it, chances of each way, days of meetings; from a small file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from workflow.procedure.findings import Fault, Unsound, first_of, listed
from workflow.procedure.model import RELATIONS, Procedure
from workflow.procedure.packs import Day
from workflow.procedure.parts import FieldRef, Key, Part, StateRef, _as_tuple
from workflow.procedure.source import read_file, read_source

USUAL_HOURS = (0.5, 2.0, 8.0)
USUAL_PEOPLE = 2
USUAL_CHILDREN = 3


def _number(value: Any) -> Any:
    """Numbers with a point are text in a file."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


Amount = Annotated[float, BeforeValidator(_number), Field(ge=0, le=10_000)]
Hours = Annotated[tuple[Amount, Amount, Amount], BeforeValidator(_as_tuple)]
"""The shortest, the usual and the longest time that one piece of work takes, in working hours."""


class RoleWork(Part):
    """How long a role works on one case in one state, and how many people share the work; None for as many as there are cases."""

    hours: Hours = USUAL_HOURS
    people: int | None = Field(default=None, ge=1, le=100_000)


class Meets(Part):
    """When a panel meets: on named days, or on a day of the week (1 is Monday) every so many weeks."""

    on: Annotated[tuple[Day, ...], BeforeValidator(_as_tuple)] = ()
    weekday: int | None = Field(default=None, ge=1, le=7)
    every_weeks: int = Field(default=1, ge=1, le=52)


class StateWork(Part):
    """What is special about a state: its hours, how likely each action or outcome is, and when its panel meets."""

    hours: Hours | None = None
    chances: dict[str, Amount] = Field(default_factory=dict)
    """Action, outcome or, where a state chooses by itself, state → weight; what is not named then never happens."""
    seats: int | None = Field(default=None, ge=1, le=1_000)
    """How many sit on a panel of everybody in a role."""
    meets: Meets | None = None


class Assumptions(Part):
    """The whole file; everything left out has a usual value."""

    hours_a_day: int = Field(default=8, ge=1, le=24)
    arrivals: int = Field(default=20, ge=0, le=1_000)
    """Working days over which the cases arrive, evenly at random; 0 for all at once."""
    years: int = Field(default=10, ge=1, le=20)
    """How long the cases are followed; what has not ended by then is counted as not ended."""
    roles: dict[Key, RoleWork] = Field(default_factory=dict)
    states: dict[StateRef, StateWork] = Field(default_factory=dict)
    children: dict[FieldRef, Annotated[int, Field(ge=0, le=1_000)]] = Field(default_factory=dict)
    """Answer that says how many child cases there are → how many."""
    dates: dict[str, Day] = Field(default_factory=dict)
    """Dates that deadlines name: `round.closes_date`, `form.FORM.KEY`."""

    def work_of(self, procedure: Procedure, key: str) -> RoleWork:
        """A role's work: as the file says; else usual hours by two people, or by any number where it is of many bodies or sits as a crowd."""
        if key in self.roles:
            return self.roles[key]
        role = procedure.roles[key]
        crowds = {state.panel.of.everyone for state in procedure.states.values() if state.panel}
        is_one_office = role.of is not None and role.of not in RELATIONS and key not in crowds
        return RoleWork(people=USUAL_PEOPLE if is_one_office else None)


def load_assumptions(path: Path, procedure: Procedure) -> Assumptions:
    """The assumptions in a file. Raises Unsound with every fault found, by file and line."""
    return parse_assumptions(read_file(path), str(path), procedure)


def parse_assumptions(text: str, file: str, procedure: Procedure) -> Assumptions:
    """The assumptions in a text about a procedure. Raises Unsound."""
    source = read_source(text, file)
    try:
        found = Assumptions.model_validate(source.value)
    except ValidationError as error:
        raise Unsound(first_of(source.worded(fault) for fault in error.errors(include_url=False))) from error
    findings = first_of(source.finding(path, code, **params) for path, code, params in _faults(found, procedure))
    if findings:
        raise Unsound(findings)
    return found


def _faults(found: Assumptions, procedure: Procedure) -> Iterator[Fault]:
    for role, work in found.roles.items():
        if role not in procedure.roles:
            yield ("roles", role), "unknown_role", {"role": role, "allowed": listed(procedure.roles)}
        yield from _hours(work.hours, ("roles", role, "hours"))
    for ref, special in found.states.items():
        if ref not in procedure.states:
            yield ("states", ref), "unknown_state", {"state": ref, "allowed": listed(procedure.states)}
            continue
        yield from _hours(special.hours, ("states", ref, "hours"))
        state = procedure.states[ref]
        ways = {*state.actions, *state.outcomes, *(way.to for way in state.choose)}
        for name in special.chances:
            if name not in ways:
                allowed = {"action": name, "allowed": listed(ways) or "–"}
                yield ("states", ref, "chances", name), "unknown_action", allowed
        if special.chances and not sum(special.chances.values()):
            yield ("states", ref, "chances"), "no_chance", {}


def _hours(hours: tuple[float, float, float] | None, path: tuple[str, ...]) -> Iterator[Fault]:
    if hours and list(hours) != sorted(hours):
        yield path, "hours_order", {}
