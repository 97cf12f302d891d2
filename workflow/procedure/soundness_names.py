"""Whether what conditions, guards and effects name is there: facts, states, stages, actions, and votes to act on."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from workflow.procedure.conditions import Condition
from workflow.procedure.findings import Fault, Path, listed
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Part
from workflow.procedure.soundness_openings import known_state
from workflow.procedure.soundness_parts import fact_faults, opens_foreign
from workflow.procedure.stages import State, Use

STATE_PARAMS = ("in_states", "not_counting", "decided_in")
"""Parameters of guards and effects that name states of the procedure."""
OF_A_VOTE = frozenset({"chosen", "others", "leading", "last"})
FIRST_ONLY = ("take", "take_from", "order_by", "by_lot")


def name_faults(procedure: Procedure, facts: frozenset[str]) -> Iterator[Fault]:
    """Every fault of a name: of `facts`, and of what the procedure itself has."""
    yield from fact_name_faults(procedure, facts)
    yield from use_name_faults(procedure)


def fact_name_faults(procedure: Procedure, facts: frozenset[str]) -> Iterator[Fault]:
    """Facts that conditions and `copy_of` name and nobody knows."""
    for path, name in (*_named_in_conditions(procedure, ()), *_copied(procedure)):
        family, dot, _ = name.partition(".")
        if name not in facts and not (dot and f"{family}." in facts) and family != "field":
            yield path, "unknown_fact", {"fact": name, "allowed": listed(facts - {"form.values"})}
    for path, name in _copied(procedure):
        yield from ((path, code, params) for code, params in fact_faults(procedure, name))


def _named_in_conditions(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """(place, fact) for every condition, wherever a part may hold one."""
    if isinstance(value, Condition):
        yield from ((path, name) for name in value.facts)
    elif isinstance(value, Use):
        try:
            stated = Condition.model_validate(value.params["when"]) if "when" in value.params else None
        except ValidationError:
            stated = None  # said where the parameters are checked
        yield from ((path, name) for name in (stated.facts if stated else ()))
    elif isinstance(value, Part):
        for name in type(value).model_fields:
            yield from _named_in_conditions(getattr(value, name), (*path, name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _named_in_conditions(item, (*path, key))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _named_in_conditions(item, (*path, index))


def _copied(procedure: Procedure) -> Iterator[tuple[Path, str]]:
    for path, use, _vote in effects_of(procedure):
        if use.name == "set_field" and isinstance(use.params.get("copy_of"), str):
            yield path, use.params["copy_of"]


def effects_of(procedure: Procedure) -> Iterator[tuple[Path, Use, State | None]]:
    """(place, effect, the state whose vote it follows, if any) of every effect."""
    for place, action in _places(procedure):
        for index, use in enumerate(action.effects):
            yield (*place, "effects", index), use, None
    for ref, state in procedure.states.items():
        stage, _, key = ref.partition(".")
        path: Path = ("stages", stage, "states", key)
        for index, use in enumerate(state.on_entry):
            yield (*path, "on_entry", index), use, None
        for outcome, uses in state.outcome_effects.items():
            for index, use in enumerate(uses):
                yield (*path, "outcome_effects", outcome, index), use, state


def _places(procedure: Procedure) -> Iterator[tuple[Path, Any]]:
    yield from ((("actions", key), action) for key, action in procedure.actions.items())
    for stage_key, stage in procedure.stages.items():
        yield from ((("stages", stage_key, "actions", key), action) for key, action in stage.actions.items())
        for key, state in stage.states.items():
            where: Path = ("stages", stage_key, "states", key, "actions")
            yield from (((*where, name), action) for name, action in state.actions.items())


def use_name_faults(procedure: Procedure) -> Iterator[Fault]:
    """States, stages and actions that guards and effects name and the procedure does not have."""
    for place, action in _places(procedure):
        for index, use in enumerate(action.guards):
            yield from _place_faults(procedure, use.params, (*place, "guards", index))
    for path, use, voted_in in effects_of(procedure):
        is_own = use.name != "act_on" or _acts_on_own(procedure, use)
        if is_own:
            yield from _place_faults(procedure, use.params, path)
        if use.name == "act_on":
            yield from _acting_faults(procedure, use, path, voted_in, is_own=is_own)


def _place_faults(procedure: Procedure, params: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    for ref in (one for name in STATE_PARAMS for one in _several(params.get(name))):
        yield from known_state(procedure, ref, path)
    for stage in _several(params.get("in_stages")):
        if stage not in procedure.stages:
            yield path, "unknown_stage", {"stage": stage, "allowed": listed(procedure.stages)}


def _acting_faults(
    procedure: Procedure, use: Use, path: Path, voted_in: State | None, *, is_own: bool
) -> Iterator[Fault]:
    """An action nobody could take, a choice that no vote was held about, and what goes only with the first so many."""
    params = use.params
    which = params.get("which", "all")
    looked_in = [procedure.states[ref] for ref in _several(params.get("in_states")) if ref in procedure.states]
    known = {name for state in looked_in or procedure.states.values() for name in state.actions}
    if is_own and isinstance(params.get("action"), str) and params["action"] not in known:
        yield path, "acts_nowhere", {"action": params["action"], "allowed": listed(known) or "–"}
    if which in OF_A_VOTE and not (voted_in and voted_in.panel and voted_in.panel.candidates):
        yield path, "chosen_by_nobody", {"which": which}
    for name in FIRST_ONLY:
        if name in params and which != "first":
            yield path, "first_only", {"name": name}
    seed = str(params.get("by_lot", "")).partition(".")[0]
    if seed and all(action.form != seed for _place, action in _places(procedure)):
        yield path, "seed_never_given", {"form": seed}


def _acts_on_own(procedure: Procedure, use: Use) -> bool:
    """Whether the cases acted on can only be of this procedure."""
    among = use.params.get("among")
    return among == "round" or (among == "children" and not opens_foreign(procedure))


def _several(value: Any) -> tuple[str, ...]:
    """One name or a list of names; nothing else is looked at here."""
    names = value if isinstance(value, list | tuple) else (value,)
    return tuple(name for name in names if isinstance(name, str))
