"""Small procedures whose figures can be computed by hand."""

from datetime import date
from typing import Any

from workflow.calendar.rules import Calendar, build_calendar
from workflow.engine.catalogue import Catalogue
from workflow.procedure.loader import parse_procedure
from workflow.procedure.model import Procedure
from workflow.simulation.assumptions import Assumptions, parse_assumptions
from workflow.simulation.earliest import Situation, Terms
from workflow.simulation.lawful import begin, earliest_ends

MONDAY = date(2026, 9, 7)
HEAD = """\
procedure: small
title: {en: Small, zh: 小}
about: {en: A small one., zh: 很小。}
prefix: SM
sources:
  r/1: {en: Article one., zh: 第一条。}
roles:
  clerk: {of: office, holds: officer, title: {en: Clerk, zh: 经办人}}
  head: {of: office, holds: head, title: {en: Head, zh: 负责人}}
  the_rules: {is_automatic: true, title: {en: The rules, zh: 依规则}}
"""


def procedure(body: str) -> Procedure:
    """A procedure whose text goes on after the common head."""
    return parse_procedure(HEAD + body, "small.yaml", Catalogue())


def state(name: str, rest: str) -> str:
    """One state, titled by its name."""
    return f"      {name}: {{title: {{en: {name}, zh: {name}}}, {rest}}}\n"


def desk(*states: str, starts: str = "desk.draft", more: str = "") -> Procedure:
    """A procedure of one stage, `desk`, with a second, `closed`, whose states are done and refused."""
    stages = "stages:\n  desk:\n    title: {en: Desk, zh: 办理}\n    states:\n" + "".join(states)
    closed = "  closed:\n    title: {en: Closed, zh: 办结}\n    states:\n"
    ends = state("done", "final: done") + state("refused", "final: refused")
    return procedure(f"starts: {starts}\n{more}{stages}{closed}{ends}")


def assumptions(text: str, about: Procedure) -> Assumptions:
    return parse_assumptions(text, "durations.yaml", about)


def calendar() -> Calendar:
    return build_calendar({})


def days(about: Procedure, on: date = MONDAY, *, situation: Situation | None = None, **terms: Any) -> dict[str, date]:
    """Outcome → the earliest day."""
    found = earliest_ends(Terms(calendar(), **terms), situation or begin(about), on)
    return {end.outcome: end.on for end in found.ends}
