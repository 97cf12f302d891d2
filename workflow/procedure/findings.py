"""What is wrong with a definition: where, what, and what would be right."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]
Fault = tuple[Path, str, dict[str, Any]]
"""A place of the definition, what is wrong with it, and the values of the message."""


def listed(names: Iterable[str]) -> str:
    """Names as a message shows what is allowed."""
    return ", ".join(sorted(names))


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. `code` is a key of the text catalogue with `params`; `line` counts from 1."""

    file: str
    line: int
    code: str
    params: dict[str, Any] = field(default_factory=dict)
    place: str = ""
    """The path inside the file: `stages.review.states.co_sign`."""


class Unsound(Exception):
    """The definition cannot be used; `findings` says why, in the order of the file."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = tuple(sorted(findings, key=lambda finding: (finding.line, finding.code, finding.place)))
        super().__init__("; ".join(f"{f.file}:{f.line}: {f.code} {f.params}" for f in self.findings))
