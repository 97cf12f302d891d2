"""What a rehearsal finds different from what is written, and whether a refusal is the one expected."""

from dataclasses import dataclass, field
from typing import Any

from workflow.problems import Problem, Refused


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as expected: a key of the texts with its values, and the key of the step it belongs to.

    `problem` is what refused the step, where that is the difference.
    """

    code: str
    place: tuple[str, ...]
    params: dict[str, Any] = field(default_factory=dict)
    problem: Problem | None = None


def reason_codes(problem: Problem) -> tuple[str, ...]:
    """The codes a refusal gives, each once: of its reasons, of the form's faults, or its own."""
    inner = tuple(reason.code for reason in problem.reasons) if isinstance(problem, Refused) else ()
    faults = tuple(one.code for one in getattr(problem, "problems", ()))
    return tuple(dict.fromkeys((*inner, *faults))) or (problem.code,)


def refusal_difference(
    expected: tuple[str, ...], problem: Problem | None, *, to: str | None = None
) -> Difference | None:
    """Whether a refusal is the one expected: every code found is expected, and every one expected is found.

    `to` is who was refused, where several did the same one after the other.
    """
    if problem is None:
        return Difference("not_refused", ("refused",), {"expected": list(expected)}) if expected else None
    found = reason_codes(problem)
    if not expected:
        who = {"who": to} if to else {}
        return Difference("refused_to" if to else "refused", (), {"found": list(found), **who}, problem)
    unexpected = [code for code in found if not any(_is(code, one) for one in expected)]
    absent = [one for one in expected if not any(_is(code, one) for code in found)]
    if not unexpected and not absent:
        return None
    return Difference("refused_otherwise", ("refused",), {"expected": list(expected), "found": list(found)}, problem)


def _is(code: str, expected: str) -> bool:
    return code == expected or code.startswith(f"{expected}.")
