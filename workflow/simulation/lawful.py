"""When each way out of a state can be taken at the earliest, and with that the earliest lawful day of every end."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from workflow.engine.deadlines import plan_deadline
from workflow.procedure.children import Children, Opening
from workflow.procedure.model import Procedure
from workflow.procedure.stages import EARLIER, RESUMED, Action, Deadline, State
from workflow.simulation.earliest import Earliest, Found, Leaving, Leavings, Situation, Terms, ends_of, search
from workflow.simulation.moments import Moment, at_work

DEEPEST = 4
"""Child cases of child cases are followed so far; what lies deeper is taken to need no time."""
MANY = 10_000


def earliest_ends(terms: Terms, situation: Situation, today: date) -> Earliest:
    """The earliest day of each end of a case that goes on from a situation today."""
    return _earliest(terms, situation, Moment(today), 0)


def begin(procedure: Procedure) -> Situation:
    """The situation of a case that is opened today."""
    return Situation(procedure, procedure.starts)


def nobody_takes(procedure: Procedure, action: Action) -> bool:
    """Whether an action is taken by no person: by the clock, another case, or a system outside."""
    roles = [procedure.roles[role] for role in action.by]
    return all(role.is_automatic or role.is_outside for role in roles)


def _earliest(terms: Terms, situation: Situation, at: Moment, depth: int) -> Earliest:
    found, undated = search(at, situation.state, _Lawful(terms, situation, depth))
    return ends_of(situation.procedure, found, undated)


class _Lawful(Leavings):
    """The ways out of the states of one case."""

    def __init__(self, terms: Terms, situation: Situation, depth: int) -> None:
        self.terms, self.situation, self.depth = terms, situation, depth
        self.procedure = situation.procedure

    def __call__(self, ref: str, at: Moment, found: Mapping[str, Found]) -> tuple[Leaving, ...]:
        state = self.procedure.states[ref]
        if state.choose:
            return tuple(Leaving("when" if way.when else "otherwise", way.to, at) for way in state.choose)
        is_start = ref == self.situation.state and found[ref].before is None
        actions = () if state.final is not None else tuple(self._actions(ref, state, at, is_start=is_start))
        return (*actions, *self._outcomes(ref, state, at, found, is_start=is_start))

    def _actions(self, ref: str, state: State, at: Moment, *, is_start: bool) -> Iterator[Leaving]:
        for name, action in state.actions.items():
            targets = [target for target in self._targets(action, is_start=is_start) if target != ref]
            if not targets:
                continue
            if not nobody_takes(self.procedure, action):
                taken = self._by_somebody(name, action, at)
            elif state.deadline and state.deadline.on_expiry == name:
                taken = self._expiry(name, state.deadline, at, is_start=is_start)
            else:
                taken = Leaving(name, "", at)
            if taken:
                yield from (Leaving(name, one, taken.at, taken.is_provisional, taken.undated) for one in targets)

    def _targets(self, action: Action, *, is_start: bool) -> tuple[str, ...]:
        """Going back or on from a rest leads somewhere new only from where the case is now."""
        if action.to == EARLIER:
            return self.situation.visited if is_start else ()
        if action.to == RESUMED:
            return (self.situation.suspended_in,) if is_start and self.situation.suspended_in else ()
        return action.named_targets

    def _by_somebody(self, name: str, action: Action, at: Moment) -> Leaving | None:
        """The first working day on which no rule about days forbids the action; None where none is left."""
        since, until = self._days_allowed(action)
        on = at_work(max(at, Moment(since)) if since else at, self.terms.calendar)
        return None if until and on.day > until else Leaving(name, "", on)

    def _days_allowed(self, action: Action) -> tuple[date | None, date | None]:
        """The first and last day that guards of the action allow, as far as they name days."""
        firsts: list[date] = []
        lasts: list[date] = []
        for use in action.guards:
            if use.name == "round_open":
                firsts += _known(self.terms.dates.get("round.opens_date"))
                lasts += _known(self.terms.dates.get("round.closes_date"))
            elif use.name == "condition":
                for bound, days in _bounds(use.params.get("when")):
                    (firsts if bound == "at_least" else lasts).append(days)
        return max(firsts, default=None), min(lasts, default=None)

    def _expiry(self, name: str, deadline: Deadline, at: Moment, *, is_start: bool) -> Leaving:
        """When the clock acts: once the office has closed on the last day."""
        if is_start and self.situation.ends:
            return Leaving(name, "", max(at, Moment(self.situation.ends, is_closed=True)))
        zone = self.terms.zone
        entered = datetime.combine(at.day, time(12), tzinfo=zone)
        plan = plan_deadline(
            deadline, entered=entered, calendar=self.terms.calendar, zone=zone, dates=dict(self.terms.dates)
        )
        if plan is None:
            return Leaving(name, "", at, undated=(deadline.on or "",))
        last = Moment(plan.due_at.astimezone(zone).date(), is_closed=True)
        return Leaving(name, "", max(at, last), plan.is_provisional)

    def _outcomes(
        self, ref: str, state: State, at: Moment, found: Mapping[str, Found], *, is_start: bool
    ) -> Iterator[Leaving]:
        for outcome, target in state.outcomes.items():
            ways = []
            if state.notice:
                ways.append(self._notice(ref, state, at, is_start=is_start))
            elif state.panel:
                ways += [Leaving(outcome, target, on) for on in self._sitting(ref, at)]
            elif state.children:
                done = self._joined(state.children, outcome, at, found, is_start=is_start)
                ways += [Leaving(outcome, target, done)] if done else []
            if state.deadline and state.deadline.on_expiry == outcome and not state.panel:
                ways.append(self._expiry(outcome, state.deadline, at, is_start=is_start))
            if ways:
                first = min(ways, key=lambda way: way.at)
                yield Leaving(outcome, target, first.at, first.is_provisional, first.undated)

    def _notice(self, ref: str, state: State, at: Moment, *, is_start: bool) -> Leaving:
        """A notice ends with the day after its last."""
        assert state.notice is not None
        if is_start and self.situation.ends:
            return Leaving("expired", "", max(at, Moment(self.situation.ends + timedelta(days=1))))
        days = self.situation.left.get(ref, state.notice.working_days)
        end = self.terms.calendar.add_working_days(at.day, days, count_first_day=state.notice.count_first_day)
        return Leaving("expired", "", Moment(end.date + timedelta(days=1)), end.is_provisional)

    def _sitting(self, ref: str, at: Moment) -> Iterator[Moment]:
        """When the panel can be done: at once, or on the first day it meets."""
        first = at_work(at, self.terms.calendar)
        if ref not in self.terms.meetings:
            yield first
        else:
            yield from [Moment(day) for day in sorted(self.terms.meetings[ref]) if day >= first.day][:1]

    def _joined(
        self,
        children: Children,
        outcome: str,
        at: Moment,
        found: Mapping[str, Found],
        *,
        is_start: bool,
    ) -> Moment | None:
        """When the child cases come to an outcome; None where they never do."""
        join = children.join
        ends = [
            (counted if outcome == "complete" else other, number)
            for counted, other, number in self._children(children, at, found, is_start=is_start)
        ]
        dated = sorted((moment, number) for moment, number in ends if moment is not None)
        if outcome == "short":
            return max(at, dated[0][0]) if dated else None
        if join.needed is None:
            return max((at, *(one for one, _ in dated))) if len(dated) == len(ends) else None
        had = 0
        for moment, number in dated:
            had += number
            if had >= join.needed:
                return max(at, moment)
        return None

    def _children(
        self, children: Children, at: Moment, found: Mapping[str, Found], *, is_start: bool
    ) -> Iterator[tuple[Moment | None, Moment | None, int]]:
        """For each kind of child: when it can end so that it counts, when otherwise, and how many there may be."""
        counting = children.join.counting
        if is_start and self.situation.children is not None:
            for child in self.situation.children:
                yield *self._child(child, at, counting), 1
            return
        for opening, opened in self._openings(children, at, found):
            begun = self._opened(opening)
            first, other = self._child(begun, opened, counting) if begun is not None else (opened, None)
            yield first, other, MANY if opening.for_each else 1

    def _openings(self, children: Children, at: Moment, found: Mapping[str, Found]) -> Iterator[tuple[Opening, Moment]]:
        yield from ((opening, at) for opening in children.opens)
        for ref in children.gathers:
            waited = self.procedure.states[ref].children
            opened = found[ref].at if ref in found else at
            yield from ((opening, opened) for opening in (waited.opens if waited else ()))

    def _opened(self, opening: Opening) -> Situation | None:
        """The child as it begins; None where its procedure is not at hand."""
        if opening.branch:
            return Situation(self.procedure, opening.branch)
        procedure = self.terms.procedures.get(opening.procedure or "")
        return begin(procedure) if procedure else None

    def _child(self, child: Situation, at: Moment, counting: tuple[str, ...]) -> tuple[Moment | None, Moment | None]:
        state = child.procedure.states[child.state]
        if state.final is not None:
            return (at, None) if not counting or state.final in counting else (None, at)
        if self.depth >= DEEPEST:
            return at, at
        ends = _earliest(self.terms, child, at, self.depth + 1).ends
        counted = [Moment(end.on) for end in ends if not counting or end.outcome in counting]
        other = [Moment(end.on) for end in ends if counting and end.outcome not in counting]
        return min(counted, default=None), min(other, default=None)


def _known(day: date | None) -> list[date]:
    return [day] if day else []


def _bounds(when: Any) -> Iterator[tuple[str, date]]:
    """What a condition as it is written says of today: `at_least` or `at_most` a day."""
    if not isinstance(when, dict):
        return
    for part in when.get("all", ()):
        yield from _bounds(part)
    if when.get("this") == "today":
        for bound in ("at_least", "at_most"):
            if isinstance(when.get(bound), str):
                yield bound, date.fromisoformat(when[bound])
