"""Whether a definition can work: everything it names exists, every state is reached and left, every expiry leads on."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from workflow.procedure.citations import citation_faults
from workflow.procedure.findings import Fault, listed
from workflow.procedure.model import RELATIONS, Procedure
from workflow.procedure.packs import RulePack
from workflow.procedure.panel import Panel
from workflow.procedure.reachability import reachability_faults
from workflow.procedure.soundness_documents import document_faults, named_document_faults
from workflow.procedure.soundness_names import name_faults
from workflow.procedure.soundness_openings import known_state
from workflow.procedure.soundness_parts import (
    condition_faults,
    deadline_faults,
    file_faults,
    named_field_faults,
    part_faults,
    rubric_faults,
    stated_faults,
    timetable_faults,
)
from workflow.procedure.stages import Action, Deadline, State, Use

DECIDING_EFFECTS = frozenset({"enter_pool", "finish_review"})
"""Effects that decide about a person: never for many at once."""


class Vocabulary(Protocol):
    """What a definition may name: guards and effects of the catalogue, code tables, and rule packs."""

    @property
    def codes(self) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
        """Code table → code → words."""

    @property
    def fragments(self) -> Mapping[str, Path]:
        """Key → file of what procedures may share."""

    @property
    def documents(self) -> Mapping[str, Path]:
        """Key → file of a document template."""

    @property
    def packs(self) -> Mapping[str, RulePack]:
        """Key → rule pack."""

    def guard_faults(self, use: Use) -> list[tuple[str, dict[str, Any]]]:
        """(code, params) for each fault of a guard's name or parameters."""

    def effect_faults(self, use: Use) -> list[tuple[str, dict[str, Any]]]:
        """The same for an effect."""

    def contradictions(self, procedure: Procedure, action: Action) -> list[tuple[str, str, tuple[str, ...]]]:
        """(guard, what cannot be, categories concerned or none for all) for guards that cannot all be true."""

    def panel_outcomes(self, panel: Panel) -> frozenset[str]:
        """Every outcome a panel can come to."""

    @property
    def facts(self) -> frozenset[str]:
        """Names of facts, and of their families with a dot at the end."""

    def has_text(self, key: str, /) -> bool:
        """Whether the texts of the office have a key."""


def unsoundness(procedure: Procedure, vocabulary: Vocabulary, *, on: date | None = None) -> Iterator[Fault]:
    """Every fault of a well-formed definition, as (path, code, params); `on` is the day its articles must be valid."""
    yield from citation_faults(procedure, vocabulary.packs, on)
    yield from _forms(procedure, vocabulary)
    yield from _roles(procedure)
    yield from rubric_faults(procedure)
    yield from document_faults(procedure)
    yield from timetable_faults(procedure)
    yield from known_state(procedure, procedure.starts, ("starts",))
    for stage_key, stage in procedure.stages.items():
        for role in stage.seen_by:
            yield from _known_role(procedure, role, ("stages", stage_key, "seen_by"))
        for key in stage.states:
            ref, path = f"{stage_key}.{key}", ("stages", stage_key, "states", key)
            yield from _state(procedure, vocabulary, procedure.states[ref], path)
            yield from part_faults(procedure, ref, procedure.states[ref], path)
    yield from name_faults(procedure, vocabulary.facts)
    yield from reachability_faults(procedure)


def _forms(procedure: Procedure, vocabulary: Vocabulary) -> Iterator[Fault]:
    for form_key, form in procedure.forms.items():
        for role in form.visible_to:
            yield from _known_role(procedure, role, ("forms", form_key, "visible_to"))
        for key, field in form.fields.items():
            path = ("forms", form_key, "fields", key)
            if field.codes and field.codes not in vocabulary.codes:
                yield (*path, "codes"), "unknown_codes", {"codes": field.codes, "allowed": listed(vocabulary.codes)}
            elif field.type in ("choice", "choices") and not field.options:
                yield path, "no_options", {"field": key}
            yield from file_faults(field, path)
            if field.type == "accounts" and field.holders_of not in procedure.roles:
                yield path, "unknown_role", {"role": str(field.holders_of), "allowed": listed(procedure.roles)}
            for role in field.visible_to:
                yield from _known_role(procedure, role, (*path, "visible_to"))
            if field.asked_when:
                yield from condition_faults(procedure, field.asked_when, (*path, "asked_when"))
            for other in field.required_when:
                if other not in form.fields:
                    yield (*path, "required_when"), "unknown_field", {"field": other, "allowed": listed(form.fields)}


