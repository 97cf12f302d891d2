"""Soundness of what states may have beside actions: choices, child cases, suspensions, targets, conditions, roles."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from workflow.procedure.conditions import Condition
from workflow.procedure.findings import Fault, Path, listed
from workflow.procedure.forms import MOST_MEGABYTES, FormField
from workflow.procedure.model import Procedure
from workflow.procedure.panel import RECUSED, Panel
from workflow.procedure.soundness_openings import known_state, opening_faults
from workflow.procedure.stages import RESUMED, Action, Deadline, State, Use

ROUND_DATES = ("opens_date", "closes_date")
"""What every round has a date for."""
ROUND_FACTS = (*ROUND_DATES, "is_closed", "rubric", "seats", "states")
"""What is known of every round, as `round.NAME`: no planned date has such a name."""
FIELD_PARAMS = ("by", "by_lot", "field", "order_by", "title_from", "organization_from", "number_from", "take_from")
"""Parameters of guards and effects that name an answer of the case."""


def part_faults(procedure: Procedure, ref: str, state: State, path: Path) -> Iterator[Fault]:
    """Every fault of a state's choice, child cases, suspension and re-opening."""
    yield from panel_faults(procedure, state, path)
    for outcome in state.outcome_titles:
        if outcome not in state.outcomes:
            fault = {"outcome": outcome, "allowed": listed(state.outcomes) or "–"}
            yield (*path, "outcome_titles", outcome), "title_of_no_outcome", fault
    if state.choose:
        yield from _choice(procedure, ref, state, (*path, "choose"))
    if state.children:
        for index, opening in enumerate(state.children.opens):
            yield from opening_faults(procedure, opening, (*path, "children", "opens", index))
        for gathered in state.children.gathers:
            yield from known_state(procedure, gathered, (*path, "children", "gathers"))
        if not state.children.opens and not state.children.gathers and not _opens_here(state):
            yield (*path, "children"), "nothing_to_wait_for", {}
    if state.suspends and not any(action.to == RESUMED for action in state.actions.values()):
        yield (*path, "suspends"), "never_resumed", {}
    for name, action in state.actions.items():
        if action.to == RESUMED and not state.suspends:
            yield (*path, "actions", name, "to"), "resumes_nothing", {}
        if state.final is not None:
            yield from _reopening(action, (*path, "actions", name))


def _opens_here(state: State) -> bool:
    return any(use.name == "open_child" for action in state.actions.values() for use in action.effects)


def _choice(procedure: Procedure, ref: str, state: State, path: Path) -> Iterator[Fault]:
    for index, way in enumerate(state.choose):
        yield from known_state(procedure, way.to, (*path, index, "to"))
        if way.when:
            yield from condition_faults(procedure, way.when, (*path, index, "when"))
        is_last = index == len(state.choose) - 1
        if (way.when is None) != is_last:
            yield (*path, index), "choose_otherwise", {}
    if ref in _chosen_from(procedure, ref):
        yield path, "choose_circle", {"state": ref}


def _chosen_from(procedure: Procedure, ref: str) -> set[str]:
    """Every state that choices alone lead to."""
    seen: set[str] = set()
    todo = [ref]
    while todo:
        state = procedure.states.get(todo.pop())
        fresh = {way.to for way in state.choose} - seen if state else set()
        seen |= fresh
        todo.extend(fresh)
    return seen


def _reopening(action: Action, path: Path) -> Iterator[Fault]:
    """A closed case is opened again only with a reason, by somebody who did not close it."""
    if action.reason != "required" or not any(use.name == "not_done_by_same" for use in action.guards):
        yield path, "reopening_unguarded", {}


def condition_faults(procedure: Procedure, condition: Condition, path: Path) -> Iterator[Fault]:
    """Facts that do not exist; answers, states and outcomes the procedure does not have."""
    for name in condition.facts:
        yield from ((path, code, params) for code, params in fact_faults(procedure, name))


def stated_faults(procedure: Procedure, use: Use, path: Path) -> Iterator[Fault]:
    """Facts named by a condition that a guard states."""
    try:
        condition = Condition.model_validate(use.params.get("when"))
    except ValidationError:
        return
    yield from condition_faults(procedure, condition, path)


