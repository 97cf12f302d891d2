"""Which articles a case has kept: from the procedure, what is recorded, and what is to fall due."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from workflow.procedure.citations import Citation, citations
from workflow.procedure.model import Procedure

Standing = Literal["late", "missing", "waived", "satisfied", "not_applicable"]
ORDER: tuple[Standing, ...] = ("late", "missing", "waived", "satisfied", "not_applicable")
"""Of several places that cite an article, the first of these that holds for one is said of the article."""
WAIVE = "waive"
COMES_AGAIN = frozenset({"record_meeting", "expire"})
"""What may lead back into the very state it left."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event of a case, as its record has it; `actor_id` is None for the clock."""

    seq: int
    at: datetime
    actor_id: int | None
    action: str
    from_state: str | None
    to_state: str
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def enters(self) -> bool:
        """Whether the case came into its state by it, be it anew."""
        return self.from_state != self.to_state or self.action in COMES_AGAIN


@dataclass(frozen=True, slots=True)
class Place:
    """One citation and what became of it: by which events, until when, or set aside by whom and why."""

    citation: Citation
    standing: Standing
    events: tuple[int, ...] = ()
    due_at: datetime | None = None
    waived_by: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ArticleStanding:
    """An article with every place that cites it."""

    article: str
    standing: Standing
    places: tuple[Place, ...]

    @property
    def events(self) -> tuple[int, ...]:
        """The events that bear on it, each once, in their order."""
        return tuple(sorted({seq for place in self.places for seq in place.events}))

    @property
    def due_at(self) -> datetime | None:
        """The first deadline that was missed, or that still runs."""
        dues = [place.due_at for place in self.places if place.due_at and place.standing in {"late", "missing"}]
        return min(dues, default=None)


@dataclass(frozen=True, slots=True)
class _Stay:
    """A case's time in a state; `left` is the event that ended it, None while it lasts."""

    state: str
    entered: Recorded
    left: Recorded | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class _History:
    """What the standings are judged by."""

    procedure: Procedure
    stays: tuple[_Stay, ...]
    events: Sequence[Recorded]
    ahead: frozenset[str]
    now: datetime

    @property
    def state(self) -> str:
        return self.events[-1].to_state


def article_standings(
    procedure: Procedure,
    events: Sequence[Recorded],
    due: Mapping[str, datetime],
    *,
    now: datetime,
    only: frozenset[str] | None = None,
) -> tuple[ArticleStanding, ...]:
    """What became of every article cited, in the order of the procedure.

    `events` are the whole record, oldest first; `due` holds state → moment for deadlines whose timers are open. `only`
    names the stages whose citations are looked at. An article is *satisfied* by the events that did what cites it, *missing* while
    that is still to come, *late* where a deadline passed first, *waived* where the rule was set aside, and *not applicable* where
    the case went another way. What was done before the case came back to the same state has to be done again.
    """
    history = _History(procedure, tuple(_stays(events, due)), events, _ahead(procedure, events[-1].to_state), now)
    found: dict[str, list[Place]] = {}
    for citation in citations(procedure):
        if only is None or citation.state is None or citation.state.partition(".")[0] in only:
            found.setdefault(citation.article, []).append(_place(history, citation))
    return tuple(ArticleStanding(key, _first(places), tuple(places)) for key, places in found.items())


def _first(places: Sequence[Place]) -> Standing:
    standings = {place.standing for place in places}
    return next(standing for standing in ORDER if standing in standings)


def _stays(events: Sequence[Recorded], due: Mapping[str, datetime]) -> Iterator[_Stay]:
    entries = [event for event in events if event.enters]
    for entered, left in zip(entries, [*entries[1:], None], strict=True):
        until = left.seq if left else events[-1].seq + 1
        named = [moment for event in events if entered.seq <= event.seq < until for moment in _due_of(event)]
        open_due = due.get(entered.to_state) if left is None else None
        yield _Stay(entered.to_state, entered, left, open_due or (named[-1] if named else None))


def _due_of(event: Recorded) -> Iterator[datetime]:
    """The moment a deadline was set to by an event: on entry, or by moving it on."""
    at = (event.data.get("due") or {}).get("at")
    if at:
        yield datetime.fromisoformat(at)