def _roles(procedure: Procedure) -> Iterator[Fault]:
    if procedure.rounds_by:
        yield from _known_role(procedure, procedure.rounds_by, ("rounds_by",))
    for opener in procedure.opened_by:
        yield from _known_role(procedure, opener, ("opened_by",))
    for name in ("attempts_from", "cancelled"):
        if getattr(procedure, name):
            yield from known_state(procedure, getattr(procedure, name), (name,))
    for key, role in procedure.roles.items():
        if role.ways != 1:
            yield ("roles", key), "role_way", {"role": key, "allowed": ", ".join(RELATIONS)}
        if role.assigned and role.of is None:
            yield ("roles", key, "assigned"), "assigned_to_nobody", {"role": key}
        form, _, field = (role.chosen_in or "").partition(".")
        chosen = procedure.forms[form].fields.get(field) if form in procedure.forms else None
        if key == procedure.rounds_by and (role.of is None or role.of in RELATIONS):
            yield ("rounds_by",), "rounds_role", {"role": key}
        if role.chosen_in and (chosen is None or chosen.type != "accounts"):
            yield ("roles", key, "chosen_in"), "unknown_accounts_field", {"field": role.chosen_in}


def _known_role(procedure: Procedure, role: str, path: tuple[str | int, ...]) -> Iterator[Fault]:
    if role not in procedure.roles:
        yield path, "unknown_role", {"role": role, "allowed": listed(procedure.roles)}


def _kind(state: State) -> Iterator[tuple[str, dict[str, Any]]]:
    """Whether the state is exactly one kind, and its outcomes are the ones its kind can come to."""
    kinds = sum(bool(kind) for kind in (state.panel, state.notice, state.children, state.choose))
    if state.final is not None and (kinds or state.deadline):
        yield "final_with_more", {}
    if state.choose and (state.actions or state.deadline):
        yield "choose_with_more", {}
    if kinds > 1:
        yield "several_kinds", {}
    if state.final is None and not (state.actions or kinds):
        yield "dead_end", {}
    possible = state.settles
    if set(state.outcomes) != possible:
        yield "outcomes", {"given": listed(state.outcomes) or "–", "allowed": listed(possible) or "–"}


def _state(procedure: Procedure, vocabulary: Vocabulary, state: State, path: tuple[str | int, ...]) -> Iterator[Fault]:
    for code, params in _kind(state):
        extra = next((one for one in state.outcomes if one not in state.settles), None)
        where = ("outcomes", *((extra,) if extra else ())) if code == "outcomes" and state.outcomes else ()
        yield (*path, *where), code, params
    for outcome, target in state.outcomes.items():
        yield from known_state(procedure, target, (*path, "outcomes", outcome))
    for outcome, effects in state.outcome_effects.items():
        yield from _effects(procedure, vocabulary, effects, (*path, "outcome_effects", outcome))
    for key, action in state.actions.items():
        here = (*path, "actions", key)
        for target in action.named_targets:
            yield from known_state(procedure, target, (*here, "to"))
        for role in action.by:
            yield from _known_role(procedure, role, (*here, "by"))
        if action.form and action.form not in procedure.forms:
            yield (*here, "form"), "unknown_form", {"form": action.form, "allowed": listed(procedure.forms)}
        if action.bulk:
            yield from _bulk_action(procedure, action, (*here, "bulk"))
        yield from _guards(procedure, vocabulary, action.guards, (*here, "guards"))
        yield from _effects(procedure, vocabulary, action.effects, (*here, "effects"))
    yield from _effects(procedure, vocabulary, state.on_entry, (*path, "on_entry"))
    yield from _parts(procedure, state, path)


