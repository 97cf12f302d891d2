"""Tables of running cases: the case itself, what waits for whom, what falls due, what forms say, who may read."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.store.base import Base
from workflow.store.types import Instant, Json


class ProcedureVersion(Base):
    """A published procedure: nothing of its row ever changes, and while a case runs by it the row cannot go."""

    __tablename__ = "procedure_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(unique=True)
    canonical: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(Instant)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """None for a definition that ships."""
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """Who wrote it: somebody else than who published it."""
    note_en: Mapped[str | None] = mapped_column(Text)
    note_zh: Mapped[str | None] = mapped_column(Text)
    """The changelog line, in both languages."""
    source: Mapped[str | None] = mapped_column(Text)
    """The YAML text as it was written, with its remarks."""

    __table_args__ = (UniqueConstraint("key", "number"),)


class Case(Base):
    """One run of one procedure version about one person."""

    __tablename__ = "case"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    procedure_version_id: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    """The body that put the case forward; for a review, the body of the person."""
    title: Mapped[str | None]
    """What the case is about where that is no person of the archive: a post, an office."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    """The case this one is a child of."""
    parent_state: Mapped[str | None]
    """The state in which the parent opened it."""
    parent_seq: Mapped[int | None]
    """The parent's event that opened it: tells one attempt from the next."""
    category: Mapped[str | None]
    """Which seats of the round it is for (`reserve`, `youth`), or the membership's category."""
    channel: Mapped[str | None]
    state: Mapped[str]
    """`stage.state` of the procedure."""
    version: Mapped[int]
    """Counts writes; a writer names the one it saw."""
    last_seq: Mapped[int]
    last_hash: Mapped[str]
    entered_at: Mapped[datetime] = mapped_column(Instant)
    """Since when the case is in its state."""
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    has_timers: Mapped[bool] = mapped_column(default=False)
    """Whether timers of the present state are open."""
    has_named: Mapped[bool] = mapped_column(default=False)
    """Whether accounts have been named in the case, in a role that is chosen."""
    opened_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str | None]
    """The final state's outcome word: `listed`, `not_selected`, `withdrawn`, `retained` …"""

    __table_args__ = (
        Index(None, "round_id"),
        Index(None, "person_id"),
        Index(None, "body_id"),
        Index(None, "procedure_version_id"),
        Index(
            "ix_case_parent",
            "parent_id",
            sqlite_where=text("parent_id IS NOT NULL"),
            postgresql_where=text("parent_id IS NOT NULL"),
        ),
    )


class WorkItem(Base):
    """What waits for a role in a body, or for one account."""

    __tablename__ = "work_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    body_role_id: Mapped[int | None] = mapped_column(ForeignKey("body_role.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    seat_id: Mapped[int | None]
    """The seat of a panel this item asks for."""
    offered_to: Mapped[int | None] = mapped_column(ForeignKey("body_role.id"))
    """The role the item waited for before the account took it."""
    role: Mapped[str]
    """The procedure's role, for the words on the page."""
    state: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    is_open: Mapped[bool]
    closed_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        Index(
            "ix_work_item_inbox",
            "body_role_id",
            "created_at",
            "id",
            sqlite_where=text("is_open = 1"),
            postgresql_where=text("is_open"),
        ),
        Index(
            "ix_work_item_mine",
            "account_id",
            "created_at",
            "id",
            sqlite_where=text("is_open = 1 AND account_id IS NOT NULL"),
            postgresql_where=text("is_open AND account_id IS NOT NULL"),
        ),
        Index(
            "ix_work_item_due",
            "body_role_id",
            "due_at",
            sqlite_where=text("is_open = 1 AND due_at IS NOT NULL"),
            postgresql_where=text("is_open AND due_at IS NOT NULL"),
        ),
        Index("ix_work_item_case", "case_id", sqlite_where=text("is_open = 1"), postgresql_where=text("is_open")),
    )


class CaseForm(Base):
    """A filled form of a case; a later filling is a new row, the newest counts."""

    __tablename__ = "case_form"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    form: Mapped[str]
    stage: Mapped[str]
    seq: Mapped[int]
    values: Mapped[Any] = mapped_column(Json)
    filled_at: Mapped[datetime] = mapped_column(Instant)
    filled_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (Index(None, "case_id", "form", "id"),)


class CaseReader(Base):
    """Who may read a case and under which role of the procedure; deny by default.

    Rows come as the case reaches the stages a role acts in; those of a meeting's members go when it has decided.
    """

    __tablename__ = "case_reader"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    body_role_id: Mapped[int | None] = mapped_column(ForeignKey("body_role.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str]

    __table_args__ = (
        Index("ix_case_reader_group", "body_role_id", "case_id"),
        Index("ix_case_reader_account", "account_id", "case_id"),
        Index(
            "uq_case_reader_once",
            "case_id",
            "role",
            func.coalesce(text("body_role_id"), 0),
            func.coalesce(text("account_id"), 0),
            unique=True,
        ),
    )


class Timer(Base):
    """Something that falls due: a reminder rung, an escalation, an expiry, a review to open."""

    __tablename__ = "timer"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """`remind`, `escalate`, `expire` or `open_review`."""
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"))
    state: Mapped[str | None]
    rung: Mapped[int] = mapped_column(default=0)
    """Days from the deadline: -30, -7, 0, 7."""
    due_at: Mapped[datetime] = mapped_column(Instant)
    is_open: Mapped[bool] = mapped_column(default=True)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    result: Mapped[str | None]
    """`sent`, `merged` (a later rung of the same ladder was due too), `acted`, `closed` (the state was left)."""
    params: Mapped[Any] = mapped_column(Json, default=dict)

    __table_args__ = (
        Index("ix_timer_due", "due_at", "id", sqlite_where=text("is_open = 1"), postgresql_where=text("is_open")),
        Index("ix_timer_case", "case_id", "due_at", sqlite_where=text("is_open = 1"), postgresql_where=text("is_open")),
    )


class Waiver(Base):
    """A guard set aside for one case, by whom and why."""

    __tablename__ = "waiver"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    guard: Mapped[str]
    """The guard's identity within the procedure: `stage.state.action.guard`."""
    reason: Mapped[str] = mapped_column(Text)
    granted_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    granted_at: Mapped[datetime] = mapped_column(Instant)
    seq: Mapped[int]


class Draft(Base):
    """What somebody typed and has not sent; kept on the server so that an ended session loses nothing."""

    __tablename__ = "draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    place: Mapped[str]
    """What the form is: `nominate:round:3`, `case:17:submit`."""
    values: Mapped[Any] = mapped_column(Json)
    saved_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("account_id", "place"),)


class LastView(Base):
    """How far an account has read a case: in its present visit, and when the visit before ended."""

    __tablename__ = "last_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    seen_seq: Mapped[int]
    """The newest event that was there when the page was last noted."""
    seen_at: Mapped[datetime] = mapped_column(Instant)
    before_seq: Mapped[int | None]
    """The same of the visit before; None in the first visit."""
    before_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("account_id", "case_id"),)


class Counter(Base):
    """The last number given out under a key (case references of a procedure and year)."""

    __tablename__ = "counter"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]
