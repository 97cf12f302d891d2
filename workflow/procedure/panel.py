"""Panels of a definition: who gives an opinion, which opinions, and the rule that settles the outcome."""

import re
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from workflow.procedure.parts import Key, Keys, Part, StateRef, Words, _as_tuple

RECUSED = "recused"
"""The opinion of a member who steps aside."""
CANDIDATE = "case:"
"""Begins an opinion that is a vote for a child case: `case:17`."""
Cites = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
SETTLING = Literal["all", "majority", "share", "at_least", "most", "everyone_answered"]


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
    """Who sits on the panel: one seat a role; or everybody who holds a role, those named in the case, or both together."""

    roles: Keys = ()
    """One seat for each of these roles."""
    everyone: Key | None = None
    """One seat for everybody who holds this role."""
    chosen: Key | None = None
    """One seat for each of those named in the case for this role."""
    without_who_did: Keys = ()
    """Whoever took one of these actions takes no part."""
    without_who_spoke_in: Annotated[tuple[StateRef, ...], BeforeValidator(_as_tuple)] = ()
    """Whoever gave an opinion in the panel of one of these states takes no part: one vote a person across several."""
    without_kin: bool = False
    """Whether the case's person and their relatives take no part."""

    @model_validator(mode="before")
    @classmethod
    def _list_of_roles(cls, value: Any) -> Any:
        return {"roles": value} if isinstance(value, list | tuple) else value

    @model_validator(mode="after")
    def _one_way(self) -> "Members":
        if bool(self.roles) == (self.everyone is not None or self.chosen is not None):
            raise PydanticCustomError("members", "name roles in a list, or everyone, chosen or both")
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
    agrees. `share`: at least the part `share` of `base` agrees. `at_least`: so many agree. `most`: the candidate or
    opinion with the most votes; equal votes are `tied`. `everyone_answered`: the panel is complete when all have
    given theirs; nothing is decided by it. Where members choose among candidates, `majority`, `share` and `at_least`
    ask whether one of them has that many votes: `chosen`, else `undecided`. `recused_counts`: whether a member who left the room still counts among
    those who should attend; the texts leave it open, so it is a parameter.
    """

    rule: SETTLING
    """`all`, `majority`, `share`, `at_least`, `most` or `everyone_answered`."""
    share: Share | None = None
    """The part of `base` that must agree, with the rule `share`."""
    at_least: int | None = Field(default=None, ge=1, le=10_000)
    """How many must agree, with the rule `at_least`."""
    one_veto: bool = False
    """Whether the first disagreement settles it."""
    base: Literal["should_attend", "present", "cast"] = "should_attend"
    """Of whom more than half must agree."""
    recused_counts: bool = True
    """Whether a member who left the room counts among those who should attend."""
    uncounted: Keys = ()
    """Opinions that count as no vote, for or against: abstentions."""
    cites: Cites = ()

    @model_validator(mode="after")
    def _number_of_the_rule(self) -> "Settle":
        for name in ("share", "at_least"):
            if (getattr(self, name) is not None) != (self.rule == name):
                raise PydanticCustomError(
                    "settle_number", "{name} goes with the rule {name}, and only with it", {"name": name}
                )
        return self


class Panel(Part):
    """A question put to several."""

    of: Members
    """Who sits on it."""
    opinions: tuple[Key, ...] = Field(min_length=1)
    """What a member can say; `agree` counts in favour, and `defer` makes deferring possible."""
    titles: dict[Key, Words] = Field(default_factory=dict)
    """What an opinion is called here, by its key; without a title the text catalogue's word is said."""
    candidates: Literal["children"] | None = None
    """With `children` a member's opinion is a vote for one of the case's open child cases, or one of `opinions`."""
    among: Literal["tied", "all"] | None = None
    """What is voted on where another panel came out `tied` and leads here: with `tied`, and where nothing is written, only
    what had equal votes; with `all` everything anew."""
    candidates_in: Annotated[tuple[StateRef, ...], BeforeValidator(_as_tuple)] = ()
    """States of child cases that may be voted for: a run-off among some of them; every open one where none is named."""
    instead_of: Literal["secret_ballot", "ranked_ballot", "secret_ranked_ballot"] | None = None
    """The ballot the rules ask for where this panel stands in with named opinions."""
    fewest: int | None = Field(default=None, ge=1, le=1_000)
    """With fewer members than this the panel is not held: its outcome is `too_few`."""
    may_recuse: bool = False
    """Whether a member may step aside for a conflict, with a reason; they count nowhere then."""
    keeps: Keys = ()
    """Opinions that still stand when the case comes back to this panel."""
    silence: Key | None = None
    """The opinion of whoever has not spoken when the deadline expires; what they were sent is kept as proof."""
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
    cites: Cites = ()

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
    def has_to_win(self) -> bool:
        """Whether a candidate must have so many votes, not only more than the others."""
        counted = self.settle.rule in {"majority", "share", "at_least"}
        return self.candidates is not None and counted and "agree" not in self.opinions

    @property
    def possible_outcomes(self) -> frozenset[str]:
        """Every outcome this panel can come to; the state must say where each leads."""
        voted = set(self.opinions) - set(self.settle.uncounted)
        by_rule = {"everyone_answered": {"complete"}, "most": {"chosen", "tied", *voted}}
        if self.has_to_win:
            by_rule[self.settle.rule] = {"chosen", "undecided", *voted}
        outcomes = set(by_rule.get(self.settle.rule, {"agreed", "refused"}))
        if "defer" in self.opinions and self.settle.rule not in by_rule:
            outcomes.add("deferred")
        if self.quorum is not None:
            outcomes.add("void")
        if self.fewest is not None:
            outcomes.add("too_few")
        if self.candidates is None:
            outcomes.discard("chosen")
        return frozenset(outcomes)
