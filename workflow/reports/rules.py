"""What the numbers of a report mean under a procedure, which age groups there are, and which counts are withheld."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from workflow.context import Actor
from workflow.procedure.model import RELATIONS, Procedure
from workflow.rounds.rules import WITHDRAWN, surveying_roles

REVIEW, ASSESSMENT, DECISION, APPOINTMENT = "review", "assessment", "decision", "appointment"
"""Stages that reports know by their key; a procedure without one has no number there."""
FOR, AGAINST = "agreed", "refused"
"""Outcomes of a committee's panel that decide; a deferred or void meeting decides nothing."""
FEWEST: Final = 3
"""A group with fewer people tells of single persons and is shown as `<3` to readers outside the organization department."""
AGE_LIMITS: Final = (30, 35, 40, 45)
"""Groups end at these ages, both included; 35 and 45 are the limits of the work rules, article 6."""

Ways = tuple[tuple[str | None, str], ...]
"""(state left, state entered); None where it does not matter from where."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """One line of the funnel: a case counts when its record has one of these steps; None where there is no such step."""

    key: str
    ways: Ways | None


def may_report(procedure: Procedure, actor: Actor) -> bool:
    """Whether the actor sees numbers about rounds of a procedure, given that they may open reports at all.

    Those who work in a department that surveys the rounds do, and administrators, who read no case.
    """
    departments = {role.of for role in surveying_roles(procedure)} - set(RELATIONS)
    return actor.is_administrator or any(held.body_code in departments for held in actor.holdings)


def milestones(procedure: Procedure) -> tuple[Milestone, ...]:
    """The lines of the funnel after the nomination itself, in the order of the way."""
    finals = {ref: state.final for ref, state in procedure.states.items() if state.final}
    listed = set(listing_states(procedure))
    rejected = [ref for ref, word in finals.items() if word != WITHDRAWN and ref not in listed]
    first = procedure.starts.partition(".")[0]
    notices = [ref for ref, state in procedure.states.items() if state.notice]
    return (
        Milestone("submitted", _into(_later_states(procedure, first))),
        Milestone("reviewed", _finished(procedure, REVIEW)),
        Milestone("assessed", _finished(procedure, ASSESSMENT)),
        Milestone("decided_for", _decided(procedure, FOR)),
        Milestone("decided_against", _decided(procedure, AGAINST)),
        Milestone("published", _into(notices)),
        Milestone("listed", _into(sorted(listed))),
        Milestone("returned", tuple(_ways_back(procedure)) or None),
        Milestone("rejected", _into(rejected)),
        Milestone("withdrawn", _into([ref for ref, word in finals.items() if word == WITHDRAWN])),
    )


def listing_states(procedure: Procedure) -> tuple[str, ...]:
    """The final states that the appointment stage leads to: who is there got the post or the place."""
    ways = [target for ref in procedure.states if stage_of(ref) == APPOINTMENT for _, target in procedure.targets(ref)]
    return tuple(dict.fromkeys(target for target in ways if procedure.states[target].final))


def listing_outcomes(procedure: Procedure) -> tuple[str, ...]:
    """The outcome words of cases that got the post or the place."""
    return tuple(word for ref in listing_states(procedure) if (word := procedure.states[ref].final))


def timed_stages(procedure: Procedure) -> tuple[str, ...]:
    """The stages in which a case can wait: all but those of final states alone."""
    return tuple(key for key, stage in procedure.stages.items() if not all(s.final for s in stage.states.values()))


def stage_of(ref: str) -> str:
    """The stage of a state."""
    return ref.partition(".")[0]


def _into(states: Collection[str]) -> Ways | None:
    return tuple((None, ref) for ref in states) or None


def _later_states(procedure: Procedure, stage: str) -> list[str]:
    """The states of the stages after one, without those that end a case."""
    order = list(procedure.stages)
    later = order[order.index(stage) + 1 :]
    return [ref for ref, state in procedure.states.items() if stage_of(ref) in later and not state.final]


def _finished(procedure: Procedure, stage: str) -> Ways | None:
    """The stage's work is done: the case has gone on, or stands where nothing is left but to go on or to end."""
    if stage not in procedure.stages:
        return None
    later = _later_states(procedure, stage)
    entries = {target for ref in procedure.states if stage_of(ref) != stage for _, target in procedure.targets(ref)}
    exits = [
        ref
        for name in procedure.stages[stage].states
        if (ref := f"{stage}.{name}") not in entries and _only_leads_on(procedure, ref, later)
    ]
    return _into([*exits, *later])


