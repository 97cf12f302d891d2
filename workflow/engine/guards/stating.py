"""Guards that a definition words itself, and those on what was done last and on what else goes on."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator

from workflow.engine.conditions import holds, needs_of
from workflow.engine.facts import FORM_BEING_SENT, Facts
from workflow.engine.guards.base import Guard
from workflow.problems import Reason
from workflow.procedure.conditions import Condition
from workflow.procedure.parts import Keys, StateRef, Words, _as_tuple

ABOUT_ACTOR = frozenset({"actor.account_id", "actor.person_id", "children.mine"})
Same = Literal["person", "round", "body", "procedure", "category", "post"]


class Stated(Guard):
    """The condition holds; `otherwise` says, in the words of the definition, why not."""

    key: ClassVar[str] = "condition"
    when: Condition
    """What must be true."""
    otherwise: Words
    """What people read where it is not."""

    @property
    def facts_needed(self) -> tuple[str, ...]:
        return tuple(sorted(needs_of(self.when)))

    @property
    def is_about_form(self) -> bool:
        return FORM_BEING_SENT in self.facts_needed

    @property
    def is_about_actor(self) -> bool:
        return bool(ABOUT_ACTOR & set(self.facts_needed))

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        if not holds(self.when, facts):
            yield self.reason("told", text={"en": self.otherwise.en, "zh": self.otherwise.zh})


class LastDone(Guard):
    """Nothing was done to the case since one of the named actions; `by_same` says that the actor took it: a recall."""

    key: ClassVar[str] = "last_done"
    needs: ClassVar[tuple[str, ...]] = ("actor.account_id", "case.last_done")
    actions: Keys
    """What must have been done last."""
    by_same: bool = True
    """Whether whoever acts must be who did it: a recall."""

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        last = facts["case.last_done"]
        if last["action"] not in self.actions:
            yield self._gone_on(last)
        elif self.by_same and last["account_id"] != facts["actor.account_id"]:
            yield self.reason("other", action=f"action:{last['action']}")

    def _gone_on(self, last: Mapping[str, Any]) -> Reason:
        """Who has acted since and when; time that ran out is nobody's doing."""
        action = f"action:{last['action']}"
        if not last.get("at"):
            return self.reason("gone_on", action=action)
        if last["account_id"] is None:
            return self.reason("gone_on_by_itself", action=action, done_at=last["at"])
        return self.reason("acted", action=action, account=f"account:{last['account_id']}", done_at=last["at"])


class Exclusive(Guard):
    """No other open case with the same person, post … stands in the named stages or states: a critical section.

    Without `in_stages` and `in_states` every open case counts, states in `not_counting` apart.
    """

    key: ClassVar[str] = "exclusive"
    remedy: ClassVar[str | None] = "remedy.other_case"
    per: Annotated[tuple[Same, ...], BeforeValidator(_as_tuple)]
    """What another case must share with this one to stand in its way."""
    in_stages: Keys = ()
    """Stages in which another case counts."""
    in_states: Annotated[tuple[StateRef, ...], BeforeValidator(_as_tuple)] = ()
    """States in which another case counts."""
    not_counting: Annotated[tuple[StateRef, ...], BeforeValidator(_as_tuple)] = ()
    """States in which it does not."""

    @property
    def facts_needed(self) -> tuple[str, ...]:
        return (f"others.{'.'.join(self.per)}",)

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        for other in facts[self.facts_needed[0]]:
            if self._counts(other["state"]):
                yield self.reason("other", reference=other["reference"])

    def _counts(self, state: str) -> bool:
        named = state in self.in_states or state.partition(".")[0] in self.in_stages
        return state not in self.not_counting and (named or not (self.in_stages or self.in_states))
