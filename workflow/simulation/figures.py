"""What came out of a simulation: time in each stage, queues and the bottleneck, the share of each end."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from workflow.calendar.rules import Calendar
from workflow.procedure.model import Procedure
from workflow.simulation.assumptions import Assumptions
from workflow.simulation.desks import Desk
from workflow.simulation.running import Simulation
from workflow.simulation.runs import Run


@dataclass(frozen=True, slots=True)
class Spread:
    """Times in working days: the fewest, a quarter, half, three quarters and nine tenths within, the most."""

    least: float
    lower: float
    median: float
    upper: float
    ninetieth: float
    most: float


@dataclass(frozen=True, slots=True)
class StageFigure:
    """Stays in a stage that have ended."""

    stage: str
    stays: int
    days: Spread


@dataclass(frozen=True, slots=True)
class RoleFigure:
    """A role's desk: pieces of work done, how they waited (working days), how many did, and how busy its people were."""

    role: str
    people: int | None
    pieces: int
    mean_wait: float
    mean_queue: float
    longest_queue: int
    share_busy: float | None


@dataclass(frozen=True, slots=True)
class EndFigure:
    """Cases that ended with an outcome, and how long they took; the outcome is empty for those that did not end."""

    outcome: str
    cases: int
    share: float
    days: Spread | None


@dataclass(frozen=True, slots=True)
class Simulated:
    """Everything a simulation tells. `bottleneck` is the role for which cases waited longest in all, None where none did."""

    procedure: str
    cases: int
    seed: int
    starts: date
    lasts_days: float
    stages: tuple[StageFigure, ...]
    roles: tuple[RoleFigure, ...]
    ends: tuple[EndFigure, ...]
    bottleneck: str | None


def simulate(
    procedure: Procedure,
    *,
    cases: int,
    seed: int,
    start: date,
    calendar: Calendar,
    assumptions: Assumptions | None = None,
    procedures: Mapping[str, Procedure] | None = None,
) -> Simulated:
    """Plays so many cases from a day on; `procedures` are those that child cases may follow."""
    chosen = assumptions or Assumptions()
    simulation = Simulation(procedure, chosen, calendar, start=start, seed=seed, procedures=procedures)
    simulation.play(cases)
    day = chosen.hours_a_day
    desks = [simulation.desks[role] for role in sorted(simulation.desks)]
    return Simulated(
        procedure=procedure.procedure,
        cases=cases,
        seed=seed,
        starts=start,
        lasts_days=_rounded(simulation.now / day),
        stages=_stages(simulation, day),
        roles=tuple(_role(desk, simulation.now, day) for desk in desks),
        ends=_ends([run for run in simulation.runs if run.parent is None], procedure, day),
        bottleneck=max(desks, key=lambda desk: desk.waited).role if any(desk.waited for desk in desks) else None,
    )


def spread(values: Sequence[float]) -> Spread:
    """The spread of one or more times; a part is the shortest time within which so many lie, the median the middle."""
    ordered = sorted(values)

    def within(tenths: float) -> float:
        return ordered[max(0, -(-len(ordered) * int(tenths * 100) // 1000) - 1)]

    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    found = (ordered[0], within(2.5), median, within(7.5), within(9), ordered[-1])
    return Spread(*(_rounded(value) for value in found))


def _rounded(value: float) -> float:
    return round(value, 2)


def _stages(simulation: Simulation, day: int) -> tuple[StageFigure, ...]:
    times: dict[str, list[float]] = {}
    for stay in simulation.stays:
        times.setdefault(stay.stage, []).append(stay.hours / day)
    return tuple(
        StageFigure(stage, len(times[stage]), spread(times[stage]))
        for stage in simulation.procedure.stages
        if stage in times
    )


def _role(desk: Desk, hours: float, day: int) -> RoleFigure:
    busy = desk.share_busy(hours)
    return RoleFigure(
        role=desk.role,
        people=desk.people,
        pieces=desk.taken,
        mean_wait=_rounded(desk.waited / desk.taken / day) if desk.taken else 0.0,
        mean_queue=_rounded(desk.mean_queue(hours)),
        longest_queue=desk.longest,
        share_busy=None if busy is None else _rounded(busy),
    )


def _ends(runs: Sequence[Run], procedure: Procedure, day: int) -> tuple[EndFigure, ...]:
    counts = Counter(run.outcome or "" for run in runs)
    order = [state.final for state in procedure.states.values() if state.final in counts]
    return tuple(
        EndFigure(outcome, counts[outcome], _rounded(counts[outcome] / len(runs)), _taken(runs, outcome, day))
        for outcome in dict.fromkeys((*(word for word in order if word), *([""] if "" in counts else [])))
    )


def _taken(runs: Sequence[Run], outcome: str, day: int) -> Spread | None:
    times = [(run.ended - run.since) / day for run in runs if run.outcome == outcome and run.ended is not None]
    return spread(times) if times else None
