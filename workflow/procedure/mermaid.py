"""Writes a procedure as Mermaid text: stages as groups, ways as arrows with what they are called."""

from collections.abc import Callable, Iterator

from workflow.procedure.flow_words import ANYWHERE, CHILD_CASE, EARLIER_STATE, SUSPENDED_STATE, joined
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.procedure.ways import Out, ways_anywhere, ways_out

Say = Callable[[Words], str]
LONGEST = 80
"""Characters of an arrow's text; a condition may be longer."""


def draw_mermaid(procedure: Procedure, say: Say) -> str:
    """The diagram as Mermaid text (`stateDiagram-v2`). What many states share leaves one box that stands for them."""
    lines = ["stateDiagram-v2", "    direction TB"]
    for key, stage in procedure.stages.items():
        lines.append(f'    state "{_quoted(say(stage.title))}" as {key} {{')
        lines += [
            f'        state "{_quoted(say(state.title))}" as {key}__{name}' for name, state in stage.states.items()
        ]
        lines.append("    }")
    lines += [*_begins(procedure, say), *_ways(procedure, say), *_shared(procedure, say)]
    return "\n".join(lines) + "\n"


def _begins(procedure: Procedure, say: Say) -> Iterator[str]:
    for ref in procedure.entrances:
        label = "" if ref == procedure.starts else f" : {_quoted(say(CHILD_CASE))}"
        yield f"    [*] --> {_id(ref)}{label}"


def _ways(procedure: Procedure, say: Say) -> Iterator[str]:
    backs = {}
    for ref, state in procedure.states.items():
        for out in ways_out(procedure, ref):
            yield from _arrows(_id(ref), out, say)
            backs.update({_back(out.back): out.back} if out.back else {})
        if state.final is not None:
            yield f"    {_id(ref)} --> [*]"
    for id_, title in backs.items():
        yield f'    state "{_quoted(say(title))}" as {id_}'


def _shared(procedure: Procedure, say: Say) -> Iterator[str]:
    """A box for each stage, and one for the whole procedure, whose states share a way."""
    boxes = {}
    for way in ways_anywhere(procedure):
        box = f"_any_{way.stage}" if way.stage else "_any"
        stage = procedure.stages[way.stage].title if way.stage else None
        boxes[box] = joined(stage, ANYWHERE)
        yield from _arrows(box, way.out, say)
    for box, title in boxes.items():
        yield f'    state "{_quoted(say(title))}" as {box}'


def _arrows(source: str, out: Out, say: Say) -> Iterator[str]:
    title = _quoted(say(out.title))
    title = title if len(title) <= LONGEST else f"{title[:LONGEST]}…"
    for target in [_id(ref) for ref in out.targets] or [_back(out.back)]:
        yield f"    {source} --> {target} : {title}"


def _back(title: Words | None) -> str:
    return {EARLIER_STATE.en: "_earlier", SUSPENDED_STATE.en: "_resumed"}[title.en if title else EARLIER_STATE.en]


def _quoted(text: str) -> str:
    return text.replace('"', "'").replace(":", "：").replace("\n", " ")


def _id(ref: str) -> str:
    return ref.replace(".", "__")
