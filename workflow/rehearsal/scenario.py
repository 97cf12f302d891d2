"""A scenario file: what holds for all its scenarios, and the scenarios with their steps."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from workflow.procedure.parts import Key, Part, Words
from workflow.rehearsal.given import Given
from workflow.rehearsal.parts import some
from workflow.rehearsal.steps import AnyStep


class Scenario(Part):
    """One course of events. `after` names an earlier scenario by its `key`: that one is played first."""

    title: Words
    key: Key | None = None
    after: Key | None = None
    given: Given = Given()
    steps: Annotated[tuple[AnyStep, ...], BeforeValidator(some)]


class Scenarios(Part):
    """The scenarios of one procedure."""

    procedure: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
    given: Given = Given()
    scenarios: Annotated[tuple[Scenario, ...], BeforeValidator(some)]
