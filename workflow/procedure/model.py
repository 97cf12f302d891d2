"""The whole definition of a procedure, and the ways to walk it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from workflow.procedure.documents import DocumentTemplate
from workflow.procedure.forms import Form, Rubric
from workflow.procedure.packs import Article, PackKey
from workflow.procedure.parts import Key, Keys, Part, ProcedureKey, StateRef, Words, _as_tuple
from workflow.procedure.stages import EARLIER, RESUMED, Action, Stage, State

PARENT_BODY = "parent_body"
RELATIONS = ("nominating_body", "subject_body", PARENT_BODY)
"""Values of `Role.of` that name a body by its relation to the case: the body of the case, or the one above it."""


class Role(Part):
    """Who acts: holders of a role in a body, the person the case is about, people named in it or who acted in it."""

    title: Words
    of: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")] | None = None
    """A relation (`nominating_body`, `subject_body`, `parent_body`) or the code of a body."""
    holds: Key = "officer"
    """The role that must be held in that body."""
    assigned: Literal["in_turn", "fewest", "by_lot"] | None = None
    """Who of several holders gets the work, until it is given back or handed on: in turn, who has the fewest, or by lot."""
    is_subject: bool = False
    """Whether it is the person the case is about."""
    did: Keys = ()
    """Whoever took one of these actions in the case, or in the case it is a child of."""
    is_outside: bool = False
    """A system that is no person: it takes its actions through a trigger."""
    is_automatic: bool = False
    """Nobody: its actions are taken by the clock or by what happens in another case, and by no person."""
    chosen_in: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")] | None = None
    """The `form.field` (of type `accounts`) in which the people of this role are named."""

    @property
    def is_chosen(self) -> bool:
        return self.chosen_in is not None

    @property
    def ways(self) -> int:
        """How many ways to be somebody it names; a sound role has exactly one."""
        said = (self.of, self.is_subject, self.chosen_in, self.did, self.is_outside, self.is_automatic)
        return sum(bool(one) for one in said)


class Category(Part):
    """A kind of seat in a round."""

    title: Words
    pool: Key | None = None
    """The list that whoever is selected in this category enters."""


@dataclass(frozen=True, slots=True)
class WideAction:
    """An action of a whole stage, or of the whole procedure, with the states that have it."""

    stage: str | None
    name: str
    action: Action
    refs: tuple[str, ...]


class PlannedDate(Part):
    """A date of a round's timetable beside the first and the last day of nominations; deadlines may follow it as `round.KEY`."""

    title: Words
    stage: Key | None = None
    """The stage it belongs to."""


