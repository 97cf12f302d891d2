"""Child cases: opened for a case, as many as it asks for, counted until they are enough, cancelled when it goes on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import case as case_of
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from workflow.cases.case_facts import attempt_began
from workflow.cases.follow_ups import Moved, follow_up
from workflow.cases.gathering import gather_facts
from workflow.cases.loading import LoadedCase, load_case
from workflow.cases.migrating import Carried
from workflow.cases.operations import Parent, cancel_case, move_by_outcome, note_in_state, open_case
from workflow.cases.tables import Case, CaseForm, CaseReader
from workflow.cases.versions import compiled_version, newest_version
from workflow.context import CLOCK, Context
from workflow.engine.effects import OpenChild
from workflow.engine.joining import settle_join
from workflow.people.tables import Account, Person
from workflow.procedure.children import Children, Opening
from workflow.procedure.stages import State

CHILD_ENDED = "child_ended"
MAX_TITLE = 200


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One child to open: whom it is about, who is named in it, and what its form says already."""

    person_id: int | None
    account_id: int | None = None
    row: Mapping[str, Any] | None = None


@follow_up("enter:children")
def wait_for_children(_context: Context, moved: Moved, children: Children) -> None:
    """Opens the children of a state once it is entered, and sees whether there is anything to wait for."""

    def follow(context: Context) -> None:
        for opening in children.opens:
            _open_each(context, moved, opening)
        _join(context, moved.case.id, note=None)

    moved.step.afterwards.append(follow)


@follow_up("open_child")
def open_child(_context: Context, moved: Moved, effect: OpenChild) -> None:
    """Opens a child beside what goes on."""
    moved.step.afterwards.append(lambda context: _open_each(context, moved, effect))


@follow_up("leave:children")
def leave_children(_context: Context, moved: Moved, children: Children) -> None:
    """Cancels the children that nobody waits for any more."""
    entered = moved.compiled.procedure.states[moved.step.to_state]
    is_gathered = entered.children is not None and moved.case.state in entered.children.gathers
    if children.cancels_rest and not is_gathered and moved.step.to_state != moved.case.state:
        states = (moved.case.state, *children.gathers)
        moved.step.afterwards.append(lambda context: _cancel_open(context, moved.case.id, states))


@follow_up("ended")
def end_family(_context: Context, moved: Moved, _state: State) -> None:
    """A case that ends takes its branches with it, and tells the case it is a child of."""
    if len(moved.compiled.procedure.entrances) > 1:
        moved.step.afterwards.append(lambda context: _cancel_open(context, moved.case.id, None))
    parent_id = moved.case.parent_id
    if parent_id is not None:
        note = {"child": moved.case.reference, "outcome": moved.step.outcome}
        moved.step.afterwards.append(lambda context: _join(context, parent_id, note=note))


@follow_up("move:children")
def move_children(context_: Context, moved: Moved, carried: Carried) -> None:
    """Child cases waited for, here or in a state to come, are waited for on; what else the version asks for is opened."""
    case_id = moved.case.id
    waited = (moved.case.state, *(carried.before.children.gathers if carried.before.children else ()))
    opened_in = tuple(carried.states.get(ref, ref) for ref in waited)
    _rename_openings(context_, case_id, carried.states)
    if carried.after.children and not carried.keeps_work:
        wait_for_children(context_, moved, carried.after.children)
    elif carried.before.children and not carried.after.children and carried.before.children.cancels_rest:
        moved.step.afterwards.append(lambda context: _cancel_open(context, case_id, opened_in))
    elif carried.after.children:
        moved.step.afterwards.append(lambda context: _join(context, case_id, note=None))


def _rename_openings(context: Context, case_id: int, states: Mapping[str, str]) -> None:
    """Where the children were opened, by the names of now; names may have changed places, so all at once."""
    renamed = {was: now for was, now in states.items() if was != now}
    if renamed:
        names = case_of(renamed, value=Case.parent_state, else_=Case.parent_state)
        children = update(Case).where(Case.parent_id == case_id, Case.parent_state.in_(renamed))
        context.session.execute(children.values(parent_state=names))


def join_on_expiry(context: Context, *, case: LoadedCase, outcome: str) -> None:
    """Ends the waiting with the outcome the state's deadline names."""
    move_by_outcome(context, case=case, outcome=outcome, action="expire", role="clock", data={})


def _open_each(context: Context, moved: Moved, opening: Opening) -> None:
    case = moved.case
    if opening.branch:
        version_id = case.version_id
    else:
        version_id, _ = newest_version(context.session, opening.procedure or "")
    for wanted in _wanted(context, moved, opening):
        number = context.session.scalar(select(func.count(Case.id)).where(Case.parent_id == case.id)) or 0
        parent = Parent(
            case.id, moved.step.to_state, case.last_seq + 1, f"{case.reference}-{number + 1}", opening.branch
        )
        _open_one(context, moved, opening, wanted, version_id, parent)


