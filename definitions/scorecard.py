"""The score card of the workflow patterns: which are supported, and the rehearsal that proves each."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from definitions.library import load, procedures
from definitions.rehearsing import load_book, scenario_file
from workflow.procedure.findings import Unsound
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Part
from workflow.procedure.source import read_file, read_source
from workflow.rehearsal.script import Book

HOME = Path(__file__).parent.parent
CARD = HOME / "definitions" / "patterns.yaml"
FOLDER = HOME / "definitions" / "patterns"
"""Small procedures that show a pattern where none that ships does, with their scenarios below."""
PERSPECTIVES = {"control_flow": "Control-flow patterns", "resource": "Resource patterns"}
VERDICTS = {"supported": "supported", "partly": "partly", "refused": "refused on purpose"}
OPENING = """\
# Workflow patterns

What the engine makes of the patterns of the [Workflow Patterns initiative](http://www.workflowpatterns.com): 43 of control flow, 43 of
resources. Each that is supported points at a rehearsal, which the tests play: a scenario of a procedure that ships, or of a small one written for the
pattern. This page is made from `definitions/patterns.yaml` by `./run procedures patterns --output
docs/reference/workflow-patterns.md`, and the tests say when it is stale.

Play one by hand: `./run procedures rehearse definitions/patterns/joins.yaml --scenarios definitions/patterns/scenarios/joins.yaml`.
"""


class Pattern(Part):
    """One pattern: what becomes of it here, in a sentence, and where it can be seen."""

    name: str = Field(min_length=1, max_length=120)
    verdict: Literal["supported", "partly", "refused"]
    how: str = Field(min_length=1, max_length=300)
    shown: dict[str, str] = Field(default_factory=dict, max_length=1)
    """Scenario file, by its procedure's key → the English title of a scenario in it."""

    @model_validator(mode="after")
    def _proven(self) -> "Pattern":
        if (self.verdict == "supported") != bool(self.shown):
            raise PydanticCustomError("pattern_proof", "exactly what is supported names one rehearsal")
        return self


class Card(Part):
    """Every pattern by its number, in two perspectives."""

    control_flow: dict[str, Pattern]
    resource: dict[str, Pattern]


def load_card(path: Path = CARD) -> Card:
    """The card in a file. Raises Unsound naming the lines that are faulty."""
    source = read_source(read_file(path), str(path))
    try:
        return Card.model_validate(source.value)
    except ValidationError as error:
        raise Unsound(tuple(source.worded(dict(fault)) for fault in error.errors(include_url=False))) from error


@cache
def examples_of_patterns() -> dict[str, Procedure]:
    """The small procedures, by key. Raises Unsound."""
    loaded = [load(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return {procedure.procedure: procedure for procedure in loaded}


def scenarios_of(key: str) -> tuple[Procedure, Path]:
    """A procedure that ships, or a small one, with its scenario file. Raises KeyError."""
    shipped = procedures().get(key)
    if shipped is not None:
        return shipped, scenario_file(shipped)
    return examples_of_patterns()[key], FOLDER / "scenarios" / f"{key}.yaml"


def book_of(key: str) -> Book:
    """The scenarios of a procedure. Raises KeyError, Unsound."""
    procedure, path = scenarios_of(key)
    return load_book(procedure, path)


def card_page(card: Card) -> str:
    """The page: how many of each, then every pattern with its proof."""
    return "\n".join((OPENING, *_sums(card), *_tables(card))) + "\n"


def _sums(card: Card) -> Iterator[str]:
    yield "| | " + " | ".join(VERDICTS.values()) + " |"
    yield "|---|" + "---|" * len(VERDICTS)
    for perspective, title in PERSPECTIVES.items():
        patterns = getattr(card, perspective).values()
        counts = [sum(pattern.verdict == verdict for pattern in patterns) for verdict in VERDICTS]
        yield f"| {title} | " + " | ".join(str(count) for count in counts) + " |"


def _tables(card: Card) -> Iterator[str]:
    for perspective, title in PERSPECTIVES.items():
        yield from ("", f"## {title}", "", "| | Pattern | | How | Shown by |", "|---|---|---|---|---|")
        for number, pattern in getattr(card, perspective).items():
            cells = (number, pattern.name, VERDICTS[pattern.verdict], pattern.how, _shown(pattern))
            yield "| " + " | ".join(cells) + " |"


def _shown(pattern: Pattern) -> str:
    for key, title in pattern.shown.items():
        path = scenarios_of(key)[1].relative_to(HOME)
        return f"[{key}](../../{path}): “{title}”"
    return "–"
