"""Child cases as scenarios name them: by number, or by whom they are about."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflow.cases.tables import Case, CaseReader
from workflow.problems import Missing
from workflow.rehearsal.office import Office


def child_of(session: Session, office: Office, parent_id: int, named: str) -> int:
    """The child opened as the number says, or the newest about somebody or in which they are named. Raises Missing."""
    own = select(Case.id).where(Case.parent_id == parent_id)
    if named.isdecimal():
        found = session.scalars(own.order_by(Case.id).offset(int(named) - 1).limit(1)).first() if int(named) else None
    else:
        names = select(CaseReader.case_id).where(CaseReader.account_id == office.accounts.get(named))
        person = office.people.get(named)
        mine = Case.id.in_(names) if person is None else or_(Case.person_id == person, Case.id.in_(names))
        found = session.scalars(own.where(mine).order_by(Case.id.desc()).limit(1)).first()
    if found is None:
        raise Missing("rehearsal_child_missing", child=named)
    return found
