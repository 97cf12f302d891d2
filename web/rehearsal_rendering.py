"""Plays scenarios for a moment, and keeps what became of them as plain values for the page to show."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from time import monotonic
from typing import Any

from definitions.rehearsing import coverage_lines, failure_lines, place_text, read_book, step_text
from web.i18n import LANGUAGES, language
from workflow.procedure.findings import Unsound
from workflow.procedure.model import Procedure
from workflow.rehearsal.coverage import Exercised
from workflow.rehearsal.running import Played, rehearsing
from workflow.rehearsal.script import Book, Script

Results = dict[str, Any]
"""`played`: what became of each scenario in turn; `exercised`: kind → everything that was come through."""
BEGUN: Results = {"played": [], "exercised": {}}
MOST_DIFFERENCES = 20


def play_on(
    procedure: Procedure, book: Book, before: Results, *, seconds: float, others: Sequence[Procedure]
) -> Results:
    """The results with those of the next scenarios: at least one more, and as many as a number of seconds allows."""
    until = monotonic() + seconds
    played = list(before["played"])
    exercised = _exercised(before)
    rest = book.scripts[len(played) :]
    with closing(rehearsing(procedure, rest, others=others)) as found:
        for one in found:
            exercised |= one.exercised
            played.append(_kept(procedure, one, _failed_before(book, played, one)))
            if monotonic() > until:
                break
    return {"played": played, "exercised": {kind: sorted(items) for kind, items in asdict(exercised).items()}}


def _failed_before(book: Book, played: list[Any], one: Played) -> bool:
    """Whether the scenario it goes on from was played in an earlier request, and failed."""
    earlier = one.script.earlier
    number = book.scripts.index(earlier) if earlier else None
    return number is not None and number < len(played) and not played[number]["passed"]


def _kept(procedure: Procedure, one: Played, has_failed_before: bool) -> Results:
    waits = one.waits_on is not None or has_failed_before
    differences = [
        {
            "line": failure.line,
            "where": {locale: place_text(procedure, one, failure, locale) for locale in LANGUAGES},
            "lines": {locale: failure_lines(failure, procedure, locale) for locale in LANGUAGES},
        }
        for failure in (() if waits else one.failures[:MOST_DIFFERENCES])
    ]
    return {"passed": one.passed and not waits, "waits": waits, "steps": one.steps, "differences": differences}


def _exercised(results: Results) -> Exercised:
    return Exercised(**{kind: frozenset(items) for kind, items in results["exercised"].items()})


def results(procedure: Procedure, kept: dict[str, Any]) -> dict[str, Any] | None:
    """What the page shows of what was kept; None where the rules or the scenarios have changed since."""
    try:
        book = read_book(kept["text"], procedure)
    except Unsound:
        return None
    found: Results = kept["results"]
    if kept["digest"] != procedure.digest or len(found["played"]) > len(book.scripts):
        return None
    scenarios = [
        {"title": script.title, "line": script.line, "own": _steps(procedure, script), **one}
        for script, one in zip(book.scripts, found["played"], strict=False)
    ]
    return {
        "scenarios": scenarios,
        "left": len(book.scripts) - len(scenarios),
        "passed": sum(one["passed"] for one in scenarios),
        "coverage": list(coverage_lines(procedure, [_exercised(found)], language())),
    }


def _steps(procedure: Procedure, script: Script) -> list[dict[str, Any]]:
    """The scenario's own steps with their lines, as far as they have one of their own."""
    return [
        {"line": cue.line(), "day": cue.step.on, "text": step_text(cue.step, procedure, language())}
        for cue in script.own
    ]