def _parts(procedure: Procedure, state: State, path: tuple[str | int, ...]) -> Iterator[Fault]:
    if state.panel:
        roles = (*state.panel.of.mentioned, *filter(None, (state.panel.recorded_by,)))
        for role in roles:
            yield from _known_role(procedure, role, (*path, "panel", "of"))
        for stage in state.panel.reads:
            if stage not in procedure.stages:
                yield (*path, "panel", "reads"), "unknown_stage", {"stage": stage, "allowed": listed(procedure.stages)}
        if state.panel.scores and procedure.rubric is None:
            yield (*path, "panel", "scores"), "no_rubric", {}
        yield from _bulk_opinions(state.panel, (*path, "panel", "bulk"))
        quorum = state.panel.quorum.cites if state.panel.quorum else ()
        if not (state.panel.settle.cites or quorum or state.panel.cites):
            yield (*path, "panel"), "uncited", {}
    if state.notice and not state.notice.cites:
        yield (*path, "notice"), "uncited", {}
    for name in ("pauses", "waivers_for"):
        target = getattr(state, name)
        if target is not None:
            yield from known_state(procedure, target, (*path, name))
    if state.deadline:
        yield from _deadline(procedure, state, state.deadline, (*path, "deadline"))


def _bulk_action(procedure: Procedure, action: Action, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """A form is about one case, and nobody is listed, appointed or turned away in bulk."""
    if action.form:
        yield path, "bulk_with_form", {}
    targets = [procedure.states[ref] for ref in procedure.targets_of(action) if ref in procedure.states]
    if any(use.name in DECIDING_EFFECTS for use in action.effects) or any(one.final is not None for one in targets):
        yield path, "bulk_ends_case", {}


def _bulk_opinions(panel: Panel, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """A ballot, a meeting and a scoring are about one case each."""
    if panel.bulk and (panel.recorded_by or panel.scores or panel.quorum or not panel.of.roles):
        yield path, "bulk_ballot", {}
    allowed = [opinion for opinion in panel.opinions if opinion not in panel.reason_for]
    for opinion in panel.bulk:
        if opinion not in allowed:
            yield path, "bulk_opinion", {"opinion": opinion, "allowed": listed(allowed) or "–"}


def _guards(
    procedure: Procedure, vocabulary: Vocabulary, uses: tuple[Use, ...], path: tuple[str | int, ...]
) -> Iterator[Fault]:
    for index, use in enumerate(uses):
        here = (*path, index)
        for code, params in vocabulary.guard_faults(use):
            yield here, code, params
        yield from stated_faults(procedure, use, here)
        yield from named_field_faults(procedure, use, here)
        if not use.cites and _has_number(use.params):
            yield here, "uncited", {}
        for role in use.waivable_by:
            yield from _known_role(procedure, role, here)
        for value in use.params.values():
            for key in value if _is_per_category(value) else ():
                if procedure.categories and key not in procedure.categories:
                    yield here, "unknown_category", {"category": key, "allowed": listed(procedure.categories)}


def _is_per_category(value: Any) -> bool:
    """Whether a parameter gives a number for each category."""
    return isinstance(value, dict) and all(isinstance(number, int) for number in value.values())


def _has_number(params: dict[str, Any]) -> bool:
    values = [item for value in params.values() for item in (value.values() if isinstance(value, dict) else (value,))]
    return any(isinstance(value, int) and not isinstance(value, bool) for value in values)


def _effects(
    procedure: Procedure, vocabulary: Vocabulary, uses: tuple[Use, ...], path: tuple[str | int, ...]
) -> Iterator[Fault]:
    for index, use in enumerate(uses):
        for code, params in vocabulary.effect_faults(use):
            yield (*path, index), code, params
        yield from named_field_faults(procedure, use, (*path, index))
        yield from named_document_faults(procedure, use, (*path, index))
        role = use.params.get("to")
        if use.name == "notify" and isinstance(role, str):
            yield from _known_role(procedure, role, (*path, index))


def _deadline(procedure: Procedure, state: State, deadline: Deadline, path: tuple[str | int, ...]) -> Iterator[Fault]:
    if not deadline.cites:
        yield path, "uncited", {}
    if not (deadline.remind or deadline.escalate or deadline.on_expiry):
        yield path, "deadline_without_outcome", {}
    yield from deadline_faults(procedure, state, deadline, path)
    if deadline.escalate:
        yield from _known_role(procedure, deadline.escalate.to, (*path, "escalate"))
