"""The catalogue of effects: what follows from an action, as intents that subjects turn into rows."""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from workflow.procedure.parts import Key, Part

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
