"""Whether a definition can work: everything it names exists, every state is reached and left, every expiry leads on."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from workflow.procedure.model import RELATIONS, Procedure
from workflow.procedure.panel import Panel
from workflow.procedure.stages import Action, Deadline, State, Use

Fault = tuple[tuple[str | int, ...], str, dict[str, Any]]
BUILT_IN_OUTCOMES = frozenset({"expired"})
DECIDING_EFFECTS = frozenset({"enter_pool", "finish_review"})
"""Effects that decide about a person: never for many at once."""
LONGEST_LIST = 60


class Vocabulary(Protocol):
    """What a definition may name: guards and effects of the catalogue, and code tables."""

    @property
    def codes(self) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
        """Code table → code → words."""

    def guard_faults(self, use: Use) -> list[tuple[str, dict[str, Any]]]:
        """(code, params) for each fault of a guard's name or parameters."""

    def effect_faults(self, use: Use) -> list[tuple[str, dict[str, Any]]]:
        """The same for an effect."""

    def contradictions(self, procedure: Procedure, action: Action) -> list[tuple[str, str, tuple[str, ...]]]:
        """(guard, what cannot be, categories concerned or none for all) for guards that cannot all be true."""

    def panel_outcomes(self, panel: Panel) -> frozenset[str]:
        """Every outcome a panel can come to."""

    def has_text(self, key: str, /) -> bool:
        """Whether the texts of the office have a key."""


