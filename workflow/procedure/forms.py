"""Forms of a definition: typed fields with their limits, and rubrics."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from workflow.procedure.conditions import Condition
from workflow.procedure.parts import Key, Keys, Part, Words, _as_tuple

CellType = Literal["text", "long_text", "integer", "number", "date", "yes_no", "choice"]
FieldType = Literal[CellType, "choices", "person", "body", "accounts", "rows", "file"]
FileKind = Literal["pdf", "ofd", "docx", "xlsx", "png", "jpeg"]
MOST_MEGABYTES = 20
"""What the files of one form may have together."""


class Column(Part):
    """One column of a table of rows."""

    type: CellType
    """What kind of answer stands in each row."""
    title: Words
    required: bool = False
    """Whether a row cannot be sent without it."""
    options: dict[Key, Words] = Field(default_factory=dict)
    """A choice's own answers, by code."""
    codes: Key | None = None
    """The code table a choice's answers come from, instead of its own."""
    unit: Words | None = None
    """What a number counts."""
    at_least: int | None = None
    """The least a number may be."""
    at_most: int | None = None
    """The most a number may be."""
    decimals: int = Field(default=0, ge=0, le=6)
    """How many decimals a `number` may have."""
    max_length: int = Field(default=1_000, ge=1, le=10_000)
    """The most characters of a text."""


class FormField(Part):
    """One question of a form."""

    type: FieldType
    """What kind of answer is wanted."""
    title: Words
    hint: Words | None = None
    """Help that stands below the title."""
    required: bool = False
    """Whether the form cannot be sent without it."""
    required_when: dict[Key, Keys] = Field(default_factory=dict)
    """Field → answers that make this one required."""
    asked_when: Condition | None = None
    """The question is put only where this holds of the answers of the same form (`field.KEY`)."""
    carried_from: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")] | None = None
    """The answer of another form (`form.field`) that stands here already when the form is opened."""
    columns: dict[Key, Column] = Field(default_factory=dict)
    """The columns of a field of type `rows`."""
    decimals: int = Field(default=0, ge=0, le=6)
    """How many decimals a `number` may have."""
    options: dict[Key, Words] = Field(default_factory=dict)
    """A choice's own answers, by code."""
    codes: Key | None = None
    """The code table a choice's answers come from, instead of its own."""
    holders_of: Key | None = None
    """The role whose holders an `accounts` field picks from."""
    visible_to: Keys = ()
    """Roles that may read the answer; those of the form where none is named."""
    unit: Words | None = None
    """What an integer counts."""
    at_least: int | None = None
    """The smallest number, the fewest rows, files, people or choices accepted."""
    at_most: int | None = None
    """The largest number, the most rows, files, people or choices accepted."""
    max_length: int = Field(default=4_000, ge=1, le=100_000)
    """The longest text accepted, in characters."""
    kinds: Annotated[tuple[FileKind, ...], BeforeValidator(_as_tuple)] = ()
    """What a `file` may be, by its content; any of these kinds where none is named."""
    max_megabytes: int = Field(default=10, ge=1, le=10)
    """The largest size of one `file`; how many there may be says `at_most`, one where nothing is said."""

    @property
    def most_files(self) -> int:
        """How many files the answer may have."""
        return self.at_most or 1


class Form(Part):
    """A set of fields filled in together."""

    title: Words
    intro: Words | None = None
    """What stands above the questions."""
    visible_to: Keys = ()
    """Roles that may read its answers, where a question does not say so itself; else all readers of the stage."""
    fields: dict[Key, FormField] = Field(min_length=1)
    """The questions, in order."""


class RubricItem(Part):
    """One line of the yardstick: its weight in the whole and the points to be given."""

    title: Words
    hint: Words | None = None
    """What is looked at."""
    weight: int = Field(ge=1, le=100)
    """Its part of the whole, in percent."""
    out_of: int = Field(default=100, ge=1, le=1_000)
    """The most points that can be given."""
    at_least: int = Field(default=0, ge=0, le=1_000)
    """The fewest points that can be given."""


class Rubric(Part):
    """The yardstick everybody in a round is measured by; weights add up to 100."""

    title: Words
    cites: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = ()
    items: dict[Key, RubricItem] = Field(min_length=1)
    """The lines, in order."""
