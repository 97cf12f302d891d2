"""What guards may know of the lists a person is on."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.cases.gathering import Gathered, fact_source
from workflow.cases.loading import LoadedCase
from workflow.pools.tables import Membership, Pool


@fact_source("person.lists")
def lists_of_person(session: Session, case: LoadedCase, _facts: Gathered) -> Gathered:
    mine = select(Pool.key).join(Membership, Membership.pool_id == Pool.id).order_by(Pool.key)
    rows = session.scalars(mine.where(Membership.person_id == case.person_id, Membership.left_at.is_(None)))
    return {"person.lists": list(rows)}
