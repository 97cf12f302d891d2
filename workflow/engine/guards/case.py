"""Guards on the case, its round and those who act in it."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from workflow.engine.facts import Facts
from workflow.engine.guards.base import Guard
from workflow.problems import Reason
from workflow.procedure.parts import Key, Keys, StateRef, _as_tuple


class OneActiveCase(Guard):
    """The person has no other open case in the same round, states in `not_counting` apart."""

    key: ClassVar[str] = "one_active_case"
    needs: ClassVar[tuple[str, ...]] = ("case.other_active",)
    remedy: ClassVar[str | None] = "remedy.other_case"
    not_counting: Annotated[tuple[StateRef, ...], BeforeValidator(_as_tuple)] = ()
    """States in which another case does not count."""

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        for other in facts["case.other_active"]:
            if other["state"] not in self.not_counting:
                yield self.reason("other", reference=other["reference"])


class RoundOpen(Guard):
    """Today lies between the round's opening and closing days, both included."""

    key: ClassVar[str] = "round_open"
    needs: ClassVar[tuple[str, ...]] = ("today", "round.opens_date", "round.closes_date", "round.is_closed")
    remedy: ClassVar[str | None] = "remedy.secretary"

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        opens, closes, today = facts["round.opens_date"], facts["round.closes_date"], facts["today"]
        if opens and today < opens:
            yield self.reason("not_yet", opens_date=opens)
        if facts["round.is_closed"]:
            yield self.reason("ended")
        elif closes and today > closes:
            yield self.reason("closed", closes_date=closes)


class SeatsLeft(Guard):
    """Fewer cases of this category stand in the counted stages and states than the round has seats.

    Counting from the submission on keeps two cases from being promised one seat; none of the seats need be filled.
    """

    key: ClassVar[str] = "seats_left"
    needs: ClassVar[tuple[str, ...]] = ("round.seats", "round.states", "case.category")
    remedy: ClassVar[str | None] = "remedy.seats"
    in_stages: Annotated[Keys, BeforeValidator(_as_tuple)] = ()
    """Stages whose cases have a seat."""
    in_states: Annotated[tuple[StateRef, ...], BeforeValidator(_as_tuple)] = ()
    """States whose cases have a seat."""

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        category = facts["case.category"]
        seats = facts["round.seats"].get(category)
        counts = facts["round.states"].get(category, {})
        taken = sum(
            n for state, n in counts.items() if state in self.in_states or state.partition(".")[0] in self.in_stages
        )
        if seats is not None and taken >= seats:
            yield self.reason("none", seats=seats, taken=taken)


class NotDoneBySame(Guard):
    """The actor did none of the named actions in this case: separation of duties."""

    key: ClassVar[str] = "not_done_by_same"
    needs: ClassVar[tuple[str, ...]] = ("actor.account_id", "case.doers")
    remedy: ClassVar[str | None] = "remedy.colleague"
    actions: Annotated[Keys, BeforeValidator(_as_tuple)]
    """The actions nobody may have done who does this one."""

    @property
    def is_about_actor(self) -> bool:
        return True

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        for action in self.actions:
            if facts["actor.account_id"] in facts["case.doers"].get(action, ()):
                yield self.reason("same", action=f"action:{action}")


class Team(Guard):
    """The accounts named in a field are enough, distinct, took no part before, and are no kin of the person."""

    key: ClassVar[str] = "team"
    needs: ClassVar[tuple[str, ...]] = ("form.values", "case.doers", "team.persons", "team.kin")
    looks_at_form: ClassVar[bool] = True
    field: Key
    """The field of the form in which the team is named."""
    at_least: int = Field(ge=1, le=50)
    """How many there must be."""
    none_who_did: Annotated[Keys, BeforeValidator(_as_tuple)] = ()
    """Actions nobody of the team may have done."""
    no_kin: bool = True
    """Whether kin of the person are refused."""

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        named: list[Any] = list(facts["form.values"].get(self.field) or ())
        if len(set(named)) < len(named):
            yield self.reason("distinct")
        if len(set(named)) < self.at_least:
            yield self.reason("at_least", count=len(set(named)), limit=self.at_least)
        for action in self.none_who_did:
            for account in sorted(set(named) & set(facts["case.doers"].get(action, ()))):
                yield self.reason("took_part", account=f"account:{account}", action=f"action:{action}")
        kin = set(facts["team.kin"]) if self.no_kin else set()
        for account in sorted(set(named)):
            if facts["team.persons"].get(str(account)) in kin:
                yield self.reason("kin", account=f"account:{account}")


class FieldIs(Guard):
    """The named fields of the form sent have one of the accepted answers."""

    key: ClassVar[str] = "field_is"
    needs: ClassVar[tuple[str, ...]] = ("form.values",)
    looks_at_form: ClassVar[bool] = True
    fields: Annotated[Keys, BeforeValidator(_as_tuple)]
    """The fields that are looked at."""
    one_of: Annotated[Keys, BeforeValidator(_as_tuple)]
    """The answers accepted; `yes` and `no` for a field of that type."""

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        for field in self.fields:
            answer = facts["form.values"].get(field)
            answer = {True: "yes", False: "no"}[answer] if isinstance(answer, bool) else answer
            if answer not in self.one_of:
                yield self.reason("one_of", field=f"field:{field}", answer=f"answer:{field}:{answer}")
