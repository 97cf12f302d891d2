"""From a scenario file to scripts that can be played, or to findings that name file, line and what is allowed there."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workflow.procedure.findings import Finding, Unsound
from workflow.procedure.model import Procedure
from workflow.procedure.source import Path as Place
from workflow.procedure.source import Source, read_file, read_source
from workflow.rehearsal.fitting import given_faults, script_faults
from workflow.rehearsal.given import Given
from workflow.rehearsal.known import Known
from workflow.rehearsal.parts import OWN_CODES
from workflow.rehearsal.scenario import Scenario, Scenarios
from workflow.rehearsal.script import Book, Cue, Script
from workflow.rehearsal.steps import REGISTRY


def load_scenarios(
    path: Path,
    procedure: Procedure,
    *,
    codes: Mapping[str, Iterable[str]],
    has_text: Callable[[str], bool],
    others: Sequence[Procedure] = (),
) -> Book:
    """The scenarios in a file; `others` are procedures beside this one. Raises Unsound with every fault found."""
    return parse_scenarios(read_file(path), str(path), procedure, codes=codes, has_text=has_text, others=others)


def parse_scenarios(
    text: str,
    file: str,
    procedure: Procedure,
    *,
    codes: Mapping[str, Iterable[str]],
    has_text: Callable[[str], bool],
    others: Sequence[Procedure] = (),
) -> Book:
    """The scenarios in a text; `file` is the name findings carry. Raises Unsound."""
    return scenarios_in(read_source(text, file), procedure, codes=codes, has_text=has_text, others=others)


def scenarios_in(
    source: Source,
    procedure: Procedure,
    *,
    codes: Mapping[str, Iterable[str]],
    has_text: Callable[[str], bool],
    others: Sequence[Procedure] = (),
) -> Book:
    """The scenarios in values that were read before. Raises Unsound."""
    try:
        parsed = Scenarios.model_validate(source.value)
    except ValidationError as error:
        raise Unsound(tuple(_findings(source, error))) from error
    beside = {one.procedure: one for one in others}
    known = Known(procedure, parsed.given, frozenset(), codes, has_text, beside)
    findings = [source.finding(("given", *place), code, **params) for place, code, params in given_faults(known)]
    if parsed.procedure != procedure.procedure:
        findings.append(source.finding(("procedure",), "scenario_procedure", procedure=procedure.procedure))
    scripts: list[Script] = []
    for number, scenario in enumerate(parsed.scenarios):
        script, faults = _script(source, number, scenario, parsed.given, scripts)
        scripts.append(script)
        findings += faults
        findings += script_faults(script, scenario.given, known, source, ("scenarios", number))
    if findings:
        raise Unsound(tuple(findings))
    return Book(source.file, parsed.procedure, tuple(scripts))


def _script(
    source: Source, number: int, scenario: Scenario, given: Given, before: list[Script]
) -> tuple[Script, list[Finding]]:
    """The script of a scenario, and what is wrong with its key and the one it goes on from."""
    path: Place = ("scenarios", number)
    keyed = {script.key: script for script in before if script.key}
    findings = []
    earlier = keyed.get(scenario.after or "")
    if scenario.after and earlier is None:
        allowed = ", ".join(keyed) or "–"
        findings.append(source.finding((*path, "after"), "unknown_scenario", scenario=scenario.after, allowed=allowed))
    if scenario.key in keyed:
        findings.append(source.finding((*path, "key"), "scenario_key_twice", key=scenario.key))
    own = tuple(
        Cue(step, scenario.title, place + 1, source, (*path, "steps", place))
        for place, step in enumerate(scenario.steps)
    )
    below = earlier.given if earlier else given
    laid = below.under(scenario.given)
    return Script(scenario.title, scenario.key, source.line(path), laid, earlier, own), findings


def _findings(source: Source, error: ValidationError) -> Iterator[Finding]:
    for fault in error.errors(include_url=False):
        place = _place(fault["loc"])
        if fault["type"] in OWN_CODES:
            yield source.finding(place, f"scenario_{fault['type']}", **_values(fault))
        elif fault["type"] == "string_type" and isinstance(fault["input"], list):
            yield source.finding(place, "scenario_one_only", **_values(fault))
        else:
            yield source.worded({**fault, "loc": place})


def _values(fault: Any) -> dict[str, str]:
    return {"value": str(fault["input"])[:60], **{key: str(item) for key, item in fault.get("ctx", {}).items()}}


def _place(loc: tuple[str | int, ...]) -> Place:
    """Where a fault stands in the file: without the kind of a step, and with roles where a body has them."""
    kept: list[str | int] = []
    for at, part in enumerate(loc):
        is_kind = at >= 2 and loc[at - 2] == "steps" and isinstance(loc[at - 1], int) and part in REGISTRY
        is_roles = at >= 2 and loc[at - 2] == "bodies" and part == "roles"
        if not is_kind and not is_roles:
            kept.append(part)
    return tuple(kept)
