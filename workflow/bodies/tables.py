"""Tables of bodies and of the roles held in them."""

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflow.store.base import Base


class Body(Base):
    """An organization unit; the tree goes up by `parent_id`."""

    __tablename__ = "body"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    """The name definitions use: `organization`, `united_front`, `standing_committee`, `subdistrict-01`."""
    kind: Mapped[str]
    """`committee`, `department`, `subdistrict`, `industry`, `bureau`, `organ`."""
    title_zh: Mapped[str]
    title_en: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    position: Mapped[int] = mapped_column(default=0)
    """Order in official lists."""


class BodyRole(Base):
    """A role in a body: what waits for people is addressed to it, whoever holds it at the time."""

    __tablename__ = "body_role"

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    role: Mapped[str]
    """`officer`, `head`, `secretary`, `member`, `recorder`, `administrator`."""

    __table_args__ = (UniqueConstraint("body_id", "role"),)


class RoleHolding(Base):
    """An account holds a role in a body from a day to a day (both included; an open end is None)."""

    __tablename__ = "role_holding"

    id: Mapped[int] = mapped_column(primary_key=True)
    body_role_id: Mapped[int] = mapped_column(ForeignKey("body_role.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    from_date: Mapped[date]
    to_date: Mapped[date | None]

    __table_args__ = (Index(None, "account_id"), Index(None, "body_role_id"))
