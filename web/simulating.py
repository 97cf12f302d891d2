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
from workflow.calendar.rules import Calendar, build_calendar
from workflow.procedure.findings import Unsound
from workflow.procedure.model import Procedure
from workflow.settings import OFFICE_ZONE
from workflow.simulation.assumptions import Assumptions, load_assumptions
from workflow.simulation.boxes import draw_times
from workflow.simulation.earliest import Earliest, Terms
from workflow.simulation.figures import Simulated, Spread
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
        _tell(procedure, found, earliest, lang)


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


def _tell(procedure: Procedure, found: Simulated, earliest: Earliest, lang: str) -> None:
    say = _in(lang)
    click.echo(f"{found.cases} cases from {found.starts}, seed {found.seed}; times in working days")
    click.echo(f"\n{'stage':<34} {'stays':>6} {'median':>8} {'p90':>8}")
    for stage in found.stages:
        title = say(procedure.stages[stage.stage].title)
        click.echo(f"{title:<34} {stage.stays:>6} {stage.days.median:>8g} {stage.days.ninetieth:>8g}")
    click.echo(f"\n{'role':<34} {'people':>6} {'work':>6} {'wait':>8} {'queue':>7} {'most':>5} {'busy':>6}")
    for role in found.roles:
        busy = "–" if role.share_busy is None else f"{role.share_busy:.0%}"
        people = "any" if role.people is None else str(role.people)
        line = f"{role.role:<34} {people:>6} {role.pieces:>6} {role.mean_wait:>8g} {role.mean_queue:>7g}"
        click.echo(f"{line} {role.longest_queue:>5} {busy:>6}")
    click.echo(f"bottleneck: {found.bottleneck or 'none'}")
    click.echo(f"\n{'end':<34} {'cases':>6} {'share':>6} {'median':>8} {'p90':>8}")
    for end in found.ends:
        click.echo(f"{end.outcome or 'not ended':<34} {end.cases:>6} {end.share:>6.0%} {_days(end.days)}")
    click.echo(f"\n{'earliest lawful day':<34} from {found.starts}")
    for reached in earliest.ends:
        mark = " (provisional)" if reached.is_provisional else ""
        click.echo(f"{say(procedure.states[reached.state].title):<34} {reached.on}{mark}")
    if earliest.undated:
        click.echo(f"taken to be past: {', '.join(earliest.undated)}")


def _days(days: Spread | None) -> str:
    return f"{days.median:>8g} {days.ninetieth:>8g}" if days else f"{'–':>8} {'–':>8}"
