"""Rehearses a procedure: plays every script on a scratch database of its own and gathers differences and coverage."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from tempfile import TemporaryDirectory

from workflow.procedure.model import Procedure
from workflow.problems import Missing, Problem
from workflow.rehearsal.coverage import Exercised, Share, coverage, exercised
from workflow.rehearsal.looking import Difference, Look, differences, last_delivery, reason_codes, refusal_difference
from workflow.rehearsal.play import Play, moment
from workflow.rehearsal.script import Book, Cue, Script
from workflow.store.database import Database
from workflow.store.migrating import upgrade

MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Failure:
    """A difference with where it was met. `number` is that of the step in its scenario; 0 is before the first."""

    number: int
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
    played: list[Played] = []
    with TemporaryDirectory() as folder:
        template = Path(folder) / "template.db"
        _migrate(template)
        for number, script in enumerate(book.scripts):
            failed = [one.script for one in played if not one.passed]
            if script.earlier in failed:
                played.append(Played(script, (), 0, Exercised(), waits_on=script.earlier))
                continue
            path = Path(folder) / f"{number}.db"
            shutil.copyfile(template, path)
            played.append(_play(procedure, script, Database(f"sqlite:///{path}"), others))
            path.unlink()
    shares = coverage(procedure, (one.exercised for one in played))
    return Rehearsed(procedure, book, tuple(played), shares)


def _migrate(path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.dispose()


def _play(procedure: Procedure, script: Script, database: Database, others: Sequence[Procedure]) -> Played:
    given = script.given
    first = min(filter(None, (given.today, given.round.opens if given.round else None)))
    beside = tuple(one for one in others if one.procedure != procedure.procedure)
    play = Play(database, procedure, given, moment(first, MIDNIGHT), beside)
    try:
        failures, steps = _all_steps(play, script)
        return Played(script, failures, steps, exercised(play))
    finally:
        play.close()


def _all_steps(play: Play, script: Script) -> tuple[tuple[Failure, ...], int]:
    """Steps up to the first that is not as expected: what comes after it would stand on nothing."""
    try:
        play.begin()
    except Problem as problem:
        found = Difference("not_begun", (), {"found": list(reason_codes(problem))}, problem)
        return (Failure(0, script.line, found),), 0
    for taken, cue in enumerate(script.cues):
        found_here = _one_step(play, cue)
        if found_here:
            failures = tuple(Failure(cue.number, cue.line(*one.place), one) for one in found_here)
            return failures, taken
    return (), len(script.cues)


def _one_step(play: Play, cue: Cue) -> tuple[Difference, ...]:
    with play.looking() as context:
        since = last_delivery(context)
    problem: Problem | None = None
    try:
        cue.step.prepare(play)
        cue.step.take(play)
    except Problem as caught:
        problem = caught
    play.after_step()
    wrong = refusal_difference(cue.step.refused, problem)
    if wrong:
        return (wrong,)
    with play.looking() as context:
        case = None
        with suppress(Missing):
            case = play.case(context, cue.step.case or cue.step.opened)
        return differences(Look(context, play, case, since), cue.step.then)
