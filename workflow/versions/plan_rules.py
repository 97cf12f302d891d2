"""How cases of one version go on by another: the plan that suggests itself, its faults, and what keeps one case back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow.problems import Invalid, Reason
from workflow.procedure.diff_names import Renamed, new_state, renamed_things
from workflow.procedure.model import Procedure
from workflow.procedure.stages import State


@dataclass(frozen=True, slots=True)
class Plan:
    """State → state, panels asked anew (states of the new version), and answers under other names (`form.field`)."""

    states: Mapping[str, str]
    reopened: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """What must be known of a case to say whether it can be moved."""

    state: str
    suspended_in: str | None = None
    opinions: frozenset[str] = frozenset()
    """Opinions given in the panel that is open."""


def kind_of(state: State) -> str:
    """What happens in a state: cases keep their work only between states of one kind."""
    if state.final is not None:
        return "final"
    kinds = ("panel", "notice", "children", "choose")
    return next((kind for kind in kinds if getattr(state, kind)), "actions")


def suggested_plan(old: Procedure, new: Procedure) -> Plan:
    """Every state to the one of the same meaning: of the same name and kind, or evidently renamed."""
    renamed = renamed_things(old, new)
    pairs = {ref: new_state(ref, renamed) for ref in old.states_at_work}
    states = {
        ref: target
        for ref, target in pairs.items()
        if target in new.states_at_work and kind_of(old.states[ref]) == kind_of(new.states[target])
    }
    reopened = {target for ref, target in states.items() if _asks_others(old.states[ref], new.states[target])}
    return Plan(states, frozenset(reopened), dict(_fields(old, renamed)))


def _asks_others(old: State, new: State) -> bool:
    """Whether the panel of a state asks other people, or offers fewer opinions, so that it cannot just go on."""
    if old.panel is None or new.panel is None:
        return False
    return old.panel.of != new.panel.of or not set(old.panel.opinions) <= set(new.panel.opinions)


def _fields(old: Procedure, renamed: Renamed) -> Iterator[tuple[str, str]]:
    for form_key, form in old.forms.items():
        new_form = renamed.get(("forms", form_key), form_key)
        for key in form.fields:
            new_key = renamed.get(("forms", new_form, "fields", key), key)
            if (new_form, new_key) != (form_key, key):
                yield f"{form_key}.{key}", f"{new_form}.{new_key}"


def renamed_roles(old: Procedure, new: Procedure) -> dict[str, str]:
    """Roles that are evidently the same under another key."""
    return {place[1]: key for place, key in renamed_things(old, new).items() if len(place) == 2 and place[0] == "roles"}


def check_plan(old: Procedure, new: Procedure, plan: Plan) -> None:
    """Raises Invalid with every fault: unknown states or answers, states in which no case can stay, no state at all."""
    faults = [Invalid(code, field=name, **params) for name, code, params in _faults(old, new, plan)]
    if faults:
        raise Invalid("plan_faulty", problems=tuple(faults))


def _faults(old: Procedure, new: Procedure, plan: Plan) -> Iterator[tuple[str, str, dict[str, Any]]]:
    if old.procedure != new.procedure or old.digest == new.digest:
        yield "to", "plan_to_itself", {}
    if not plan.states:
        yield "states", "plan_empty", {}
    for ref, target in plan.states.items():
        if ref not in old.states_at_work:
            yield f"state-{ref}", "plan_state_unknown", {"state": ref}
        elif target not in new.states_at_work:
            yield f"state-{ref}", "plan_target_unknown", {"state": target}
    for name in plan.reopened:
        if name not in plan.states.values() or name not in new.states or new.states[name].panel is None:
            yield "reopened", "plan_no_panel", {"state": name}
    for was, becomes in plan.fields.items():
        for procedure, ref in ((old, was), (new, becomes)):
            form, _, key = ref.partition(".")
            if form not in procedure.forms or key not in procedure.forms[form].fields:
                yield "fields", "plan_field_unknown", {"answer": ref}


def obstacles(old: Procedure, new: Procedure, plan: Plan, standing: Standing) -> tuple[Reason, ...]:
    """Every reason why a case cannot be moved as it stands; none where it can."""
    return tuple(Reason(code, params) for code, params in _obstacles(old, new, plan, standing))


def _obstacles(old: Procedure, new: Procedure, plan: Plan, standing: Standing) -> Iterator[tuple[str, dict[str, Any]]]:
    here = f"state:{standing.state}"
    target = plan.states.get(standing.state)
    if target is None:
        yield "move.no_target", {"state": here}
        return
    before, after = old.states[standing.state], new.states[target]
    if before.suspends and not _can_resume(new, plan, standing, target):
        yield "move.rests", {"state": here}
    if before.pauses and (after.pauses is None or plan.states.get(before.pauses) != after.pauses):
        yield "move.notice_paused", {"state": here}
    unknown = standing.opinions - set(after.panel.opinions if after.panel else ())
    if after.panel and target not in plan.reopened and unknown:
        yield "move.opinion_unknown", {"opinions": sorted(unknown)}
    if before.panel and after.panel and target not in plan.reopened and before.panel.of != after.panel.of:
        yield "move.other_members", {"state": here}


def _can_resume(new: Procedure, plan: Plan, standing: Standing, target: str) -> bool:
    """Whether a case at rest can be resumed under the new version: both states are there by the same names."""
    inside = standing.suspended_in
    return (
        target == standing.state
        and new.states[target].suspends
        and inside in new.states
        and plan.states.get(inside or "", inside) == inside
    )
