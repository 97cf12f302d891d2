"""The language: checking what ships, reading and compiling a large procedure, deciding in small and large ones."""

import gc
import time
from collections.abc import Callable, Sequence
from datetime import date
from io import StringIO
from statistics import quantiles
from typing import Any, Final

from ruamel.yaml import YAML

from benchmarks.step import definition as row_definition
from definitions.library import FOLDER, catalogue, examine
from workflow.engine.decide import Compiled, compile_procedure, decide
from workflow.engine.facts import Facts
from workflow.procedure.loader import parse_procedure
from workflow.procedure.model import Procedure

ROUNDS = 15
CHECK_LIMIT, COMPILE_LIMIT = 1_000, 200
"""Milliseconds that checking everything that ships, and compiling a procedure of 200 states, may take."""
LARGE, SMALL = 200, 50
SIZES = (10, 50, 100, 200, 500)
"""Numbers of states in which is decided."""
DECISIONS, PLACES = 2_000, 9
ON: Final = date(2026, 3, 2)
FACTS: Facts = {
    "actor.roles": ("clerk0", "clerk1"), "case.category": None, "person.political_status": "cdl", "person.birth_date": "1985-05-01", "today": ON.isoformat(),
}  # fmt: skip


def definition(states: int) -> str:
    """A procedure of so many states in stages of twenty: panels with deadlines, choices, guards, forms, an action of all states."""
    words = "{en: Word, zh: 词}"
    parts: list[str] = []
    parts.append(
        f"procedure: bench\ntitle: {words}\nabout: {words}\nprefix: BE\nstarts: s0.n0\nsources:\n  r/1: {words}\n"
        f"roles:\n  clerk: {{of: desk, holds: officer, title: {words}}}\n  head: {{of: desk, holds: head, title: {words}}}\n"
        f"forms:\n  note:\n    title: {words}\n    fields:\n      sum: {{type: integer, title: {words}}}\n"
        f"actions:\n  stop: {{by: head, awaited: false, reason: required, title: {words}, to: end.stopped}}\nstages:\n"
    )
    for number in range(states - 2):
        if number % 20 == 0:
            parts.append(f"  s{number // 20}:\n    title: {words}\n    states:\n")
        parts.append(_state(number, states - 2, words))
    parts.append(
        f"  end:\n    title: {words}\n    states:\n      done: {{title: {words}, final: done}}\n"
        f"      stopped: {{title: {words}, final: stopped}}\n"
    )
    return "".join(parts)


def _state(number: int, count: int, words: str) -> str:
    def ref(other: int) -> str:
        return f"s{other // 20}.n{other}" if other < count else "end.done"

    here, after, later = f"      n{number}:\n        title: {words}\n", ref(number + 1), ref(number + 2)
    if number % 10 == 8:
        return (
            f"{here}        choose:\n          - {{when: {{this: form.note.sum, at_least: 10}}, to: {later}}}\n"
            f"          - {{to: {after}}}\n"
        )
    if number % 10 == 5:
        return (
            f"{here}        panel: {{of: [clerk, head], opinions: [agree, disagree], settle: {{rule: all, cites: r/1}}}}\n"
            f"        deadline: {{working_days: 5, remind: [-1, 0], cites: r/1}}\n"
            f"        outcomes: {{agreed: {after}, refused: end.stopped}}\n"
        )
    return (
        f"{here}        actions:\n          step: {{by: clerk, form: note, tone: primary, title: {words}, to: {after}, guards: "
        f"[{{political_status: {{not_in: [cpc]}}}}, {{age: {{at_most: 60, cites: r/1}}}}]}}\n"
        f"          back: {{by: head, reason: required, awaited: false, title: {words}, to: {ref(max(number - 1, 0))}}}\n"
    )


def sound(states: int) -> Procedure:
    """The generated procedure, read and found sound."""
    return parse_procedure(definition(states), "bench.yaml", catalogue())


def run(database_url: str | None, *, json: bool = False) -> dict[str, Any]:
    """Measures in this process; no database is touched."""
    return {
        "language_check": measure_check(),
        "language_compile": measure_compile(),
        "language_decide": measure_decide(),
    }


