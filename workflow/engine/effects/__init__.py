"""The catalogue of effects: what follows from an action, as intents that subjects turn into rows."""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from workflow.procedure.children import Opening
from workflow.procedure.parts import FieldRef, Key, Part, StateRef, _as_tuple

RankCode = Annotated[str, Field(pattern=r"^[0-9a-z_]+$", max_length=20)]
"""A code of the table of ranks."""
REGISTRY: dict[str, type["Effect"]] = {}


class Effect(Part):
    """Parameters of something that follows; the subject registered under `key` writes its rows."""

    key: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        REGISTRY[cls.key] = cls


class Notify(Effect):
    """Tells a role of the case something."""

    key: ClassVar[str] = "notify"
    to: Key
    """The role that is told."""
    template: Key
    """The text, a key of `definitions/messages`."""


class OpenChild(Opening, Effect):
    """Opens a child case: a branch of this procedure, or a case of another."""

    key: ClassVar[str] = "open_child"


class ActOn(Effect):
    """Takes an action on other cases, as whoever may take it there: the next on a reserve list, whoever was chosen."""

    key: ClassVar[str] = "act_on"
    among: Literal["children", "parent", "round"]
    """The case's children, its parent, or the other cases of its round and category."""
    which: Literal["chosen", "others", "leading", "last", "all", "first"] = "all"
    """The child a panel has chosen, all but that one, those with the most votes, those with the fewest, all, or the first so many."""
    in_states: Annotated[tuple[StateRef, ...], BeforeValidator(_as_tuple)] = ()
    """States they must be in."""
    take: int = Field(default=1, ge=1, le=1_000)
    """How many, where the first are taken."""
    take_from: FieldRef | None = None
    """The answer of the case (`form.field`) that says how many instead."""
    order_by: FieldRef | None = None
    """The number (`form.field`) that orders them, highest first; then, and without it, as they were opened."""
    by_lot: FieldRef | None = None
    """The answer of the case (`form.field`) that is the public seed of a lot, which then decides in place of who was opened first."""
    action: Key
    """What is done to them."""


class SetField(Effect):
    """Writes an answer into a form of the case, as a filling of its own: a result others read."""

    key: ClassVar[str] = "set_field"
    field: FieldRef
    """Where it is written: `form.field`."""
    value: bool | int | str | None = None
    """What is written."""
    copy_of: str | None = None
    """The fact whose value is written instead."""
    weighs: dict[FieldRef, Annotated[int, Field(ge=1, le=100)]] = Field(default_factory=dict)
    """Number of the case's forms → its weight: their weighted mean is written instead, with two decimals."""


class ExtendDeadline(Effect):
    """Moves the deadline of the state the case stays in: a career clock that is extended, with the action's reason."""

    key: ClassVar[str] = "extend_deadline"
    unit: Literal["days", "working_days", "months"]
    """What the number counts."""
    number: int | None = Field(default=None, ge=1, le=4_000)
    """By how many."""
    number_from: FieldRef | None = None
    """The answer of the case (`form.field`) that says by how many."""


class Appoint(Effect):
    """Writes the post into the person's archive; tenure counts from the decision, or from today."""

    key: ClassVar[str] = "appoint"
    title_from: FieldRef
    """The answer that names the post."""
    organization_from: FieldRef
    """The answer that names where it is."""
    rank: RankCode | dict[Key, RankCode] | None = None
    """The code of the post's rank, or one for each category."""
    decided_in: StateRef | None = None
    """The panel state whose outcome is the decision."""


class EndPost(Effect):
    """Ends the post the person holds since last, in the archive: a removal, from the decision or from today."""

    key: ClassVar[str] = "end_post"
    decided_in: StateRef | None = None
    """The panel state whose outcome is the decision."""


class MakeDocument(Effect):
    """Makes a document of the case from a template, of what is known with the step; it is kept as it is, in both languages.

    Whoever reads the stage the step was taken in reads it, and every answer it holds that is kept from others.
    """

    key: ClassVar[str] = "document"
    template: Key
    """The key of the template: of `documents`, or a file of `definitions/documents`."""


class Webhook(Effect):
    """Leaves a row for an outside system; what takes it there is not this engine's."""

    key: ClassVar[str] = "webhook"
    to: Key
    """The name under which the installation knows the system."""
    sends: Annotated[tuple[FieldRef, ...], BeforeValidator(_as_tuple)] = ()
    """Answers of the case that go with it; nothing else about the case does but its reference and state."""


class LeavePool(Effect):
    """Ends the person's membership of the pool of the case's category."""

    key: ClassVar[str] = "leave_pool"
    reason: Key = "removed"
    """Why, as a word the list keeps."""


class EnterPool(Effect):
    """Puts the person on the pool of the case's category; tenure counts from the decision."""

    key: ClassVar[str] = "enter_pool"
    tenure_from: Literal["decision", "today"] = "decision"
    """The day from which tenure counts."""
    decided_in: str = ""
    """The panel state whose outcome is the decision."""
    tier: Key | None = None
    """The tier the archive shows from then on; the category it shows is the case's."""


def _of_any_year(text: str) -> str:
    date.fromisoformat(f"2001-{text}")
    return text


MonthDay = Annotated[str, Field(pattern=r"^\d\d-\d\d$"), AfterValidator(_of_any_year)]
"""A day that every year has, as month and day: `12-01`."""


class ScheduleReview(Effect):
    """Plans the next yearly review of the membership: a case of a procedure, between two days of the year."""

    key: ClassVar[str] = "schedule_review"
    procedure: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    """The key of the procedure of the review."""
    opens_on: MonthDay
    """The day on which it is opened, as `12-01`."""
    due_on: MonthDay
    """The day by which it is due."""

    def opens_date(self, year: int) -> date:
        """The day the review of a year is opened."""
        return date.fromisoformat(f"{year:04d}-{self.opens_on}")

    def due_date(self, year: int) -> date:
        """The day the review of a year is due: the year's own, or the next one's where that day comes before the opening."""
        return date.fromisoformat(f"{year + (self.due_on < self.opens_on):04d}-{self.due_on}")


class FinishReview(Effect):
    """Writes the review's result and acts on the membership: retained, upgraded or removed."""

    key: ClassVar[str] = "finish_review"
    result: Literal["retained", "upgraded", "removed"]
    """What becomes of the membership."""
