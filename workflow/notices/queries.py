"""What a reader may see of a case's public notices and the objections to them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select

from workflow.cases.loading import LoadedCase
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.notices.tables import Objection, PublicNotice


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A public notice: from its first to its last day, with the calendar that computed the end."""

    state: str
    starts_date: date
    ends_date: date
    working_days: int
    calendar_version: str
    is_provisional: bool
    paused_at: datetime | None
    days_left: int | None
    ended_at: datetime | None
    objections: tuple[str, ...]


_NOTICES = select(PublicNotice).where(PublicNotice.case_id == bindparam("case_id")).order_by(PublicNotice.id)


def notices_of_case(context: Context, case: LoadedCase, roles: frozenset[str]) -> tuple[NoticeView, ...]:
    """Notices of a case in stages the reader sees; who objected stays sealed."""
    visible = compiled_version(context.session, case.version_id).procedure.visible_stages(roles, case.state)
    rows = context.session.scalars(_NOTICES, {"case_id": case.id})
    shown = [row for row in rows if row.state.partition(".")[0] in visible]
    texts: dict[int, list[str]] = {}
    if shown:
        objected = select(Objection).where(Objection.notice_id.in_([row.id for row in shown])).order_by(Objection.id)
        for objection in context.session.scalars(objected):
            texts.setdefault(objection.notice_id, []).append(objection.text)
    return tuple(
        NoticeView(
            row.state,
            row.starts_date,
            row.ends_date,
            row.working_days,
            row.calendar_version,
            row.is_provisional,
            row.paused_at,
            row.days_left,
            row.ended_at,
            tuple(texts.get(row.id, ())),
        )
        for row in shown
    )
