"""Moves a case to another version of its procedure: an event of its own, its work, clock and readers carried over."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from workflow.cases.case_facts import MIGRATED, visited
from workflow.cases.entering import ask_awaited, awaited_roles, stage_readers, start_timers
from workflow.cases.follow_ups import Moved, follow_up_named
from workflow.cases.loading import LoadedCase, load_case
from workflow.cases.moving import Acted, new_step
from workflow.cases.roles import Address, addresses_of
from workflow.cases.step import Step
from workflow.cases.tables import Case, CaseForm, CaseReader, ProcedureVersion, Timer, Waiver, WorkItem
from workflow.cases.versions import compiled_version
from workflow.cases.writing import write_step
from workflow.context import Context
from workflow.problems import Conflict
from workflow.procedure.model import Procedure
from workflow.procedure.stages import State
from workflow.store.types import canonical_json, instant_text


@dataclass(frozen=True, slots=True)
class Move:
    """How cases go on: to which version, each state to which, which panels anew, answers and roles by which names."""

    plan_id: int
    version_id: int
    states: Mapping[str, str]
    reopened: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Carried:
    """What of the work in a state goes on: told to the rooms that keep rows of their own for it."""

    before: State
    after: State
    states: Mapping[str, str]
    keeps_work: bool
    """Whether who is asked goes on being asked; the panel, notice or child cases stay as they are."""


def migrate_cases(
    context: Context, *, seen: Mapping[int, int], move: Move, command_key: str | None = None
) -> tuple[Acted, ...]:
    """Moves cases that belong together, parents first, each as it was seen (case → version).

    The caller has asked what stands against it. What follows for one of them follows when all have moved, so that no
    rule of the old version meets a case of the new. Raises Conflict where one has moved on meanwhile.
    """
    steps = [_moved(context, case_id, version, move, command_key) for case_id, version in seen.items()]
    for step in steps:
        for follow in step.afterwards:
            if load_case(context.session, step.case.id).outcome is None:  # what followed before may have ended it
                follow(context)
    return tuple(_acted(context, step) for step in steps)


def _moved(context: Context, case_id: int, seen_version: int, move: Move, command_key: str | None) -> Step:
    """Moves one case and says what follows."""
    case = load_case(context.session, case_id, is_locked=True)
    if case.version != seen_version or case.outcome is not None or case.state not in move.states:
        raise Conflict("case_changed", reference=case.reference, seen=seen_version)
    old = compiled_version(context.session, case.version_id).procedure
    new = compiled_version(context.session, move.version_id)
    step = new_step(context, new, case, action=MIGRATED, to_state=move.states[case.state])
    step.command_key = command_key
    step.data = {
        "plan": move.plan_id,
        "from": old.digest,
        "to": new.procedure.digest,
        "versions": list(_numbers(context, case.version_id, move.version_id)),
        "states": {was: now for was, now in move.states.items() if was != now},
    }
    _carry(context, Moved(new, case, step), old, move)
    context.session.execute(update(Case).where(Case.id == case.id).values(procedure_version_id=move.version_id))
    write_step(context.session, step)
    return step


def _acted(context: Context, step: Step) -> Acted:
    now = load_case(context.session, step.case.id)
    return Acted(now.id, now.reference, step.case.last_seq + 1, now.state, now.version)


def _numbers(context: Context, *version_ids: int) -> Iterator[int]:
    """What versions are called by whoever reads the record."""
    for version_id in version_ids:
        yield context.session.scalars(select(ProcedureVersion.number).where(ProcedureVersion.id == version_id)).one()


def _carry(context: Context, moved: Moved, old: Procedure, move: Move) -> None:
    """Work, clock, readers, answers and waivers as the new version wants them."""
    step, case = moved.step, moved.case
    before, after = old.states[case.state], moved.compiled.procedure.states[step.to_state]
    keeps_work = _keeps_work(before, after) and step.to_state not in move.reopened
    keeps_clock = before.deadline == after.deadline and before.notice == after.notice
    step.closes_items = not (keeps_work and keeps_clock)
    _rename_roles(context, case, move.roles)
    _renew_readers(context, moved, move.states)
    _carry_answers(context, moved, move)
    _carry_waivers(context, case, move.states)
    if keeps_clock:
        _keep_clock(context, moved)
    elif after.deadline:
        start_timers(context, moved, after.deadline)
    for room in ("panel", "notice", "children"):
        follow_up_named(f"move:{room}")(context, moved, Carried(before, after, move.states, keeps_work))
    if step.closes_items:
        ask_awaited(context, moved, after)
    else:
        _keep_items(context, moved, after)


def _keeps_work(before: State, after: State) -> bool:
    """Whether what is under way in a state goes on in the other: a panel, the same notice, child cases, or plain actions."""
    if bool(before.panel) != bool(after.panel) or bool(before.children) != bool(after.children):
        return False
    return before.notice == after.notice


def _keep_clock(context: Context, moved: Moved) -> None:
    """The deadline stands, with the time already waited: its timers go on under the new state's name."""
    step, case = moved.step, moved.case
    step.entered_at, step.due_at = case.entered_at, case.due_at
    timers = select(Timer).where(Timer.case_id == case.id, Timer.is_open, Timer.state == case.state).order_by(Timer.id)
    for timer in context.session.scalars(timers).all():
        params = {**timer.params, "digest": step.digest}
        if not step.closes_items:
            timer.state, timer.params = step.to_state, params
            continue
        step.timers.append(
            {
                "kind": timer.kind,
                "case_id": case.id,
                "state": step.to_state,
                "rung": timer.rung,
                "due_at": instant_text(timer.due_at),
                "is_open": True,
                "params": canonical_json(params),
            }
        )
    context.session.flush()


