"""What a definition says that can never come true, and what will not do what it seems to."""

import re
from collections.abc import Iterator
from typing import Any

from workflow.procedure.deeds import deed_faults
from workflow.procedure.deeper_children import join_faults, outlasting
from workflow.procedure.findings import Fault, Path
from workflow.procedure.impossible import contradiction, domains
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Part, Words
from workflow.procedure.reachability import closure
from workflow.procedure.soundness import Vocabulary
from workflow.procedure.stages import Action, Deadline, State, Use
from workflow.procedure.ties import tie_faults

CHINESE = re.compile("[\u3400-\u9fff]")
SHORTEST_MONTH = 28


def impossible(procedure: Procedure, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Errors: an action that is never enabled, a role or seats nobody can hold, words that are blank, a message without a text."""
    for path, action in _actions(procedure):
        for guard, detail, categories in vocabulary.contradictions(procedure, action):
            if not categories:
                yield (*path, "guards"), "never_enabled", {"action": str(path[-1]), "guard": guard, "detail": detail}
    yield from _never_named(procedure)
    for path, state in _states(procedure):
        yield from join_faults(procedure, state, path)
        yield from _seats(state, path)
        yield from tie_faults(procedure, f"{path[1]}.{path[3]}", state, path)
    for path, words in _words(procedure, ()):
        if not words.en.strip() or not words.zh.strip():
            yield path, "words_blank", {}
    for path, template in _templates(procedure):
        if not vocabulary.has_text(template):
            yield path, "unknown_template", {"template": template}


def doubtful(procedure: Procedure, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Warnings: it works, but not as whoever wrote it will have meant."""
    for path, action in _actions(procedure):
        for guard, detail, categories in vocabulary.contradictions(procedure, action):
            if categories:
                named = {"category": ", ".join(categories), "guard": guard, "detail": detail}
                yield (*path, "guards"), "never_enabled_for", {"action": str(path[-1]), **named}
        if action.title is None and not vocabulary.has_text(f"action.{path[-1]}"):
            yield path, "action_untitled", {"action": str(path[-1])}
    yield from deed_faults(procedure)
    for path, state in _states(procedure):
        yield from _panel(state, vocabulary, path)
        yield from _ways(procedure, state, path)
        yield from outlasting(procedure, state, path)
        if state.deadline:
            yield from _rungs(state.deadline, (*path, "deadline"))
    yield from _roles(procedure)
    for path, words in _words(procedure, ()):
        if not CHINESE.search(words.zh) and re.search("[A-Za-z]{4}", words.zh):
            yield (*path, "zh"), "words_untranslated", {"language": "zh"}
        if CHINESE.search(words.en):
            yield (*path, "en"), "words_untranslated", {"language": "en"}


def _states(procedure: Procedure) -> Iterator[tuple[Path, State]]:
    for ref, state in procedure.states.items():
        stage, _, key = ref.partition(".")
        yield ("stages", stage, "states", key), state


def _actions(procedure: Procedure) -> Iterator[tuple[Path, Action]]:
    """Every action where it is written: in a state, or for a whole stage or procedure."""
    for key, action in procedure.actions.items():
        yield ("actions", key), action
    for stage_key, stage in procedure.stages.items():
        for key, action in stage.actions.items():
            yield ("stages", stage_key, "actions", key), action
        for state_key, state in stage.states.items():
            for key, action in state.actions.items():
                yield ("stages", stage_key, "states", state_key, "actions", key), action


def _words(value: Any, path: Path) -> Iterator[tuple[Path, Words]]:
    """Every text of the definition with its place, wherever a part may hold one."""
    if isinstance(value, Words):
        yield path, value
    elif isinstance(value, Part):
        for name in type(value).model_fields:
            yield from _words(getattr(value, name), (*path, name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _words(item, (*path, key))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _words(item, (*path, index))


def _templates(procedure: Procedure) -> Iterator[tuple[Path, str]]:
    """Every template a `notify` names, with the place of its effect."""
    uses: dict[Path, tuple[Use, ...]] = {(*path, "effects"): action.effects for path, action in _actions(procedure)}
    for path, state in _states(procedure):
        uses[(*path, "on_entry")] = state.on_entry
        uses |= {(*path, "outcome_effects", key): effects for key, effects in state.outcome_effects.items()}
    for where, effects in uses.items():
        for index, use in enumerate(effects):
            if use.name == "notify" and isinstance(use.params.get("template"), str):
                yield (*where, index), use.params["template"]


def _acts(state: State, role: str) -> bool:
    panel = state.panel
    return any(role in action.by for action in state.actions.values()) or (panel is not None and role in panel.sitting)


def _never_named(procedure: Procedure) -> Iterator[Fault]:
    """A chosen role is named in a form: some action must have the form, and its field must pick from another role."""
    for key, role in procedure.roles.items():
        form, _, name = (role.chosen_in or "").partition(".")
        field = procedure.forms[form].fields.get(name) if form in procedure.forms else None
        if field is None:
            continue
        if all(action.form != form for _path, action in _actions(procedure)):
            yield ("roles", key, "chosen_in"), "role_never_named", {"role": key, "form": form}
        if field.holders_of in procedure.roles and procedure.roles[str(field.holders_of)].of is None:
            yield ("forms", form, "fields", name, "holders_of"), "holders_of_nobody", {"role": str(field.holders_of)}


def _roles(procedure: Procedure) -> Iterator[Fault]:
    """Roles nobody needs, and chosen roles that may be asked before anybody was named."""
    said = _mentioned(procedure.model_dump(mode="json", exclude={"sources"}), ())
    used = {word for is_reference, word in said if is_reference}
    for key, role in procedure.roles.items():
        if key not in used:
            yield ("roles", key), "role_unused", {"role": key}
        form = (role.chosen_in or "").partition(".")[0]
        for ref in _before_form(procedure, form) if form in procedure.forms else ():
            if _acts(procedure.states[ref], key):
                yield ("roles", key), "role_maybe_unnamed", {"role": key, "state": ref, "form": form}
                break


def _mentioned(value: Any, path: tuple[str, ...]) -> Iterator[tuple[bool, str]]:
    """Every word used as a key or value; the flag says whether it may name a role there."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield bool(path) and path[0] != "roles", key
            yield from _mentioned(item, (*path, key))
    elif isinstance(value, list):
        for item in value:
            yield from _mentioned(item, path)
    elif isinstance(value, str):
        yield path[-1] not in {"en", "zh", "holds", "title"}, value


def _before_form(procedure: Procedure, form: str) -> list[str]:
    """The states that can be come to without an action that has the form; back to where a case has been adds none."""
    states = procedure.states
    ways: dict[str, set[str]] = {ref: set(state.outcomes.values()) & states.keys() for ref, state in states.items()}
    for ref, state in states.items():
        ways[ref] |= {way.to for way in state.choose} & states.keys()
        for action in state.actions.values():
            if action.form != form:
                ways[ref] |= set(action.named_targets) & states.keys()
    reached = closure({procedure.starts} & states.keys(), ways)
    return [ref for ref in states if ref in reached]


def _seats(state: State, path: Path) -> Iterator[Fault]:
    """More members asked for than there are seats, where each role has one."""
    if state.panel is None or not state.panel.of.roles:
        return
    seats = len(state.panel.of.roles)
    for name, needed in (("settle", state.panel.settle.at_least), ("fewest", state.panel.fewest)):
        if needed is not None and needed > seats:
            yield (*path, "panel", name), "too_few_seats", {"needed": needed, "seats": seats}


def _panel(state: State, vocabulary: Vocabulary, path: Path) -> Iterator[Fault]:
    if state.panel is None:
        return
    for outcome in sorted(set(state.outcomes) & state.settles - vocabulary.panel_outcomes(state.panel)):
        yield (*path, "outcomes", outcome), "outcome_never", {"outcome": outcome}
    for opinion in state.panel.opinions:
        if opinion not in state.panel.titles and not vocabulary.has_text(f"opinion.{opinion}"):
            yield (*path, "panel", "opinions"), "opinion_unnamed", {"opinion": opinion}


def _ways(procedure: Procedure, state: State, path: Path) -> Iterator[Fault]:
    """Ways of a choice that no case ever takes."""
    known = domains(procedure) if state.choose else {}
    for index, way in enumerate(state.choose):
        if way.when and (why := contradiction((way.when,), known)):
            yield (*path, "choose", index), "way_never", {"state": way.to, "detail": why}


def _rungs(deadline: Deadline, path: Path) -> Iterator[Fault]:
    """Reminders before the deadline begins, and what is planned for after the clock has acted."""
    months = deadline.months * SHORTEST_MONTH if deadline.months else None
    length = deadline.working_days or deadline.days or months
    for days in deadline.remind:
        if length is not None and -days >= length:
            yield (*path, "remind"), "reminder_before_start", {"days": -days, "length": length}
        if days > 0 and deadline.on_expiry:
            yield (*path, "remind"), "after_expiry", {"action": deadline.on_expiry}
    if deadline.escalate and deadline.escalate.after > 0 and deadline.on_expiry:
        yield (*path, "escalate"), "after_expiry", {"action": deadline.on_expiry}
