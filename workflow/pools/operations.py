"""Keeps the lists of people: who enters one, since when, and who leaves it and why."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workflow.cases.case_facts import decided_at
from workflow.cases.follow_ups import Moved, follow_up
from workflow.cases.tables import Timer
from workflow.context import Context
from workflow.engine.effects import EnterPool, LeavePool
from workflow.people.tables import Person
from workflow.pools.rules import may_keep
from workflow.pools.tables import Membership, Pool
from workflow.problems import Conflict, Forbidden, Invalid, Missing
from workflow.reviews.tables import Review
from workflow.rounds.tables import Round

MAX_TARGET = 10_000


def ensure_pool(context: Context, *, key: str, title_zh: str, title_en: str, target: int) -> int:
    """The id of the list with this key; made where there is none, its titles and target brought up to date.

    Raises Forbidden, and Invalid for a target that is no number of people.
    """
    _require_keeper(context)
    if not 0 <= target <= MAX_TARGET:
        raise Invalid("pool_target_faulty", field="target", limit=MAX_TARGET)
    row = context.session.scalar(select(Pool).where(Pool.key == key))
    if row is None:
        row = Pool(key=key, title_zh=title_zh, title_en=title_en, target=target)
        context.session.add(row)
    row.title_zh, row.title_en, row.target = title_zh, title_en, target
    context.session.flush()
    return row.id


def add_member(context: Context, *, pool_id: int, person_id: int, tenure_from_date: date) -> int:
    """Takes somebody over from an older list; the id of the membership. Raises Forbidden, Missing, Conflict."""
    _require_keeper(context)
    pool = context.session.get(Pool, pool_id)
    if pool is None:
        raise Missing("pool_missing")
    if context.session.get(Person, person_id) is None:
        raise Missing("person_missing")
    if tenure_from_date > context.today:
        raise Invalid("tenure_in_future", field="tenure_from_date")
    return _enter(context, pool, person_id, tenure_from_date, case_id=None).id


def leave(context: Context, *, membership_id: int, reason: str) -> None:
    """Ends a membership by hand. Raises Forbidden, Missing, Conflict where it has ended."""
    _require_keeper(context)
    row = context.session.get(Membership, membership_id)
    if row is None:
        raise Missing("membership_missing")
    if row.left_at is not None:
        raise Conflict("membership_left")
    end_membership(context, row, reason)


def end_membership(context: Context, row: Membership, reason: str) -> None:
    """Ends a membership, and with it the reviews planned for it that nobody has opened."""
    row.left_at, row.left_reason = context.now, reason
    planned = select(Review.id).where(Review.membership_id == row.id, Review.case_id.is_(None))
    context.session.execute(
        update(Timer)
        .where(Timer.review_id.in_(planned), Timer.is_open)
        .values(is_open=False, done_at=context.now, result="closed")
    )
    context.session.flush()


@follow_up("leave_pool")
def leave_pool(context: Context, moved: Moved, effect: LeavePool) -> None:
    """Takes the person of a case off its category's list. Raises Invalid where they are not on it."""
    category = moved.compiled.procedure.categories.get(moved.case.category or "")
    membership = membership_in_force(context.session, moved.case.person_id, (category and category.pool) or "")
    if membership is None:
        raise Invalid("not_on_list", reference=moved.case.reference)
    end_membership(context, membership, effect.reason)


@follow_up("enter_pool")
def enter_pool(context: Context, moved: Moved, effect: EnterPool) -> None:
    """Puts the person of a case on its category's list, and says so in their archive.

    Raises Conflict where they are on it already, Invalid for a category without a list.
    """
    case, session = moved.case, context.session
    category = moved.compiled.procedure.categories.get(case.category or "")
    if category is None or category.pool is None or case.person_id is None:
        raise Invalid("category_without_pool", category=case.category or "")
    pool = session.scalar(select(Pool).where(Pool.key == category.pool))
    if pool is None:
        row = session.get(Round, case.round_id) if case.round_id else None
        wanted = row.seats.get(case.category, 0) if row else 0
        pool = Pool(key=category.pool, title_zh=category.title.zh, title_en=category.title.en, target=wanted)
        session.add(pool)
        session.flush()
    since = context.today
    if effect.tenure_from == "decision":
        decided = decided_at(session, case.id, effect.decided_in)
        if decided is None:
            raise Invalid("tenure_without_decision", reference=case.reference)
        since = decided.astimezone(context.zone).date()
    membership = _enter(context, pool, case.person_id, since, case_id=case.id)
    keys = {kind.pool for kind in moved.compiled.procedure.categories.values() if kind.pool}
    _leave_others(context, membership, keys - {pool.key})
    values = {"category": case.category, "tier": effect.tier or Person.tier}
    session.execute(update(Person).where(Person.id == case.person_id).values(values))


def membership_in_force(session: Session, person_id: int | None, pool_key: str) -> Membership | None:
    """The person's place on a list, while they are on it."""
    return session.scalar(
        select(Membership)
        .join(Pool, Pool.id == Membership.pool_id)
        .where(Membership.person_id == person_id, Membership.left_at.is_(None), Pool.key == pool_key)
    )


def _enter(context: Context, pool: Pool, person_id: int, since: date, *, case_id: int | None) -> Membership:
    if membership_in_force(context.session, person_id, pool.key) is not None:
        raise Conflict("member_already", pool={"zh": pool.title_zh, "en": pool.title_en})
    row = Membership(
        pool_id=pool.id, person_id=person_id, case_id=case_id, tenure_from_date=since, entered_at=context.now
    )
    context.session.add(row)
    context.session.flush()
    return row


def _leave_others(context: Context, membership: Membership, pool_keys: set[str]) -> None:
    """Somebody is on one list of a procedure: entering another means having moved."""
    others = context.session.scalars(
        select(Membership)
        .join(Pool, Pool.id == Membership.pool_id)
        .where(Membership.person_id == membership.person_id, Membership.left_at.is_(None), Pool.key.in_(pool_keys))
    ).all()
    for other in others:
        end_membership(context, other, "moved")


def _require_keeper(context: Context) -> None:
    if not may_keep(context.actor):
        raise Forbidden("pools_for_keepers")
