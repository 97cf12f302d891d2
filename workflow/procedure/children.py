"""Child cases of a definition: branches that run at the same time, as many as are needed, and the rule that joins them."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from workflow.procedure.parts import FieldRef, Key, Keys, Part, ProcedureKey, StateRef, _as_tuple

JoinOutcome = Literal["complete", "short"]


class Opening(Part):
    """Which child case is opened, how many, and about whom. Exactly one of `branch` and `procedure`."""

    branch: StateRef | None = None
    """The state of this procedure in which the child begins."""
    procedure: ProcedureKey | None = None
    """The key of another procedure that the child is a case of."""
    about: Literal["subject", "actor", "each"] = "subject"
    """Whom the child is about: the case's own person, whoever acts, or the person `for_each` comes to."""
    body: Literal["subject"] | FieldRef | None = None
    """Whose business the child is: with `subject` the body of whom it is about, as the archive has it then; or the body that an
    answer of the case names. Without it, and where neither names one, the body of the case."""
    for_each: FieldRef | None = None
    """An answer of the case: a child for every row, person or account in it, as many as the number says, or one where it is yes."""
    names: Key | None = None
    """The role that the account of each child gets in it."""
    fills: Key | None = None
    """The form of the child that each row fills in."""
    called: Key | None = None
    """The column of the rows that says what each child is called: the case's own title where none is named."""

    @model_validator(mode="after")
    def _one_kind(self) -> "Opening":
        if (self.branch is None) == (self.procedure is None):
            raise PydanticCustomError("opening", "write exactly one of: branch, procedure")
        return self


class Join(Part):
    """When the children are enough; a join that can no longer be met comes to `short`."""

    rule: Literal["all", "at_least", "first"]
    """`all`: every child has ended. `at_least`: so many have ended with an outcome that counts. `first`: one has."""
    at_least: int | None = Field(default=None, ge=1, le=10_000)
    """How many, with the rule `at_least`."""
    counting: Keys = ()
    """Outcomes that count; all of them where none is named."""
    cites: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = ()

    @model_validator(mode="after")
    def _number_where_counted(self) -> "Join":
        if (self.at_least is None) == (self.rule == "at_least"):
            raise PydanticCustomError("join", "at_least goes with the rule at_least, and only with it")
        return self

    @property
    def needed(self) -> int | None:
        """How many must count; None where all must have ended."""
        return 1 if self.rule == "first" else self.at_least


class Children(Part):
    """The child cases a state waits for."""

    opens: Annotated[tuple[Opening, ...], BeforeValidator(_as_tuple)] = ()
    """Which are opened when the state is entered."""
    gathers: Annotated[tuple[StateRef, ...], BeforeValidator(_as_tuple)] = ()
    """Other states in which children were opened that are waited for here."""
    join: Join
    """When they are enough."""
    cancels_rest: bool = True
    """Whether children still open are cancelled when the state is left."""

    @model_validator(mode="before")
    @classmethod
    def _one_opening(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("opens"), dict):
            return {**value, "opens": (value["opens"],)}
        return value

    @property
    def possible_outcomes(self) -> frozenset[str]:
        """What waiting can come to; the state must say where each leads."""
        if self.join.rule == "all" and not self.join.counting:
            return frozenset({"complete"})
        return frozenset({"complete", "short"})
