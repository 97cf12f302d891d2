"""Tables of the archive: persons with everything dated that rules look at, and accounts."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflow.store.base import Base
from workflow.store.types import Instant


class Person(Base):
    """Somebody a case can be about. Codes are those of `definitions/codes`."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_latin: Mapped[str]
    sort_strokes: Mapped[str]
    sort_pinyin: Mapped[str]
    sex: Mapped[str]
    nationality: Mapped[str]
    native_place: Mapped[str] = mapped_column(default="")
    birth_date: Mapped[date]
    id_number: Mapped[str | None] = mapped_column(unique=True)
    political_status: Mapped[str]
    party_joined_date: Mapped[date | None]
    work_start_date: Mapped[date | None]
    education: Mapped[str]
    degree: Mapped[str | None]
    school: Mapped[str] = mapped_column(default="")
    specialty: Mapped[str] = mapped_column(default="")
    technical_title: Mapped[str] = mapped_column(default="")
    tier: Mapped[str | None]
    """`district`, `division`, `section`, or none."""
    category: Mapped[str | None]
    """`leader`, `reserve`, `youth`, `member`, `entrepreneur`, or none."""
    is_chief: Mapped[bool] = mapped_column(default=False)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    """The body whose archive the person is in: it may nominate them."""
    phone: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index(None, "body_id"), Index(None, "category", "tier"))


class Post(Base):
    """A post held from–to; an open end is None."""

    __tablename__ = "post"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organization: Mapped[str]
    title: Mapped[str]
    rank: Mapped[str]
    """GB/T 12407 code."""
    is_chief: Mapped[bool] = mapped_column(default=False)
    from_date: Mapped[date]
    to_date: Mapped[date | None]


class Training(Base):
    """A course attended."""

    __tablename__ = "training"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    course: Mapped[str]
    organizer: Mapped[str]
    from_date: Mapped[date]
    to_date: Mapped[date]
    hours: Mapped[int]
    is_off_job: Mapped[bool]
    is_completed: Mapped[bool]


class Posting(Base):
    """Practice elsewhere: `sent_down`, `secondment`, `exchange` or `rotation`."""

    __tablename__ = "posting"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    host: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    from_date: Mapped[date]
    to_date: Mapped[date | None]
    appraisal: Mapped[str] = mapped_column(default="")


class Sanction(Base):
    """A sanction with the last day of its effect."""

    __tablename__ = "sanction"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    """`admonition`, `party_warning`, `party_serious_warning`, `admin_warning`, `demerit`, `major_demerit`, …"""
    from_date: Mapped[date]
    until_date: Mapped[date]


class YearlyGrade(Base):
    """The grade of one yearly assessment: `excellent`, `competent`, `basically_competent`, `incompetent`, `none`."""

    __tablename__ = "yearly_grade"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    year: Mapped[int]
    grade: Mapped[str]

    __table_args__ = (UniqueConstraint("person_id", "year"),)


class Kinship(Base):
    """`relative_id` is the `relation` (GB/T 4761 word) of `person_id`; kept once, read both ways."""

    __tablename__ = "kinship"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    relative_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    relation: Mapped[str]


class Account(Base):
    """Somebody who signs in; `person_id` where they are also in the archive."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    sign_in_name: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_latin: Mapped[str]
    email: Mapped[str]
    password_hash: Mapped[str | None]
    locale: Mapped[str] = mapped_column(default="zh")
    theme: Mapped[str] = mapped_column(default="system")
    has_shortcuts: Mapped[bool] = mapped_column(default=True)
    """Whether single keys do something on the account's pages."""
    is_active: Mapped[bool] = mapped_column(default=True)
    is_administrator: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
