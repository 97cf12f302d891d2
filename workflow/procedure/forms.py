"""Forms of a definition: typed fields with their limits, and rubrics."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from workflow.procedure.conditions import Condition
from workflow.procedure.parts import Key, Keys, Part, Words, _as_tuple

CellType = Literal["text", "long_text", "integer", "number", "date", "yes_no", "choice"]
FieldType = Literal[CellType, "choices", "person", "body", "accounts", "rows"]


class Column(Part):
    """One column of a table of rows."""

    type: CellType
    title: Words
    required: bool = False
    options: dict[Key, Words] = Field(default_factory=dict)
    codes: Key | None = None
    unit: Words | None = None
    at_least: int | None = None
    at_most: int | None = None
    decimals: int = Field(default=0, ge=0, le=6)
    max_length: int = Field(default=1_000, ge=1, le=10_000)


class FormField(Part):
    """One question of a form.

    `options` are a choice's own answers; `codes` names a code table instead. `holders_of` names the role whose
    holders an `accounts` field picks from. `max_length` counts characters, `at_least`/`at_most` bound a number or
    how many rows there are; a `number` has so many `decimals`. `carried_from` names the answer of another form
    (`form.field`) that stands here already when the form is opened.
    """

    type: FieldType
    title: Words
    hint: Words | None = None
    required: bool = False
    required_when: dict[Key, Keys] = Field(default_factory=dict)
    """Field → answers that make this one required."""
    asked_when: Condition | None = None
    """The question is put only where this holds of the answers of the same form (`field.KEY`)."""
    carried_from: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")] | None = None
    columns: dict[Key, Column] = Field(default_factory=dict)
    """The columns of a field of type `rows`."""
    decimals: int = Field(default=0, ge=0, le=6)
    options: dict[Key, Words] = Field(default_factory=dict)
    codes: Key | None = None
    holders_of: Key | None = None
    visible_to: Keys = ()
    """Roles that may read the answer; all readers of the stage where none is named."""
    unit: Words | None = None
    at_least: int | None = None
    at_most: int | None = None
    max_length: int = Field(default=4_000, ge=1, le=100_000)


class Form(Part):
    """A set of fields filled in together."""

    title: Words
    intro: Words | None = None
    fields: dict[Key, FormField] = Field(min_length=1)


class RubricItem(Part):
    """One line of the yardstick: its weight in the whole and the points to be given."""

    title: Words
    hint: Words | None = None
    weight: int = Field(ge=1, le=100)
    out_of: int = Field(default=100, ge=1, le=1_000)


class Rubric(Part):
    """The yardstick everybody in a round is measured by; weights add up to 100."""

    title: Words
    cites: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = ()
    items: dict[Key, RubricItem] = Field(min_length=1)
