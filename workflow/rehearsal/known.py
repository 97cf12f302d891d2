"""What the steps of a scenario may name, and the faults of those that name something else."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow.bodies.operations import ROLES
from workflow.procedure.model import Procedure
from workflow.procedure.panel import RECUSED
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
    others: Mapping[str, Procedure] = field(default_factory=dict)
    """The procedures the office has beside this one, by key."""

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

    def case_ref(self, ref: str | None, *place: str | int) -> Iterator[Fault]:
        """A case the scenario has so far, or a child below one: by number, or by whom it is about."""
        base, *below = (ref or "").split("/")
        yield from self.one_of("case", base if ref else None, self.cases, *place)
        for child in below:
            yield from self.child(child, *place)

    def child(self, child: str, *place: str | int) -> Iterator[Fault]:
        """A child case by its number, or by whom it is about."""
        if not child.isdecimal():
            yield from self.one_of("child", child, self.given.accounts, *place)

    def reached(self, ref: str | None) -> tuple[Procedure, ...]:
        """The procedures a case may run under: a child may be a case of another that this one opens."""
        if "/" not in (ref or ""):
            return (self.procedure,)
        opened = [self.others[key] for key in sorted(_opened(self.procedure)) if key in self.others]
        return (self.procedure, *opened)

    @property
    def held_roles(self) -> tuple[str, ...]:
        """Roles that can be held in a body: those every office has, and those that a procedure here names."""
        named = {
            role.holds for one in (self.procedure, *self.others.values()) for role in one.roles.values() if role.of
        }
        return (*ROLES, *sorted(named - set(ROLES)))

    def actions(self, ref: str | None) -> dict[str, tuple[str | None, ...]]:
        """Every action of a case's procedure → the forms it may ask for."""
        found: dict[str, tuple[str | None, ...]] = {}
        for procedure in self.reached(ref):
            for state in procedure.states.values():
                for name, action in state.actions.items():
                    found[name] = (*found.get(name, ()), action.form)
        return found

    def states(self, ref: str | None) -> tuple[str, ...]:
        """Every state of a case's procedure."""
        return tuple(state for procedure in self.reached(ref) for state in procedure.states)

    def fields(self, ref: str | None, forms: Iterable[str | None]) -> frozenset[str]:
        """Every question of some forms."""
        known = {key: form for procedure in self.reached(ref) for key, form in procedure.forms.items()}
        return frozenset(field for form in forms if form in known for field in known[form].fields)

    @property
    def opinions(self) -> frozenset[str]:
        """Every opinion that a panel of the procedure knows, stepping aside among them."""
        panels = [state.panel for state in self.procedure.states.values() if state.panel]
        aside = {RECUSED} if any(panel.may_recuse for panel in panels) else set()
        return frozenset(opinion for panel in panels for opinion in panel.opinions) | aside

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


def _opened(procedure: Procedure) -> set[str]:
    """Other procedures that this one opens child cases of."""
    waited = [one.procedure for state in procedure.states.values() if state.children for one in state.children.opens]
    beside = [use.params.get("procedure") for state in procedure.states.values() for use in state.every_effect]
    return {key for key in (*waited, *beside) if key}
