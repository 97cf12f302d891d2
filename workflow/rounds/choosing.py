"""What somebody who opens a round chooses from, and how the round would look: nothing is written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from workflow.calendar.queries import calendar
from workflow.cases.tables import ProcedureVersion
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.problems import Forbidden
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.rounds.rules import check_round, may_call
from workflow.rounds.timetable import DateView, timetable


@dataclass(frozen=True, slots=True)
class VersionChoice:
    """A published version under which the actor may open a round; `note` is its line of the changelog."""

    version_id: int
    key: str
    number: int
    published_at: datetime
    note: Words | None
    is_newest: bool
    procedure: Procedure


def version_choices(context: Context) -> tuple[VersionChoice, ...]:
    """Versions under which the actor calls rounds, by procedure, the newest of each first."""
    version = ProcedureVersion
    columns = (version.id, version.key, version.number, version.published_at, version.note_en, version.note_zh)
    rows = context.session.execute(select(*columns).order_by(version.key, version.number.desc())).all()
    newest: dict[str, int] = {}
    found = []
    for row in rows:
        newest.setdefault(row.key, row.id)
        procedure = compiled_version(context.session, row.id).procedure
        if may_call(procedure, context.actor):
            note = Words(en=row.note_en, zh=row.note_zh) if row.note_en and row.note_zh else None
            is_newest = newest[row.key] == row.id
            found.append(VersionChoice(row.id, row.key, row.number, row.published_at, note, is_newest, procedure))
    return tuple(found)


def look_at_round(
    context: Context,
    procedure: Procedure,
    *,
    titles: Mapping[str, str],
    opens_date: date,
    closes_date: date,
    planned: Mapping[str, date],
    seats: Mapping[str, Any],
    body_ids: Collection[int],
) -> tuple[DateView, ...]:
    """The timetable of a round that could be opened so. Raises Forbidden and Invalid as opening it does."""
    if not may_call(procedure, context.actor):
        raise Forbidden("round_for_callers")
    check_round(
        procedure,
        titles=titles,
        opens_date=opens_date,
        closes_date=closes_date,
        planned=planned,
        seats=seats,
        body_ids=body_ids,
        today=context.today,
    )
    return timetable(procedure, calendar(context), opens_date=opens_date, closes_date=closes_date, planned=planned)
