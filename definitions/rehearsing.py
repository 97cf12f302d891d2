"""Rehearsals of this office: which scenarios belong to which procedure, and the report in words."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from definitions.codes import tables
from definitions.explaining import action_text, named_params, reason_text, source_text, words
from definitions.library import procedures
from definitions.texts import has, keys, language_of, say
from definitions.wording import opinion_text
from workflow.problems import Problem, Refused
from workflow.procedure.findings import Finding, Unsound
from workflow.procedure.model import Procedure
from workflow.procedure.panel import Panel
from workflow.procedure.source import read_file
from workflow.rehearsal.coverage import Exercised, Share, coverage
from workflow.rehearsal.loader import load_scenarios, parse_scenarios
from workflow.rehearsal.running import Failure, Played, Rehearsed, rehearse
from workflow.rehearsal.script import Book
from workflow.rehearsal.steps import Step

FOLDER = Path(__file__).parent / "scenarios"
FILE = "scenarios.yaml"
"""The name findings carry of scenarios that stand in no file."""


def scenario_file(procedure: Procedure) -> Path:
    """Where the scenarios of a procedure stand."""
    return FOLDER / f"{procedure.procedure}.yaml"


def load_book(procedure: Procedure, path: Path | None = None) -> Book:
    """The scenarios in a file, the procedure's own where none is named. Raises Unsound."""
    chosen = path or scenario_file(procedure)
    if path is None and not chosen.exists():
        raise Unsound((Finding(str(chosen), 1, "scenario_missing", {"file": chosen.name}),))
    others = tuple(procedures().values())
    return load_scenarios(chosen, procedure, codes=tables(), has_text=is_text, others=others)


def is_text(key: str) -> bool:
    """Whether there is a text under the key, a message, or variants of one."""
    return has(key) or any(known.startswith(f"{key}.") for known in keys())


def rehearse_here(procedure: Procedure, book: Book) -> Rehearsed:
    """Rehearses with the other procedures that ship beside it."""
    return rehearse(procedure, book, others=tuple(procedures().values()))


def shipped_scenarios(procedure: Procedure) -> str:
    """The text of the scenarios that came with a procedure; empty where none did."""
    path = scenario_file(procedure)
    return read_file(path) if path.exists() else ""


def read_book(text: str, procedure: Procedure) -> Book:
    """The scenarios in a text. Raises Unsound."""
    others = tuple(procedures().values())
    return parse_scenarios(text, FILE, procedure, codes=tables(), has_text=is_text, others=others)


def coverage_lines(
    procedure: Procedure, of: Iterable[Exercised], locale: str
) -> Iterator[tuple[str, Share, list[str]]]:
    """Each kind of thing in words, how much of it was exercised, and what was not."""
    for share in coverage(procedure, of):
        missed = [_with_title(share.kind, one, procedure, locale) for one in share.missed]
        yield say(f"rehearsal.kind.{share.kind}", locale), share, missed


def report_lines(rehearsed: Rehearsed, locale: str) -> Iterator[str]:
    """The report: each scenario, what was not as expected and where, and how much of the procedure was exercised."""
    for played in rehearsed.played:
        yield from _scenario(rehearsed, played, locale)
    passed = sum(one.passed for one in rehearsed.played)
    yield say("rehearsal.sum", locale, passed=passed, count=len(rehearsed.played))
    for share in rehearsed.coverage:
        kind = say(f"rehearsal.kind.{share.kind}", locale)
        yield "  " + say("rehearsal.covered", locale, kind=kind, covered=share.covered, count=len(share.every))
        if share.missed:
            missed = [_with_title(share.kind, one, rehearsed.procedure, locale) for one in share.missed]
            yield "    " + say("rehearsal.missed", locale, missed=missed)


def _with_title(kind: str, one: str, procedure: Procedure, locale: str) -> str:
    """A state, action or outcome with the words people know it by; a guard as the definition names it."""
    ref, _, name = one.rpartition(".")
    if kind == "states":
        return say("rehearsal.titled", locale, ref=one, title=words(procedure.states[one].title, locale))
    if kind == "actions":
        return say("rehearsal.titled", locale, ref=one, title=action_text(procedure, ref, name, locale))
    if kind == "outcomes" and has(f"outcome.{name}"):
        return say("rehearsal.titled", locale, ref=one, title=say(f"outcome.{name}", locale))
    return one


