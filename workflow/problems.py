"""What can go wrong, as data: a code and its parameters, put into words only where a person reads them."""

from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Reason:
    """One failing rule: which (`code`, a key of the text catalogue), with what values, on what evidence.

    `remedy` is the key of a text that says who can change it or how; `cites` names the source of the rule.
    """

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    remedy: str | None = None
    cites: str | None = None
    waivable_by: tuple[str, ...] = ()
    guard: str | None = None


class Problem(Exception):
    """Something a client asked for that cannot be done; nothing was changed."""

    status: ClassVar[int] = 422

    def __init__(self, code: str, *, field: str | None = None, **params: Any) -> None:
        self.code = code
        self.field = field
        self.params = params
        super().__init__(f"{code} {params}" if params else code)


class Invalid(Problem):
    """The input is not what the place takes (422). Several faults at once stand in `problems`."""

    def __init__(
        self, code: str, *, field: str | None = None, problems: tuple["Problem", ...] = (), **params: Any
    ) -> None:
        super().__init__(code, field=field, **params)
        self.problems = problems


class Refused(Problem):
    """A rule of the procedure forbids it (422); `reasons` holds every one that does, `problems` the form's faults."""

    def __init__(self, reasons: tuple[Reason, ...], problems: tuple[Problem, ...] = ()) -> None:
        super().__init__("refused", count=len(reasons))
        self.reasons = reasons
        self.problems = problems


class Forbidden(Problem):
    """The actor may not (403)."""

    status = 403


class Missing(Problem):
    """There is no such thing, or the actor may not know of it (404)."""

    status = 404


class Conflict(Problem):
    """Somebody else was first (409); the caller sees what changed and decides again."""

    status = 409


class Unavailable(Problem):
    """The database or another service does not answer now (503); asking again may help."""

    status = 503
