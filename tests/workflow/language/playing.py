"""Small procedures written for one construct each, published in the test office and played through the operations."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from scheduler.jobs import Work
from tests.fixtures.office import Office
from workflow.cases.loading import load_case
from workflow.cases.operations import open_case
from workflow.cases.tables import Case, WorkItem
from workflow.cases.versions import publish_procedure
from workflow.context import CLOCK, Context
from workflow.engine.catalogue import Catalogue
from workflow.expiring import act_on_expiry
from workflow.panels.operations import give_opinion
from workflow.panels.tables import Panel, Seat
from workflow.procedure.loader import parse_procedure
from workflow.record.queries import verify

__all__ = ["Play", "Work"]

HEAD = """\
procedure: played
title: {en: Played, zh: 演示}
about: {en: A construct., zh: 一种写法。}
prefix: PL
sources:
  r/1: {en: Article one., zh: 第一条。}
roles:
  clerk: {of: organization, holds: officer, title: {en: Clerk, zh: 经办人}}
  head: {of: organization, holds: head, title: {en: Head, zh: 负责人}}
  front: {of: united_front, holds: head, title: {en: Front, zh: 统战部}}
  local: {of: nominating_body, holds: officer, title: {en: Local, zh: 推荐单位}}
"""


@dataclass
class Play:
    """One case of a small procedure in the test office."""

    office: Office
    version_id: int
    case_id: int = 0

    @classmethod
    def of(cls, office: Office, body: str, **begun: Any) -> "Play":
        """Publishes a procedure whose text goes on after the common head, and opens a case of it."""
        procedure = parse_procedure(HEAD + body, "played.yaml", Catalogue())
        with office.database.writing() as session:
            version = publish_procedure(Context(session, CLOCK, office.now), procedure)
        played = cls(office, version)
        person = begun.pop("person_id") if "person_id" in begun else office.person()
        with office.as_("secretary") as context:
            begun = {"body_id": office.bodies["street"], **begun}
            played.case_id = open_case(context, version_id=version, person_id=person, **begun).case_id
        return played

    @property
    def state(self) -> str:
        return str(self.office.case(self.case_id).state)

    def act(self, who: str, action: str, *, case_id: int | None = None, **given: Any) -> str:
        """Takes an action and answers with the state the case is in then."""
        acted = self.office.act(who, case_id or self.case_id, action, **given)
        return acted.state

    def gives(self, who: str, opinion: str, *, case_id: int | None = None, reason: str = "") -> str:
        """Gives the opinion of the one seat somebody has in the open panel."""
        case_id = case_id or self.case_id
        actor = self.office.actors[who]
        with self.office.database.reading() as session:
            seats = session.scalars(
                select(Seat)
                .join(Panel, Panel.id == Seat.panel_id)
                .where(Panel.case_id == case_id, Panel.closed_at.is_(None))
            ).all()
        seat = next(s for s in seats if s.body_role_id in actor.body_role_ids or s.account_id == actor.account_id)
        with self.office.as_(who) as context:
            settled = give_opinion(context, case_id=case_id, seat_id=seat.id, opinion=opinion, reason=reason)
        return settled.acted.state

    def expires(self, *, case_id: int | None = None) -> str:
        """What the scheduler does when the deadline of the present state is over."""
        case_id = case_id or self.case_id
        with self.office.as_(None) as context:
            act_on_expiry(context, case_id=case_id, state=load_case(context.session, case_id).state)
        return str(self.office.case(case_id).state)

    @property
    def children(self) -> list[Case]:
        """The case's children, in the order they were opened."""
        with self.office.database.reading() as session:
            rows = session.scalars(select(Case).where(Case.parent_id == self.case_id).order_by(Case.id)).all()
            session.expunge_all()
        return list(rows)

    def waits_for(self, case_id: int | None = None) -> list[str]:
        """The roles with open work, in order."""
        with self.office.database.reading() as session:
            mine = (WorkItem.case_id == (case_id or self.case_id), WorkItem.is_open)
            return list(session.scalars(select(WorkItem.role).where(*mine).order_by(WorkItem.id)))

    def verify(self) -> None:
        """The record of everything that happened is whole."""
        with self.office.database.reading() as session:
            assert verify(session).first_broken is None