def named_field_faults(procedure: Procedure, use: Use, path: Path) -> Iterator[Fault]:
    """Answers that a guard or effect names as `form.field` and no form asks for."""
    params = use.params
    named = [params[name] for name in FIELD_PARAMS if isinstance(params.get(name), str)]
    named += params["weighs"] if isinstance(params.get("weighs"), dict) else ()
    for ref in (one for one in named if "." in one):
        form, _, key = ref.partition(".")
        if key not in (procedure.forms[form].fields if form in procedure.forms else ()):
            allowed = listed([f"{f}.{k}" for f, one in procedure.forms.items() for k in one.fields]) or "–"
            yield path, "unknown_field", {"field": ref, "allowed": allowed}


def fact_faults(procedure: Procedure, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """An answer, a state or an outcome that a fact names and the procedure does not have."""
    family, _, rest = name.partition(".")
    if family in {"form", "rank"}:
        form, _, key = rest.partition(".")
        if key not in (procedure.forms[form].fields if form in procedure.forms else ()):
            fields = [f"{family}.{f}.{k}" for f, one in procedure.forms.items() for k in one.fields]
            yield "unknown_fact", {"fact": name, "allowed": listed(fields) or "–"}
    elif family == "field":
        known = set(_answers(procedure))
        if rest not in known:
            yield "unknown_fact", {"fact": name, "allowed": listed(sorted(f"field.{one}" for one in known)) or "–"}
    elif family == "round":
        if rest not in {*ROUND_FACTS, *procedure.timetable}:
            dates = [f"round.{key}" for key in (*ROUND_FACTS, *procedure.timetable)]
            yield "unknown_fact", {"fact": name, "allowed": listed(dates)}
    elif family in {"entered", "outcome", "votes", "scores", "tally"} or (family == "children" and "." in rest):
        yield from _state_fact_faults(procedure, family, rest)


def _state_fact_faults(procedure: Procedure, family: str, rest: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """A state that does not exist, or one without what the fact counts there."""
    ref = ".".join(rest.split(".")[:2])
    if family == "children" and ref not in procedure.states and opens_foreign(procedure):
        return
    if ref not in procedure.states:
        yield "unknown_state", {"state": ref, "allowed": listed(procedure.states)}
        return
    known = set(_known_of(procedure, family))
    if family in {"outcome", "votes", "scores", "tally"} and f"{family}.{rest}" not in known:
        yield "unknown_fact", {"fact": f"{family}.{rest}", "allowed": listed(known) or "–"}


def _known_of(procedure: Procedure, family: str) -> Iterator[str]:
    """Every fact of a family about the panels, notices and child cases of states."""
    for ref, state in procedure.states.items():
        panel = state.panel
        if family == "outcome" and state.settles:
            yield f"outcome.{ref}"
        elif family == "votes" and panel:
            said = (*panel.opinions, *((RECUSED,) if panel.may_recuse else ()))
            yield from (f"votes.{ref}.{opinion}" for opinion in said)
        elif family == "scores" and panel and panel.scores:
            yield f"scores.{ref}"
        elif family == "tally" and panel and panel.candidates:
            yield from (f"tally.{ref}.{place}" for place in ("candidates", "leading", "last"))


def opens_foreign(procedure: Procedure) -> bool:
    """Whether child cases may be of another procedure, whose states are not known here."""
    waited = [
        opening.procedure for state in procedure.states.values() if state.children for opening in state.children.opens
    ]
    uses = [use for state in procedure.states.values() for use in state.every_effect if use.name == "open_child"]
    return any(waited) or any("procedure" in use.params for use in uses)


def _answers(procedure: Procedure) -> Iterator[str]:
    """Answers of a form being sent: `KEY`, and `KEY.COLUMN.VALUE` for the number of rows with a choice."""
    for form in procedure.forms.values():
        for key, field in form.fields.items():
            yield key
            for column, asked in field.columns.items():
                yield from (f"{key}.{column}.{value}" for value in asked.options)


def panel_faults(procedure: Procedure, state: State, path: Path) -> Iterator[Fault]:
    """Opinions and states that a panel's settings name and do not exist, and silence that never comes to count."""
    panel = state.panel
    if panel is None:
        return
    for name, named in (("keeps", panel.keeps), ("silence", (panel.silence,) if panel.silence else ())):
        for opinion in named:
            if opinion not in panel.opinions:
                yield (*path, "panel", name), "unknown_opinion", {"opinion": opinion, "allowed": listed(panel.opinions)}
    for opinion in panel.titles:
        if opinion not in (*panel.opinions, *((RECUSED,) if panel.may_recuse else ())):
            fault = {"opinion": opinion, "allowed": listed(panel.opinions)}
            yield (*path, "panel", "titles", opinion), "unknown_opinion", fault
    for ref in panel.of.without_who_spoke_in:
        yield from known_state(procedure, ref, (*path, "panel", "of"))
    if panel.recorded_by and panel.candidates:
        yield (*path, "panel", "recorded_by"), "recorded_votes", {}
    expiry = state.deadline.on_expiry if state.deadline else None
    if panel.silence and expiry not in state.outcomes:
        yield (*path, "panel", "silence"), "silence_never_counts", {}
    yield from _vote_faults(procedure, panel, (*path, "panel"))


def _vote_faults(procedure: Procedure, panel: Panel, path: Path) -> Iterator[Fault]:
    """Votes on what is not there: opinions left uncounted, states of candidates, a rule that needs agreement."""
    for opinion in panel.settle.uncounted:
        if opinion not in panel.opinions:
            fault = {"opinion": opinion, "allowed": listed(panel.opinions)}
            yield (*path, "settle", "uncounted"), "unknown_opinion", fault
    for ref in panel.candidates_in:
        yield from known_state(procedure, ref, (*path, "candidates_in"))
    agreeing = {"all", "majority", "share", "at_least"}
    if panel.settle.rule in agreeing and "agree" not in panel.opinions and not panel.has_to_win:
        yield (*path, "opinions"), "no_agreement", {"rule": panel.settle.rule}


def file_faults(field: FormField, path: Path) -> Iterator[Fault]:
    """Files that could be more together than one request takes, and kinds where no file is asked for."""
    together = field.most_files * field.max_megabytes
    if field.type == "file" and together > MOST_MEGABYTES:
        yield path, "files_too_large", {"together": together, "limit": MOST_MEGABYTES}
    if field.type != "file" and field.kinds:
        yield (*path, "kinds"), "kinds_without_file", {}


def deadline_faults(procedure: Procedure, state: State, deadline: Deadline, path: Path) -> Iterator[Fault]:
    """An expiry that leads nowhere, and a date nobody is asked for."""
    if deadline.on_expiry and deadline.on_expiry not in {*state.actions, *state.outcomes}:
        allowed = listed([*state.actions, *state.outcomes]) or "–"
        yield (*path, "on_expiry"), "unknown_action", {"action": deadline.on_expiry, "allowed": allowed}
    if deadline.on and deadline.on.startswith("form."):
        yield from ((path, code, params) for code, params in fact_faults(procedure, deadline.on))
    family, _, key = (deadline.on or "").partition(".")
    if family == "round" and key not in {*ROUND_DATES, *procedure.timetable}:
        known = [f"round.{one}" for one in (*ROUND_DATES, *procedure.timetable)]
        yield (*path, "on"), "unknown_fact", {"fact": deadline.on, "allowed": listed(known)}


def timetable_faults(procedure: Procedure) -> Iterator[Fault]:
    """Planned dates nobody plans, of stages that do not exist, or with a name that a round has taken."""
    if procedure.timetable and procedure.rounds_by is None:
        yield ("timetable",), "timetable_without_rounds", {}
    for key, planned in procedure.timetable.items():
        if key in ROUND_FACTS:
            yield ("timetable", key), "date_name_taken", {"date": key}
        if planned.stage is not None and planned.stage not in procedure.stages:
            stages = {"stage": planned.stage, "allowed": listed(procedure.stages)}
            yield ("timetable", key, "stage"), "unknown_stage", stages


def rubric_faults(procedure: Procedure) -> Iterator[Fault]:
    """Weights that do not add up."""
    if procedure.rubric:
        total = sum(item.weight for item in procedure.rubric.items.values())
        if total != 100:
            yield ("rubric", "items"), "weights", {"total": total}
