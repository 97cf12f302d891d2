"""What a scenario expects after a step."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from workflow.procedure.parts import Key, Keys, Part, StateRef, _as_tuple
from workflow.rehearsal.parts import DayOrNone, Name, Names

Templates = Annotated[tuple[Key, ...], BeforeValidator(_as_tuple)]


class Then(Part):
    """Only what is written down is looked at; a new expectation is a field here and a look in `looking`."""

    state: StateRef | None = None
    waits_for: Keys = ()
    """The roles whose move the case waits for, all of them; `[]` for nobody's."""
    due: DayOrNone = None
    outcome: Key | None = None
    """What the panel or notice came to with this step."""
    ended: Key | None = None
    """The outcome word of the final state the case has reached."""
    told: dict[Name, Templates] = Field(default_factory=dict)
    """Name → every template they were told by during the step; `[]` for nothing."""
    listed: dict[Key, Names] = Field(default_factory=dict)
    """List → everybody who is on it."""
