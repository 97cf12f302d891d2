"""A sandbox as it is kept: what it begins with and the steps taken so far, in the values of a scenario file."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from io import StringIO
from typing import Any, cast

from ruamel.yaml import YAML

from workflow.cases.drafts import discard_drafts, draft, save_draft
from workflow.context import Context
from workflow.problems import Conflict, Invalid
from workflow.procedure.model import Procedure
from workflow.procedure.source import Source, read_source
from workflow.rehearsal.loader import scenarios_in
from workflow.rehearsal.playing import Taken
from workflow.rehearsal.script import Script

FILE = "sandbox.yaml"
PLACE = "sandbox:"
MOST_STEPS = 200
LONGEST_LINE = 100_000
AS_WRITTEN: Any = False
"""Keys keep their order."""
KEPT_FOR = timedelta(days=60)
MOST_KEPT = 12
"""Sandboxes of one person; the ones not touched for longest go first."""
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Story:
    """`given` is YAML as it was written, `steps` are values of a scenario's steps; `revision` counts savings."""

    given: str
    steps: tuple[Values, ...] = ()
    revision: int = 0

    def then(self, step: Values) -> "Story":
        """The story with one step more. Raises Invalid where it is full."""
        if len(self.steps) >= MOST_STEPS:
            raise Invalid("sandbox_full", limit=MOST_STEPS)
        return replace(self, steps=(*self.steps, step))

    def back(self) -> "Story":
        """The story without its last step."""
        return replace(self, steps=self.steps[:-1])


def kept_story(context: Context, place: str) -> Story | None:
    """The actor's story at a place; None where there is none."""
    found = draft(context, PLACE + place)
    return Story(found["given"], tuple(found["steps"]), found["revision"]) if found else None


def keep_story(context: Context, place: str, story: Story) -> Story:
    """Keeps the actor's story in place of the one it came from. Raises Conflict where that has changed since."""
    before = kept_story(context, place)
    if before is not None and before.revision != story.revision:
        raise Conflict("sandbox_changed")
    kept = replace(story, revision=story.revision + 1)
    values = {"given": kept.given, "steps": list(kept.steps), "revision": kept.revision}
    save_draft(context, place=PLACE + place, values=values)
    discard_drafts(context, beginning=PLACE, keep=MOST_KEPT, saved_before=context.now - KEPT_FOR)
    return kept


@lru_cache(maxsize=64)
def _given(text: str) -> Source:
    """What a sandbox begins with, read once: every step reads it again, and reading YAML is a third of a page's time."""
    return read_source(text, FILE)


def script_of(
    story: Story,
    procedure: Procedure,
    *,
    codes: Mapping[str, Iterable[str]],
    has_text: Callable[[str], bool],
    others: Sequence[Procedure] = (),
) -> Script:
    """The story ready to be played. Raises Unsound with findings whose lines are those of `given`."""
    read = _given(story.given)
    lines = {("given", *path): line for path, line in read.lines.items()}
    whole = scenario_values(procedure, deepcopy(read.value), story.steps)
    return scenarios_in(Source(FILE, whole, lines), procedure, codes=codes, has_text=has_text, others=others).scripts[0]


def scenario_values(procedure: Procedure, given: Values, steps: Sequence[Values]) -> Values:
    """A scenario file of one scenario; until its first step a sandbox waits for a moment on its first day."""
    waits = [{"until": given.get("today", "")}]
    title = {"en": "Played in the sandbox", "zh": "沙盘推演"}
    return {
        "procedure": procedure.procedure,
        "given": given,
        "scenarios": [{"title": title, "steps": list(steps) or waits}],
    }


def read_step(text: str) -> Values:
    """One step as it is written in a scenario: a mapping, perhaps after a dash. Raises Unsound."""
    written = text.strip()
    source = read_source(written[1:].strip() if written.startswith("-") else written, FILE)
    return dict(source.value)


def exported(story: Story, procedure: Procedure, taken: Sequence[Taken]) -> str:
    """The story as a scenario file, each step with what was so after it."""
    steps = [
        {**values, **({"then": one.then} if one.then and one.problem is None else {})}
        for values, one in zip(story.steps, taken, strict=False)
    ]
    whole = scenario_values(procedure, read_source(story.given, FILE).value, steps)
    (scenario,) = whole.pop("scenarios")
    lines = [f"      - {as_yaml(step, is_flat=True)}" for step in scenario["steps"]]
    title = as_yaml(scenario["title"], is_flat=True)
    return f"{as_yaml(whole)}scenarios:\n  - title: {title}    steps:\n{''.join(lines)}"


def as_yaml(values: Any, *, is_flat: bool = False) -> str:
    """Values in the notation of definitions: all or small parts on one line, days without quotation marks."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = cast("Any", True if is_flat else None)  # None: small parts flow, others do not
    yaml.width = LONGEST_LINE if is_flat else 160
    yaml.sort_base_mapping_type_on_output = AS_WRITTEN
    stream = StringIO()
    yaml.dump(_dated(values), stream)
    return stream.getvalue()


def _dated(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _dated(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_dated(item) for item in value]
    if isinstance(value, str) and len(value) == 10:
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value
