"""Sandboxes of this office: what one begins with, and the words for its steps and refusals."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from definitions.codes import tables
from definitions.library import procedures
from definitions.rehearsing import is_text, scenario_file
from workflow.procedure.findings import Unsound
from workflow.procedure.model import Procedure
from workflow.procedure.source import read_file, read_source
from workflow.rehearsal.casting import cast_for, completed
from workflow.rehearsal.playing import Played, played
from workflow.rehearsal.script import Script
from workflow.rehearsal.steps import Step
from workflow.rehearsal.story import Story, as_yaml, script_of


def beginning(procedure: Procedure, *, today: date) -> str:
    """What a sandbox of the procedure begins with: what its scenarios do, where some ship, else an invented office."""
    path = scenario_file(procedure)
    if path.exists():
        given = read_source(read_file(path), path.name).value.get("given", {})
        text = as_yaml(completed(given, procedure))
        try:
            read_story(Story(text), procedure)
        except Unsound:
            pass  # a draft can have become another procedure than the one the scenarios were written for
        else:
            return text
    return as_yaml(cast_for(procedure, today=today, others=procedures()))


def read_story(story: Story, procedure: Procedure) -> Script:
    """The story ready to be played. Raises Unsound."""
    return script_of(story, procedure, codes=tables(), has_text=is_text, others=tuple(procedures().values()))


def steps_of(story: Story, script: Script) -> tuple[Step, ...]:
    """The steps that were taken; a sandbox that waits for its first step has none."""
    return tuple(cue.step for cue in script.own) if story.steps else ()


@contextmanager
def played_here(procedure: Procedure, script: Script, steps: Sequence[Step]) -> Iterator[Played]:
    """Plays beside the other procedures that ship."""
    with played(procedure, script.given, steps, others=tuple(procedures().values())) as found:
        yield found
