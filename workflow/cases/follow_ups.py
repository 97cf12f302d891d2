"""What other subjects do when a case moves, registered by name so that the write path need not know them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workflow.cases.loading import LoadedCase
from workflow.cases.step import Step
from workflow.context import Context
from workflow.engine.decide import Compiled


@dataclass(frozen=True, slots=True)
class Moved:
    """A step just decided: the case before it, its rules, the state it enters, and the rows being gathered."""

    compiled: Compiled
    case: LoadedCase
    step: Step


FollowUp = Callable[[Context, Moved, Any], None]
"""Writes its own rows in the context's session, or adds items, messages and readers to the step. Runs before the
step is written, in the same transaction: when the step is refused, nothing of it remains. The third value is the
effect's parameters, or the state entered or left."""

_registered: dict[str, FollowUp] = {}


def follow_up(name: str) -> Callable[[FollowUp], FollowUp]:
    """Registers a function under an effect's key, or `enter:panel`, `leave:panel`, `enter:notice`, `leave:notice`."""

    def register(function: FollowUp) -> FollowUp:
        _registered[name] = function
        return function

    return register


def follow_up_named(name: str) -> FollowUp:
    """The function registered; KeyError means the composition forgot a subject."""
    return _registered[name]
