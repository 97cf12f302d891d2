"""Every place of a procedure that cites an article, and whether the articles cited exist and are valid."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from workflow.procedure.findings import Fault, Path, listed
from workflow.procedure.model import Procedure
from workflow.procedure.packs import RulePack
from workflow.procedure.stages import Action, State, Use

CitingPart = Literal["state", "action", "guard", "effect", "deadline", "panel", "quorum", "notice", "children"]


@dataclass(frozen=True, slots=True)
class Citation:
    """One article cited at one place: which part of which state, and, where it is one of these, the action, outcome or guard.

    `state` is None for the yardstick of a procedure in which nobody scores.
    """

    article: str
    part: CitingPart
    path: Path
    state: str | None
    action: str | None = None
    outcome: str | None = None
    guard: str | None = None


def citations(procedure: Procedure) -> Iterator[Citation]:
    """Every citation in the order of the file; an action of a whole stage is one in each of its states."""
    for ref, state in procedure.states.items():
        stage, _, key = ref.partition(".")
        path: Path = ("stages", stage, "states", key)
        yield from _all(state.cites, "state", path, ref)
        for name, action in state.actions.items():
            yield from _of_action(ref, name, action, _place(procedure, ref, name))
        yield from _of_parts(state, ref, path)
        for outcome, uses in state.outcome_effects.items():
            yield from _of_effects(uses, (*path, "outcome_effects", outcome), ref, outcome=outcome)
        yield from _of_effects(state.on_entry, (*path, "on_entry"), ref)
    if procedure.rubric:
        scoring = [ref for ref, state in procedure.states.items() if state.panel and state.panel.scores]
        for scored in scoring or (None,):
            yield from _all(procedure.rubric.cites, "panel", ("rubric",), scored)


def guard_identities(state: str, name: str, action: Action) -> list[str]:
    """What each guard of an action is called in records: `stage.state.action.guard`, with a number from the second on."""
    identities = []
    for index, use in enumerate(action.guards):
        same_before = sum(earlier.name == use.name for earlier in action.guards[:index])
        identities.append(f"{state}.{name}.{use.name}" + (f".{same_before + 1}" if same_before else ""))
    return identities


def citation_faults(procedure: Procedure, packs: Mapping[str, RulePack], on: date | None) -> Iterator[Fault]:
    """Packs and articles that do not exist, and articles not valid on a day; without a day none is looked at."""
    for index, key in enumerate(procedure.rules):
        if key not in packs:
            yield ("rules", index), "unknown_rules", {"rules": key, "allowed": listed(packs) or "–"}
    known = {f"{key}/{number}" for key in procedure.rules if key in packs for number in packs[key].articles}
    for path, cited in dict.fromkeys((citation.path, citation.article) for citation in citations(procedure)):
        article = procedure.sources.get(cited)
        if article is None:
            allowed = listed(known | procedure.sources.keys()) or "–"
            yield path, "unknown_source", {"source": cited, "allowed": allowed}
        elif on is not None and not article.holds_on(on):
            shown = {"source": cited, "from": article.valid_from, "until": article.valid_until}
            days = {name: str(value) if value else "…" for name, value in shown.items()}
            yield path, "article_not_valid", {**days, "on": on.isoformat()}


def _place(procedure: Procedure, ref: str, name: str) -> Path:
    """Where the file has an action: in its state, its stage, or the procedure."""
    stage, _, key = ref.partition(".")
    if name in procedure.stages[stage].states[key].actions:
        return ("stages", stage, "states", key, "actions", name)
    return ("stages", stage, "actions", name) if name in procedure.stages[stage].actions else ("actions", name)


def _all(
    cites: tuple[str, ...],
    part: CitingPart,
    path: Path,
    state: str | None,
    *,
    action: str | None = None,
    outcome: str | None = None,
    guard: str | None = None,
) -> Iterator[Citation]:
    for article in cites:
        yield Citation(article, part, (*path, "cites"), state, action, outcome, guard)


def _of_action(ref: str, name: str, action: Action, path: Path) -> Iterator[Citation]:
    yield from _all(action.cites, "action", path, ref, action=name)
    identities = guard_identities(ref, name, action)
    for index, (identity, use) in enumerate(zip(identities, action.guards, strict=True)):
        yield from _all(use.cites, "guard", (*path, "guards", index), ref, action=name, guard=identity)
    yield from _of_effects(action.effects, (*path, "effects"), ref, action=name)


def _of_effects(
    uses: tuple[Use, ...], path: Path, ref: str, *, action: str | None = None, outcome: str | None = None
) -> Iterator[Citation]:
    for index, use in enumerate(uses):
        yield from _all(use.cites, "effect", (*path, index), ref, action=action, outcome=outcome)


def _of_parts(state: State, ref: str, path: Path) -> Iterator[Citation]:
    if state.deadline:
        yield from _all(state.deadline.cites, "deadline", (*path, "deadline"), ref)
    if state.panel:
        yield from _all(state.panel.cites, "panel", (*path, "panel"), ref)
        if state.panel.quorum:
            yield from _all(state.panel.quorum.cites, "quorum", (*path, "panel", "quorum"), ref)
        yield from _all(state.panel.settle.cites, "panel", (*path, "panel", "settle"), ref)
    if state.notice:
        yield from _all(state.notice.cites, "notice", (*path, "notice"), ref)
    if state.children:
        yield from _all(state.children.join.cites, "children", (*path, "children", "join"), ref)
