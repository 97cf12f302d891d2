"""A small procedure, and scenarios of it that tests put together."""

from definitions.codes import tables
from definitions.rehearsing import is_text
from workflow.engine.catalogue import Catalogue
from workflow.procedure.loader import parse_procedure
from workflow.rehearsal.difference import Difference
from workflow.rehearsal.loader import parse_scenarios
from workflow.rehearsal.running import Rehearsed, rehearse
from workflow.rehearsal.script import Book

PROCEDURE = parse_procedure(
    """\
procedure: small
title: {en: Small, zh: 小}
about: {en: A small one., zh: 很小。}
prefix: SM
starts: desk.draft
sources:
  rules/1: {en: Article one., zh: 第一条。}
roles:
  clerk: {of: nominating_body, holds: officer, title: {en: Clerk, zh: 经办人}}
  head: {of: office, holds: head, title: {en: Head, zh: 负责人}}
  deputy: {of: office, holds: officer, title: {en: Deputy, zh: 副职}}
forms:
  note:
    title: {en: Note, zh: 说明}
    fields:
      text: {type: text, required: true, title: {en: Text, zh: 内容}}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft:
        title: {en: Draft, zh: 起草}
        deadline: {working_days: 3, remind: [-1], on_expiry: drop, cites: rules/1}
        actions:
          submit: {by: clerk, form: note, guards: [{age: {at_most: 45, cites: rules/1, waivable_by: head}}], to: desk.sign}
          drop: {by: clerk, to: desk.dropped}
      sign:
        title: {en: Sign, zh: 会签}
        panel:
          of: [head, deputy]
          opinions: [agree, disagree]
          settle: {rule: all, cites: rules/1}
        outcomes: {agreed: desk.done, refused: desk.draft}
      done: {title: {en: Done, zh: 办结}, final: done}
      dropped: {title: {en: Dropped, zh: 已终止}, final: dropped}
""",
    "small.yaml",
    Catalogue(),
)
GIVEN = """\
procedure: small
given:
  today: 2026-03-02
  bodies:
    office: {head: [wu], officer: [fang]}
    street: {kind: subdistrict, officer: [li]}
  people:
    wen: {born: 1985-05, body: street}
  case: {person: wen}
  forms:
    note: {text: As usual}
scenarios:
"""


def book(scenarios: str) -> Book:
    """The scenarios of a text that begins with `- title:`. Raises Unsound."""
    return parse_scenarios(GIVEN + scenarios, "small.yaml", PROCEDURE, codes=tables(), has_text=is_text)


def one(*steps: str, given: str = "{}", title: str = "One", more: str = "") -> str:
    """One scenario with its steps, a line each; the first step is on the fourth line of it, or the fifth after `more`."""
    lines = [
        f"  - title: {{en: {title}, zh: 一}}",
        f"    given: {given}",
        *([f"    {more}"] if more else []),
        "    steps:",
    ]
    return "\n".join([*lines, *(f"      - {step}" for step in steps)]) + "\n"


def play(*scenarios: str) -> Rehearsed:
    """The rehearsal of scenarios."""
    return rehearse(PROCEDURE, book("".join(scenarios)))


def difference(*steps: str, given: str = "{}") -> Difference:
    """The one difference met in one scenario."""
    [played] = play(one(*steps, given=given)).played
    [failure] = played.failures
    return failure.difference
