"""What a reader may see of a case's public notices and the objections to them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, bindparam, select, type_coerce

from workflow.cases.loading import LoadedCase
from workflow.cases.reading import may_have_had
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.notices.tables import Objection, PublicNotice
from workflow.store.together import Together, rows_in
from workflow.store.types import instant


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


_OF_CASE = Together(
    notices=select(
        PublicNotice.id,
        PublicNotice.state,
        PublicNotice.starts_date,
        PublicNotice.ends_date,
        PublicNotice.working_days,
        PublicNotice.calendar_version,
        PublicNotice.is_provisional,
        type_coerce(PublicNotice.paused_at, String),
        PublicNotice.days_left,
        type_coerce(PublicNotice.ended_at, String),
    )
    .where(PublicNotice.case_id == bindparam("case_id"))
    .order_by(PublicNotice.id),
    objections=select(Objection.notice_id, Objection.text)
    .join(PublicNotice, PublicNotice.id == Objection.notice_id)
    .where(PublicNotice.case_id == bindparam("case_id"))
    .order_by(Objection.id),
)


def notices_of_case(
    context: Context, case: LoadedCase, *, roles: frozenset[str], visited: Collection[str]
) -> tuple[NoticeView, ...]:
    """Notices of a case in stages the reader sees; who objected stays sealed. `visited`: every state it came to."""
    procedure = compiled_version(context.session, case.version_id).procedure
    visible = procedure.visible_stages(roles, case.state)
    if not may_have_had("notice", procedure, visited, visible):
        return ()
    texts = _OF_CASE.texts(context.session, {"case_id": case.id})
    objections = rows_in(texts["objections"])
    return tuple(
        _notice(row, tuple(text for notice_id, text in objections if notice_id == row[0]))
        for row in rows_in(texts["notices"])
        if row[1].partition(".")[0] in visible
    )


def _notice(row: Sequence[Any], objections: tuple[str, ...]) -> NoticeView:
    _id, state, starts, ends, working_days, calendar_version, is_provisional, paused_at, days_left, ended_at = row
    return NoticeView(
        state=state,
        starts_date=date.fromisoformat(starts),
        ends_date=date.fromisoformat(ends),
        working_days=working_days,
        calendar_version=calendar_version,
        is_provisional=bool(is_provisional),
        paused_at=instant(paused_at) if paused_at else None,
        days_left=days_left,
        ended_at=instant(ended_at) if ended_at else None,
        objections=objections,
    )
