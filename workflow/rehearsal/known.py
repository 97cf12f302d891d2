"""What the steps of a scenario may name, and the faults of those that name something else."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflow.procedure.model import Procedure
from workflow.rehearsal.given import Case, Given

Fault = tuple[tuple[str | int, ...], str, dict[str, Any]]
"""Place within the part looked at, code of a finding, its values."""


@dataclass(frozen=True, slots=True)
class Known:
    """The procedure, what the scenario is given, its cases so far, the office's code tables, and which texts there are."""

    procedure: Procedure
    given: Given
    cases: frozenset[str]
    codes: Mapping[str, Iterable[str]]
    has_text: Callable[[str], bool]

    def one_of(self, kind: str, value: str | None, allowed: Iterable[str], *place: str | int) -> Iterator[Fault]:
        """A fault where something named is not among what may be named; `kind` says what it should be."""
        known = tuple(allowed)
        if value is not None and value not in known:
            yield place, f"unknown_{kind}", {kind: value, "allowed": ", ".join(sorted(known)) or "–"}

    def person(self, name: str, *place: str | int) -> Iterator[Fault]:
        """Somebody who signs in."""
        yield from self.one_of("name", name, self.given.accounts, *place)

    def coded(self, table: str, code: str | None, *place: str | int) -> Iterator[Fault]:
        """A code of one of the office's tables."""
        yield from self.one_of("table_code", code, self.codes.get(table, ()), *place)

    def case(self, wanted: Case, *place: str | int) -> Iterator[Fault]:
        """The opening of a case."""
        yield from self.one_of("person", wanted.person, self.given.people, *place, "person")
        yield from self.one_of("category", wanted.category, self.procedure.categories, *place, "category")
        yield from self.one_of("body", wanted.body, self.given.bodies, *place, "body")

    @property
    def actions(self) -> frozenset[str]:
        """Every action of the procedure."""
        return frozenset(name for state in self.procedure.states.values() for name in state.actions)

    @property
    def opinions(self) -> frozenset[str]:
        """Every opinion that a panel of the procedure knows."""
        panels = (state.panel for state in self.procedure.states.values())
        return frozenset(opinion for panel in panels if panel for opinion in panel.opinions)

    @property
    def guards(self) -> frozenset[str]:
        """Every guard that may be waived, by its name in the catalogue."""
        return frozenset(
            use.name
            for state in self.procedure.states.values()
            for action in state.actions.values()
            for use in action.guards
            if use.waivable_by
        )
