"""Plans by which running cases go on under another version: made, looked at case by case, carried out as a job, reverted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from workflow.bulk.operations import Seen, doer, make_job
from workflow.bulk.tables import BulkEntry, BulkJob
from workflow.cases.case_facts import MIGRATED
from workflow.cases.gathering import gather_facts
from workflow.cases.loading import load_case
from workflow.cases.migrating import Move, migrate_cases
from workflow.cases.tables import Case
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.panels.tables import Panel, Seat
from workflow.problems import Conflict, Missing, Reason, Refused
from workflow.procedure.model import Procedure
from workflow.record.queries import events
from workflow.record.tables import Event
from workflow.versions.families import families_among, family_of
from workflow.versions.operations import require_designer
from workflow.versions.plan_rules import Plan, Standing, check_plan, obstacles, renamed_roles, suggested_plan
from workflow.versions.tables import MigrationPlan

MOVING = "migrate"
MOST_MOVED = 2_000
"""Cases in one job; those beyond wait for the next."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A case, where it would go on, and every reason that speaks against it; none where it will move."""

    case_id: int
    reference: str
    state: str
    version: int
    target: str | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan with both versions' rules."""

    id: int
    from_version_id: int
    to_version_id: int
    plan: Plan
    old: Procedure
    new: Procedure
    reverts_id: int | None


def suggestion(context: Context, *, from_version_id: int, to_version_id: int) -> Plan:
    """The plan that suggests itself between two versions. Raises Missing, Forbidden."""
    require_designer(context)
    old, new = (compiled_version(context.session, one).procedure for one in (from_version_id, to_version_id))
    return suggested_plan(old, new)


def make_plan(
    context: Context, *, from_version_id: int, to_version_id: int, plan: Plan, reverts_id: int | None = None
) -> int:
    """Keeps a plan; moves nothing yet. Raises Invalid with every fault, Missing, Forbidden."""
    account = require_designer(context)
    old, new = (compiled_version(context.session, one).procedure for one in (from_version_id, to_version_id))
    check_plan(old, new, plan)
    row = MigrationPlan(
        from_version_id=from_version_id,
        to_version_id=to_version_id,
        states=dict(plan.states),
        reopened=sorted(plan.reopened),
        fields=dict(plan.fields),
        made_by=account,
        made_at=context.now,
        reverts_id=reverts_id,
    )
    context.session.add(row)
    context.session.flush()
    return row.id


def revert_plan(context: Context, *, plan_id: int) -> int:
    """A new plan that leads the cases moved by a plan back; a state to which several led has no way back by itself."""
    found = plan_view(context, plan_id)
    targets = list(found.plan.states.values())
    back = {now: was for was, now in found.plan.states.items() if targets.count(now) == 1}
    reopened = frozenset(back[now] for now in found.plan.reopened if now in back and found.old.states[back[now]].panel)
    fields = {now: was for was, now in found.plan.fields.items()}
    plan = Plan(back, reopened, fields)
    ids = {"from_version_id": found.to_version_id, "to_version_id": found.from_version_id}
    return make_plan(context, **ids, plan=plan, reverts_id=plan_id)


def plan_view(context: Context, plan_id: int) -> PlanView:
    """One plan. Raises Missing, Forbidden."""
    require_designer(context)
    row = context.session.get(MigrationPlan, plan_id)
    if row is None:
        raise Missing("plan_missing")
    old, new = (compiled_version(context.session, one).procedure for one in (row.from_version_id, row.to_version_id))
    plan = Plan(row.states, frozenset(row.reopened), row.fields)
    return PlanView(row.id, row.from_version_id, row.to_version_id, plan, old, new, row.reverts_id)


def preview_moves(context: Context, *, plan_id: int) -> tuple[Foreseen, ...]:
    """What a plan would do to each running case of its version, oldest first, at most MOST_MOVED.

    A plan that takes another back looks only at cases which that one moved.
    """
    found = plan_view(context, plan_id)
    running = select(Case).where(Case.procedure_version_id == found.from_version_id, Case.closed_at.is_(None))
    cases = context.session.scalars(running.order_by(Case.id).limit(MOST_MOVED)).all()
    families = families_among(context.session, found.from_version_id)
    kin = {one for case in cases for one in families.get(case.id, ())} - {case.id for case in cases}
    beyond = context.session.scalars(running.where(Case.id.in_(kin))).all() if kin else ()
    own = _own_reasons(context, found, (*cases, *beyond))
    references = {case.id: case.reference for case in (*cases, *beyond)}
    return tuple(
        Foreseen(
            *(case.id, case.reference, case.state, case.version),
            found.plan.states.get(case.state),
            (*own[case.id], *_reasons_of_kin(case.id, families.get(case.id, ()), own, references)),
        )
        for case in cases
        if found.reverts_id is None or _was_moved_by(context, families.get(case.id, (case.id,))[0], found.reverts_id)
    )


