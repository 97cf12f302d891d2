"""A scenario ready to be played: what it is given, and its steps with the lines they stand on, those of earlier ones first."""

from dataclasses import dataclass

from workflow.procedure.parts import Words
from workflow.procedure.source import Path, Source
from workflow.rehearsal.given import Given
from workflow.rehearsal.steps import Step


@dataclass(frozen=True, slots=True)
class Cue:
    """A step, the title of its scenario, its number within it, and where it stands."""

    step: Step
    scenario: Words
    number: int
    source: Source
    path: Path

    def line(self, *place: str) -> int:
        """The line of a key of the step."""
        return self.source.line((*self.path, *place))


@dataclass(frozen=True, slots=True)
class Script:
    """One scenario of a file; `earlier` is the one it goes on from."""

    title: Words
    key: str | None
    line: int
    given: Given
    earlier: "Script | None"
    own: tuple[Cue, ...]

    @property
    def cues(self) -> tuple[Cue, ...]:
        """Every step, from the first of all."""
        return (*(self.earlier.cues if self.earlier else ()), *self.own)


@dataclass(frozen=True, slots=True)
class Book:
    """All scenarios of a file, in its order."""

    file: str
    procedure: str
    scripts: tuple[Script, ...]
