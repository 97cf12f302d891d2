"""The command that plays a procedure with many cases and tells what they would take."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from definitions.durations import durations_of
from definitions.explaining import finding_text, words
from definitions.library import procedures
from web.command_parts import LANGUAGE
from web.simulated_lines import simulated_lines
from workflow.calendar.rules import Calendar, build_calendar
from workflow.procedure.findings import Unsound
from workflow.procedure.model import Procedure
from workflow.settings import OFFICE_ZONE
from workflow.simulation.assumptions import Assumptions, load_assumptions
from workflow.simulation.boxes import draw_times
from workflow.simulation.earliest import Earliest, Terms
from workflow.simulation.figures import simulate as play
from workflow.simulation.lawful import begin, earliest_ends

WAYS = {"en": ("Time in each stage", "working days"), "zh": ("各环节用时", "工作日")}


@click.command(name="simulate")
@click.argument("key")
@click.option("--cases", type=click.IntRange(1, 10_000), default=200, show_default=True, help="How many cases come.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same figures.")
@click.option(
    "--durations", type=click.Path(path_type=Path), help="A file of assumptions; the shipped one if left out."
)
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), help="The first day; today if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
@click.option("--svg", type=click.Path(path_type=Path), help="Draw the times of stages into this file.")
@LANGUAGE
def command(
    key: str,
    cases: int,
    seed: int,
    durations: Path | None,
    start: datetime | None,
    svg: Path | None,
    lang: str,
    *,
    as_json: bool,
) -> None:
    """Play procedure KEY with many cases: time in each stage, queues, the bottleneck, and the earliest lawful end."""
    procedure = procedures().get(key)
    if procedure is None:
        raise click.ClickException(f"There is no procedure {key}. There are: {', '.join(procedures())}.")
    assumptions = _assumptions(procedure, durations, lang)
    day = (start or datetime.now(OFFICE_ZONE)).date()
    calendar = build_calendar({})
    found = play(
        procedure,
        cases=cases,
        seed=seed,
        start=day,
        calendar=calendar,
        assumptions=assumptions,
        procedures=procedures(),
    )
    earliest = _earliest(procedure, assumptions, calendar, day)
    if svg is not None:
        label, unit = WAYS[lang]
        svg.write_text(draw_times(procedure, found.stages, _in(lang), label=label, unit=unit), encoding="utf-8")
    if as_json:
        whole = {**asdict(found), "earliest": asdict(earliest)}
        click.echo(json.dumps(whole, ensure_ascii=False, default=str))
    else:
        click.echo("\n".join(simulated_lines(procedure, found, earliest, lang)))


def _assumptions(procedure: Procedure, path: Path | None, lang: str) -> Assumptions:
    """Those of the file, or the findings in it as the error."""
    chosen = path or durations_of(procedure.procedure)
    try:
        return load_assumptions(chosen, procedure) if chosen else Assumptions()
    except Unsound as unsound:
        told = "\n".join(finding_text(finding, lang) for finding in unsound.findings)
        raise click.ClickException(told) from unsound


def _earliest(procedure: Procedure, assumptions: Assumptions, calendar: Calendar, day: date) -> Earliest:
    meets = {ref: special.meets.on for ref, special in assumptions.states.items() if special.meets and special.meets.on}
    terms = Terms(calendar, dict(assumptions.dates), meets, procedures())
    return earliest_ends(terms, begin(procedure), day)


def _in(lang: str) -> Callable[[Any], str]:
    return lambda text: words(text, lang)
