"""Many cases at once: they come, wait for people, meetings and clocks, and end; the same seed gives the same run."""

import heapq
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import count
from random import Random

from workflow.calendar.rules import Calendar
from workflow.engine.deadlines import plan_deadline
from workflow.procedure.model import Procedure
from workflow.procedure.stages import EARLIER, RESUMED, Action, Deadline, State
from workflow.settings import OFFICE_ZONE
from workflow.simulation.assumptions import USUAL_HOURS, Assumptions, StateWork
from workflow.simulation.desks import Desk, Piece
from workflow.simulation.families import Families
from workflow.simulation.lawful import nobody_takes
from workflow.simulation.office_hours import OfficeHours
from workflow.simulation.runs import Run, Stay

MOST_STEPS = 500
"""A case that has taken so many steps is given up: its procedure may go round for ever."""
USUAL_SEATS = 5
NOTHING_SPECIAL = StateWork()


class Simulation(Families):
    """A procedure with its people, and the cases that run through it."""

    def __init__(
        self,
        procedure: Procedure,
        assumptions: Assumptions,
        calendar: Calendar,
        *,
        start: date,
        seed: int,
        procedures: Mapping[str, Procedure] | None = None,
    ) -> None:
        self.procedure, self.assumptions = procedure, assumptions
        self.procedures = procedures or {}
        self.clock = OfficeHours(calendar, start, assumptions.hours_a_day)
        self.chance = Random(seed)  # noqa: S311 - a rehearsal, nothing secret
        self.due: list[tuple[float, int, Callable[[float], None]]] = []
        self.numbers = count()
        self.desks: dict[str, Desk] = {}
        self.runs: list[Run] = []
        self.stays: list[Stay] = []
        self.now = 0.0

    def play(self, cases: int) -> None:
        """Lets so many cases come and follows them until nothing happens any more, or the years are over."""
        until = self.clock.opening(self.clock.first + timedelta(days=366 * self.assumptions.years))
        window = float(self.assumptions.arrivals * self.assumptions.hours_a_day)
        for hour in sorted(self.chance.uniform(0, window) for _ in range(cases)):
            self._at(hour, self._arrive)
        while self.due and self.due[0][0] <= until:
            self.now, _, happen = heapq.heappop(self.due)
            happen(self.now)

    def _arrive(self, hour: float) -> None:
        self._open(self.procedure, self.procedure.starts, hour, None, "")

    def _at(self, hour: float, happen: Callable[[float], None]) -> None:
        heapq.heappush(self.due, (hour, next(self.numbers), happen))

    def _open(self, procedure: Procedure, state: str, hour: float, parent: Run | None, opened_in: str) -> None:
        run = Run(len(self.runs), procedure, hour, parent, opened_in, stage_since=hour)
        self.runs.append(run)
        if parent is not None:
            parent.children.append(run)
        self._enter(run, state, hour)

    def _enter(self, run: Run, ref: str, hour: float) -> None:
        self._leave(run, ref, hour)
        run.token, run.came_from, run.state = run.token + 1, run.state, ref
        run.visited += [ref] if ref not in run.visited else []
        state = run.procedure.states[ref]
        self._follow(run, state.on_entry, hour)
        if state.final is not None or run.steps > MOST_STEPS:
            self._end(run, state.final, hour)
        elif state.choose:
            self._enter(run, self._pick({way.to: 1.0 for way in state.choose}, self._special(run)), hour)
        else:
            self._wait(run, state, hour)

    def _leave(self, run: Run, ref: str, hour: float) -> None:
        """Closes the stay in a stage, keeps what is left of a notice that is halted, and cancels children not waited for."""
        if not run.state:
            return
        stage = run.state.partition(".")[0]
        if stage != ref.partition(".")[0]:
            self.stays += [Stay(stage, hour - run.stage_since)] if run.procedure is self.procedure else []
            run.stage_since = hour
        before, after = run.procedure.states[run.state], run.procedure.states[ref]
        if before.notice and after.pauses == run.state and run.notice_ends:
            left = self.clock.calendar.working_days_between(self.clock.day(hour), run.notice_ends)
            run.left[run.state] = max(1, left)
        gathered = after.children is not None and run.state in after.children.gathers
        if before.children and before.children.cancels_rest and ref != run.state and not gathered:
            self._cancel([one for one in run.children if one.opened_in in {run.state, *before.children.gathers}])

    def _end(self, run: Run, outcome: str | None, hour: float) -> None:
        if outcome is not None:
            run.outcome, run.ended = outcome, hour
        self._cancel([one for one in run.children if one.procedure is run.procedure])
        if run.parent is not None and run.parent.ended is None:
            self._join(run.parent, hour)

    def _wait(self, run: Run, state: State, hour: float) -> None:
        """Sets going whatever the state waits for: a clock, people, a panel, children."""
        if state.notice:
            self._notice(run, state, hour)
        if state.deadline and state.deadline.on_expiry:
            self._expiry(run, state, state.deadline, hour)
        if state.children:
            for opening in state.children.opens:
                self._open_each(run, opening, hour)
            self._join(run, hour)
            if self._has_moved(run, state):
                return
        self._begin(run, state, hour)

    def _begin(self, run: Run, state: State, hour: float) -> None:
        """Somebody begins what the state waits for, by the chances of each way."""
        ways = dict.fromkeys(state.outcomes, 1.0) if state.panel else {}
        ways |= {name: 1.0 for name, action in state.actions.items() if self._is_asked(run, state, action)}
        name = self._pick(ways, self._special(run)) if ways or self._special(run).chances else ""
        if name in state.actions:
            self._ask(run, state, name, hour)
        elif state.panel and name:
            self._sit(run, state, name, hour)

    def _has_moved(self, run: Run, state: State) -> bool:
        return run.procedure.states[run.state] is not state or run.is_cancelled

    def _is_asked(self, run: Run, state: State, action: Action) -> bool:
        """Whether a state waits for somebody to do it; beside a panel, a notice or children nobody is asked for anything."""
        beside = bool(state.panel or state.notice or state.children)
        return action.awaited and not beside and not nobody_takes(run.procedure, action)

    def _special(self, run: Run) -> StateWork:
        return self.assumptions.states.get(run.state, NOTHING_SPECIAL) if self._is_own(run) else NOTHING_SPECIAL

    def _is_own(self, run: Run) -> bool:
        return run.procedure is self.procedure

    def _pick(self, ways: Mapping[str, float], special: StateWork) -> str:
        weights = special.chances or ways
        return self.chance.choices(list(weights), list(weights.values()))[0]

    def _notice(self, run: Run, state: State, hour: float) -> None:
        assert state.notice is not None
        days = run.left.pop(run.state, state.notice.working_days)
        first = state.notice.count_first_day
        run.notice_ends = self.clock.calendar.add_working_days(self.clock.day(hour), days, count_first_day=first).date
        self._later(run, self.clock.closing(run.notice_ends), lambda now: self._take(run, "expired", now))

    def _expiry(self, run: Run, state: State, deadline: Deadline, hour: float) -> None:
        """When the deadline is over the clock acts; a date nobody has set is over at once where nothing else leads on."""
        entered = datetime.combine(self.clock.day(hour), time(12), tzinfo=OFFICE_ZONE)
        plan = plan_deadline(
            deadline,
            entered=entered,
            calendar=self.clock.calendar,
            zone=OFFICE_ZONE,
            dates=dict(self.assumptions.dates),
        )
        name = deadline.on_expiry or ""
        if plan:
            last = max(hour, self.clock.closing(plan.due_at.astimezone(OFFICE_ZONE).date()))
            self._later(run, last, lambda now: self._take(run, name, now))
        elif not (state.outcomes or any(self._is_asked(run, state, action) for action in state.actions.values())):
            self._later(run, hour, lambda now: self._take(run, name, now))

    def _later(self, run: Run, hour: float, happen: Callable[[float], None]) -> None:
        """Has something done at an hour, unless the case has gone on by then."""
        token = run.token
        self._at(hour, lambda now: happen(now) if run.token == token else None)

    def _ask(self, run: Run, state: State, name: str, hour: float) -> None:
        action = state.actions[name]
        people = [role for role in action.by if not run.procedure.roles[role].is_automatic]
        self._work(run, (people or list(action.by))[0], hour, partial(self._take, run, name))

    def _work(self, run: Run, role: str, hour: float, done: Callable[[float], None]) -> None:
        token = run.token
        low, usual, high = self._hours(run, role)
        hours = self.chance.triangular(low, high, usual) if high > low else low
        self._desk(run, role).ask(Piece(hours, hour, lambda: run.token == token, done))

    def _hours(self, run: Run, role: str) -> tuple[float, float, float]:
        special = self._special(run).hours
        if special:
            return special
        return self.assumptions.work_of(run.procedure, role).hours if self._is_own(run) else USUAL_HOURS

    def _desk(self, run: Run, role: str) -> Desk:
        key = role if self._is_own(run) else f"{run.procedure.procedure}.{role}"
        if key not in self.desks:
            people = self.assumptions.work_of(self.procedure, role).people if self._is_own(run) else None
            self.desks[key] = Desk(key, people, self._at)
        return self.desks[key]

    def _sit(self, run: Run, state: State, outcome: str, hour: float) -> None:
        """A panel's work: of its recorder once it meets, or of everybody who gives an opinion; done when all have."""
        assert state.panel is not None
        meets = self._special(run).meets
        begins = self.clock.meeting(meets, hour) if meets else hour
        roles = [state.panel.recorded_by] if state.panel.recorded_by else list(state.panel.of.roles)
        if not roles:
            seats = self._special(run).seats or USUAL_SEATS
            roles = [state.panel.of.everyone or state.panel.of.chosen or ""] * seats
        awaited = [len(roles)]

        def given(now: float) -> None:
            awaited[0] -= 1
            if not awaited[0]:
                self._take(run, outcome, now)

        def meet(now: float) -> None:
            for role in roles:
                self._work(run, role or "", now, given)

        self._later(run, begins, meet)

    def _take(self, run: Run, name: str, hour: float) -> None:
        """An action or outcome of the present state, with what follows from it."""
        state = run.procedure.states[run.state]
        action = state.actions.get(name)
        run.steps += 1
        uses = action.effects if action else state.outcome_effects.get(name, ())
        target = self._target(run, action) if action else state.outcomes[name]
        self._follow(run, uses, hour)
        if action and target == run.state and run.steps <= MOST_STEPS:
            self._begin(run, state, hour)  # the clocks of the state go on
        elif run.is_open:
            self._enter(run, target, hour)

    def _target(self, run: Run, action: Action) -> str:
        if action.to == RESUMED:
            return run.came_from
        if action.to == EARLIER:
            return self.chance.choice([ref for ref in run.visited if ref != run.state] or [run.state])
        return self.chance.choice(action.named_targets)
