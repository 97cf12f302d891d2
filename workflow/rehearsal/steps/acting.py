"""Steps of somebody at a desk: taking an action, and setting a guard aside."""

from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import Field

from workflow.cases.operations import act, grant_waiver, waivable_actions
from workflow.problems import Refused
from workflow.procedure.parts import Key
from workflow.rehearsal.known import Fault, Known
from workflow.rehearsal.parts import Name
from workflow.rehearsal.play import Attempt, Play
from workflow.rehearsal.steps.base import Step


class Act(Step):
    """Somebody takes an action: `{who: li, does: submit}`. The form's usual answers are given unless `form` has others."""

    verb: ClassVar[str] = "does"
    who: Name
    does: Key
    form: dict[str, Any] = Field(default_factory=dict)
    reason: str = ""

    def faults(self, known: Known) -> Iterator[Fault]:
        yield from known.person(self.who, "who")
        yield from known.one_of("deed", self.does, known.actions, "does")
        forms = [s.actions[self.does].form for s in known.procedure.states.values() if self.does in s.actions]
        fields = {field for form in forms if form for field in known.procedure.forms[form].fields}
        for key in self.form:
            yield from known.one_of("field", key, fields, "form", key)

    def take(self, play: Play) -> None:
        with play.as_(self.who) as context:
            case = play.case(context, self.case)
            known = play.compiled(context, case).actions.get((case.state, self.does))
            form = play.answers(known.action.form, self.form) if known and known.action.form else self.form or None
            try:
                act(
                    context,
                    case_id=case.id,
                    action=self.does,
                    seen_version=case.version,
                    form=form,
                    reason=self.reason,
                )
            except Refused as refused:
                failed = frozenset(reason.guard for reason in refused.reasons if reason.guard)
                bound = known.guards if known else ()
                # A faulty form leaves the guards that look at it unasked.
                asked = {one.identity for one in bound if not (refused.problems and one.guard.looks_at_form)}
                play.attempts.append(Attempt(frozenset(asked) - failed, failed))
                raise


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