def measure_check() -> dict[str, Any]:
    """Every procedure that ships, from its file to its findings, beside ruamel's own pure loader reading the same texts."""
    paths = sorted(FOLDER.glob("*.yaml"))
    texts = [path.read_text(encoding="utf-8") for path in paths]
    ours, theirs = interleaved(
        lambda: [examine(path, on=ON) for path in paths],
        lambda: [YAML(typ="safe", pure=True).load(StringIO(text)) for text in texts],
    )
    ratios = quantiles([mine / bare for mine, bare in zip(ours, theirs, strict=True)], n=4)
    return {
        "ratio": round(ratios[1], 3),
        "quartiles": [round(ratios[0], 3), round(ratios[2], 3)],
        "milliseconds": milliseconds(ours),
        "loader_milliseconds": milliseconds(theirs),
        "limit_milliseconds": CHECK_LIMIT,
        "procedures": len(paths),
    }


def measure_compile() -> dict[str, Any]:
    """A generated procedure of 200 states: compiled for each of its states beside one of 50, and read from its text."""
    large, small = sound(LARGE), sound(SMALL)
    ours, theirs = interleaved(lambda: compile_procedure(fresh(large)), lambda: compile_procedure(fresh(small)))
    read, _ = interleaved(lambda: sound(LARGE), lambda: None)
    ratios = quantiles([(a / LARGE) / (b / SMALL) for a, b in zip(ours, theirs, strict=True)], n=4)
    return {
        "ratio": round(ratios[1], 3),
        "quartiles": [round(ratios[0], 3), round(ratios[2], 3)],
        "milliseconds": milliseconds(ours),
        "limit_milliseconds": COMPILE_LIMIT,
        "read_and_checked_milliseconds": milliseconds(read),
        "states": LARGE,
    }


def measure_decide() -> dict[str, Any]:
    """One decision with two guards in nine places of procedures of 10 to 500 states; the ratio is of the largest and the smallest.

    Asked in every place in turn, a large procedure no longer fits into the processor's cache; that ratio stands beside it.
    """
    compiled = {size: _row(size) for size in SIZES}
    largest, smallest = compiled[SIZES[-1]], compiled[SIZES[0]]
    asked = [_questions(one, places=PLACES) for one in compiled.values()]
    *few, in_all, in_all_of_few = interleaved(
        *asked, _questions(largest, places=SIZES[-1]), _questions(smallest, places=SIZES[0])
    )
    low, middle, high = quantiles([a / b for a, b in zip(few[-1], few[0], strict=True)], n=4)
    everywhere = quantiles([a / b for a, b in zip(in_all, in_all_of_few, strict=True)], n=2)
    return {
        "ratio": round(middle, 3),
        "quartiles": [round(low, 3), round(high, 3)],
        "ratio_everywhere": round(everywhere[0], 3),
        "microseconds": {
            size: [round(quarter * 1e6 / DECISIONS, 2) for quarter in quantiles(times, n=4)]
            for size, times in zip(SIZES, few, strict=True)
        },
    }


def _row(states: int) -> Compiled:
    """The procedure of `./run bench step`, with so many states: the generated one would be larger than a file may be."""
    return compile_procedure(parse_procedure(row_definition(states - 1), "bench.yaml", catalogue()))


def _questions(compiled: Compiled, *, places: int) -> Callable[[], object]:
    """So many decisions, in so many places of the procedure in turn."""
    actions = list(compiled.actions)
    asked = actions[:: max(1, len(actions) // places)][:places]
    turns = [asked[number % len(asked)] for number in range(DECISIONS)]
    for state, action in asked:
        if not decide(compiled, FACTS, state=state, action=action).is_allowed:
            raise ValueError(f"{state} refuses what is measured")
    return lambda: [decide(compiled, FACTS, state=state, action=action) for state, action in turns]


def fresh(procedure: Procedure) -> Procedure:
    """The procedure without what it has already worked out about itself."""
    return Procedure.model_construct(**{name: getattr(procedure, name) for name in Procedure.model_fields})


def interleaved(*works: Callable[[], object]) -> list[Sequence[float]]:
    """Seconds of this process in each work, in rounds one after the other, the first round left out."""
    times: list[list[float]] = [[] for _ in works]
    for _round in range(ROUNDS + 1):
        for work, taken in zip(works, times, strict=True):
            gc.collect()
            started = time.process_time()
            work()
            taken.append(time.process_time() - started)
    return [taken[1:] for taken in times]


def milliseconds(times: Sequence[float]) -> dict[str, float]:
    """Median and quartiles."""
    low, middle, high = (round(1_000 * value, 2) for value in quantiles(times, n=4))
    return {"median": middle, "low": low, "high": high}
