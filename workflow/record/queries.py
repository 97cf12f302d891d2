"""Reading the record: a case's events as they stand, and the check that nobody altered any of them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from workflow.context import Context
from workflow.record.rules import GENESIS, HASHED_COLUMNS, event_hash
from workflow.record.tables import Event
from workflow.store.database import at_one_moment


@dataclass(frozen=True, slots=True)
class EventView:
    """One line of a case's record with its JSON read."""

    seq: int
    at: datetime
    actor_id: int | None
    role: str | None
    action: str
    from_state: str | None
    to_state: str
    procedure_digest: str
    data: Any
    facts: Any
    hash: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where the record does not hold.

    `fault` is `changed` (the line does not hash to its hash), `missing` (a line is not there), `unlinked` (it does not follow the line
    before), `truncated` (the case counts more lines), `extra` (the case counts fewer lines), `misplaced` (the case stands elsewhere than
    its last line led) or `unknown_case` (lines of no case).
    """

    case_reference: str
    seq: int
    fault: str


@dataclass(frozen=True, slots=True)
class Verification:
    """How many events and cases were found whole, and the first broken event if there is one."""

    events: int
    cases: int
    first_broken: Broken | None

    @property
    def is_whole(self) -> bool:
        return self.first_broken is None


# The raw stored values are wanted, so the columns are read as plain text; "case" is named here because cases are built above the record.
_COLUMNS = ", ".join(f"e.{name}" for name in HASHED_COLUMNS)
_CHAINS = text(
    f"SELECT c.id AS owner_id, c.reference, c.last_seq, c.last_hash, c.state, e.hash, {_COLUMNS} "  # noqa: S608 (names of our own columns)
    'FROM "case" c LEFT JOIN event e ON e.case_id = c.id ORDER BY c.id, e.seq'
)
_STRAYS = text(
    'SELECT e.case_id, e.seq FROM event e WHERE NOT EXISTS (SELECT 1 FROM "case" c WHERE c.id = e.case_id) ORDER BY e.case_id, e.seq LIMIT 1'
)


def events(context: Context, case_id: int) -> tuple[EventView, ...]:
    """The events of a case, oldest first."""
    statement = select(Event).where(Event.case_id == case_id).order_by(Event.seq)
    return tuple(_view(row) for row in context.session.execute(statement).scalars())


def _view(row: Event) -> EventView:
    return EventView(
        seq=row.seq,
        at=row.at,
        actor_id=row.actor_id,
        role=row.role,
        action=row.action,
        from_state=row.from_state,
        to_state=row.to_state,
        procedure_digest=row.procedure_digest,
        data=json.loads(row.data),
        facts=json.loads(row.facts),
        hash=row.hash,
    )


class _Chain:
    """The walk along one case's lines; remembers where it stands."""

    def __init__(self, head: Mapping[Any, Any]) -> None:
        self.owner_id: int = head["owner_id"]
        self.reference: str = head["reference"]
        self.last_seq: int = head["last_seq"]
        self.last_hash: str = head["last_hash"]
        self.state: str = head["state"]
        self.seq = 0
        self.hash = GENESIS
        self.led_to: str | None = None

    def fault_of(self, line: Mapping[Any, Any]) -> Broken | None:
        """What is wrong with the next line, if anything; a whole line moves the walk on."""
        expected = self.seq + 1
        if line["seq"] != expected:
            return Broken(self.reference, expected, "missing")
        if expected > self.last_seq:
            return Broken(self.reference, expected, "extra")
        if event_hash(line["previous_hash"], line) != line["hash"]:
            return Broken(self.reference, expected, "changed")
        if line["previous_hash"] != self.hash:
            return Broken(self.reference, expected, "unlinked")
        self.seq, self.hash, self.led_to = expected, line["hash"], line["to_state"]
        return None

    def fault_of_end(self) -> Broken | None:
        """What is wrong with where the lines stopped, measured against the case's own count and hash."""
        if self.seq < self.last_seq:
            return Broken(self.reference, self.seq + 1, "truncated")
        if self.hash != self.last_hash:
            return Broken(self.reference, self.seq, "changed")
        if self.led_to not in (None, self.state):
            return Broken(self.reference, self.seq, "misplaced")
        return None


def verify(session: Session, *, batch: int = 1_000) -> Verification:
    """Recompute every chain as it is at one moment and stop at the first broken event.

    Reads `batch` lines at a time, so memory does not grow with the record.
    """
    with at_one_moment(session):
        rows = session.execute(_CHAINS, execution_options={"yield_per": batch}).mappings()
        verification = _walk(rows)
        rows.close()
        if verification.first_broken is not None:
            return verification
        stray = session.execute(_STRAYS).one_or_none()
    if stray is None:
        return verification
    return Verification(verification.events, verification.cases, Broken(f"#{stray.case_id}", stray.seq, "unknown_case"))


def _walk(rows: Iterable[Mapping[Any, Any]]) -> Verification:
    chain: _Chain | None = None
    events_seen = cases_seen = 0
    for row in rows:
        if chain is None or row["owner_id"] != chain.owner_id:
            broken = chain.fault_of_end() if chain else None
            if broken:
                return Verification(events_seen, cases_seen, broken)
            cases_seen += chain is not None
            chain = _Chain(row)
        if row["seq"] is None:
            continue
        broken = chain.fault_of(row)
        if broken:
            return Verification(events_seen, cases_seen, broken)
        events_seen += 1
    broken = chain.fault_of_end() if chain else None
    return Verification(events_seen, cases_seen + (chain is not None and broken is None), broken)
