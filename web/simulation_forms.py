"""What a simulation is asked with, as an address carries it: how many cases, how long each role works, what is special."""

from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import gettext as _

from definitions.durations import durations_of
from web.procedure_rendering import FindingView, finding_lines
from workflow.procedure.findings import Finding, Unsound
from workflow.procedure.model import Procedure
from workflow.procedure.source import read_file, read_source
from workflow.rehearsal.story import as_yaml
from workflow.simulation.assumptions import Assumptions, load_assumptions, parse_assumptions

MOST_CASES = 300
"""More take longer than a page should; the command takes them."""
FILE = "durations.yaml"
LINES_BEFORE = 1
"""The line `states:` that stands before what is typed about states."""
NUMBERS = {"cases": (200, 1, MOST_CASES), "seed": (1, 0, 999_999), "arrivals": (20, 0, 1_000)}
"""Number → its usual value, the least and the most."""


@dataclass
class Asked:
    """What was typed, and what it comes to where nothing is wrong with it."""

    typed: dict[str, str]
    states: str
    errors: dict[str, str] = field(default_factory=dict)
    findings: tuple[FindingView, ...] = ()
    numbers: dict[str, int] = field(default_factory=dict)
    assumptions: Assumptions | None = None


def asked(procedure: Procedure) -> Asked:
    """What the address says, completed by the shipped or usual assumptions."""
    usual = usual_assumptions(procedure)
    typed = {**_usual_texts(procedure, usual), **{key: value for key, value in request.args.items() if key != "states"}}
    states = request.args.get("states", _states_text(procedure, usual)).replace("\r\n", "\n")
    found = Asked(typed, states)
    for name in NUMBERS:
        _number(found, name)
    roles = {key: _role(found, key) for key in working_roles(procedure)}
    if not found.errors:
        _assume(found, procedure, usual, roles)
    return found


def usual_assumptions(procedure: Procedure) -> Assumptions:
    """Those that ship for the procedure, as far as they fit this version of it."""
    path = durations_of(procedure.procedure)
    try:
        return load_assumptions(path, procedure) if path else Assumptions()
    except Unsound:
        return Assumptions()


def working_roles(procedure: Procedure) -> list[str]:
    """Roles that somebody works in."""
    acting = {role for stage in procedure.stages for role in procedure.acting_roles(stage)}
    return [
        key for key, role in procedure.roles.items() if key in acting and not (role.is_automatic or role.is_outside)
    ]


def _usual_texts(procedure: Procedure, usual: Assumptions) -> dict[str, str]:
    texts = {name: str(number) for name, (number, _least, _most) in NUMBERS.items()}
    texts["arrivals"] = str(usual.arrivals)
    for key in working_roles(procedure):
        work = usual.work_of(procedure, key)
        texts[f"people-{key}"] = str(work.people or "")
        for name, hours in zip(("least", "usual", "most"), work.hours, strict=True):
            texts[f"{name}-{key}"] = f"{hours:g}"
    return texts


def _states_text(procedure: Procedure, usual: Assumptions) -> str:
    path = durations_of(procedure.procedure)
    if path is None or not usual.states:
        return ""
    return as_yaml(read_source(read_file(path), path.name).value.get("states", {}))


def _number(found: Asked, name: str) -> None:
    _usual, least, most = NUMBERS[name]
    text = found.typed[name].strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 6 and least <= int(text) <= most):
        found.errors[name] = _("A whole number from %(least)s to %(most)s.", least=least, most=most)
        return
    found.numbers[name] = int(text)


def _role(found: Asked, key: str) -> dict[str, Any]:
    """People and hours of a role as a file of assumptions says them."""
    people = found.typed[f"people-{key}"].strip()
    if people and not (people.isascii() and people.isdecimal() and 1 <= int(people[:7]) <= 100_000):
        found.errors[f"people-{key}"] = _("A whole number of people, or nothing for as many as there are cases.")
    hours = [_hours(found.typed[f"{name}-{key}"]) for name in ("least", "usual", "most")]
    if None in hours:
        found.errors[f"least-{key}"] = _("Hours are numbers from 0 to 10,000.")
    elif sorted(hours, key=lambda one: one or 0) != hours:
        found.errors[f"least-{key}"] = _("The shortest comes first, then the usual, then the longest.")
    return {"people": int(people[:7]) if people.isdecimal() else None, "hours": [str(one) for one in hours]}


def _hours(text: str) -> float | None:
    try:
        hours = float(text.strip()[:12])
    except ValueError:
        return None
    return hours if 0 <= hours <= 10_000 else None


def _assume(found: Asked, procedure: Procedure, usual: Assumptions, roles: dict[str, Any]) -> None:
    states = "".join(f"  {line}\n" for line in found.states.splitlines())
    rest: dict[str, Any] = {"arrivals": found.numbers["arrivals"], "roles": roles, "years": usual.years}
    rest |= {"hours_a_day": usual.hours_a_day}
    try:
        chosen = parse_assumptions(
            f"states:{'' if states.strip() else ' {}'}\n{states}{as_yaml(rest)}", FILE, procedure
        )
    except Unsound as unsound:
        found.findings = finding_lines((_moved(one) for one in unsound.findings), file=FILE)
    else:
        found.assumptions = chosen.model_copy(update={"children": usual.children, "dates": usual.dates})


def _moved(one: Finding) -> Finding:
    """A finding by the lines of what was typed."""
    return Finding(one.file, max(1, one.line - LINES_BEFORE), one.code, one.params, one.place, one.severity)
