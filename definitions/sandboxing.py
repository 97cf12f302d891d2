"""Sandboxes of this office: what one begins with, and the words for its steps and refusals."""

from collections.abc import Sequence
from datetime import date

from definitions.codes import tables
from definitions.rehearsing import is_text, scenario_file
from workflow.procedure.findings import Unsound
from workflow.procedure.model import Procedure
from workflow.procedure.source import read_file, read_source
from workflow.rehearsal.casting import cast_for, completed
from workflow.rehearsal.script import Script
from workflow.rehearsal.steps import Step
from workflow.rehearsal.story import Story, as_yaml, script_of


def beginning(procedure: Procedure, *, today: date, others: Sequence[Procedure]) -> str:
    """What a sandbox of the procedure begins with: what its scenarios do, where some ship, else an invented office."""
    path = scenario_file(procedure)
    if path.exists():
        given = read_source(read_file(path), path.name).value.get("given", {})
        text = as_yaml(completed(given, procedure))
        try:
            read_story(Story(text), procedure, others)
        except Unsound:
            pass  # a draft can have become another procedure than the one the scenarios were written for
        else:
            return text
    return as_yaml(cast_for(procedure, today=today, others={one.procedure: one for one in others}))


def read_story(story: Story, procedure: Procedure, others: Sequence[Procedure]) -> Script:
    """The story ready to be played; `others` are procedures the office has beside this one. Raises Unsound."""
    return script_of(story, procedure, codes=tables(), has_text=is_text, others=others)


def steps_of(story: Story, script: Script) -> tuple[Step, ...]:
    """The steps that were taken; a sandbox that waits for its first step has none."""
    return tuple(cue.step for cue in script.own) if story.steps else ()
