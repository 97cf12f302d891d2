"""The vocabulary definitions are checked against: guards, effects and code tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workflow.engine.effects import REGISTRY as EFFECTS
from workflow.engine.guards import REGISTRY as GUARDS
from workflow.procedure.parts import Part
from workflow.procedure.stages import Use


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Guards and effects of this engine beside the code tables of the office."""

    codes: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    fragments: Mapping[str, Path] = field(default_factory=dict)

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
        return [
            (
                f"bad_{kind}",
                {kind: use.name, "key": ".".join(str(part) for part in fault["loc"]), "detail": fault["msg"]},
            )
            for fault in error.errors()
        ]
    return []
