"""The vocabulary definitions are checked against: guards, effects, settling rules, code tables, rule packs, texts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workflow.engine.contradictions import Surroundings, contradictions
from workflow.engine.effects import REGISTRY as EFFECTS
from workflow.engine.facts import CATALOGUE, FAMILIES
from workflow.engine.guards import REGISTRY as GUARDS
from workflow.engine.panels import reachable_outcomes
from workflow.procedure.forms import FormField
from workflow.procedure.impossible import domains
from workflow.procedure.model import Procedure
from workflow.procedure.packs import RulePack
from workflow.procedure.panel import Panel
from workflow.procedure.parts import Part, wanted_of
from workflow.procedure.stages import Action, Use


def _any_text(_key: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Guards and effects of this engine beside the code tables and rule packs of the office."""

    codes: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    has_text: Callable[[str], bool] = _any_text
    """Whether the texts of the office have a key; every key where nothing is known of them."""
    fragments: Mapping[str, Path] = field(default_factory=dict)
    packs: Mapping[str, RulePack] = field(default_factory=dict)
    documents: Mapping[str, Path] = field(default_factory=dict)

    @property
    def facts(self) -> frozenset[str]:
        """Every fact by name, and every family with a dot at its end."""
        return frozenset((*CATALOGUE, *(f"{family}." for family in FAMILIES)))

    def guard_faults(self, use: Use) -> list[tuple[str, dict[str, Any]]]:
        """What is wrong with the name or parameters of a guard."""
        return _faults("guard", use, GUARDS)

    def effect_faults(self, use: Use) -> list[tuple[str, dict[str, Any]]]:
        """What is wrong with the name or parameters of an effect."""
        return _faults("effect", use, EFFECTS)

    def contradictions(self, procedure: Procedure, action: Action) -> list[tuple[str, str, tuple[str, ...]]]:
        """(guard, what cannot be, categories concerned) for guards of an action that cannot all be true."""
        form = procedure.forms.get(action.form or "")
        answers = (
            None if form is None else {key: found for key, field in form.fields.items() if (found := _answers(field))}
        )
        firm = [use for use in action.guards if not use.waivable_by and not self.guard_faults(use)]
        guards = [GUARDS[use.name].model_validate(use.params) for use in firm]
        around = Surroundings(
            tuple(procedure.categories),
            answers,
            frozenset(self.codes.get("political_status", {})),
            domains(procedure, action.form) if any(use.name == "condition" for use in firm) else {},
            tuple(frozenset(procedure.roles[role].did) for role in action.by if role in procedure.roles),
        )
        return [(found.guard, found.detail, found.categories) for found in contradictions(guards, around)]

    def panel_outcomes(self, panel: Panel) -> frozenset[str]:
        """Every outcome the settling rule can give, whatever is said."""
        return reachable_outcomes(panel)


def _answers(field: FormField) -> frozenset[str]:
    """What can be answered, where it can be listed."""
    if field.type == "yes_no":
        return frozenset({"yes", "no"})
    return frozenset(field.options) if field.type == "choice" else frozenset()


def _faults(kind: str, use: Use, registry: Mapping[str, type[Part]]) -> list[tuple[str, dict[str, Any]]]:
    if use.name not in registry:
        return [(f"unknown_{kind}", {kind: use.name, "allowed": ", ".join(sorted(registry))})]
    try:
        registry[use.name].model_validate(use.params)
    except ValidationError as error:
        return [_fault(kind, use.name, fault) for fault in error.errors()]
    return []


def _fault(kind: str, name: str, fault: Any) -> tuple[str, dict[str, Any]]:
    """One pydantic error of a parameter in our words."""
    if fault["type"] == "unknown_key":
        return "unknown_parameter", {"name": name, "key": fault["ctx"]["key"], "allowed": fault["ctx"]["allowed"]}
    # What follows the parameter's name only says which of several kinds was tried.
    key = str(next(iter(fault["loc"]), ""))
    if fault["type"] == "missing":
        return "missing_parameter", {"name": name, "key": key}
    return f"bad_{kind}", {kind: name, "key": key, **wanted_of(fault)}
