"""Steps of somebody at a desk, or of a system outside: taking an action, and setting a guard aside."""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from pydantic import Field

from workflow.cases.acting_on import trigger_from_outside
from workflow.cases.loading import LoadedCase
from workflow.cases.operations import act, grant_waiver, waivable_actions
from workflow.context import Context
from workflow.engine.decide import CompiledAction
from workflow.problems import Refused
from workflow.procedure.parts import Key, StateRef
from workflow.rehearsal.known import Fault, Known
from workflow.rehearsal.parts import Name
from workflow.rehearsal.play import Attempt, Play
from workflow.rehearsal.steps.base import Step


class _Deed(Step):
    """An action of the procedure, with the form it asks for. The form's usual answers are given unless `form` has others."""

    form: dict[str, Any] = Field(default_factory=dict)

    def deed_faults(self, known: Known, action: str) -> Iterator[Fault]:
        """What the action and its form name that does not exist."""
        actions = known.actions(self.case)
        yield from known.one_of("deed", action, actions, self.verb)
        fields = known.fields(self.case, actions.get(action, ()))
        for key in self.form:
            yield from known.one_of("field", key, fields, "form", key)

    def attempt(
        self, play: Play, context: Context, action: str, take: Callable[[LoadedCase, dict[str, Any] | None], object]
    ) -> None:
        """Takes an action as `take` does, and keeps which guards spoke against it."""
        case = play.case(context, self.case)
        compiled = play.compiled(context, case)
        known = compiled.actions.get((case.state, action))
        asked = known.action.form if known else None
        form = play.answers(compiled.procedure, asked, self.form) if asked else self.form or None
        try:
            take(case, form)
        except Refused as refused:
            play.attempts.append(_spoke(known, refused))
            raise


def _spoke(known: CompiledAction | None, refused: Refused) -> Attempt:
    """The guards that spoke against an action. A faulty form leaves the guards that look at it unasked."""
    failed = frozenset(reason.guard for reason in refused.reasons if reason.guard)
    bound = known.guards if known else ()
    asked = {one.identity for one in bound if not (refused.problems and one.guard.looks_at_form)}
    return Attempt(frozenset(asked) - failed, failed)


class Act(_Deed):
    """Somebody takes an action: `{who: li, does: submit}`; `to` is the state chosen where it may lead to several."""

    verb: ClassVar[str] = "does"
    who: Name
    does: Key
    to: StateRef | None = None
    reason: str = ""

    def faults(self, known: Known) -> Iterator[Fault]:
        yield from known.person(self.who, "who")
        yield from self.deed_faults(known, self.does)
        yield from known.one_of("state", self.to, known.states(self.case), "to")

    def take(self, play: Play) -> None:
        def take(case: LoadedCase, form: dict[str, Any] | None) -> None:
            given: dict[str, Any] = {"case_id": case.id, "seen_version": case.version, "form": form}
            act(context, action=self.does, target=self.to, reason=self.reason, **given)

        with play.as_(self.who) as context:
            self.attempt(play, context, self.does, take)


class Trigger(_Deed):
    """A system outside takes an action: `{source: registry, triggers: register}`; the same `key` again changes nothing."""

    verb: ClassVar[str] = "triggers"
    source: Key
    triggers: Key
    key: str | None = Field(default=None, min_length=1, max_length=100)

    def faults(self, known: Known) -> Iterator[Fault]:
        outside = {key for one in known.reached(self.case) for key, role in one.roles.items() if role.is_outside}
        yield from known.one_of("outside", self.source, outside, "source")
        yield from self.deed_faults(known, self.triggers)

    def take(self, play: Play) -> None:
        def take(case: LoadedCase, form: dict[str, Any] | None) -> None:
            key = self.key or f"{self.source}-{play.now.isoformat()}"
            given: dict[str, Any] = {"case_id": case.id, "action": self.triggers, "form": form}
            trigger_from_outside(context, source=self.source, command_key=key, **given)

        with play.as_(None) as context:
            self.attempt(play, context, self.triggers, take)


class Waive(Step):
    """Somebody sets a guard aside for the case: `{who: wu, waives: age, reason: …}`."""

    verb: ClassVar[str] = "waives"
    who: Name
    waives: Key
    reason: str = ""

    def faults(self, known: Known) -> Iterator[Fault]:
        yield from known.person(self.who, "who")
        yield from known.one_of("waivable", self.waives, known.guards, "waives")

    def take(self, play: Play) -> None:
        with play.as_(self.who) as context:
            case = play.case(context, self.case)
            bound = [one for a in waivable_actions(play.compiled(context, case), case.state) for one in a.guards]
            fitting = [one.identity for one in bound if one.guard.key == self.waives]
            grant_waiver(
                context,
                case_id=case.id,
                guard=fitting[0] if fitting else self.waives,
                reason=self.reason,
                seen_version=case.version,
            )