def _keep_items(context: Context, moved: Moved, after: State) -> None:
    """Open items stay with whoever has them; those nobody is asked for any more close, new ones are added."""
    step, case = moved.step, moved.case
    wanted = [one for role in awaited_roles(after) for one in addresses_of(context.session, moved.compiled, case, role)]
    mine = select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.is_open, WorkItem.seat_id.is_(None))
    there: set[Address] = set()
    recorder = after.panel.recorded_by if after.panel else None
    for item in context.session.scalars(mine.order_by(WorkItem.id)).all():
        asked = Address(item.role, item.offered_to or item.body_role_id, None if item.offered_to else item.account_id)
        if asked in wanted or item.role == recorder:
            there.add(asked)
            item.state = step.to_state
        else:
            item.is_open, item.closed_at = False, context.now
    ask_awaited(context, moved, after)
    step.items = [
        row for row in step.items if Address(row["role"], row["body_role_id"], row["account_id"]) not in there
    ]
    step.messages = [
        row
        for row in step.messages
        if row["template"] != "work_waiting"
        or any(
            (row["body_role_id"], row["account_id"]) == (one["body_role_id"], one["account_id"]) for one in step.items
        )
    ]
    context.session.flush()


def _rename_roles(context: Context, case: LoadedCase, roles: Mapping[str, str]) -> None:
    """People named in the case, and work that waits, under the names their roles have now."""
    for was, now in roles.items():
        for table in (CaseReader, WorkItem):
            context.session.execute(update(table).where(table.case_id == case.id, table.role == was).values(role=now))


def _renew_readers(context: Context, moved: Moved, states: Mapping[str, str]) -> None:
    """Roles in bodies read as the new version says of every stage the case has been in; people named go on reading."""
    case, procedure = moved.case, moved.compiled.procedure
    gone = or_(CaseReader.body_role_id.is_not(None), CaseReader.role.not_in(list(procedure.roles)))
    context.session.execute(delete(CaseReader).where(CaseReader.case_id == case.id, gone))
    been = [states.get(ref, ref) for ref in visited(context.session, case)]
    stages = dict.fromkeys(ref.partition(".")[0] for ref in (*been, moved.step.to_state) if ref in procedure.states)
    rows = [row for stage in stages for row in stage_readers(context.session, moved.compiled, case, f"{stage}.")]
    moved.step.readers += [row for number, row in enumerate(rows) if row not in rows[:number]]


def _carry_answers(context: Context, moved: Moved, move: Move) -> None:
    """Forms whose answers have other names now are kept once more under these; the old filling stays as it was."""
    case, forms = moved.case, moved.compiled.procedure.forms
    touched = dict.fromkeys(was.partition(".")[0] for was in move.fields)
    for was in touched:
        newest = select(CaseForm).where(CaseForm.case_id == case.id, CaseForm.form == was)
        filled = context.session.scalar(newest.order_by(CaseForm.id.desc()).limit(1))
        for form, values in _renamed_answers(was, filled.values if filled else {}, move.fields).items():
            kept = {key: value for key, value in values.items() if form in forms and key in forms[form].fields}
            if filled is None or not kept:
                continue
            row: dict[str, Any] = {"case_id": case.id, "form": form, "stage": _stage_now(moved, filled.stage, move)}
            row |= {"seq": case.last_seq + 1, "values": kept, "filled_at": context.now, "filled_by": filled.filled_by}
            context.session.execute(insert(CaseForm), [row])


def _renamed_answers(form: str, values: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Form → answers as they are called now."""
    found: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        new_form, _, new_key = fields.get(f"{form}.{key}", f"{form}.{key}").partition(".")
        found.setdefault(new_form, {})[new_key] = value
    return found


def _stage_now(moved: Moved, stage: str, move: Move) -> str:
    """What the stage of a filling is called now: where it is read follows from it."""
    pairs = ((was.partition(".")[0], now.partition(".")[0]) for was, now in move.states.items())
    known = next((now for was, now in pairs if was == stage), stage)
    return known if known in moved.compiled.procedure.stages else moved.step.to_state.partition(".")[0]


def _carry_waivers(context: Context, case: LoadedCase, states: Mapping[str, str]) -> None:
    """Rules set aside for the case stay so where their state has another name."""
    given = context.session.scalars(select(Waiver).where(Waiver.case_id == case.id).order_by(Waiver.id)).all()
    known = {waiver.guard for waiver in given}
    for waiver in given:
        was = ".".join(waiver.guard.split(".")[:2])
        guard = states.get(was, was) + waiver.guard[len(was) :]
        if guard not in known:
            row = {"case_id": case.id, "guard": guard, "reason": waiver.reason, "granted_by": waiver.granted_by}
            context.session.execute(insert(Waiver), [{**row, "granted_at": waiver.granted_at, "seq": waiver.seq}])
