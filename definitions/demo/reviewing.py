"""The demonstration's yearly reviews: of those listed before, last winter; of everybody listed, after the round."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from definitions.demo import stages
from definitions.demo.acting import speak, take
from definitions.demo.diary import Desk, Diary
from definitions.demo.plan import SEATS, OldMember
from workflow.context import Context
from workflow.people.tables import Person
from workflow.pools.operations import add_member, ensure_pool
from workflow.pools.tables import Membership
from workflow.reviews.operations import open_review
from workflow.reviews.planning import plan_reviews
from workflow.reviews.tables import Review

PROCEDURE = "annual-review"
POOLS = (
    ("leader", "处级党外领导干部", "Division leaders outside the Party", 10),
    ("reserve", "科级后备干部", "Section-level reserves", SEATS["reserve"]),
    ("youth", "优秀青年", "Outstanding youths", SEATS["youth"]),
)
SELF_REPORT = {
    "work": "一年来，围绕中心工作，认真履行岗位职责，牵头完成重点项目三项，参与基层调研二十余次。",
    "training": "参加区级脱产培训一期，在街道实践锻炼三个月。",
    "shortcomings": "理论学习的系统性还不够，今后将加强学习，深入基层，提高解决复杂问题的能力。",
}
OPINION = "该同志政治坚定，工作扎实，作风正派，较好地完成了全年工作任务。"
STRAGGLERS = 2
"""Of last winter's reviews so many still wait for the body's opinion: overdue, and escalated to its head."""


@dataclass(frozen=True, slots=True)
class _Member:
    review_id: int
    body_id: int
    place: int


def take_over(context: Context, older: Sequence[OldMember]) -> None:
    """Sets the lists up and enters those who were on them before there was an application."""
    ids = {key: ensure_pool(context, key=key, title_zh=zh, title_en=en, target=target) for key, zh, en, target in POOLS}
    for member in older:
        add_member(
            context, pool_id=ids[member.pool], person_id=member.person_id, tenure_from_date=member.tenure_from_date
        )


def last_winter(diary: Diary) -> None:
    """The last reviews that are over by now: of everybody who was on a list on 1 December of last year."""
    begins = first_day_of_last_winter(diary.now.date())

    def begin(desk: Desk) -> None:
        plan_reviews(desk.as_name("secretary"), year=begins.year, procedure=PROCEDURE)
        for member in _members(desk, Review.year == begins.year):
            open_review(desk.clock(), review_id=member.review_id)
            steps = 1 if member.place < STRAGGLERS else 5
            _review(diary, member, start=0.5, pace=2.5, steps=steps, since=begins)

    diary.write(0, begin, since=begins)


def first_day_of_last_winter(today: date) -> date:
    """The day on which the reviews of last year were opened."""
    return date(today.year - 1, 12, 1)


def after_the_round(diary: Diary) -> None:
    """Everybody's next review: planned where it is missing, opened before its time, and on its way."""

    def begin(desk: Desk) -> None:
        secretary = desk.as_name("secretary")
        ahead = Review.result.is_(None) & (Review.year > first_day_of_last_winter(diary.now.date()).year)
        year = desk.session.scalar(select(func.min(Review.year)).where(ahead))
        if year is not None:
            plan_reviews(secretary, year=year, procedure=PROCEDURE)
        for member in _members(desk, ahead):
            open_review(secretary, review_id=member.review_id)
            _review(diary, member, start=stages.YEARLY + 0.3, pace=1.4, steps=5, since=diary.first)

    diary.write(stages.YEARLY, begin)


def _members(desk: Desk, condition: Any) -> list[_Member]:
    """The first review of each member that meets a condition."""
    rows = desk.session.execute(
        select(Review.id, Review.membership_id, Person.body_id)
        .join(Membership, Membership.id == Review.membership_id)
        .join(Person, Person.id == Membership.person_id)
        .where(condition, Membership.left_at.is_(None))
        .order_by(Review.year, Review.id)
    )
    firsts = {row.membership_id: row for row in reversed(rows.all())}
    return [_Member(row.id, row.body_id, place) for place, row in enumerate(reversed(firsts.values()))]


def _review(diary: Diary, member: _Member, *, start: float, pace: float, steps: int, since: date) -> None:
    """Self-report, opinion, two departments, grade: as far as the body has people for it."""
    grade = "excellent" if member.place % 6 == 0 else "competent"

    def opinion(desk: Desk, case: int) -> None:
        take(desk.as_holder(member.body_id, "head"), case, "give_opinion", form={"grade": grade, "opinion": OPINION})

    def finish(desk: Desk, case: int) -> None:
        secretary = desk.as_name("secretary")
        if since == diary.first and member.place == 12:
            take(secretary, case, "upgrade", form={"grade": "excellent"}, reason="已提任上一级职务。")
        elif since == diary.first and member.place == 24:
            take(secretary, case, "remove", form={"grade": "incompetent"}, reason="考核不称职，移出名单。")
        else:
            take(secretary, case, "retain", form={"grade": grade})

    done = (
        lambda desk, case: take(desk.as_holder(member.body_id, "officer"), case, "submit", form=SELF_REPORT),
        opinion,
        lambda desk, case: speak(desk.as_name("orghead"), case, "agree"),
        lambda desk, case: speak(desk.as_name("unitedfront"), case, "agree"),
        finish,
    )
    for step, do in enumerate(done[:steps]):
        day = start + step * pace + member.place % 12 * 0.6

        def entry(desk: Desk, do: Any = do) -> None:
            do(desk, desk.session.get_one(Review, member.review_id).case_id)

        diary.write(day, entry, since=since)
