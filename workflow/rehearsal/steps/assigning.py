"""Steps of those who share a role's work: taking it, giving it back, handing it to a colleague."""

from collections.abc import Iterator
from typing import ClassVar

from sqlalchemy import select

from workflow.cases.assigning import claim_item, reassign_item, release_item
from workflow.cases.tables import WorkItem
from workflow.context import Context
from workflow.problems import Missing
from workflow.procedure.parts import Key
from workflow.rehearsal.known import Fault, Known
from workflow.rehearsal.parts import Name
from workflow.rehearsal.play import Play
from workflow.rehearsal.steps.base import Step


class _Assigning(Step):
    """Something done with the work that waits for a role; a seat's own work cannot be handed on."""

    who: Name

    def faults(self, known: Known) -> Iterator[Fault]:
        yield from known.person(self.who, "who")
        roles = {key for one in known.reached(self.case) for key in one.roles}
        yield from known.one_of("role", getattr(self, self.verb), roles, self.verb)

    def item(self, play: Play, context: Context) -> int:
        """The open work of the role. Raises Missing."""
        role: str = getattr(self, self.verb)
        waiting = select(WorkItem.id).where(WorkItem.case_id == play.case_id(self.case), WorkItem.is_open)
        found = context.session.scalars(waiting.where(WorkItem.role == role).order_by(WorkItem.id).limit(1)).first()
        if found is None:
            raise Missing("item_missing")
        return found


class Claim(_Assigning):
    """Somebody takes the work of a role for themselves: `{who: li, claims: clerk}`."""

    verb: ClassVar[str] = "claims"
    claims: Key

    def take(self, play: Play) -> None:
        with play.as_(self.who) as context:
            claim_item(context, item_id=self.item(play, context))


class Release(_Assigning):
    """Somebody gives the work back to its role: `{who: li, releases: clerk}`."""

    verb: ClassVar[str] = "releases"
    releases: Key

    def take(self, play: Play) -> None:
        with play.as_(self.who) as context:
            release_item(context, item_id=self.item(play, context))


class Reassign(_Assigning):
    """Somebody hands the work to a colleague: `{who: wu, reassigns: clerk, to: wang, reason: …}`."""

    verb: ClassVar[str] = "reassigns"
    reassigns: Key
    to: Name
    reason: str = ""

    def faults(self, known: Known) -> Iterator[Fault]:
        yield from super().faults(known)
        yield from known.person(self.to, "to")

    def take(self, play: Play) -> None:
        with play.as_(self.who) as context:
            account = play.office.accounts[self.to]
            reassign_item(context, item_id=self.item(play, context), account_id=account, reason=self.reason)