def _own_reasons(context: Context, found: PlanView, cases: Sequence[Case]) -> dict[int, tuple[Reason, ...]]:
    """Case → what stands against its own move."""
    opinions = _opinions(context, found.from_version_id, case_id=cases[0].id if len(cases) == 1 else None)
    return {
        case.id: obstacles(found.old, found.new, found.plan, standing)
        for case, standing in _standings(context, found, cases, opinions)
    }


def _reasons_of_kin(
    case_id: int, family: Iterable[int], own: Mapping[int, tuple[Reason, ...]], references: Mapping[int, str]
) -> tuple[Reason, ...]:
    """Branches go on by the rules of their case: what keeps one of a family back keeps all of it back."""
    kept = [references[one] for one in family if one != case_id and own[one]]
    return (Reason("move.family_kept", {"references": kept}),) if kept else ()


def start_moving(context: Context, *, plan_id: int, seen: Sequence[Seen], once_key: str) -> int:
    """Begins the job that carries a plan out for the cases as they were looked at. Returns the job's id."""
    found = plan_view(context, plan_id)
    doing = f"{MOVING}:{plan_id}"
    version_id = found.from_version_id
    return make_job(
        context, version_id=version_id, state="", doing=doing, seen=seen, once_key=once_key, most=MOST_MOVED
    )


def plan_jobs(context: Context, plan_id: int) -> tuple[int, ...]:
    """Ids of the actor's jobs that carry a plan out, newest first."""
    mine = select(BulkJob.id).where(BulkJob.doing == f"{MOVING}:{plan_id}")
    return tuple(
        context.session.scalars(mine.where(BulkJob.account_id == context.actor.account_id).order_by(BulkJob.id.desc()))
    )


@doer(MOVING)
def move_entry(context: Context, job: BulkJob, entry: BulkEntry) -> None:
    """Moves the case of one entry, with its family. Raises Refused with what stands against it now, Conflict where it
    went on meanwhile.
    """
    found = plan_view(context, int(job.doing.partition(":")[2]))
    key = f"{MOVING}:{job.id}"
    if _came_along(context, entry.case_id, key):
        return
    family = family_of(context.session, entry.case_id, found.from_version_id)
    locked = {
        one: load_case(context.session, one, is_locked=True) for one in family
    }  # parents first, as everybody does
    case = locked[entry.case_id]
    is_whole = family == family_of(context.session, entry.case_id, found.from_version_id)
    if case.version != entry.seen_version or case.version_id != found.from_version_id or not is_whole:
        raise Conflict("case_changed", reference=case.reference, seen=entry.seen_version)
    own = _own_reasons(context, found, [context.session.get_one(Case, one) for one in family])
    references = {one: row.reference for one, row in locked.items()}
    if reasons := (*own[case.id], *_reasons_of_kin(case.id, family, own, references)):
        raise Refused(reasons)
    move = Move(
        plan_id=found.id,
        version_id=found.to_version_id,
        states=found.plan.states,
        reopened=found.plan.reopened,
        fields=found.plan.fields,
        roles=renamed_roles(found.old, found.new),
    )
    seen = {one: row.version for one, row in locked.items()}
    migrate_cases(context, seen=seen, move=move, command_key=key)


def _came_along(context: Context, case_id: int, key: str) -> bool:
    """Whether this job has moved a case already, together with the case it is a branch of."""
    done = select(Event.seq).where(Event.case_id == case_id, Event.command_key == key)
    return context.session.scalar(done) is not None


def _standings(
    context: Context, found: PlanView, cases: Sequence[Case], opinions: dict[int, frozenset[str]]
) -> Iterator[tuple[Case, Standing]]:
    for case in cases:
        suspended_in = _suspended_in(context, case.id) if found.old.states[case.state].suspends else None
        yield case, Standing(case.state, suspended_in, opinions.get(case.id, frozenset()))


def _suspended_in(context: Context, case_id: int) -> str | None:
    facts: dict[str, Any] = gather_facts(
        context, load_case(context.session, case_id), needs=("case.suspended_in",), form=None
    )
    found: str | None = facts["case.suspended_in"]
    return found


def _opinions(context: Context, version_id: int, *, case_id: int | None = None) -> dict[int, frozenset[str]]:
    """Case → opinions given in its open panel."""
    given = (
        select(Panel.case_id, Seat.opinion)
        .join(Seat, Seat.panel_id == Panel.id)
        .join(Case, Case.id == Panel.case_id)
        .where(Case.procedure_version_id == version_id, Panel.closed_at.is_(None), Seat.opinion.is_not(None))
        .distinct()
    )
    found: dict[int, frozenset[str]] = {}
    for row in context.session.execute(given if case_id is None else given.where(Case.id == case_id)):
        found[row.case_id] = found.get(row.case_id, frozenset()) | {row.opinion}
    return found


def _was_moved_by(context: Context, case_id: int, plan_id: int) -> bool:
    """Whether the last move of a case was made by a plan."""
    moves = [event for event in events(context, case_id) if event.action == MIGRATED]
    return bool(moves) and moves[-1].data.get("plan") == plan_id
