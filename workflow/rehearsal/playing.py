"""Plays a list of steps on a scratch database for as long as somebody looks at it; what was played before is taken up again.

Pictures of databases are kept in memory, a few dozen per process: another process, or this one later, plays from the
beginning and comes to the same.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from workflow.problems import Problem
from workflow.procedure.model import Procedure
from workflow.rehearsal.difference import refusal_difference
from workflow.rehearsal.given import Given
from workflow.rehearsal.looking import before_step
from workflow.rehearsal.observing import observed
from workflow.rehearsal.play import Play
from workflow.rehearsal.running import case_meant, first_moment, take_step
from workflow.rehearsal.scratch import empty, scratch
from workflow.rehearsal.steps import Step

KEPT_PICTURES = 48
"""Pictures kept in memory, about half a megabyte each."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One step that was taken: when, what refused it, and what was so afterwards, as a scenario would expect it."""

    step: Step
    at: datetime
    problem: Problem | None
    then: dict[str, Any]

    @property
    def is_expected(self) -> bool:
        """Whether it went as the step says: done, or refused for the reasons it names."""
        return refusal_difference(self.step.refused, self.problem) is None


@dataclass(frozen=True, slots=True)
class Played:
    """A play at its present moment. Steps after the first that did not go as it says are not taken."""

    play: Play
    taken: tuple[Taken, ...]
    not_begun: Problem | None = None
    """What kept it from beginning; then there is nothing to look at."""

    @property
    def failed(self) -> Taken | None:
        """The step that did not go as it says."""
        return self.taken[-1] if self.taken and not self.taken[-1].is_expected else None


@dataclass(frozen=True, slots=True)
class _Picture:
    content: bytes
    play: Play
    taken: tuple[Taken, ...]


_pictures: OrderedDict[str, _Picture] = OrderedDict()
_lock = Lock()


@contextmanager
def played(
    procedure: Procedure, given: Given, steps: Sequence[Step], *, others: Sequence[Procedure] = ()
) -> Iterator[Played]:
    """The steps played in order; the database is there as long as the block lasts, and gone after it."""
    names = _names(procedure, given, steps, others)
    number, picture = _newest_picture(names)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "scratch.db"
        play, taken, problem = _begun(procedure, given, others, path, picture)
        try:
            for step in () if problem else steps[number:]:
                if taken and not taken[-1].is_expected:
                    break
                taken = (*taken, _take(play, step))
            yield Played(play, taken, problem)
        finally:
            play.close()
        if problem is None and len(taken) in range(number + (picture is not None), len(steps) + 1):
            _keep(names[len(taken)], _Picture(path.read_bytes(), play, taken))


def _begun(
    procedure: Procedure, given: Given, others: Sequence[Procedure], path: Path, picture: _Picture | None
) -> tuple[Play, tuple[Taken, ...], Problem | None]:
    if picture is not None:
        return picture.play.on(scratch(path, picture.content), path), picture.taken, None
    beside = tuple(one for one in others if one.procedure != procedure.procedure)
    play = Play(scratch(path, empty()), path, procedure, given, first_moment(given), beside)
    try:
        play.begin()
    except Problem as problem:
        return play, (), problem
    return play, (), None


def _take(play: Play, step: Step) -> Taken:
    with play.looking() as context:
        before = before_step(context, case_meant(play, context, step.case))
    problem = take_step(play, step)
    at = play.now
    with play.looking() as context:
        then = observed(context, case_meant(play, context, step.case or step.opened), before=before)
    return Taken(step, at, problem, then)


def _names(procedure: Procedure, given: Given, steps: Sequence[Step], others: Sequence[Procedure]) -> list[str]:
    """The name of the picture before any step, after the first, the second …"""
    digest = sha256()
    for part in (procedure.digest, *(one.digest for one in others), given.model_dump_json()):
        digest.update(part.encode())
    names = [digest.hexdigest()]
    for step in steps:
        digest.update(f"{step.verb}{step.model_dump_json(exclude={'then'})}".encode())
        names.append(digest.hexdigest())
    return names


def _newest_picture(names: Sequence[str]) -> tuple[int, _Picture | None]:
    """How many steps were played before, with the picture after them."""
    with _lock:
        for number in range(len(names) - 1, -1, -1):
            found = _pictures.get(names[number])
            if found is not None:
                _pictures.move_to_end(names[number])
                return number, found
    return 0, None


def _keep(name: str, picture: _Picture) -> None:
    with _lock:
        _pictures[name] = picture
        while len(_pictures) > KEPT_PICTURES:
            _pictures.popitem(last=False)


def forget_pictures() -> None:
    """Plays everything from the beginning again, as a new process does."""
    with _lock:
        _pictures.clear()
