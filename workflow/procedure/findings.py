"""What is wrong with a definition: where, what, and what would be right."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

Severity = Literal["error", "warning"]
"""A definition with an error cannot be used; a warning says that it will not do what it seems to."""
Path = tuple[str | int, ...]
Fault = tuple[Path, str, dict[str, Any]]
"""A place of the definition, what is wrong with it, and the values of the message."""
MAX_FINDINGS = 200
"""More are not read by anybody, and a file can be made to have a million."""
LONGEST_LIST = 60


def listed(names: Iterable[str]) -> str:
    """What is allowed, as far as somebody reads it."""
    first = sorted(names)
    return ", ".join([*first[:LONGEST_LIST], "…"] if len(first) > LONGEST_LIST else first)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or doubt. `code` is a key of the text catalogue with `params`; `line` counts from 1."""

    file: str
    line: int
    code: str
    params: dict[str, Any] = field(default_factory=dict)
    place: str = ""
    """The path inside the file: `stages.review.states.co_sign`."""
    severity: Severity = "error"


class Unsound(Exception):
    """The definition cannot be used; `findings` says why, in the order of the file."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = in_order(findings)
        super().__init__("; ".join(f"{f.file}:{f.line}: {f.code} {f.params}" for f in self.findings))


def first_of(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """As many findings as somebody reads; a last one says that there are more."""
    found = tuple(islice(findings, MAX_FINDINGS + 1))
    if len(found) <= MAX_FINDINGS:
        return found
    more = Finding(found[-1].file, found[-1].line, "too_many_findings", {"limit": MAX_FINDINGS})
    return (*found[:MAX_FINDINGS], more)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings as the file has them."""
    return tuple(sorted(findings, key=lambda finding: (finding.line, finding.code, finding.place)))
