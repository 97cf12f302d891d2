"""A case among its kin: the child cases it has, what of them is waited for, and the case it is a child of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflow.bodies.tables import Body, BodyRole
from workflow.cases.case_facts import attempt_began
from workflow.cases.case_views import CaseView, FormView
from workflow.cases.children import was_cancelled
from workflow.cases.fillings import first_text, visible_values
from workflow.cases.reading import may_read
from workflow.cases.subjects import SUBJECT, SUBJECT_LATIN
from workflow.cases.tables import Case, CaseForm, WorkItem
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.engine.joining import settle_join
from workflow.engine.panels import Line
from workflow.people.called import Name
from workflow.people.tables import Account, Person
from workflow.procedure.children import Join
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words

MOST = 200
"""Children a page lists; more have a search of their own."""


@dataclass(frozen=True, slots=True)
class ChildHolder:
    """Who has a child case now."""

    role: Words
    account: Name | None
    body_zh: str
    body_en: str


@dataclass(frozen=True, slots=True)
class ChildView:
    """A child case as a line. Without an address where the reader sees its stage but not the case as such."""

    id: int
    reference: str
    name: str
    name_latin: str
    about: str
    """The first answer it began with, which tells children about one person apart."""
    state: Words
    is_open: bool
    outcome: str | None
    procedure: Procedure
    closed_at: datetime | None
    due_at: datetime | None
    holders: tuple[ChildHolder, ...]
    may_open: bool
    is_of_present: bool
    """Whether it belongs to the present attempt."""
    forms: tuple[FormView, ...]
    """Its papers, for whoever may read them here but has no way to the case itself."""


@dataclass(frozen=True, slots=True)
class WaitView:
    """What is waited for, and how far it is."""

    join: Join
    line: Line
    counting: tuple[Words, ...]
    """How those that count have ended; every way where it is empty."""


@dataclass(frozen=True, slots=True)
class ParentView:
    """The case this one is a child of; no name where it is not open to the reader."""

    id: int
    reference: str
    name: str
    name_latin: str
    state: Words | None
    key: str
    """Of its procedure: a branch has the same."""


@dataclass(frozen=True, slots=True)
class Family:
    """What a case's page says of its kin."""

    children: tuple[ChildView, ...] = ()
    hidden: int = 0
    """Children that are not open to the reader."""
    waits: WaitView | None = None
    parent: ParentView | None = None
    about: str = ""
    """Of a branch, the first answer it began with: whom the letter is asked of, where the person is the parent's."""

    @property
    def references(self) -> tuple[str, ...]:
        return tuple(child.reference for child in self.children)


ALONE = Family()


def family_of_case(context: Context, view: CaseView) -> Family:
    """The kin of a case as its reader may see them; no statement for a case that can have none."""
    case, procedure = view.case, view.procedure
    parent = _parent(context, case.parent_id) if case.parent_id is not None else None
    about = _about(view.fillings) if parent and parent.key == procedure.procedure else ""
    if not may_have_children(procedure):
        return Family(parent=parent, about=about) if parent else ALONE
    rows = _rows(context, case.id)
    began = attempt_began(context.session, case) if rows else 0
    visible = procedure.visible_stages(view.roles, case.state)
    shown = [row for row in rows if _is_shown(context.session, view, row, visible)]
    ids = [row.Case.id for row in shown]
    holders, papers = _holders(context.session, ids), _papers(context.session, ids)
    children = tuple(_child(context.session, view, row, holders, papers, began) for row in shown)
    # Whoever sees none is not told either how many there are.
    hidden = len(rows) - len(shown) if shown else 0
    waits = _waits(context.session, view, rows, began) if view.sees_stage else None
    return Family(children, hidden, waits, parent, about)


@lru_cache(maxsize=512)
def may_have_children(procedure: Procedure) -> bool:
    """Whether a case of these rules can open others."""
    return any(
        state.children is not None or any(use.name == "open_child" for use in state.every_effect)
        for state in procedure.states.values()
    )


def _rows(context: Context, case_id: int) -> Sequence[Any]:
    return context.session.execute(
        select(Case, SUBJECT.label("name"), SUBJECT_LATIN.label("latin"), may_read(context).label("is_readable"))
        .outerjoin(Person, Person.id == Case.person_id)
        .where(Case.parent_id == case_id)
        .order_by(Case.id.desc())
        .limit(MOST)
    ).all()[::-1]


def _is_shown(session: Session, view: CaseView, row: Any, visible: frozenset[str]) -> bool:
    """Cases of the reader's own, and branches in stages that are open to them here: as papers a panel reads.

    A branch that has ended stays with the version it ended by, where its case goes on under another.
    """
    rules = compiled_version(session, row.Case.procedure_version_id).procedure
    is_branch = rules.procedure == view.procedure.procedure
    return bool(row.is_readable) or (is_branch and row.Case.state.partition(".")[0] in visible)