def _scenario(rehearsed: Rehearsed, played: Played, locale: str) -> Iterator[str]:
    title = words(played.script.title, locale)
    if played.passed:
        yield "✓ " + say("rehearsal.passed", locale, title=title, steps=played.steps)
    elif played.waits_on:
        yield "– " + say("rehearsal.waits_on", locale, title=title, earlier=words(played.waits_on.title, locale))
    for failure in played.failures:
        yield f"✗ {rehearsed.book.file}:{failure.line}: {_where(rehearsed, played, failure, locale)}"
        yield from (f"    {line}" for line in failure_lines(failure, rehearsed.procedure, locale))


def _where(rehearsed: Rehearsed, played: Played, failure: Failure, locale: str) -> str:
    """The scenario and the step; a step of an earlier scenario with that one's title."""
    return place_text(rehearsed.procedure, played, failure, locale)


def place_text(procedure: Procedure, played: Played, failure: Failure, locale: str) -> str:
    """The scenario and the step at which something was not as expected."""
    title, cue = words(played.script.title, locale), failure.cue
    if cue is None:
        return say("rehearsal.before", locale, title=title)
    step = step_text(cue.step, procedure, locale)
    earlier = words(cue.scenario, locale)
    code = "rehearsal.place" if earlier == title else "rehearsal.place_earlier"
    return say(code, locale, title=title, earlier=earlier, number=cue.number, step=step)


def step_text(step: Step, procedure: Procedure, locale: str) -> str:
    """Who does what: an action by its title, an opinion by its word, anything else as the file says it."""
    said = getattr(step, step.verb)
    what = f"{step.verb} {said}" if isinstance(said, str | date) else step.verb
    if step.verb in {"does", "does_all"}:
        what = action_text(procedure, None, said, locale)
    elif step.verb == "gives":
        what = opinion_text(_panel_with(procedure, said), said, locale)
    elif step.verb == "until":
        what = say("rehearsal.until", locale, until_date=said.isoformat())
    elif isinstance(said, dict):
        what = f"{step.verb} {json.dumps(said)}"
    who = getattr(step, "who", None)
    names = list(who) if isinstance(who, tuple) else who
    return say("rehearsal.step_of", locale, who=names, what=what) if names else what


def _panel_with(procedure: Procedure, opinion: str) -> Panel | None:
    """A panel that knows an opinion, for its words."""
    panels = (state.panel for state in procedure.states.values() if state.panel)
    return next((panel for panel in panels if opinion in panel.opinions), None)


def failure_lines(failure: Failure, procedure: Procedure, locale: str) -> list[str]:
    """A difference as sentences: what was expected and found, and every reason of a refusal."""
    difference = failure.difference
    params = named_params(difference.params, locale, procedure, {})
    lines = [say(f"rehearsal.{difference.code}", locale, **params)]
    return lines + (problem_lines(difference.problem, procedure, locale) if difference.problem else [])


def problem_lines(problem: Problem, procedure: Procedure, locale: str) -> list[str]:
    """What refused something, a line for every reason and every fault of a form."""
    reasons = problem.reasons if isinstance(problem, Refused) else ()
    lines = []
    for reason in reasons:
        said = (reason_text(reason, locale, procedure, {}), source_text(reason, locale, procedure))
        lines.append((" " if language_of(locale) == "en" else "").join(filter(None, said)))
    inner: tuple[Problem, ...] = getattr(problem, "problems", ())
    for one in inner or (() if reasons else (problem,)):
        text = say(one.code, locale, **named_params(one.params, locale, procedure, {}))
        lines.append(f"{one.field}: {text}" if one.field else text)
    return [f"· {line}" for line in lines]


def report_data(rehearsed: Rehearsed, locale: str) -> dict[str, Any]:
    """The report as JSON values."""
    return {
        "procedure": rehearsed.procedure.procedure,
        "file": rehearsed.book.file,
        "passed": rehearsed.passed,
        "scenarios": [_scenario_data(rehearsed, played, locale) for played in rehearsed.played],
        "coverage": {
            share.kind: {"count": len(share.every), "covered": share.covered, "missed": list(share.missed)}
            for share in rehearsed.coverage
        },
    }


def _scenario_data(rehearsed: Rehearsed, played: Played, locale: str) -> dict[str, Any]:
    return {
        "title": played.script.title.model_dump(),
        "key": played.script.key,
        "line": played.script.line,
        "passed": played.passed,
        "steps": played.steps,
        "waits_on": played.waits_on.key if played.waits_on else None,
        "differences": [
            {
                "line": failure.line,
                "step": failure.cue.number if failure.cue else 0,
                "code": failure.difference.code,
                "text": failure_lines(failure, rehearsed.procedure, locale),
            }
            for failure in played.failures
        ],
    }
