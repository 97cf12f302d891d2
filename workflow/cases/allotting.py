"""Work that the rules give to one of a role's holders: in turn, to who has the fewest, or by lot."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from workflow.cases.assigning import assign_item, holders_of
from workflow.cases.barring import barred_among
from workflow.cases.follow_ups import Moved, follow_up
from workflow.cases.loading import load_case
from workflow.cases.operations import note_in_state
from workflow.cases.tables import WorkItem
from workflow.context import CLOCK, Context
from workflow.messages.tables import Message
from workflow.problems import Reason

UNASSIGNED = "unassigned"
"""The event that says that the rules bar everybody who could have been given the work."""


@follow_up("assign")
def assign_work(_context: Context, moved: Moved, role: str) -> None:
    """Gives the work of a role to one of its holders once the step is written; with nobody there it waits for the role.

    Whoever had the same work of the case before keeps it. Whom the rules bar from acting is not among those it is given
    to, and the record says so.
    """

    def follow(context: Context) -> None:
        waiting = (WorkItem.case_id == moved.case.id, WorkItem.is_open, WorkItem.role == role)
        items = select(WorkItem).where(*waiting, WorkItem.body_role_id.is_not(None), WorkItem.seat_id.is_(None))
        for item in context.session.scalars(items.order_by(WorkItem.id)).all():
            _assign(context, moved, item)

    moved.step.afterwards.append(follow)


def _assign(context: Context, moved: Moved, item: WorkItem) -> None:
    holders = holders_of(context.session, item.body_role_id or 0, context.today)
    case = load_case(context.session, moved.case.id)
    barred = barred_among(context, moved.compiled, case, item.role, sorted(holders))
    among = sorted(holders - barred.keys())
    way = moved.compiled.procedure.roles[item.role].assigned or "in_turn"
    data: dict[str, Any] = {"way": way, "among": among, **_told(barred, among)}
    by_rules = replace(context, actor=CLOCK)
    if among:
        chosen = _who_had(context.session, item, among) or _WAYS[way](context.session, item, among)
        assign_item(by_rules, item, chosen, data=data)
        _tell(context, moved, item, chosen)
    elif barred:
        note_in_state(by_rules, case=case, action=UNASSIGNED, role=item.role, data={"item": item.id, **data})


def _told(barred: Mapping[int, Sequence[Reason]], among: Sequence[int]) -> dict[str, Any]:
    """What the record keeps of those who were not considered: who, and in words why."""
    if not barred:
        return {}
    rows = [{"code": f"assign.{one.code}", "params": one.params} for reasons in barred.values() for one in reasons]
    rows += [] if among else [{"code": "assign.nobody", "params": {}}]
    return {"barred": sorted(barred), "explanation": [row for at, row in enumerate(rows) if row not in rows[:at]]}


def _who_had(session: Session, item: WorkItem, holders: Sequence[int]) -> int | None:
    """Who last had this work, where the case comes to the state again."""
    had = select(WorkItem.account_id).where(WorkItem.case_id == item.case_id, WorkItem.state == item.state)
    had = had.where(WorkItem.role == item.role, WorkItem.account_id.in_(holders))
    return session.scalars(had.order_by(WorkItem.id.desc()).limit(1)).first()


def _in_turn(session: Session, item: WorkItem, holders: Sequence[int]) -> int:
    """Whoever has had work of the role least recently; first of all who never had any."""
    had = select(WorkItem.account_id, func.max(WorkItem.id)).where(WorkItem.offered_to == item.body_role_id)
    rows = session.execute(had.where(WorkItem.account_id.in_(holders)).group_by(WorkItem.account_id)).all()
    last = {row[0]: row[1] for row in rows}
    return min(holders, key=lambda holder: (last.get(holder, 0), holder))


def _fewest(session: Session, _item: WorkItem, holders: Sequence[int]) -> int:
    """Whoever has the least open work that is theirs alone."""
    open_work = select(WorkItem.account_id, func.count()).where(WorkItem.is_open, WorkItem.account_id.in_(holders))
    rows = session.execute(open_work.group_by(WorkItem.account_id)).all()
    count = {row[0]: row[1] for row in rows}
    return min(holders, key=lambda holder: (count.get(holder, 0), holder))


def _by_lot(session: Session, item: WorkItem, holders: Sequence[int]) -> int:
    """A draw that anybody can do again: from the case's record up to this moment, which nobody can choose."""
    drawn = sha256(f"{load_case(session, item.case_id).last_hash}:{item.role}".encode()).digest()
    return holders[int.from_bytes(drawn, "big") % len(holders)]


_WAYS: dict[str, Callable[[Session, WorkItem, Sequence[int]], int]] = {
    "in_turn": _in_turn,
    "fewest": _fewest,
    "by_lot": _by_lot,
}


def _tell(context: Context, moved: Moved, item: WorkItem, account_id: int) -> None:
    step = moved.step
    params = {"reference": moved.case.reference, "state": item.state, "due_at": step.due_at, "digest": step.digest}
    row = {"template": "work_waiting", "params": params, "case_id": moved.case.id, "account_id": account_id}
    context.session.execute(insert(Message), [{**row, "created_at": context.now}])