def _child(
    session: Session,
    view: CaseView,
    row: Any,
    holders: Mapping[int, list[ChildHolder]],
    papers: Mapping[int, list[CaseForm]],
    began: int,
) -> ChildView:
    case: Case = row.Case
    procedure = compiled_version(session, case.procedure_version_id).procedure
    forms = tuple(
        _paper(procedure, filled, view) for filled in papers.get(case.id, ()) if filled.form in procedure.forms
    )
    return ChildView(
        id=case.id,
        reference=case.reference,
        name=row.name,
        name_latin=row.latin,
        about=_about(forms),
        state=procedure.states[case.state].title,
        is_open=case.closed_at is None,
        outcome=case.outcome,
        procedure=procedure,
        closed_at=case.closed_at,
        due_at=case.due_at,
        holders=tuple(holders.get(case.id, ())),
        may_open=bool(row.is_readable),
        is_of_present=(case.parent_seq or 0) >= began,
        forms=() if row.is_readable else tuple(form for form in forms if form.values),
    )


def _about(forms: Sequence[FormView]) -> str:
    """The first text the child began with, where its reader may see it."""
    return next((text for one in forms if (text := first_text(one.form, one.values))), "")


def _paper(procedure: Procedure, row: CaseForm, view: CaseView) -> FormView:
    form = procedure.forms[row.form]
    shown = visible_values(form, row.values, view.roles)
    return FormView(
        key=row.form,
        form=form,
        values=shown,
        names=view.names,
        titles=view.titles,
        stage=procedure.stages[row.stage].title,
        filled_at=row.filled_at,
        filled_by=view.names.get(row.filled_by or 0),
        hidden=len(row.values) - len(shown),
        seq=row.seq,
        is_own=False,
    )


def _papers(session: Session, ids: Sequence[int]) -> dict[int, list[CaseForm]]:
    """The newest filling of each form of each child, in the order they were first filled in."""
    found: dict[int, dict[str, CaseForm]] = {}
    if ids:
        rows = session.scalars(select(CaseForm).where(CaseForm.case_id.in_(ids)).order_by(CaseForm.id))
        for row in rows:
            found.setdefault(row.case_id, {})[row.form] = row
    return {case_id: list(forms.values()) for case_id, forms in found.items()}


def _holders(session: Session, ids: Sequence[int]) -> dict[int, list[ChildHolder]]:
    found: dict[int, list[ChildHolder]] = {}
    if not ids:
        return found
    rows = session.execute(
        select(
            WorkItem.case_id,
            WorkItem.role,
            Case.procedure_version_id,
            Account.name,
            Account.name_latin,
            Body.title_zh,
            Body.title_en,
        )
        .join(Case, Case.id == WorkItem.case_id)
        .outerjoin(Account, Account.id == WorkItem.account_id)
        .outerjoin(BodyRole, or_(BodyRole.id == WorkItem.body_role_id, BodyRole.id == WorkItem.offered_to))
        .outerjoin(Body, Body.id == BodyRole.body_id)
        .where(WorkItem.case_id.in_(ids), WorkItem.is_open)
        .order_by(WorkItem.id)
    )
    for case_id, role, version_id, name, latin, zh, en in rows:
        title = compiled_version(session, version_id).procedure.roles[role].title
        found.setdefault(case_id, []).append(
            ChildHolder(title, Name(name, latin) if name else None, zh or "", en or "")
        )
    return found


def _waits(session: Session, view: CaseView, rows: Sequence[Any], began: int) -> WaitView | None:
    """What the present state waits for, by the same rule that moves the case on."""
    children = view.procedure.states[view.case.state].children
    if children is None:
        return None
    procedure = view.procedure
    states = (view.case.state, *children.gathers)
    outcomes = [
        row.Case.outcome
        for row in rows
        if row.Case.parent_state in states
        and (row.Case.parent_seq or 0) >= began
        and not was_cancelled(session, row.Case.procedure_version_id, row.Case.outcome)
    ]
    (line,) = settle_join(children.join, outcomes).lines
    ended = {state.final: state.title for state in procedure.states.values() if state.final}
    counting = tuple(ended[word] for word in children.join.counting if word in ended)
    return WaitView(children.join, line, counting)


def _parent(context: Context, parent_id: int) -> ParentView:
    row = context.session.execute(
        select(Case, SUBJECT.label("name"), SUBJECT_LATIN.label("latin"), may_read(context).label("is_readable"))
        .outerjoin(Person, Person.id == Case.person_id)
        .where(Case.id == parent_id)
    ).one()
    procedure = compiled_version(context.session, row.Case.procedure_version_id).procedure
    if not row.is_readable:
        return ParentView(parent_id, row.Case.reference, "", "", None, procedure.procedure)
    state = procedure.states[row.Case.state]
    return ParentView(parent_id, row.Case.reference, row.name, row.latin, state.title, procedure.procedure)
