"""Rehearses a procedure: plays every script on a scratch database of its own and gathers differences and coverage."""

from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory

from workflow.cases.loading import LoadedCase
from workflow.context import Context
from workflow.problems import Missing, Problem
from workflow.procedure.model import Procedure
from workflow.rehearsal.coverage import Exercised, Share, coverage, exercised
from workflow.rehearsal.difference import Difference, reason_codes, refusal_difference
from workflow.rehearsal.given import Given
from workflow.rehearsal.looking import Look, before_step, differences
from workflow.rehearsal.play import Play, moment
from workflow.rehearsal.scratch import empty, scratch
from workflow.rehearsal.script import Book, Cue, Script
from workflow.rehearsal.steps import Step

MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Failure:
    """A difference with the step at which it was met, perhaps one of an earlier scenario; None before the first step."""

    cue: Cue | None
    line: int
    difference: Difference


@dataclass(frozen=True, slots=True)
class Played:
    """What became of one script. Scripts that go on from one that failed are not played: `waits_on` is that one."""

    script: Script
    failures: tuple[Failure, ...]
    steps: int
    exercised: Exercised
    waits_on: Script | None = None

    @property
    def passed(self) -> bool:
        return not self.failures and self.waits_on is None


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """The whole rehearsal."""

    procedure: Procedure
    book: Book
    played: tuple[Played, ...]
    coverage: tuple[Share, ...]

    @property
    def passed(self) -> bool:
        return all(one.passed for one in self.played)


def rehearse(procedure: Procedure, book: Book, *, others: Sequence[Procedure] = ()) -> Rehearsed:
    """Plays every script. `others` are procedures the office has beside this one, such as the review that follows it."""
    played = tuple(rehearsing(procedure, book.scripts, others=others))
    return Rehearsed(procedure, book, played, coverage(procedure, (one.exercised for one in played)))


def rehearsing(
    procedure: Procedure, scripts: Sequence[Script], *, others: Sequence[Procedure] = ()
) -> Generator[Played]:
    """What became of each script in turn; whoever has enough closes it."""
    beside = tuple(one for one in others if one.procedure != procedure.procedure)
    with TemporaryDirectory() as folder:
        theatre = _Theatre(procedure, beside, Path(folder))
        yield from map(theatre.play, scripts)


class _Theatre:
    """Scratch databases: each script gets a copy of an empty one, or of that in which the script before it ended."""

    def __init__(self, procedure: Procedure, others: Sequence[Procedure], folder: Path) -> None:
        self._procedure, self._others, self._folder = procedure, others, folder
        self._played: dict[int, tuple[Play, Played]] = {}
        self._without_ground: set[int] = set()
        """Scripts that failed or were not played: what goes on from them stands on nothing."""

    def play(self, script: Script) -> Played:
        """Plays a script, unless the one it goes on from has failed."""
        before = self._played.get(id(script.earlier))
        if id(script.earlier) in self._without_ground:
            self._without_ground.add(id(script))
            return Played(script, (), 0, Exercised(), waits_on=script.earlier)
        goes_on = before is not None and script.earlier is not None and script.earlier.given == script.given
        play = self._scene(before[0] if before and goes_on else None, script.given)
        cues = script.own if goes_on else script.cues
        try:
            failures, taken = _all_steps(play, cues, script.line, has_begun=goes_on)
            found = Played(script, failures, len(script.cues) - len(cues) + taken, exercised(play))
        finally:
            play.close()
        self._played[id(script)] = (play, found)
        if not found.passed:
            self._without_ground.add(id(script))
        return found

    def _scene(self, before: Play | None, given: Given) -> Play:
        path = self._folder / f"{len(self._played)}.db"
        database = scratch(path, before.path.read_bytes() if before else empty())
        if before:
            return before.on(database, path)
        return Play(database, path, self._procedure, given, first_moment(given), self._others)


def first_moment(given: Given) -> datetime:
    """The midnight with which a scenario begins: of its first day, or of the day its round opens."""
    return moment(min(filter(None, (given.today, given.round.opens if given.round else None))), MIDNIGHT)


def _all_steps(play: Play, cues: Sequence[Cue], line: int, *, has_begun: bool) -> tuple[tuple[Failure, ...], int]:
    """Steps up to the first that is not as expected: what comes after it would stand on nothing."""
    try:
        if not has_begun:
            play.begin()
    except Problem as problem:
        found = Difference("not_begun", (), {"found": list(reason_codes(problem))}, problem)
        return (Failure(None, line, found),), 0
    for taken, cue in enumerate(cues):
        here = _one_step(play, cue)
        if here:
            return tuple(Failure(cue, cue.line(*one.place), one) for one in here), taken
    return (), len(cues)


def _one_step(play: Play, cue: Cue) -> tuple[Difference, ...]:
    meant = cue.step.case or cue.step.opened
    with play.looking() as context:
        before = before_step(context, case_meant(play, context, cue.step.case))
    problem = take_step(play, cue.step)
    who = getattr(cue.step, "who", None)
    several = isinstance(who, tuple) and len(who) > 1
    wrong = refusal_difference(cue.step.refused, problem, to=play.speaker if several else None)
    if wrong:
        return (wrong,)
    with play.looking() as context:
        return differences(Look(context, play, case_meant(play, context, meant), before), cue.step.then)


def take_step(play: Play, step: Step) -> Problem | None:
    """Takes a step and lets a minute pass; what refused it, None where nothing did."""
    problem: Problem | None = None
    try:
        step.prepare(play)
        step.take(play)
    except Problem as caught:
        problem = caught
    play.after_step()
    return problem


def case_meant(play: Play, context: Context, ref: str | None) -> LoadedCase | None:
    """The case a step means; None where there is none yet."""
    with suppress(Missing):
        return play.case(context, ref)
    return None