def unsoundness(procedure: Procedure, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Every fault of a well-formed definition, as (path, code, params)."""
    yield from _forms(procedure, vocabulary)
    yield from _roles(procedure)
    yield from _rubric(procedure)
    if procedure.starts not in procedure.states:
        yield ("starts",), "unknown_state", {"state": procedure.starts, "allowed": _listed(procedure.states)}
    for stage_key, stage in procedure.stages.items():
        for role in stage.seen_by:
            yield from _known_role(procedure, role, ("stages", stage_key, "seen_by"))
        for key, state in stage.states.items():
            yield from _state(procedure, vocabulary, state, ("stages", stage_key, "states", key))
    yield from _reachability(procedure)


def _listed(names: Iterable[str]) -> str:
    """What is allowed, as far as somebody reads it."""
    first = sorted(names)
    return ", ".join([*first[:LONGEST_LIST], "…"] if len(first) > LONGEST_LIST else first)


def _forms(procedure: Procedure, vocabulary: Vocabulary) -> Iterator[Fault]:
    for form_key, form in procedure.forms.items():
        for key, field in form.fields.items():
            path = ("forms", form_key, "fields", key)
            if field.codes and field.codes not in vocabulary.codes:
                yield (*path, "codes"), "unknown_codes", {"codes": field.codes, "allowed": _listed(vocabulary.codes)}
            elif field.type in ("choice", "choices") and not field.options:
                yield path, "no_options", {"field": key}
            if field.type == "accounts" and field.holders_of not in procedure.roles:
                yield path, "unknown_role", {"role": str(field.holders_of), "allowed": _listed(procedure.roles)}
            for role in field.visible_to:
                yield from _known_role(procedure, role, (*path, "visible_to"))
            for other in field.required_when:
                if other not in form.fields:
                    yield (*path, "required_when"), "unknown_field", {"field": other, "allowed": _listed(form.fields)}


def _roles(procedure: Procedure) -> Iterator[Fault]:
    if procedure.rounds_by:
        yield from _known_role(procedure, procedure.rounds_by, ("rounds_by",))
    for key, role in procedure.roles.items():
        ways = sum((role.of is not None, role.is_subject, role.is_chosen))
        if ways != 1:
            yield ("roles", key), "role_way", {"role": key, "allowed": ", ".join(RELATIONS)}
        form, _, field = (role.chosen_in or "").partition(".")
        named = procedure.forms[form].fields.get(field) if form in procedure.forms else None
        if key == procedure.rounds_by and (role.of is None or role.of in RELATIONS):
            yield ("rounds_by",), "rounds_role", {"role": key}
        if role.chosen_in and (named is None or named.type != "accounts"):
            yield ("roles", key, "chosen_in"), "unknown_accounts_field", {"field": role.chosen_in}


def _rubric(procedure: Procedure) -> Iterator[Fault]:
    if procedure.rubric:
        total = sum(item.weight for item in procedure.rubric.items.values())
        if total != 100:
            yield ("rubric", "items"), "weights", {"total": total}
        yield from _cited(procedure, procedure.rubric.cites, ("rubric", "cites"))


def _known_role(procedure: Procedure, role: str, path: tuple[str | int, ...]) -> Iterator[Fault]:
    if role not in procedure.roles:
        yield path, "unknown_role", {"role": role, "allowed": _listed(procedure.roles)}


def _cited(procedure: Procedure, cites: tuple[str, ...], path: tuple[str | int, ...]) -> Iterator[Fault]:
    for source in cites:
        if source not in procedure.sources:
            yield path, "unknown_source", {"source": source, "allowed": _listed(procedure.sources)}


def _kind(state: State) -> Iterator[tuple[str, dict[str, Any]]]:
    """Whether the state is exactly one kind, and its outcomes are the ones its kind can come to."""
    if state.final is not None and (state.actions or state.panel or state.notice or state.deadline):
        yield "final_with_more", {}
    if state.panel and state.notice:
        yield "panel_and_notice", {}
    if state.final is None and not (state.actions or state.panel or state.notice):
        yield "dead_end", {}
    possible = set(state.panel.possible_outcomes) if state.panel else set(BUILT_IN_OUTCOMES) if state.notice else set()
    if set(state.outcomes) != possible:
        yield "outcomes", {"given": _listed(state.outcomes) or "–", "allowed": _listed(possible) or "–"}


def _state(procedure: Procedure, vocabulary: Vocabulary, state: State, path: tuple[str | int, ...]) -> Iterator[Fault]:
    for code, params in _kind(state):
        yield path, code, params
    for outcome, target in state.outcomes.items():
        yield from _known_state(procedure, target, (*path, "outcomes", outcome))
    for outcome, effects in state.outcome_effects.items():
        yield from _effects(procedure, vocabulary, effects, (*path, "outcome_effects", outcome))
    for key, action in state.actions.items():
        here = (*path, "actions", key)
        yield from _known_state(procedure, action.to, (*here, "to"))
        for role in action.by:
            yield from _known_role(procedure, role, (*here, "by"))
        if action.form and action.form not in procedure.forms:
            yield (*here, "form"), "unknown_form", {"form": action.form, "allowed": _listed(procedure.forms)}
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
                yield (*path, "panel", "reads"), "unknown_stage", {"stage": stage, "allowed": _listed(procedure.stages)}
        if state.panel.scores and procedure.rubric is None:
            yield (*path, "panel", "scores"), "no_rubric", {}
        yield from _bulk_opinions(state.panel, (*path, "panel", "bulk"))
        cites = (*state.panel.settle.cites, *(state.panel.quorum.cites if state.panel.quorum else ()))
        yield from _cited(procedure, cites, (*path, "panel"))
        if not cites:
            yield (*path, "panel"), "uncited", {}
    if state.notice:
        yield from _cited(procedure, state.notice.cites, (*path, "notice", "cites"))
        if not state.notice.cites:
            yield (*path, "notice"), "uncited", {}
    for name in ("pauses", "waivers_for"):
        target = getattr(state, name)
        if target is not None:
            yield from _known_state(procedure, target, (*path, name))
    if state.deadline:
        yield from _deadline(procedure, state, state.deadline, (*path, "deadline"))


def _bulk_action(procedure: Procedure, action: Action, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """A form is about one case, and nobody is listed, appointed or turned away in bulk."""
    if action.form:
        yield path, "bulk_with_form", {}
    target = procedure.states.get(action.to)
    if any(use.name in DECIDING_EFFECTS for use in action.effects) or (target and target.final is not None):
        yield path, "bulk_ends_case", {}


def _bulk_opinions(panel: Panel, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """A ballot, a meeting and a scoring are about one case each."""
    if panel.bulk and (panel.recorded_by or panel.scores or panel.quorum or not panel.of.roles):
        yield path, "bulk_ballot", {}
    allowed = [opinion for opinion in panel.opinions if opinion not in panel.reason_for]
    for opinion in panel.bulk:
        if opinion not in allowed:
            yield path, "bulk_opinion", {"opinion": opinion, "allowed": _listed(allowed) or "–"}


def _known_state(procedure: Procedure, ref: str, path: tuple[str | int, ...]) -> Iterator[Fault]:
    if ref not in procedure.states:
        yield path, "unknown_state", {"state": ref, "allowed": _listed(procedure.states)}


def _guards(
    procedure: Procedure, vocabulary: Vocabulary, uses: tuple[Use, ...], path: tuple[str | int, ...]
) -> Iterator[Fault]:
    for index, use in enumerate(uses):
        here = (*path, index)
        for code, params in vocabulary.guard_faults(use):
            yield here, code, params
        yield from _cited(procedure, use.cites, here)
        if not use.cites and _has_number(use.params):
            yield here, "uncited", {}
        for role in use.waivable_by:
            yield from _known_role(procedure, role, here)
        for value in use.params.values():
            for key in value if isinstance(value, dict) else ():
                if procedure.categories and key not in procedure.categories:
                    yield here, "unknown_category", {"category": key, "allowed": _listed(procedure.categories)}


def _has_number(params: dict[str, Any]) -> bool:
    values = [item for value in params.values() for item in (value.values() if isinstance(value, dict) else (value,))]
    return any(isinstance(value, int) and not isinstance(value, bool) for value in values)


def _effects(
    procedure: Procedure, vocabulary: Vocabulary, uses: tuple[Use, ...], path: tuple[str | int, ...]
) -> Iterator[Fault]:
    for index, use in enumerate(uses):
        for code, params in vocabulary.effect_faults(use):
            yield (*path, index), code, params
        yield from _cited(procedure, use.cites, (*path, index))
        role = use.params.get("to")
        if use.name == "notify" and isinstance(role, str):
            yield from _known_role(procedure, role, (*path, index))


def _deadline(procedure: Procedure, state: State, deadline: Deadline, path: tuple[str | int, ...]) -> Iterator[Fault]:
    yield from _cited(procedure, deadline.cites, (*path, "cites"))
    if not deadline.cites:
        yield path, "uncited", {}
    if not (deadline.remind or deadline.escalate or deadline.on_expiry):
        yield path, "deadline_without_outcome", {}
    if deadline.on_expiry and deadline.on_expiry not in state.actions:
        yield (
            (*path, "on_expiry"),
            "unknown_action",
            {"action": deadline.on_expiry, "allowed": _listed(state.actions) or "–"},
        )
    if deadline.escalate:
        yield from _known_role(procedure, deadline.escalate.to, (*path, "escalate"))


def _reachability(procedure: Procedure) -> Iterator[Fault]:
    """States nobody comes to, and states from which no end can be reached."""
    states = procedure.states
    ways = {ref: {target for _, target in procedure.targets(ref) if target in states} for ref in states}
    reached = closure({procedure.starts} & states.keys(), ways)
    back: dict[str, set[str]] = {ref: set() for ref in states}
    for ref, targets in ways.items():
        for target in targets:
            back[target].add(ref)
    ending = closure({ref for ref, state in states.items() if state.final is not None}, back)
    for ref, state in states.items():
        stage, _, key = ref.partition(".")
        path = ("stages", stage, "states", key)
        if procedure.starts in states and ref not in reached:
            yield path, "unreachable", {"state": ref}
        elif ref not in ending and (state.actions or state.outcomes):
            yield path, "no_way_out", {"state": ref}


def closure(start: set[str], ways: Mapping[str, set[str]]) -> set[str]:
    """Everything that is come to from the start, the start included."""
    seen, todo = set(start), list(start)
    while todo:
        fresh = ways[todo.pop()] - seen
        seen |= fresh
        todo.extend(fresh)
    return seen
