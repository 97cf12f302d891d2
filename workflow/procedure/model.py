"""The whole definition of a procedure, and the ways to walk it."""

import hashlib
import json
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from workflow.procedure.forms import Form, Rubric
from workflow.procedure.parts import Key, Keys, Part, StateRef, Words, _as_tuple
from workflow.procedure.stages import Stage, State

RELATIONS = ("nominating_body", "subject_body")
"""Values of `Role.of` that name a body by its relation to the case; both are the body of the case."""


class Role(Part):
    """Who acts: holders of a role in a body, the person the case is about, or people named in the case."""

    title: Words
    of: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")] | None = None
    """A relation (`nominating_body`, `subject_body`) or the code of a body."""
    holds: Key = "officer"
    """The role that must be held in that body."""
    is_subject: bool = False
    """Whether it is the person the case is about."""
    chosen_in: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")] | None = None
    """The `form.field` (of type `accounts`) in which the people of this role are named."""

    @property
    def is_chosen(self) -> bool:
        return self.chosen_in is not None


class Category(Part):
    """A kind of seat in a round."""

    title: Words
    pool: Key | None = None
    """The list that whoever is selected in this category enters."""


class Procedure(Part):
    """The rules of one selection path."""

    procedure: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
    """The key: how cases, commands and other procedures name it."""
    title: Words
    about: Words
    """One sentence that says what it is for."""
    subject: Literal["person"] = "person"
    """What a case is about."""
    prefix: Annotated[str, Field(pattern=r"^[A-Z]{1,4}$")]
    """Begins the reference of each case: `RO` gives RO-2026-0001."""
    starts: StateRef
    """The state in which a case begins."""
    sources: dict[Annotated[str, Field(pattern=r"^[a-z0-9-]+(/[a-z0-9.-]+)?$")], Words] = Field(default_factory=dict)
    """The rules this follows, by key and article; every number of a rule cites one."""
    roles: dict[Key, Role] = Field(min_length=1)
    """Who acts."""
    categories: dict[Key, Category] = Field(default_factory=dict)
    """Kinds of seats; numbers of guards may differ by them."""
    forms: dict[Key, Form] = Field(default_factory=dict)
    """What is asked, by the name actions use."""
    rubric: Rubric | None = None
    """The yardstick of panels that score."""
    seen_by: Annotated[Keys, BeforeValidator(_as_tuple)] = ()
    """Roles that read every stage."""
    rounds_by: Key | None = None
    """The role that calls rounds of this procedure, in a body with a code; without it there are none."""
    stages: dict[Key, Stage] = Field(min_length=1)
    """The steps of the path, in order."""

    @cached_property
    def states(self) -> dict[str, State]:
        """`stage.state` → state, in the order of the file."""
        return {
            f"{stage_key}.{key}": state
            for stage_key, stage in self.stages.items()
            for key, state in stage.states.items()
        }

    def targets(self, ref: str) -> Iterator[tuple[str, str]]:
        """(action or outcome, target state) of every way out of a state."""
        state = self.states[ref]
        for name, action in state.actions.items():
            yield name, action.to
        yield from state.outcomes.items()

    def acting_roles(self, stage_key: str) -> frozenset[str]:
        """Every role that does something in a stage."""
        roles: set[str] = set()
        for state in self.stages[stage_key].states.values():
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
        return papers | frozenset(key for key in self.stages if self.readers(key) & roles)

    @cached_property
    def canonical(self) -> str:
        """The one text of these rules: JSON with sorted keys, defaults left out."""
        content = self.model_dump(mode="json", exclude_defaults=True)
        return json.dumps(content, ensure_ascii=False, sort_keys=False, separators=(",", ":"))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical text, hexadecimal."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()