class Procedure(Part):
    """The rules of one selection path."""

    procedure: ProcedureKey
    """The key: how cases, commands and other procedures name it."""
    title: Words
    about: Words
    """One sentence that says what it is for."""
    subject: Literal["person", "post"] = "person"
    """What a case is about: a person of the archive, or a post or matter that is named when it is opened."""
    uses: Annotated[tuple[ProcedureKey, ...], BeforeValidator(_as_tuple)] = ()
    """Fragments whose stages, forms, roles and sources stand here as if they were written here."""
    prefix: Annotated[str, Field(pattern=r"^[A-Z]{1,4}$")]
    """Begins the reference of each case: `RO` gives RO-2026-0001."""
    starts: StateRef
    """The state in which a case begins."""
    rules: Annotated[tuple[PackKey, ...], BeforeValidator(_as_tuple)] = ()
    """Rule packs whose articles may be cited; those cited are written into `sources`."""
    sources: dict[Annotated[str, Field(pattern=r"^[a-z0-9-]+(/[a-z0-9.-]+)?$")], Article] = Field(default_factory=dict)
    """The rules this follows, by key and article; every number of a rule cites one."""
    roles: dict[Key, Role] = Field(min_length=1)
    """Who acts."""
    categories: dict[Key, Category] = Field(default_factory=dict)
    """Kinds of seats; numbers of guards may differ by them."""
    forms: dict[Key, Form] = Field(default_factory=dict)
    """What is asked, by the name actions use."""
    documents: dict[Key, DocumentTemplate] = Field(default_factory=dict)
    """Templates of documents; those that effects name are taken from `definitions/documents`."""
    rubric: Rubric | None = None
    """The yardstick of panels that score."""
    seen_by: Annotated[Keys, BeforeValidator(_as_tuple)] = ()
    """Roles that read every stage."""
    rounds_by: Key | None = None
    """The role that calls rounds of this procedure, in a body with a code; without it there are none."""
    timetable: dict[Key, PlannedDate] = Field(default_factory=dict)
    """Dates that are planned when a round is opened, in the order in which they follow each other."""
    opened_by: Keys = ()
    """Roles that open a case by themselves, outside rounds; in a round the person it is about, who applies."""
    attempts_from: StateRef | None = None
    """The state with which a new attempt begins: children and opinions of attempts before are no longer counted."""
    cancelled: StateRef | None = None
    """The final state of a case that is cancelled together with the case it is a child of."""
    actions: dict[Key, Action] = Field(default_factory=dict)
    """Actions possible in every state that is not final and does not choose by itself."""
    stages: dict[Key, Stage] = Field(min_length=1)
    """The steps of the path, in order."""

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def states(self) -> dict[str, State]:
        """`stage.state` → state with the actions of its stage and of the procedure, in the order of the file."""
        return {
            f"{stage_key}.{key}": self._with_common_actions(stage, f"{stage_key}.{key}", state)
            for stage_key, stage in self.stages.items()
            for key, state in stage.states.items()
        }

    def _with_common_actions(self, stage: Stage, ref: str, state: State) -> State:
        """The state with the actions of its stage and of the procedure; those that stay lead back to it."""
        if state.choose:
            return state
        common = self.actions | stage.actions if state.final is None else {}
        added = {n: one for n, one in common.items() if ref not in one.except_in and one.to != ref}
        actions = {
            name: action.taken_in(ref)
            for name, action in (state.actions | {n: a for n, a in added.items() if n not in state.actions}).items()
        }
        is_same = all(actions[name] is action for name, action in state.actions.items()) and len(actions) == len(
            state.actions
        )
        return state if is_same else state.model_copy(update={"actions": actions})

    @cached_property
    def wide_actions(self) -> tuple[WideAction, ...]:
        """Actions of a stage or of the procedure that two states have at least."""
        wide = []
        scopes: list[tuple[str | None, Mapping[str, Action]]] = [
            (None, self.actions),
            *((key, stage.actions) for key, stage in self.stages.items()),
        ]
        for stage, actions in scopes:
            for name, action in actions.items():
                refs = tuple(ref for ref, state in self.states.items() if state.actions.get(name) is action)
                if len(refs) > 1:
                    wide.append(WideAction(stage, name, action, refs))
        return tuple(wide)

    @cached_property
    def own_actions(self) -> dict[str, dict[str, Action]]:
        """`stage.state` → the actions of the state that are none of the wide ones."""
        held = {(ref, wide.name) for wide in self.wide_actions for ref in wide.refs}
        return {
            ref: {name: action for name, action in state.actions.items() if (ref, name) not in held}
            for ref, state in self.states.items()
        }

    def targets(self, ref: str) -> Iterator[tuple[str, str]]:
        """(action or outcome, target state) of every way out of a state; a way that chooses by itself is `otherwise` or `when`."""
        state = self.states[ref]
        for name, action in state.actions.items():
            yield from ((name, target) for target in self.targets_of(action))
        yield from state.outcomes.items()
        yield from (("when" if way.when else "otherwise", way.to) for way in state.choose)

    def targets_of(self, action: Action) -> tuple[str, ...]:
        """Every state an action can lead to."""
        if action.to == RESUMED:
            return tuple(ref for ref, state in self.states_at_work.items() if not state.suspends)
        return tuple(self.states_at_work) if action.to == EARLIER else action.named_targets

    @cached_property
    def states_at_work(self) -> dict[str, State]:
        """States in which a case can stay: neither final nor left at once."""
        return {
            f"{stage_key}.{key}": state
            for stage_key, stage in self.stages.items()
            for key, state in stage.states.items()
            if state.final is None and not state.choose
        }

    @cached_property
    def entrances(self) -> tuple[str, ...]:
        """Every state in which a case of these rules can begin: the first, and those of branches."""
        waited = [
            opening.branch for state in self.states.values() if state.children for opening in state.children.opens
        ]
        opened = [use.params.get("branch") for state in self.states.values() for use in state.every_effect]
        return tuple(dict.fromkeys((self.starts, *(ref for ref in (*waited, *opened) if ref and isinstance(ref, str)))))

    def acting_roles(self, stage_key: str) -> frozenset[str]:
        """Every role that does something in a stage."""
        roles: set[str] = set()
        for key in self.stages[stage_key].states:
            state = self.states[f"{stage_key}.{key}"]
            for action in state.actions.values():
                roles.update(action.by)
            if state.panel:
                roles.update(state.panel.of.mentioned)
                roles.update({state.panel.recorded_by} if state.panel.recorded_by else ())
        return frozenset(roles)

    def readers(self, stage_key: str) -> frozenset[str]:
        """Every role that may read what happened in a stage."""
        return self.acting_roles(stage_key) | frozenset(self.stages[stage_key].seen_by) | frozenset(self.seen_by)

    def visible_stages(self, roles: frozenset[str], state: str) -> frozenset[str]:
        """The stages open to holders of roles while the case is in a state; an open panel's members read its papers."""
        panel = self.states[state].panel
        papers = frozenset(panel.reads) if panel and panel.sitting & roles else frozenset()
        return papers | frozenset(key for key, readers in self._readers.items() if readers & roles)

    @cached_property
    def _readers(self) -> dict[str, frozenset[str]]:
        return {key: self.readers(key) for key in self.stages}

    @cached_property
    def canonical(self) -> str:
        """The one text of these rules: JSON, named things in the order written, defaults left out."""
        content = self.model_dump(mode="json", exclude_defaults=True, by_alias=True)
        return json.dumps(content, ensure_ascii=False, sort_keys=False, separators=(",", ":"))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical text, hexadecimal."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()
