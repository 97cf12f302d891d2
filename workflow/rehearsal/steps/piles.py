"""The step of somebody who does the same to several cases at once, as the inbox offers it."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import BeforeValidator
from sqlalchemy import select

from workflow.bulk.operations import Seen, go_on, start_bulk
from workflow.bulk.rules import DONE, MOST, as_reason
from workflow.bulk.tables import BulkEntry
from workflow.problems import Refused
from workflow.procedure.parts import Key
from workflow.rehearsal.known import Fault, Known
from workflow.rehearsal.parts import CaseRef, Name, some
from workflow.rehearsal.play import Play
from workflow.rehearsal.steps.base import Step


class ActOnAll(Step):
    """Somebody takes an action on several cases at once: `{who: li, does_all: accept, cases: [case, second]}`.

    Each is done for itself: what one is refused for is this step's refusal, and the others are done all the same.
    """

    verb: ClassVar[str] = "does_all"
    who: Name
    does_all: Key
    cases: Annotated[tuple[CaseRef, ...], BeforeValidator(some)]
    reason: str = ""

    def faults(self, known: Known) -> Iterator[Fault]:
        yield from known.person(self.who, "who")
        yield from known.one_of("deed", self.does_all, known.actions(self.case), self.verb)
        for place, ref in enumerate(self.cases):
            yield from known.case_ref(ref, "cases", place)

    def take(self, play: Play) -> None:
        with play.as_(self.who) as context:
            cases = [play.case(context, ref) for ref in self.cases]
            job_id = start_bulk(
                context,
                state=cases[0].state,
                doing=f"act:{self.does_all}",
                seen=[Seen(case.id, case.version) for case in cases],
                reason=self.reason,
                once_key=f"{self.who}-{play.now.isoformat()}",
            )
        go_on(play.database, play.now, job_id=job_id, limit=MOST)
        with play.looking() as context:
            entries = context.session.scalars(select(BulkEntry).where(BulkEntry.job_id == job_id)).all()
            kept = [reason for entry in entries if entry.outcome != DONE for reason in entry.reasons]
        if kept:
            raise Refused(tuple(as_reason(reason) for reason in kept))
