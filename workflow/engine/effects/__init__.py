"""The catalogue of effects: what follows from an action, as intents that subjects turn into rows."""

from typing import Any, ClassVar, Literal

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
    template: Key


class EnterPool(Effect):
    """Puts the person on the pool of the case's category; tenure counts from the decision."""

    key: ClassVar[str] = "enter_pool"
    tenure_from: Literal["decision", "today"] = "decision"
    decided_in: str = ""
    """The panel state whose outcome is the decision."""


class ScheduleReview(Effect):
    """Plans the yearly review of the membership."""

    key: ClassVar[str] = "schedule_review"
    opens: Literal["year_end", "anniversary"] = "year_end"


class FinishReview(Effect):
    """Writes the review's result and acts on the membership: retained, upgraded or removed."""

    key: ClassVar[str] = "finish_review"
    result: Literal["retained", "upgraded", "removed"]
