"""Has each review follow the last, opens it as a case exactly once, and writes down what came of it."""

from typing import Any

from sqlalchemy import select, update

from workflow.cases.follow_ups import Moved, follow_up
from workflow.cases.loading import load_case
from workflow.cases.operations import Acted, open_case
from workflow.cases.roles import addresses_of
from workflow.cases.tables import Timer
from workflow.cases.versions import newest_version
from workflow.context import Context
from workflow.engine.decide import Compiled
from workflow.engine.effects import FinishReview, ScheduleReview
from workflow.messages.operations import write_message
from workflow.people.tables import Person, YearlyGrade
from workflow.pools.operations import end_membership, membership_in_force
from workflow.pools.rules import may_keep
from workflow.pools.tables import Membership, Pool
from workflow.problems import Conflict, Forbidden, Invalid, Missing
from workflow.reviews.planning import insert_once, opening_moment, plan_review
from workflow.reviews.rules import first_review_year
from workflow.reviews.tables import Review


@follow_up("schedule_review")
def schedule_review(context: Context, moved: Moved, effect: ScheduleReview) -> None:
    """Plans the next review: after a review the one of the year after, after a listing the first one."""
    case = moved.case
    done = context.session.scalar(select(Review).where(Review.case_id == case.id))
    if done is not None:
        plan_review(context, effect, membership_id=done.membership_id, year=done.year + 1)
        return
    category = moved.compiled.procedure.categories.get(case.category or "")
    membership = membership_in_force(context.session, case.person_id, (category and category.pool) or "")
    if membership is None:
        raise Invalid("review_without_membership", reference=case.reference)
    year = first_review_year(effect, tenure_from_date=membership.tenure_from_date, today=context.today)
    plan_review(context, effect, membership_id=membership.id, year=year)


def open_review(context: Context, *, review_id: int) -> Acted:
    """Opens the case of a planned review, once; asked again it answers with the case there is.

    The clock opens it from its opening day on; who keeps the lists may open it earlier. Raises Forbidden, Missing,
    Conflict where the day has not come or the member has left, Invalid for a person whose archive names no body.
    """
    session = context.session
    review = session.scalar(select(Review).where(Review.id == review_id).with_for_update())
    if review is None:
        raise Missing("review_missing")
    if context.actor.account_id is not None and not may_keep(context.actor):
        raise Forbidden("reviews_for_keepers")
    if review.case_id is not None:
        there = load_case(session, review.case_id)
        return Acted(there.id, there.reference, there.last_seq, there.state, there.version, is_repeat=True)
    if context.actor.account_id is None and context.today < review.opens_date:
        raise Conflict("review_not_yet", opens_date=review.opens_date)
    return _open(context, review)


@follow_up("finish_review")
def finish_review(context: Context, moved: Moved, effect: FinishReview) -> None:
    """Keeps grade and result of a review; who is upgraded or removed leaves the list."""
    session, case = context.session, moved.case
    review = session.scalar(select(Review).where(Review.case_id == case.id))
    if review is None or case.person_id is None:
        raise Invalid("case_without_review", reference=case.reference)
    review.grade = (moved.step.data.get("values") or {}).get("grade")
    review.result = effect.result
    membership = session.get_one(Membership, review.membership_id)
    if effect.result != "retained" and membership.left_at is None:
        end_membership(context, membership, effect.result)
    if review.grade is not None:
        # A grade the archive holds for the year already came from the official assessment and stays.
        insert_once(context, YearlyGrade, {"person_id": case.person_id, "year": review.year, "grade": review.grade})
    session.flush()


def _open(context: Context, review: Review) -> Acted:
    session = context.session
    member = _member(context, review)
    version_id, compiled = newest_version(session, review.procedure)

    def link(case_id: int) -> None:
        review.case_id = case_id
        session.flush()

    acted = open_case(
        context,
        version_id=version_id,
        person_id=member.person_id,
        body_id=member.body_id,
        category=member.key,
        data={"review_id": review.id, "year": review.year},
        link=link,
        owed_since=opening_moment(context, review.opens_date) if context.actor.account_id is None else None,
    )
    session.execute(
        update(Timer)
        .where(Timer.review_id == review.id, Timer.is_open)
        .values(is_open=False, done_at=context.now, result="acted")
    )
    _tell_answerable(context, compiled, acted, review)
    return acted


def _member(context: Context, review: Review) -> Any:
    """Who is reviewed, with their list and body. Raises Conflict where they left the list, Invalid without a body."""
    member = context.session.execute(
        select(Membership.person_id, Membership.left_at, Pool.key, Person.body_id)
        .join(Pool, Pool.id == Membership.pool_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.id == review.membership_id)
    ).one()
    if member.left_at is not None:
        raise Conflict("membership_left")
    if member.body_id is None:
        raise Invalid("person_without_body")
    return member


def _tell_answerable(context: Context, compiled: Compiled, acted: Acted, review: Review) -> None:
    """Tells whoever a missed deadline would be told to that the time has begun."""
    deadline = compiled.procedure.states[acted.state].deadline
    if deadline is None or deadline.escalate is None:
        return
    case = load_case(context.session, acted.case_id)
    for address in addresses_of(context.session, compiled, case, deadline.escalate.to):
        write_message(
            context,
            template="review_opened",
            params={
                "reference": acted.reference,
                "state": acted.state,
                "digest": compiled.procedure.digest,
                "year": review.year,
                "due_date": review.due_date,
            },
            case_id=acted.case_id,
            body_role_id=address.body_role_id,
            account_id=address.account_id,
        )
