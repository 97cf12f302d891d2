"""The catalogue of steps; a new kind is a class in a module here, known by its verb."""

from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import Discriminator, Tag

from workflow.rehearsal.steps import acting, assigning, opening, panels, piles
from workflow.rehearsal.steps.base import REGISTRY, Step

__all__ = ["REGISTRY", "AnyStep", "Step", "acting", "assigning", "opening", "panels", "piles"]


def _verb(value: Any) -> str | None:
    """The one key that says what kind of step this is."""
    if isinstance(value, Step):
        return value.verb
    found = [verb for verb in REGISTRY if isinstance(value, dict) and verb in value]
    return found[0] if len(found) == 1 else None


if TYPE_CHECKING:
    AnyStep = Step
else:
    AnyStep = Annotated[
        Union[tuple(Annotated[kind, Tag(verb)] for verb, kind in REGISTRY.items())],  # noqa: UP007 - of what is registered
        Discriminator(
            _verb,
            custom_error_type="step_kind",
            custom_error_message="a step has exactly one of: {allowed}",
            custom_error_context={"allowed": ", ".join(REGISTRY)},
        ),
    ]
