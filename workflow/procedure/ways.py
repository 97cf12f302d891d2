"""The ways out of a state as a reader sees them: one for each action, outcome or choice, with what it is called and where it leads."""

from collections.abc import Iterator
from dataclasses import dataclass

from workflow.procedure.flow_words import (
    CANCELLED,
    OTHERWISE,
    back_title,
    condition_words,
    outcome_title,
    way_words,
)
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.procedure.stages import Action


@dataclass(frozen=True, slots=True)
class Out:
    """One way: `back` says where it leads when that depends on the case."""

    name: str
    title: Words
    targets: tuple[str, ...] = ()
    back: Words | None = None


@dataclass(frozen=True, slots=True)
class Anywhere:
    """A way out of many states: of a stage, or of every stage where none is named."""

    stage: str | None
    out: Out


def ways_out(procedure: Procedure, ref: str) -> Iterator[Out]:
    """The ways of a state, without those it shares with others."""
    state = procedure.states[ref]
    for name, action in procedure.own_actions[ref].items():
        yield _by_action(procedure, ref, name, action)
    for name, target in state.outcomes.items():
        yield Out(name, outcome_title(state, name), (target,))
    for way in state.choose:
        title = condition_words(procedure, way.when) if way.when else OTHERWISE
        yield Out("when" if way.when else "otherwise", title, (way.to,))


def ways_anywhere(procedure: Procedure) -> Iterator[Anywhere]:
    """The ways that many states share: actions of a stage or of the procedure, and being cancelled from outside."""
    for wide in procedure.wide_actions:
        yield Anywhere(wide.stage, _by_action(procedure, wide.refs[0], wide.name, wide.action))
    if procedure.cancelled:
        yield Anywhere(None, Out("cancelled", CANCELLED, (procedure.cancelled,)))


def children_opened(procedure: Procedure, ref: str) -> tuple[str, ...]:
    """The states of these rules in which child cases begin that are opened in a state, or by what is done there."""
    state = procedure.states[ref]
    waited = [opening.branch for opening in state.children.opens] if state.children else []
    opened = [use.params.get("branch") for use in state.every_effect if use.name == "open_child"]
    return tuple(dict.fromkeys(branch for branch in (*waited, *opened) if branch in procedure.states))


def _by_action(procedure: Procedure, ref: str, name: str, action: Action) -> Out:
    title = way_words(procedure, ref, name)
    return Out(name, title, action.named_targets, None if action.named_targets else back_title(action.to))