def _ahead(procedure: Procedure, state: str) -> frozenset[str]:
    """The state and every one that can still be come to; nothing lies ahead of a case that has ended."""
    if procedure.states[state].final is not None:
        return frozenset()
    seen, todo = {state}, [state]
    while todo:
        here = todo.pop()
        ways = procedure.targets(here) if procedure.states[here].final is None else ()
        fresh = {target for _, target in ways} - seen
        seen |= fresh
        todo.extend(fresh)
    return frozenset(seen)


def _place(history: _History, citation: Citation) -> Place:
    if citation.state is None:
        return Place(citation, "not_applicable")
    if citation.part == "deadline":
        return _deadline(history, citation)
    waiver = _waiver(history, citation)
    done = _done(history, citation)
    if waiver and (not done or any(citation.guard in event.data.get("waived", ()) for event in done)):
        text = str(waiver.data.get("reason", ""))
        return Place(citation, "waived", _numbers([waiver, *done]), waived_by=waiver.actor_id, reason=text)
    if done:
        return Place(citation, "satisfied", _numbers(done))
    return Place(citation, "missing" if _is_awaited(history, citation) else "not_applicable")


def _numbers(events: Sequence[Recorded]) -> tuple[int, ...]:
    return tuple(sorted({event.seq for event in events}))


def _waiver(history: _History, citation: Citation) -> Recorded | None:
    """The last time the guard was set aside."""
    if citation.guard is None:
        return None
    granted = [event for event in history.events if event.action == WAIVE and event.data.get("guard") == citation.guard]
    return granted[-1] if granted else None


def _done(history: _History, citation: Citation) -> list[Recorded]:
    """The events that did what the citation is about, since the case last came to the state where it is there now."""
    since = max((stay.entered.seq for stay in history.stays), default=0) if citation.state == history.state else 0
    if citation.action:
        named = (citation.state, citation.action)
        return [one for one in history.events if (one.from_state, one.action) == named and one.seq >= since]
    if citation.part == "effect" and citation.outcome is None:
        return [stay.entered for stay in history.stays if stay.state == citation.state]
    if citation.part == "state" and history.procedure.states[citation.state or ""].final is not None:
        return [stay.entered for stay in history.stays if stay.state == citation.state]
    left = [stay.left for stay in history.stays if stay.state == citation.state and stay.left]
    return [one for one in left if one.seq > since and _counts(history, citation, one)]


def _counts(history: _History, citation: Citation, left: Recorded) -> bool:
    """Whether leaving a state did what was cited: a rest does not, nor does a meeting that was none."""
    outcome = left.data.get("outcome")
    if citation.outcome is not None:
        return bool(outcome == citation.outcome)
    if history.procedure.states[left.to_state].suspends:
        return False
    if citation.part in {"panel", "quorum", "notice", "children"}:
        return outcome is not None and outcome != "void"
    return True


def _is_awaited(history: _History, citation: Citation) -> bool:
    """Whether it is still to come; what may be done and nobody waits for is not."""
    if citation.state not in history.ahead:
        return False
    actions = history.procedure.states[citation.state].actions
    return citation.action is None or actions[citation.action].awaited


def _deadline(history: _History, citation: Citation) -> Place:
    """Late where a stay outlasted its deadline, unless the clock then did what the deadline says."""
    stays = [stay for stay in history.stays if stay.state == citation.state and stay.due_at]
    late = [stay for stay in stays if _outlasted(stay, history.now)]
    if late:
        numbers = _numbers([stay.left or stay.entered for stay in late])
        return Place(citation, "late", numbers, due_at=late[-1].due_at)
    running = [stay for stay in stays if stay.left is None]
    if running:
        return Place(citation, "missing", due_at=running[-1].due_at)
    kept = [stay.left for stay in stays if stay.left and not history.procedure.states[stay.left.to_state].suspends]
    if kept:
        return Place(citation, "satisfied", _numbers(kept), due_at=stays[-1].due_at)
    return Place(citation, "missing" if citation.state in history.ahead else "not_applicable")


def _outlasted(stay: _Stay, now: datetime) -> bool:
    if stay.due_at is None or (stay.left and stay.left.actor_id is None):
        return False
    return (stay.left.at if stay.left else now) > stay.due_at
