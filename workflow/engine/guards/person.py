"""Guards on what the archive says of the person."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from workflow.engine.facts import Facts
from workflow.engine.guards.base import Guard, day, full_months, full_years
from workflow.problems import Reason
from workflow.procedure.parts import Keys, Number, _as_tuple, number_for

Moment = Literal["today", "round.opens_date", "round.closes_date"]
EDUCATION_ORDER = ("other", "senior_high", "secondary_vocational", "diploma", "bachelor", "master", "doctoral")
GRADE_ORDER = ("incompetent", "basically_competent", "competent", "excellent")


class _OnAMoment(Guard):
    """Shares the moment at which ages and years are counted; outside a round it is today."""

    needs: ClassVar[tuple[str, ...]] = ("today", "round.opens_date", "round.closes_date", "case.category")
    remedy: ClassVar[str | None] = "remedy.archive"
    on: Moment = "today"
    """The day that counts."""

    def moment(self, facts: Facts) -> str:
        return str(facts[self.on] or facts["today"])


class Age(_OnAMoment):
    """The person is within an age, in full years by month of birth."""

    key: ClassVar[str] = "age"
    needs: ClassVar[tuple[str, ...]] = (*_OnAMoment.needs, "person.birth_date")
    at_most: Number | None = None
    """The oldest age, in years."""
    at_least: Number | None = None
    """The youngest age, in years."""

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        moment = self.moment(facts)
        age = full_years(day(facts["person.birth_date"]), day(moment))
        shown = {"age": age, "birth_date": facts["person.birth_date"], "on_date": moment}
        most = None if self.at_most is None else number_for(self.at_most, facts["case.category"])
        least = None if self.at_least is None else number_for(self.at_least, facts["case.category"])
        if most is not None and age > most:
            yield self.reason("at_most", limit=most, **shown)
        if least is not None and age < least:
            yield self.reason("at_least", limit=least, **shown)


class PoliticalStatus(Guard):
    """The person's political status is none of those excluded."""

    key: ClassVar[str] = "political_status"
    needs: ClassVar[tuple[str, ...]] = ("person.political_status",)
    remedy: ClassVar[str | None] = "remedy.archive"
    not_in: Annotated[Keys, BeforeValidator(_as_tuple)]
    """Codes of the table `political_status` that are refused."""

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        status = facts["person.political_status"]
        if status in self.not_in:
            yield self.reason("not_in", status=f"code:political_status:{status}")


class Education(Guard):
    """The person's education is at least a level."""

    key: ClassVar[str] = "education"
    needs: ClassVar[tuple[str, ...]] = ("person.education",)
    remedy: ClassVar[str | None] = "remedy.archive"
    at_least: Literal["senior_high", "secondary_vocational", "diploma", "bachelor", "master", "doctoral"]
    """The lowest level accepted."""

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        education = facts["person.education"]
        rank = EDUCATION_ORDER.index(education) if education in EDUCATION_ORDER else 0
        if rank < EDUCATION_ORDER.index(self.at_least):
            yield self.reason(
                "at_least", education=f"code:education:{education}", limit=f"code:education:{self.at_least}"
            )


class YearsOfService(_OnAMoment):
    """The person has worked for a number of full years."""

    key: ClassVar[str] = "years_of_service"
    needs: ClassVar[tuple[str, ...]] = (*_OnAMoment.needs, "person.work_start_date")
    at_least: Number
    """Full years worked."""

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        limit = number_for(self.at_least, facts["case.category"])
        start = facts["person.work_start_date"]
        if limit is None:
            return
        if start is None:
            yield self.reason("unknown", limit=limit)
        elif (years := full_months(day(start), day(self.moment(facts))) // 12) < limit:
            yield self.reason("at_least", years=years, since_date=start, limit=limit)


class YearsInPost(_OnAMoment):
    """The person has held the present post for a number of full years."""

    key: ClassVar[str] = "years_in_post"
    needs: ClassVar[tuple[str, ...]] = (*_OnAMoment.needs, "person.post_since")
    at_least: Number
    """Full years in the present post."""

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        limit = number_for(self.at_least, facts["case.category"])
        since = facts["person.post_since"]
        if limit is None:
            return
        if since is None:
            yield self.reason("unknown", limit=limit)
        elif (years := full_months(day(since), day(self.moment(facts))) // 12) < limit:
            yield self.reason("at_least", years=years, since_date=since, limit=limit)


class NoSanctionInEffect(Guard):
    """No sanction against the person is still in effect today."""

    key: ClassVar[str] = "no_sanction_in_effect"
    needs: ClassVar[tuple[str, ...]] = ("today", "person.sanctions")
    remedy: ClassVar[str | None] = "remedy.wait"

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        for sanction in facts["person.sanctions"]:
            if sanction["until"] >= facts["today"]:
                yield self.reason("until", kind=f"code:sanction:{sanction['kind']}", until_date=sanction["until"])


class YearlyGrades(Guard):
    """The last `years` yearly grades on file are at least a grade; years without an assessment do not count."""

    key: ClassVar[str] = "yearly_grades"
    needs: ClassVar[tuple[str, ...]] = ("person.grades",)
    remedy: ClassVar[str | None] = "remedy.archive"
    years: int = Field(default=1, ge=1, le=10)
    """How many years are looked at."""
    at_least: Literal["basically_competent", "competent", "excellent"]
    """The lowest grade accepted."""

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        graded = {year: grade for year, grade in facts["person.grades"].items() if grade in GRADE_ORDER}
        for year in sorted(graded, key=int, reverse=True)[: self.years]:
            if GRADE_ORDER.index(graded[year]) < GRADE_ORDER.index(self.at_least):
                yield self.reason(
                    "at_least", year=int(year), grade=f"code:grade:{graded[year]}", limit=f"code:grade:{self.at_least}"
                )


class TrainedWithin(Guard):
    """The person completed off-the-job training within the last months: no training, no post."""

    key: ClassVar[str] = "trained_within"
    needs: ClassVar[tuple[str, ...]] = ("today", "person.trainings")
    remedy: ClassVar[str | None] = "remedy.training"
    months: int = Field(ge=1, le=600)
    """How many months back a training may have ended."""
    hours: int = Field(default=0, ge=0, le=10_000)
    """How many hours the trainings of that time must add up to."""

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        today = day(facts["today"])
        within = [
            course
            for course in facts["person.trainings"]
            if course["is_completed"]
            and course["is_off_job"]
            and full_months(day(course["to_date"]), today) < self.months
        ]
        if not within:
            yield self.reason("none", months=self.months)
        elif (hours := sum(course["hours"] for course in within)) < self.hours:
            yield self.reason("hours", months=self.months, hours=hours, limit=self.hours)
