"""Panels of a definition: who gives an opinion, which opinions, and the rule that settles the outcome."""

import re
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from workflow.procedure.parts import Key, Keys, Part, _as_tuple

Cites = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
Outcome = Literal["agreed", "refused", "deferred", "void", "complete"]


SHARE = re.compile(r"[0-9]{1,6}/[0-9]{1,6}|[0-9]?\.[0-9]{1,6}|1")


def _share(value: Any) -> Any:
    """The text of a share; a longer one, like 1e999999999, would be computed without end."""
    try:
        share = Fraction(str(value)) if SHARE.fullmatch(str(value)) else Fraction(0)
    except ZeroDivisionError:
        share = Fraction(0)
    if not 0 < share <= 1:
        raise PydanticCustomError("share", "a share is written like 2/3 and lies between 0 and 1")
    return str(share)


Share = Annotated[str, BeforeValidator(_share)]
"""A part of the whole, kept exactly: `2/3`."""


class Members(Part):
    """Who sits on the panel: one seat a role, one for everybody who holds a role, or those named in the case."""

    roles: Keys = ()
    """One seat for each of these roles."""
    everyone: Key | None = None
    """One seat for everybody who holds this role."""
    chosen: Key | None = None
    """One seat for each of those named in the case for this role."""

    @model_validator(mode="before")
    @classmethod
    def _list_of_roles(cls, value: Any) -> Any:
        return {"roles": value} if isinstance(value, list | tuple) else value

    @model_validator(mode="after")
    def _one_way(self) -> "Members":
        if sum((bool(self.roles), self.everyone is not None, self.chosen is not None)) != 1:
            raise PydanticCustomError("members", "name roles in a list, or one of: everyone, chosen")
        return self

    @property
    def mentioned(self) -> tuple[str, ...]:
        """Every role this names."""
        return self.roles or tuple(role for role in (self.everyone, self.chosen) if role)


class Quorum(Part):
    """The share of members that must be present for a decision to be one at all."""

    present: Share
    """The share, as `2/3`."""
    cites: Cites = ()


class Settle(Part):
    """The rule of the outcome.

    `all`: everybody agrees; with `one_veto` the first disagreement settles it. `majority`: more than half of `base`
    agrees. `everyone_answered`: the panel is complete when all have given theirs; nothing is decided by it.
    `recused_counts`: whether a member who left the room still counts among those who should attend; the texts
    leave it open, so it is a parameter.
    """

    rule: Literal["all", "majority", "everyone_answered"]
    """`all`, `majority` or `everyone_answered`."""
    one_veto: bool = False
    """Whether the first disagreement settles it."""
    base: Literal["should_attend", "present", "cast"] = "should_attend"
    """Of whom more than half must agree."""
    recused_counts: bool = True
    """Whether a member who left the room counts among those who should attend."""
    cites: Cites = ()


class Panel(Part):
    """A question put to several."""

    of: Members
    """Who sits on it."""
    opinions: tuple[Key, ...] = Field(min_length=1)
    """What a member can say; `agree` counts in favour, and `defer` makes deferring possible."""
    recorded_by: Key | None = None
    """The role that records everybody's attendance and opinion at a meeting; without it each gives their own."""
    scores: bool = False
    """Whether each also gives points on the round's rubric."""
    reason_for: Keys = ()
    """Opinions that need a reason."""
    bulk: Keys = ()
    """Opinions that may be given on many cases at once; only where bodies co-sign, and without a reason."""
    relatives_leave: bool = False
    """Whether members who are kin of the person must leave."""
    reads: Keys = ()
    """Stages whose papers are open to the panel's members and its recorder, for as long as the panel is."""
    quorum: Quorum | None = None
    """How many must be there."""
    settle: Settle
    """How the outcome comes about."""

    @model_validator(mode="before")
    @classmethod
    def _opinions_as_tuple(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("opinions"), list):
            value = {**value, "opinions": tuple(value["opinions"])}
        return value

    @property
    def sitting(self) -> frozenset[str]:
        """Every role that takes part: the members', and that of the recorder."""
        return frozenset((*self.of.mentioned, *filter(None, (self.recorded_by,))))

    @property
    def possible_outcomes(self) -> frozenset[str]:
        """Every outcome this panel can come to; the state must say where each leads."""
        if self.settle.rule == "everyone_answered":
            return frozenset({"complete"})
        outcomes = {"agreed", "refused"}
        if "defer" in self.opinions:
            outcomes.add("deferred")
        if self.quorum is not None:
            outcomes.add("void")
        return frozenset(outcomes)
