"""What a scenario begins with: the day, bodies and who holds their roles, people, the round, the case, forms as usual."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import count
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from workflow.procedure.parts import Key, Part, Words
from workflow.rehearsal.parts import BodyCode, Day, HeldRole, Holders, Name, Year

CLOCK_NAME = "clock"
"""Opens a case that comes by itself, as yearly reviews do."""
COURSE_DAYS = timedelta(days=12)


class Body(Part):
    """An organization unit; every key beside its own is a role held there: `officer: [li]`, `member: 11`."""

    own: ClassVar[tuple[str, ...]] = ("kind", "title", "parent")
    kind: Key = "department"
    title: Words | None = None
    parent: BodyCode | None = None
    roles: dict[HeldRole, Holders] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, value: Any) -> Any:
        """Takes the place of the closed keys of other parts: what is no key of a body must be a role."""
        if not isinstance(value, dict) or "roles" in value:
            return value
        own = {key: item for key, item in value.items() if key in cls.own}
        return {**own, "roles": {key: item for key, item in value.items() if key not in cls.own}}


class Course(Part):
    """A training attended; off the job and completed unless it says otherwise."""

    until: Day
    hours: int = Field(default=80, ge=1, le=10_000)
    off_job: bool = True
    completed: bool = True

    @property
    def since(self) -> date:
        """The first day: courses take twelve days here."""
        return self.until - COURSE_DAYS


class Sanction(Part):
    """A sanction and the last day of its effect."""

    kind: Key
    until: Day


def _course(value: Any) -> Any:
    return value if isinstance(value, dict) or value is None else {"until": value}


class Person(Part):
    """Somebody of the archive, with an account of the same name; what is left out is the ordinary."""

    name: str | None = Field(default=None, min_length=1, max_length=40)
    born: Day = date(1985, 1, 1)
    sex: Key = "female"
    nationality: Key = "ha"
    political_status: Key = "non_affiliated"
    education: Key = "bachelor"
    works_since: Day | None = None
    in_post_since: Day | None = None
    grades: dict[Year, Key] = Field(default_factory=dict)
    trained: Annotated[Course | None, BeforeValidator(_course)] = None
    sanction: Sanction | None = None
    kin: dict[Name, Key] = Field(default_factory=dict)
    """Somebody else → their relation to this person: `{wen: spouse}`."""
    body: BodyCode | None = None
    """The body whose archive the person is in."""
    listed: dict[Key, Day] = Field(default_factory=dict)
    """List → the day from which the person has been on it."""


class Round(Part):
    """The batch the case belongs to. `calls` names the bodies called; that of the case where nothing is said."""

    opens: Day | None = None
    closes: Day | None = None
    calls: tuple[BodyCode, ...] = ()
    seats: dict[Key, int] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _calls_as_tuple(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("calls"), list):
            value = {**value, "calls": tuple(value["calls"])}
        return value


class Case(Part):
    """The case about a person, or about what `title` names; `by` opens it, `clock` where it comes by itself."""

    person: Name | None = None
    title: str | None = Field(default=None, min_length=1, max_length=200)
    category: Key | None = None
    body: BodyCode | None = None
    """The body that puts the person forward; the person's own where nothing is said."""
    by: Name | None = None


class Given(Part):
    """Everything there is before the first step. A scenario's own is laid over that of the file, key by key."""

    today: Day | None = None
    bodies: dict[BodyCode, Body] = Field(default_factory=dict)
    people: dict[Name, Person] = Field(default_factory=dict)
    round: Round | None = None
    case: Case | None = None
    forms: dict[Key, dict[str, Any]] = Field(default_factory=dict)
    """Form → answers given wherever a step does not give others."""

    def under(self, other: "Given") -> "Given":
        """The same with another laid over it."""
        laid: Given = _laid(self, other)
        return laid

    @property
    def held(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """(body, role) → names. People only counted are called by their role and a number: `member01`, `member02` …"""
        numbers: defaultdict[str, count[int]] = defaultdict(lambda: count(1))
        return {
            (code, role): names
            if isinstance(names, tuple)
            else tuple(f"{role}{next(numbers[role]):02d}" for _ in range(names))
            for code, body in self.bodies.items()
            for role, names in body.roles.items()
        }

    @property
    def accounts(self) -> tuple[str, ...]:
        """The names of everybody who signs in: holders of roles, and people of the archive."""
        named = [name for names in self.held.values() for name in names]
        return tuple(dict.fromkeys((*named, *self.people)))


def _laid(below: Any, above: Any) -> Any:
    """`above`, completed by what only `below` says: parts and mappings key by key, anything else as a whole."""
    if isinstance(below, BaseModel) and isinstance(above, type(below)):
        said = {name: _laid(getattr(below, name), getattr(above, name)) for name in above.model_fields_set}
        return below.model_copy(update=said)
    if isinstance(below, dict) and isinstance(above, dict):
        return below | {key: _laid(below.get(key), item) for key, item in above.items()}
    return above
