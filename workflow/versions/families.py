"""Which cases go on under another version together: a case with its open branches, which run by its very rules."""

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from workflow.cases.tables import Case


def family_of(session: Session, case_id: int, version_id: int) -> tuple[int, ...]:
    """The ids of a case's open kin by one version, parents before their branches; the case alone where it has none."""
    head = case_id
    while (above := _parent(session, head, version_id)) is not None:
        head = above
    found, todo = [head], [head]
    while todo:
        branches = select(Case.id).where(Case.parent_id == todo.pop(0), _runs(version_id)).order_by(Case.id)
        fresh = list(session.scalars(branches))
        found += fresh
        todo += fresh
    return tuple(found)


def families_among(session: Session, version_id: int) -> dict[int, tuple[int, ...]]:
    """Case → its family, for every open case of a version that has kin."""
    rows = session.execute(select(Case.id, Case.parent_id).where(_runs(version_id)).order_by(Case.id)).all()
    parent = {row.id: row.parent_id for row in rows}
    members: dict[int, list[int]] = {}
    for case_id in parent:
        head = case_id
        while parent[head] in parent:
            head = parent[head]
        members.setdefault(head, []).append(case_id)
    return {one: tuple(family) for family in members.values() if len(family) > 1 for one in family}


def _runs(version_id: int) -> ColumnElement[bool]:
    return and_(Case.procedure_version_id == version_id, Case.closed_at.is_(None))


def _parent(session: Session, case_id: int, version_id: int) -> int | None:
    above = select(Case.parent_id).where(Case.id == case_id).scalar_subquery()
    return session.scalar(select(Case.id).where(Case.id == above, _runs(version_id)))
