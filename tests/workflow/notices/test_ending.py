"""A notice that ends by itself: whoever the case then waits for hears of it."""

from datetime import timedelta

from sqlalchemy import select

from tests.fixtures.office import Office
from tests.workflow.steps import decided
from workflow.bodies.queries import body_role_id
from workflow.messages.tables import Message
from workflow.notices.operations import expire_notice


def test_whoever_confirms_after_the_notice_is_told_that_it_waits(office: Office) -> None:
    case_id = decided(office, office.person())
    office.now += timedelta(days=8)
    with office.as_(None) as context:
        expire_notice(context, case_id=case_id, state="notice.published")
    with office.database.reading() as session:
        heads = body_role_id(session, "organization", "head")
        told = session.scalars(
            select(Message.template).where(Message.case_id == case_id, Message.created_at == office.now)
        ).all()
        roles = session.scalars(
            select(Message.body_role_id).where(Message.case_id == case_id, Message.created_at == office.now)
        ).all()
    assert (told, roles) == (["work_waiting"], [heads])
