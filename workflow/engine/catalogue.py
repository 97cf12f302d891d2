"""The vocabulary definitions are checked against: guards, effects and code tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from workflow.engine.effects import REGISTRY as EFFECTS
from workflow.engine.guards import REGISTRY as GUARDS
from workflow.procedure.parts import Part, wanted_of
from workflow.procedure.stages import Use


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Guards and effects of this engine beside the code tables of the office."""

    codes: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

    def guard_faults(self, use: Use) -> list[tuple[str, dict[str, Any]]]:
        """What is wrong with the name or parameters of a guard."""
        return _faults("guard", use, GUARDS)

    def effect_faults(self, use: Use) -> list[tuple[str, dict[str, Any]]]:
        """What is wrong with the name or parameters of an effect."""
        return _faults("effect", use, EFFECTS)


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