def _only_leads_on(procedure: Procedure, ref: str, later: Collection[str]) -> bool:
    targets = {target for _, target in procedure.targets(ref)}
    ends = {target for target in targets if procedure.states[target].final}
    return bool(targets - ends) and targets - ends <= set(later)


def _decided(procedure: Procedure, outcome: str) -> Ways | None:
    ways = [
        (ref, state.outcomes[outcome])
        for ref, state in procedure.states.items()
        if stage_of(ref) == DECISION and state.panel and outcome in state.outcomes
    ]
    return tuple(ways) or None


def _ways_back(procedure: Procedure) -> Iterator[tuple[str, str]]:
    """Steps to an earlier stage."""
    order = list(procedure.stages)
    for ref in procedure.states:
        for target in dict.fromkeys(target for _, target in procedure.targets(ref)):
            if order.index(stage_of(target)) < order.index(stage_of(ref)):
                yield ref, target


def age_groups(on: date) -> tuple[tuple[str, date | None], ...]:
    """(group, earliest birthday of its members), the youngest first; the last group has no earliest birthday.

    Years are completed by month, as the guard `age` counts them: nobody within a limit stands in a group above it.
    """
    first = [f"to_{AGE_LIMITS[0]}"]
    names = [*first, *(f"{low + 1}_{high}" for low, high in pairwise(AGE_LIMITS))]
    groups = [(name, _earliest_birthday(on, limit)) for name, limit in zip(names, AGE_LIMITS, strict=True)]
    return (*groups, (f"from_{AGE_LIMITS[-1] + 1}", None))


def _earliest_birthday(on: date, age: int) -> date:
    """The first birthday of those who are at most so old: in the month after this one, a year more ago."""
    return date(on.year - age, 1, 1) if on.month == 12 else date(on.year - age - 1, on.month + 1, 1)


def withheld(counts: Mapping[str, int], *, among: Collection[str] = ()) -> Mapping[str, str]:
    """Group → why its count is not shown: `few` for one or two people, `cover` where the total would give the few away.

    `among` are groups whose larger count is hidden already: a part of it, even none, would tell of it. The total is
    known, so a single hidden count could be computed from the others; then the next smallest is hidden with it, until
    more than one set of numbers fits. Where all counts are 0 there is nobody to protect.
    """
    if not any(counts.values()):
        return {}
    hidden = {
        key: "few" if count < FEWEST else "cover"
        for key, count in counts.items()
        if 0 < count < FEWEST or (key in among)
    }
    least = sum(key not in among for key, why in hidden.items() if why == "few")
    rest = sorted((count, key) for key, count in counts.items() if count >= FEWEST and key not in hidden)
    for least_shown, key in rest:
        if not _is_certain(counts, hidden, least=least, least_shown=least_shown):
            break
        hidden[key] = "cover"
    return hidden


def _is_certain(counts: Mapping[str, int], hidden: Mapping[str, str], *, least: int, least_shown: int) -> bool:
    """Whether what is shown leaves one sum for the few: together at least `least`, two each at most; covers three or more."""
    few = sum(why == "few" for why in hidden.values())
    if not few:
        return False
    total, covers, most = sum(counts[key] for key in hidden), len(hidden) - few, (FEWEST - 1) * few
    if not covers:
        return few == 1 or total in {least, most}
    return min(most, total - FEWEST * covers) <= max(least, total - least_shown * covers)
