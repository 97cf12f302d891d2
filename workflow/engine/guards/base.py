"""What a guard is: parameters from the definition, the facts it needs, and the reasons it gives when it fails."""

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from workflow.engine.facts import Facts
from workflow.problems import Reason
from workflow.procedure.parts import Part

REGISTRY: dict[str, type["Guard"]] = {}


class Guard(Part):
    """A statement about the facts that is true when passed.

    A subclass is a frozen model of its parameters; `key` is the name definitions use. `remedy` is the text key of
    who can change it. `looks_at_form` guards say nothing until a form has been sent.
    """

    key: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()
    remedy: ClassVar[str | None] = None
    looks_at_form: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "key" in cls.__dict__:
            REGISTRY[cls.key] = cls

    @property
    def facts_needed(self) -> tuple[str, ...]:
        """The facts this use of the guard looks at."""
        return self.needs

    @property
    def is_about_form(self) -> bool:
        """Whether it says nothing until a form has been sent."""
        return self.looks_at_form

    @property
    def is_about_actor(self) -> bool:
        """Whether it says who may act rather than when: separation of duties. Who it bars is not given the work."""
        return False

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        """Every way in which the facts fail it; nothing when passed."""
        raise NotImplementedError

    def reason(self, code: str, **params: Any) -> Reason:
        """A reason of this guard."""
        return Reason(f"{self.key}.{code}", params, remedy=self.remedy)


def day(text: str) -> date:
    """A fact's ISO date."""
    return date.fromisoformat(text)


def full_years(since: date, on: date) -> int:
    """Completed years between two days, counted by month: the day of the month does not matter in these papers.

    The approval form's rule: difference of years, less one if the month is earlier.
    """
    return on.year - since.year - (on.month < since.month)


def full_months(since: date, on: date) -> int:
    """Completed months between two days."""
    return (on.year - since.year) * 12 + on.month - since.month - (on.day < since.day)
