"""Conditions of a definition: statements about facts, as structured data that is compared and never evaluated."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from workflow.procedure.parts import Part, _as_tuple

FACT_PATTERN = r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+){0,3}$"
Name = Annotated[str, Field(pattern=FACT_PATTERN, max_length=180)]
Value = bool | int | str
COMPARISONS = ("is_set", "equals", "one_of", "none_of", "at_least", "at_most", "same_as", "differs_from")


class Condition(Part):
    """A statement that is true or false of a case: one comparison, or several joined by `all`, `any` or `not`.

    `this` names a fact: one of the catalogue (`case.category`, `today`), an answer of the form being sent
    (`field.KEY`; `field.KEY.COLUMN.VALUE` for the number of rows with a choice), the newest answer of a form of the case (`form.FORM.KEY`), or one of the counted families.
    Where the fact is unknown, every comparison but `is_set: false` and `none_of` is false.
    """

    all_of: tuple["Condition", ...] = Field(default=(), alias="all")
    """Conditions that must all hold."""
    any_of: tuple["Condition", ...] = Field(default=(), alias="any")
    """Conditions of which one must hold."""
    negated: "Condition | None" = Field(default=None, alias="not")
    """A condition that must not hold."""
    this: Name | None = None
    """The fact that is compared."""
    is_set: bool | None = None
    """Whether there is a value."""
    equals: Value | None = None
    """The value it must have; `yes` and `no` are answers too."""
    one_of: Annotated[tuple[Value, ...], BeforeValidator(_as_tuple)] = ()
    """Values of which it must have one."""
    none_of: Annotated[tuple[Value, ...], BeforeValidator(_as_tuple)] = ()
    """Values it must not have."""
    at_least: int | str | None = None
    """The least it may be: a number, or an ISO date where the fact is a date."""
    at_most: int | str | None = None
    """The most it may be."""
    same_as: Name | None = None
    """The name of another fact that must be the same."""
    differs_from: Name | None = None
    """The name of another fact that must be another."""

    @model_validator(mode="before")
    @classmethod
    def _lists_as_tuples(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            key: tuple(part) if key in ("all", "any") and isinstance(part, list) else part
            for key, part in value.items()
        }

    @model_validator(mode="after")
    def _one_way(self) -> "Condition":
        joined = sum((bool(self.all_of), bool(self.any_of), self.negated is not None, self.this is not None))
        compared = [name for name in COMPARISONS if getattr(self, name) not in (None, ())]
        if joined != 1 or bool(compared) != (self.this is not None):
            raise PydanticCustomError(
                "condition",
                "write all, any or not; or this with a comparison: {comparisons}",
                {"comparisons": ", ".join(COMPARISONS)},
            )
        return self

    @property
    def facts(self) -> Iterator[str]:
        """Every fact it looks at, as it is named."""
        for part in (*self.all_of, *self.any_of, *((self.negated,) if self.negated else ())):
            yield from part.facts
        yield from (name for name in (self.this, self.same_as, self.differs_from) if name)
