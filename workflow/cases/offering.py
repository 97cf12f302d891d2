"""The actions a case's page offers: what each asks for, where it may lead, and what it would move."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from workflow.cases.extending import extension
from workflow.cases.loading import LoadedCase
from workflow.context import Context
from workflow.engine.decide import ROLE_CODE, CompiledAction, Decision
from workflow.engine.effects import ExtendDeadline
from workflow.problems import Reason
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.procedure.stages import EARLIER, RESUMED


@dataclass(frozen=True, slots=True)
class TargetView:
    """A state an action may lead to now."""

    ref: str
    title: Words
    stage: Words


@dataclass(frozen=True, slots=True)
class ExtensionView:
    """The last day of the deadline, and what it would be; None while an answer still has to say by how much."""

    before: date
    after: date | None
    number_from: str | None
    """The question that says by how much."""
    unit: str


@dataclass(frozen=True, slots=True)
class ActionView:
    """An action of the present state that is the reader's to take, with every reason that forbids it now."""

    name: str
    title: Words | None
    tone: str
    form: str | None
    reason: str
    is_allowed: bool
    reasons: tuple[Reason, ...]
    targets: tuple[TargetView, ...] = ()
    """Where it may lead, where that is not the same every time; with more than one, who acts has the choice."""
    way: str = ""
    """`earlier` where it leads back to where the case has been, `resumed` where it goes on after a rest."""
    extends: ExtensionView | None = None
    is_recall: bool = False
    """Whether it takes back what the reader did, as long as nobody else has done anything."""


def offered_actions(
    context: Context, procedure: Procedure, case: LoadedCase, decided: Iterable[tuple[CompiledAction, Decision]]
) -> tuple[ActionView, ...]:
    """The actions that are the reader's; those of roles they do not hold are not theirs to see as buttons."""
    return tuple(
        _action(context, procedure, case, action, decision)
        for action, decision in decided
        if all(reason.code != ROLE_CODE for reason in decision.reasons)
    )


def _action(
    context: Context, procedure: Procedure, case: LoadedCase, compiled: CompiledAction, decision: Decision
) -> ActionView:
    action = compiled.action
    way = action.to if action.to in (EARLIER, RESUMED) else ""
    targets = decision.targets if way or len(decision.targets) > 1 else ()
    return ActionView(
        compiled.name,
        action.title,
        action.tone,
        action.form,
        action.reason,
        decision.is_allowed,
        decision.reasons,
        tuple(_target(procedure, ref) for ref in targets),
        str(way),
        _extension(context, case, compiled),
        action.is_recall,
    )


def _target(procedure: Procedure, ref: str) -> TargetView:
    return TargetView(ref, procedure.states[ref].title, procedure.stages[ref.partition(".")[0]].title)


def _extension(context: Context, case: LoadedCase, compiled: CompiledAction) -> ExtensionView | None:
    effect = next((one for one in compiled.effects if isinstance(one, ExtendDeadline)), None)
    if effect is None or case.due_at is None:
        return None
    before, after = extension(context, case, unit=effect.unit, number=effect.number or 1)
    asked = None if effect.number else (effect.number_from or "").partition(".")[2]
    return ExtensionView(before, after if effect.number else None, asked, effect.unit)


def extended_by(context: Context, case: LoadedCase, offered: ExtensionView, number: int) -> date:
    """The last day as it would be with the number somebody typed."""
    return extension(context, case, unit=offered.unit, number=number)[1]