def _open_one(
    context: Context, moved: Moved, opening: Opening, wanted: _Wanted, version_id: int, parent: Parent
) -> None:
    def prepare(child_id: int) -> None:
        if opening.names and wanted.account_id is not None:
            named = {"case_id": child_id, "account_id": wanted.account_id, "role": opening.names}
            context.session.execute(insert(CaseReader), [named])
            context.session.execute(update(Case).where(Case.id == child_id).values(has_named=True))
        if opening.fills and wanted.row is not None:
            stage = (parent.branch or "").partition(".")[0]
            filled = {"case_id": child_id, "form": opening.fills, "stage": stage, "seq": 1, "values": dict(wanted.row)}
            context.session.execute(insert(CaseForm), [{**filled, "filled_at": context.now, "filled_by": None}])

    open_case(
        replace(context, actor=CLOCK),
        version_id=version_id,
        person_id=wanted.person_id,
        body_id=_body_of(context, moved, opening, wanted),
        category=moved.case.category if opening.branch else None,
        title=_title(context, moved, opening, wanted),
        data={"parent": moved.case.reference, **({"row": dict(wanted.row)} if wanted.row else {})},
        parent=parent,
        link=prepare,
    )


def _title(context: Context, moved: Moved, opening: Opening, wanted: _Wanted) -> str | None:
    """What the child is called: its row's own name where one is said, else as the case is."""
    own = str((wanted.row or {}).get(opening.called or "") or "").strip()
    return own[:MAX_TITLE] or context.session.scalar(select(Case.title).where(Case.id == moved.case.id))


def _body_of(context: Context, moved: Moved, opening: Opening, wanted: _Wanted) -> int | None:
    """The body of a child: that of its subject, that which an answer names, or that of the case."""
    found: int | None = None
    if opening.body == "subject":
        found = context.session.scalar(select(Person.body_id).where(Person.id == wanted.person_id))
    elif opening.body is not None:
        fact = f"form.{opening.body}"
        found = gather_facts(context, moved.case, needs=(fact,), form=None)[fact]
    return moved.case.body_id if found is None else found


def _wanted(context: Context, moved: Moved, opening: Opening) -> Iterator[_Wanted]:
    """One for each entry of the answer that says how many, or just one."""
    about = context.actor.person_id if opening.about == "actor" else moved.case.person_id
    if opening.for_each is None:
        yield _Wanted(about, context.actor.account_id if opening.about == "actor" else None)
        return
    form, _, key = opening.for_each.partition(".")
    fact = f"form.{opening.for_each}"
    answer = gather_facts(context, moved.case, needs=(fact,), form=None)[fact]
    kind = moved.compiled.procedure.forms[form].fields[key].type
    if kind in {"integer", "yes_no"}:
        yield from (_Wanted(about) for _ in range(answer or 0))
        return
    for entry in answer if isinstance(answer, list) else [answer] if answer else []:
        if kind == "rows":
            yield _Wanted(about, row=entry)
        elif kind == "accounts":
            person = context.session.scalar(select(Account.person_id).where(Account.id == entry))
            yield _Wanted(person if opening.about == "each" else about, entry)
        else:
            account = context.session.scalar(select(Account.id).where(Account.person_id == entry))
            yield _Wanted(entry if opening.about == "each" else about, account)


def _join(context: Context, case_id: int, *, note: dict[str, Any] | None) -> None:
    """Moves the case on where its children are enough or can no longer be; notes what happened otherwise."""
    context = replace(context, actor=CLOCK)
    case = load_case(context.session, case_id, is_locked=True)
    if case.outcome is not None:
        return
    children = compiled_version(context.session, case.version_id).procedure.states[case.state].children
    settlement = settle_join(children.join, _outcomes(context, case, children)) if children else None
    if settlement is None or settlement.outcome is None:
        if note:
            note_in_state(context, case=case, action=CHILD_ENDED, role=None, data=note)
        return
    explanation = [{"code": line.code, "params": line.params} for line in settlement.lines]
    data = {"joined": note or {}, "explanation": explanation}
    move_by_outcome(context, case=case, outcome=settlement.outcome, action=CHILD_ENDED, role=None, data=data)


def _outcomes(context: Context, case: LoadedCase, children: Children) -> Sequence[str | None]:
    """How the children that the state waits for have ended, those cancelled apart."""
    rows = context.session.execute(
        select(Case.outcome, Case.procedure_version_id)
        .where(Case.parent_id == case.id, Case.parent_seq >= attempt_began(context.session, case))
        .where(Case.parent_state.in_((case.state, *children.gathers)))
        .order_by(Case.id)
    )
    return [row.outcome for row in rows if not was_cancelled(context.session, row.procedure_version_id, row.outcome)]


def was_cancelled(session: Session, version_id: int, outcome: str | None) -> bool:
    """Whether a case ended with what its own rules call cancelled: it counts for nothing then."""
    procedure = compiled_version(session, version_id).procedure
    word = procedure.states[procedure.cancelled].final if procedure.cancelled else None
    return outcome is not None and outcome == word


def _cancel_open(context: Context, case_id: int, states: tuple[str, ...] | None) -> None:
    """Cancels open children; with None for the states, those of this case's own procedure."""
    still = select(Case.id, Case.procedure_version_id).where(Case.parent_id == case_id, Case.closed_at.is_(None))
    if states is not None:
        still = still.where(Case.parent_state.in_(states))
    own = context.session.scalar(select(Case.procedure_version_id).where(Case.id == case_id))
    for child in context.session.execute(still.order_by(Case.id)).all():
        if states is not None or child.procedure_version_id == own:
            cancel_case(replace(context, actor=CLOCK), case_id=child.id)
