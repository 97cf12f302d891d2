"""Stages of a definition: states, the actions possible in each, deadlines and notices."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from workflow.procedure.children import Children
from workflow.procedure.conditions import Condition
from workflow.procedure.panel import Cites, Panel
from workflow.procedure.parts import Key, Keys, Part, StateRef, Words

EARLIER, RESUMED, STAYS = "earlier", "resumed", "stays"
"""Targets that depend on the case: any state it has been in, the state it was suspended in, the one it is in."""


class Use(Part):
    """A guard or effect of the catalogue, named with its parameters."""

    name: Key
    """The name in the catalogue."""
    params: dict[str, Any] = Field(default_factory=dict)
    """Its parameters."""
    cites: Cites = ()
    waivable_by: Keys = ()
    """Roles that may set a guard aside for one case, with a reason."""

    @model_validator(mode="before")
    @classmethod
    def _from_single_key(cls, value: Any) -> Any:
        if not isinstance(value, dict) or "name" in value:
            return value
        if len(value) != 1:
            raise PydanticCustomError("single_key", "write one name with its parameters below it")
        (name, params), *_ = value.items()
        params = dict(params) if isinstance(params, dict) else {} if params is None else {"value": params}
        own = {key: params.pop(key) for key in ("cites", "waivable_by") if key in params}
        return {"name": name, "params": params, **own}


def _uses(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Uses = Annotated[tuple[Use, ...], BeforeValidator(_uses)]


def _targets(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class Action(Part):
    """Something the holders of a role do to a case in a state."""

    by: Keys = Field(min_length=1)
    """Roles that may do it."""
    to: Annotated[StateRef | Literal["earlier", "resumed", "stays"] | tuple[StateRef, ...], BeforeValidator(_targets)]
    """The state it leads to; several, where who acts chooses; `earlier`: any it has been in; `resumed`: where it was suspended; `stays`: where it is."""
    title: Words | None = None
    form: Key | None = None
    """The form that is filled in with it."""
    reason: Literal["none", "optional", "required"] = "none"
    """Whether a reason is asked for."""
    guards: Uses = ()
    """What must be true; everything that is not is told."""
    effects: Uses = ()
    """What follows."""
    awaited: bool = True
    """False for what may be done but nobody waits for: withdrawing, objecting."""
    tone: Literal["primary", "secondary", "danger"] = "secondary"
    """How the button looks: the usual way on, another one, or one that ends something."""
    bulk: bool = False
    """Whether it may be taken on many cases at once; never where a form is filled in or the case ends by it."""
    except_in: Annotated[tuple[StateRef, ...], BeforeValidator(_targets)] = ()
    """States that do not have it, where it is an action of a whole stage or procedure."""
    cites: Cites = ()

    @property
    def is_recall(self) -> bool:
        """Whether it takes back what who acts did last, until somebody else does something."""
        return any(use.name == "last_done" and use.params.get("by_same", True) for use in self.guards)

    @property
    def named_targets(self) -> tuple[str, ...]:
        """The states `to` names; none for `earlier` and `resumed`."""
        if isinstance(self.to, tuple):
            return self.to
        return () if self.to in (EARLIER, RESUMED, STAYS) else (self.to,)

    def taken_in(self, ref: str) -> "Action":
        """The action as the state it is taken in has it: one that stays leads back there."""
        return self.model_copy(update={"to": ref}) if self.to == STAYS else self


class Escalation(Part):
    """Who else is told when a deadline has passed, and how many days after it."""

    after: int = Field(ge=0, le=365)
    """Days after the deadline: working days where the deadline counts those."""
    to: Key
    """The role that is told."""


class Deadline(Part):
    """By when, and what follows. Exactly one of `working_days`, `days`, `months`, `on`.

    Counted from the day the state is entered, which is not counted itself.
    """

    working_days: int | None = Field(default=None, ge=1, le=1_000)
    """Length in working days."""
    days: int | None = Field(default=None, ge=1, le=4_000)
    """Length in days of the calendar."""
    months: int | None = Field(default=None, ge=1, le=240)
    """Length in months."""
    on: (
        Annotated[
            str, Field(pattern=r"^(round\.[a-z][a-z0-9_]*|review\.due_date|form\.[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)$")
        ]
        | None
    ) = None
    """The date on which it ends: of the round (`round.closes_date`, or `round.KEY` of its timetable), of the review, or answered in a form of the case (`form.FORM.KEY`)."""
    shift_days: int = Field(default=0, ge=-4_000, le=4_000)
    """So many days after the date `on` names or the length leads to, before it with a minus; working days where those are counted."""
    remind: Annotated[tuple[int, ...], BeforeValidator(_uses)] = ()
    """Days on which those awaited are reminded, counted from the deadline as it is counted itself: before it with a minus, 0 on the day."""
    escalate: Escalation | None = None
    """Who else is told when it has passed."""
    on_expiry: Key | None = None
    """The action of the state that the clock takes when it has passed, or the outcome of the state it declares."""
    cites: Cites = ()

    @model_validator(mode="after")
    def _one_length(self) -> "Deadline":
        if sum(value is not None for value in (self.working_days, self.days, self.months, self.on)) != 1:
            raise PydanticCustomError("one_length", "give exactly one of: working_days, days, months, on")
        return self


class Notice(Part):
    """A public notice that runs for working days and ends by itself."""

    working_days: int = Field(ge=1, le=365)
    """How long it stands."""
    count_first_day: bool = False
    """Whether the day of publication counts."""
    cites: Cites = ()


class Way(Part):
    """One way out of a state that chooses by itself; the last has no `when` and is taken where no other is."""

    when: Condition | None = None
    """When it is taken; the last way has none."""
    to: StateRef
    """The state it leads to."""


class State(Part):
    """Where a case can be: with actions, a panel, a notice, child cases, a choice made by itself, or final."""

    title: Words
    actions: dict[Key, Action] = Field(default_factory=dict)
    """What can be done here."""
    panel: Panel | None = None
    """Who is asked here."""
    notice: Notice | None = None
    """How long it is shown in public here."""
    children: Children | None = None
    """The child cases that are waited for here."""
    choose: Annotated[tuple[Way, ...], BeforeValidator(_targets)] = ()
    """Left at once, by the first way whose condition holds."""
    outcomes: dict[Key, StateRef] = Field(default_factory=dict)
    """Where the outcome of a panel, a notice or child cases leads."""
    outcome_titles: dict[Key, Words] = Field(default_factory=dict)
    """What an outcome is called here; without a title the text catalogue's word is said, or that of the opinion it is."""
    outcome_effects: dict[Key, Uses] = Field(default_factory=dict)
    """What follows from an outcome."""
    deadline: Deadline | None = None
    """By when it has to be left."""
    pauses: StateRef | None = None
    """The notice state whose days stand still while the case is here."""
    suspends: bool = False
    """Whether the case rests here: its panel stays open and its deadline stands still until it is resumed."""
    waivers_for: StateRef | None = None
    """The state whose guards may be waived while the case is here."""
    on_entry: Uses = ()
    """What follows whenever a case comes here."""
    final: Key | None = None
    """The case's outcome word. A final state's only actions re-open the case: a correction by a second person."""
    cites: Cites = ()

    @property
    def settles(self) -> frozenset[str]:
        """Every outcome that what happens here by itself can come to."""
        if self.panel:
            return self.panel.possible_outcomes - (frozenset() if self._can_tie else {"tied"})
        if self.children:
            return self.children.possible_outcomes
        return frozenset({"expired"}) if self.notice else frozenset()

    @property
    def _can_tie(self) -> bool:
        """A single seat ties with nobody, unless it steps aside or its time runs out."""
        panel, deadline = self.panel, self.deadline
        return panel is not None and (
            len(panel.of.roles) != 1 or panel.may_recuse or bool(deadline and deadline.on_expiry)
        )

    @property
    def every_effect(self) -> tuple[Use, ...]:
        """The effects of its actions, of its outcomes and of entering it."""
        by_action = (use for action in self.actions.values() for use in action.effects)
        by_outcome = (use for uses in self.outcome_effects.values() for use in uses)
        return (*by_action, *by_outcome, *self.on_entry)

    def in_bulk(self, role: str) -> tuple[str, ...]:
        """What a role may do here to many cases at once: `act:approve`, `opinion:agree`."""
        acts = tuple(f"act:{key}" for key, action in self.actions.items() if action.bulk and role in action.by)
        given = self.panel.bulk if self.panel and role in self.panel.of.roles else ()
        return acts + tuple(f"opinion:{opinion}" for opinion in given)


class Stage(Part):
    """A step of the path with its states."""

    title: Words
    seen_by: Keys = ()
    """Roles that read it, beside those who act in it."""
    actions: dict[Key, Action] = Field(default_factory=dict)
    """Actions possible in every state of the stage that is not final and does not choose by itself."""
    states: dict[Key, State] = Field(min_length=1)
    """Where a case can be within it."""
