"""What a scenario expects after a step."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from workflow.procedure.parts import FieldRef, Key, Keys, Part, ProcedureKey, StateRef, _as_tuple
from workflow.rehearsal.parts import CaseRef, DayOrNone, Name, Names

Texts = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
Templates = Annotated[tuple[Key, ...], BeforeValidator(_as_tuple)]


class Narrowed(Part):
    """An inbox as its holder narrows it, and the cases that stand in it then."""

    procedure: ProcedureKey | None = None
    """The key of a procedure; of a stage, that which is rehearsed where none is named."""
    stage: Key | None = None
    text: str = ""
    finds: Annotated[tuple[CaseRef, ...], BeforeValidator(_as_tuple)] = ()


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
    cases: dict[CaseRef, StateRef] = Field(default_factory=dict)
    """Other cases → where they are: `{case/1: letter.received, second: desk.done}`."""
    children: dict[StateRef, int] = Field(default_factory=dict)
    """State → how many children of the case are there, all of them; `{}` for none."""
    answers: dict[FieldRef, Any] = Field(default_factory=dict)
    """`form.field` → the newest answer of the case, `~` for none."""
    inbox_of: Names = ()
    """Everybody in whose inbox the case stands."""
    narrowed: dict[Name, Narrowed] = Field(default_factory=dict)
    """Name → which cases are left in their inbox when they narrow it: `{mao: {text: park, finds: [second]}}`."""
    seats: Names = ()
    """Everybody who sits on the panel that is open."""
    posts: dict[Name, Texts] = Field(default_factory=dict)
    """Name → the titles of posts written into their archive during the scenario."""
    calls: Keys = ()
    """The outside systems for which a row was left during the step."""
