"""What a kind of step is: the key that makes it, what it may name, and how it is taken."""

from collections.abc import Iterator
from typing import Any, ClassVar

from workflow.procedure.parts import Part
from workflow.rehearsal.expected import Then
from workflow.rehearsal.known import Fault, Known
from workflow.rehearsal.parts import CaseRef, Codes, Day
from workflow.rehearsal.play import MORNING, Play, moment

REGISTRY: dict[str, type["Step"]] = {}


class Step(Part):
    """What every step may say: the day, which case, the refusal expected, and what is so afterwards."""

    verb: ClassVar[str]
    """The key that makes a step of this kind."""
    on: Day | None = None
    case: CaseRef | None = None
    refused: Codes = ()
    then: Then = Then()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "verb" in cls.__dict__:
            REGISTRY[cls.verb] = cls

    @property
    def opened(self) -> str | None:
        """The name of the case that this step opens."""
        return None

    def faults(self, known: Known) -> Iterator[Fault]:
        """What the step names that does not exist."""
        raise NotImplementedError

    def take(self, play: Play) -> None:
        """Does it, at the play's present moment. Raises what the operations raise."""
        raise NotImplementedError

    def prepare(self, play: Play) -> None:
        """Moves the clock to the step's day."""
        if self.on and self.on > play.today:
            play.advance(moment(self.on, MORNING))
