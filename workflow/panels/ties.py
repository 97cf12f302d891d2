"""What a panel is limited to that was asked because another came out tied: only what had equal votes can be chosen."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.cases.loading import LoadedCase
from workflow.cases.versions import compiled_version
from workflow.engine.panels import leading
from workflow.panels.tables import Panel, Seat
from workflow.procedure.ties import TIED, asked_about

_asked_about = lru_cache(maxsize=512)(asked_about)


class Asking(Protocol):
    """A panel of a case as far as what came before it goes."""

    @property
    def id(self) -> int: ...
    @property
    def state(self) -> str: ...


def tied_among(session: Session, case: LoadedCase, panel: Asking, still: Sequence[str]) -> tuple[str, ...]:
    """Which of the opinions that can still be given had equal votes before; empty where nothing limits them.

    Where nothing of what was tied is left, because everybody withdrew, everything is open again.
    """
    procedure = compiled_version(session, case.version_id).procedure
    sources = _asked_about(procedure, panel.state) if panel.state in procedure.states else frozenset()
    if not sources:
        return ()
    before = session.execute(
        select(Panel.id, Panel.state, Panel.outcome)
        .where(Panel.case_id == case.id, Panel.id < panel.id, Panel.closed_at.is_not(None))
        .order_by(Panel.id.desc())
    )
    # A panel of a state this version does not know was asked before the case went on under it, by another name.
    asked = (row for row in before if row.state in sources or row.state not in procedure.states)
    newest = next(asked, None)
    if newest is None or newest.outcome != TIED:
        return ()
    asking = procedure.states[newest.state].panel if newest.state in procedure.states else None
    uncounted = asking.settle.uncounted if asking else ()
    equal = leading(session.scalars(select(Seat.opinion).where(Seat.panel_id == newest.id)), uncounted)
    return tuple(opinion for opinion in still if opinion in equal)
