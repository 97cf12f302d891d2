"""Names of actions in rules about who did what: a slip of the pen there bars nobody, and makes nobody anything."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflow.procedure.findings import Fault, Path, listed
from workflow.procedure.model import Procedure
from workflow.procedure.stages import Use

NOTED = frozenset({"open", "opinion", "record_meeting", "waive", "claim", "release", "reassign"})
"""What people do to a case beside its actions."""
BY_GUARD: Mapping[str, str] = {"not_done_by_same": "actions", "last_done": "actions", "team": "none_who_did"}
"""Guard → its parameter that names actions."""


def deed_faults(procedure: Procedure) -> Iterator[Fault]:
    """Actions named by roles, guards, panels and effects that no case of these rules knows, and subjects of nothing."""
    known = {name for state in procedure.states.values() for name in state.actions} | NOTED
    for path, name in _named(procedure):
        if name not in known:
            yield path, "unknown_doing", {"action": name, "allowed": listed(known)}
    if procedure.subject == "post" and not _is_about_people(procedure):
        for key, role in procedure.roles.items():
            if role.is_subject:
                yield ("roles", key), "subject_of_nothing", {"role": key}


def _named(procedure: Procedure) -> Iterator[tuple[Path, str]]:
    for key, role in procedure.roles.items():
        yield from ((("roles", key, "did"), name) for name in role.did)
    opens_others = any(use.params.get("procedure") for _, use in _effects(procedure)) or any(
        opening.procedure for state in procedure.states.values() if state.children for opening in state.children.opens
    )
    for path, use in _effects(procedure):
        if use.name == "act_on" and isinstance(use.params.get("action"), str) and not opens_others:
            yield path, use.params["action"]
    for ref, state in procedure.states.items():
        stage, _, key = ref.partition(".")
        place: Path = ("stages", stage, "states", key)
        if state.panel:
            yield from (((*place, "panel", "of"), name) for name in state.panel.of.without_who_did)
        for name, action in procedure.own_actions[ref].items():
            yield from _of_guards((*place, "actions", name, "guards"), action.guards)
    for wide in procedure.wide_actions:
        scope: Path = ("stages", wide.stage) if wide.stage else ()
        yield from _of_guards((*scope, "actions", wide.name, "guards"), wide.action.guards)


def _of_guards(path: Path, guards: tuple[Use, ...]) -> Iterator[tuple[Path, str]]:
    for index, use in enumerate(guards):
        given: Any = use.params.get(BY_GUARD.get(use.name, ""), ())
        names = (given,) if isinstance(given, str) else given
        yield from (((*path, index), name) for name in names if isinstance(name, str))


def _effects(procedure: Procedure) -> Iterator[tuple[Path, Use]]:
    """Every effect of a state, with the place it stands in."""
    for ref, state in procedure.states.items():
        stage, _, key = ref.partition(".")
        place: Path = ("stages", stage, "states", key)
        yield from (((*place, "on_entry", index), use) for index, use in enumerate(state.on_entry))
        for outcome, uses in state.outcome_effects.items():
            yield from (((*place, "outcome_effects", outcome, index), use) for index, use in enumerate(uses))
        for name, action in procedure.own_actions[ref].items():
            here: Path = (*place, "actions", name, "effects")
            yield from (((*here, index), use) for index, use in enumerate(action.effects))


def _is_about_people(procedure: Procedure) -> bool:
    """Whether any child case is opened about somebody."""
    waited = [
        opening.about for state in procedure.states.values() if state.children for opening in state.children.opens
    ]
    return bool({*waited, *(use.params.get("about") for _, use in _effects(procedure))} & {"actor", "each"})
