"""Child cases as scenarios name them: by number, or by whom they are about."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflow.cases.loading import load_case
from workflow.cases.tables import Case, CaseReader
from workflow.cases.versions import compiled_version
from workflow.problems import Missing
from workflow.procedure.model import Procedure
from workflow.rehearsal.office import Office


def child_of(session: Session, office: Office, parent_id: int, named: str) -> int:
    """The child opened as the number says, or the newest about somebody or in which they are named. Raises Missing.

    Whoever only sits on a panel of a child is not named in it.
    """
    own = select(Case.id).where(Case.parent_id == parent_id)
    if named.isdecimal():
        found = session.scalars(own.order_by(Case.id).offset(int(named) - 1).limit(1)).first() if int(named) else None
    else:
        procedure = compiled_version(session, load_case(session, parent_id).version_id).procedure
        names = select(CaseReader.case_id).where(CaseReader.account_id == office.accounts.get(named))
        names = names.where(CaseReader.role.in_(_naming(procedure)))
        person = office.people.get(named)
        mine = Case.id.in_(names) if person is None else or_(Case.person_id == person, Case.id.in_(names))
        found = session.scalars(own.where(mine).order_by(Case.id.desc()).limit(1)).first()
    if found is None:
        raise Missing("rehearsal_child_missing", child=named)
    return found


def _naming(procedure: Procedure) -> set[str]:
    """Roles that the accounts of child cases get when these are opened."""
    waited = [
        opening.names for state in procedure.states.values() if state.children for opening in state.children.opens
    ]
    uses = [use for state in procedure.states.values() for use in state.every_effect if use.name == "open_child"]
    return {name for name in (*waited, *(use.params.get("names") for use in uses)) if isinstance(name, str)}
