"""Plans yearly reviews: one membership's for a year, a whole year's, and every one that is missing."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from workflow.cases.tables import Timer
from workflow.cases.versions import newest_version, newest_versions
from workflow.context import Context
from workflow.engine.effects import ScheduleReview
from workflow.pools.rules import may_keep
from workflow.pools.tables import Membership, Pool
from workflow.problems import Forbidden, Invalid
from workflow.reviews.rules import first_review_year, planned_by, timetables
from workflow.reviews.tables import Review
from workflow.store.database import engine_of

OPENING_TIME = time(8, 0)
"""Reviews are there when the office opens."""
MEMBERS_AT_ONCE = 500
"""So many members are looked after in one transaction of the clock."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What one look for missing reviews found: members given a review, and lists no single timetable is known for."""

    members: int
    is_more: bool
    """Whether the limit was reached: there may be members left."""
    undecided: tuple[str, ...]


def plan_reviews(context: Context, *, year: int, procedure: str) -> int:
    """Plans the review of a year for every member of every list who has none yet; how many were planned.

    The days are those the procedure itself names for the review that follows one. Members whose tenure began after the
    opening day wait for the next year. Raises Forbidden, Missing, and Invalid for a procedure that plans no reviews.
    """
    _require_planner(context)
    effect = planned_by(newest_version(context.session, procedure)[1])
    if effect is None:
        raise Invalid("procedure_plans_no_reviews", procedure=procedure)
    members = context.session.execute(
        select(Membership.id)
        .outerjoin(Review, (Review.membership_id == Membership.id) & (Review.year == year))
        .where(Membership.left_at.is_(None), Review.id.is_(None))
        .where(Membership.tenure_from_date <= effect.opens_date(year))
        .order_by(Membership.id)
    )
    planned = [plan_review(context, effect, membership_id=row.id, year=year) for row in members.all()]
    return sum(planned)


def plan_missing_reviews(context: Context, *, limit: int = MEMBERS_AT_ONCE) -> Planned:
    """Plans the next review of members of every list who have none planned or under way, at most `limit` of them.

    The year is the one after their last review; for those never reviewed, the first one due on or after the day they
    were entered here, so that a year missed while nothing ran is made up for. May be called as often as one likes and
    by several at once. Raises Forbidden.
    """
    _require_planner(context)
    keys = context.session.scalars(select(Pool.key).order_by(Pool.key)).all()
    known = timetables(keys, newest_versions(context.session))
    planned = 0
    rows = context.session.execute(_without_review([key for key in keys if known[key]], limit)).all()
    for row in rows:
        effect = known[row.key]
        assert effect is not None
        entered = row.entered_at.astimezone(context.zone).date()
        year = first_review_year(effect, tenure_from_date=row.tenure_from_date, today=entered)
        planned += plan_review(context, effect, membership_id=row.id, year=max(year, (row.last_year or 0) + 1))
    return Planned(planned, len(rows) == limit, tuple(key for key in keys if known[key] is None))


def plan_review(context: Context, effect: ScheduleReview, *, membership_id: int, year: int) -> bool:
    """The review of a year with its timer; False where it was planned before."""
    values = {
        "membership_id": membership_id,
        "procedure": effect.procedure,
        "year": year,
        "opens_date": effect.opens_date(year),
        "due_date": effect.due_date(year),
    }
    review_id = insert_once(context, Review, values)
    if review_id is None:
        return False
    opens_at = opening_moment(context, effect.opens_date(year))
    context.session.add(Timer(kind="open_review", review_id=review_id, due_at=opens_at, params={"year": year}))
    context.session.flush()
    return True


def opening_moment(context: Context, opens_date: date) -> datetime:
    """When the clock opens the reviews of a day."""
    return datetime.combine(opens_date, OPENING_TIME, tzinfo=context.zone).astimezone(UTC)


def insert_once(context: Context, table: Any, values: dict[str, Any]) -> int | None:
    """The new row's id, or None where its unique key is taken."""
    dialect = postgresql if engine_of(context.session).dialect.name == "postgresql" else sqlite
    inserted: int | None = context.session.scalar(
        dialect.insert(table).values(**values).on_conflict_do_nothing().returning(table.id)
    )
    return inserted


def _without_review(pool_keys: list[str], limit: int) -> Any:
    """Members in force without an unfinished review, and the year of their last one.

    Their rows stay locked: whoever takes a member off a list meanwhile waits, and then finds the review to close.
    """
    unfinished = select(Review.id).where(Review.membership_id == Membership.id, Review.result.is_(None))
    last = select(func.max(Review.year)).where(Review.membership_id == Membership.id).scalar_subquery()
    return (
        select(Membership.id, Membership.tenure_from_date, Membership.entered_at, Pool.key, last.label("last_year"))
        .join(Pool, Pool.id == Membership.pool_id)
        .where(Membership.left_at.is_(None), Pool.key.in_(pool_keys), ~unfinished.exists())
        .order_by(Membership.id)
        .limit(limit)
        .with_for_update(of=Membership, key_share=True)
    )


def _require_planner(context: Context) -> None:
    """The clock, and who keeps the lists."""
    if context.actor.account_id is not None and not may_keep(context.actor):
        raise Forbidden("reviews_for_keepers")
