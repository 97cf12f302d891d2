"""What branches of cases are called in lists: as on their own page, by the first text each began with."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from workflow.cases.fillings import first_text, visible_values
from workflow.cases.inbox import InboxItem
from workflow.cases.tables import Case, CaseForm
from workflow.cases.versions import compiled_version

PARENT = aliased(Case)


def called(session: Session, items: Iterable[InboxItem]) -> dict[int, str]:
    """Case → whom or what it is called after, where it is a branch of another and whoever it waits for may read that.

    Nothing is asked where no item is about a child.
    """
    roles = {item.case_id: item.role_key for item in items if item.is_child}
    if not roles:
        return {}
    filled = session.execute(
        select(CaseForm.case_id, CaseForm.form, CaseForm.values, Case.procedure_version_id, PARENT.procedure_version_id)
        .join(Case, Case.id == CaseForm.case_id)
        .join(PARENT, PARENT.id == Case.parent_id)
        .where(CaseForm.case_id.in_(roles))
        .order_by(CaseForm.case_id, CaseForm.seq, CaseForm.id)
    )
    found: dict[int, str] = {}
    for case_id, key, values, version, above in filled:
        procedure = compiled_version(session, version).procedure
        is_branch = compiled_version(session, above).procedure.procedure == procedure.procedure
        form = procedure.forms.get(key) if is_branch else None
        if form and (text := first_text(form, visible_values(form, values, frozenset({roles[case_id]})))):
            found.setdefault(case_id, text)
    return found
