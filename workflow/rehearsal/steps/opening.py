"""Steps about what there is to work on: a case is opened, a round is closed, time passes."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from workflow.rehearsal.beginning import begin_case
from workflow.rehearsal.given import Case
from workflow.rehearsal.known import Fault, Known
from workflow.rehearsal.parts import Day, Name
from workflow.rehearsal.play import EVENING, MAIN, Play, moment
from workflow.rehearsal.steps.base import Step
from workflow.rounds.operations import close_round


class OpenCase(Step):
    """Somebody opens a case: `{who: zhu, opens: {person: wen, category: youth, body: mill}, as: second}`, or `{title: …}`."""

    verb: ClassVar[str] = "opens"
    who: Name
    opens: Case
    named: Name | None = Field(default=None, alias="as")
    """The name by which later steps mean this case; without it, it is the case steps mean where they name none."""

    @property
    def opened(self) -> str | None:
        return self.named or MAIN

    def faults(self, known: Known) -> Iterator[Fault]:
        yield from known.person(self.who, "who")
        yield from known.case(self.opens, "opens")

    def take(self, play: Play) -> None:
        play.cases[self.named or MAIN] = begin_case(play, self.opens.model_copy(update={"by": self.who}))


class CloseRound(Step):
    """Somebody ends the taking of nominations: `{who: chen, closes: round}`."""

    verb: ClassVar[str] = "closes"
    who: Name
    closes: Literal["round"]

    def faults(self, known: Known) -> Iterator[Fault]:
        yield from known.person(self.who, "who")

    def take(self, play: Play) -> None:
        with play.as_(self.who) as context:
            close_round(context, round_id=play.round_id or 0)


class Until(Step):
    """Nobody does anything until the evening of a day; whatever falls due happens: `{until: 2026-03-20}`."""

    verb: ClassVar[str] = "until"
    until: Day

    def faults(self, _known: Known) -> Iterator[Fault]:
        """Time names nothing."""
        yield from ()

    def prepare(self, play: Play) -> None:
        """The waiting is the step itself."""

    def take(self, play: Play) -> None:
        play.advance(moment(self.until, EVENING))
