"""What pages of procedures show: who does what, by when and by which rule; findings of a text; differences in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from definitions.changes import change_text, guard_text, where_text
from definitions.explaining import action_text, finding_words, words
from definitions.library import catalogue
from definitions.texts import say
from definitions.wording import outcome_text
from web.drawing import drawn
from web.i18n import language
from workflow.procedure.citations import citations
from workflow.procedure.diff import diff
from workflow.procedure.findings import Finding, Unsound
from workflow.procedure.loader import examine_text
from workflow.procedure.model import Procedure
from workflow.procedure.stages import EARLIER, RESUMED, Action, Deadline, State, Use
from workflow.versions.rules import FILE


@dataclass(frozen=True)
class Rule:
    """A condition in words with the source it cites."""

    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One thing somebody does in a state: who, what, where it leads, by which rules."""

    who: str
    what: str
    leads: str
    rules: tuple[Rule, ...]
    form: str = ""
    """The form that is filled in with it."""

    @property
    def by_source(self) -> list[tuple[Rule, ...]]:
        """The rules in their order; those that follow each other and rest on the same articles together."""
        return [tuple(some) for _sources, some in groupby(self.rules, key=lambda rule: rule.sources)]


@dataclass(frozen=True)
class StateView:
    """A state as the table of stages shows it."""

    title: str
    when: str
    lines: tuple[Line, ...]
    sources: tuple[str, ...]
    is_final: bool = False


@dataclass(frozen=True)
class SourceView:
    """An article that is cited: its text, the days it is valid, and the places that cite it."""

    key: str
    text: str
    valid_from: date | None
    valid_until: date | None
    is_valid: bool
    is_read: bool
    """Whether it was read in a text of the rules, and not only taken to be so."""
    cited_in: tuple[str, ...]


@dataclass(frozen=True)
class FindingView:
    """A finding in the reader's words; `is_error` where the text cannot be used with it, `file` where it is another's."""

    line: int
    severity: str
    text: str
    hint: str
    is_error: bool
    file: str = ""


@dataclass(frozen=True)
class Checked:
    """What a text comes to: a sound procedure, perhaps with doubts, or what is wrong with it."""

    procedure: Procedure | None
    findings: tuple[FindingView, ...] = ()


def check_text(source: str, *, on: date | None = None) -> Checked:
    """The procedure in a text, or what is wrong with it; `on` is the day on which articles cited must be valid."""
    try:
        procedure, doubts = examine_text(source, FILE, catalogue(), on=on)
    except Unsound as unsound:
        return Checked(None, finding_lines(unsound.findings))
    return Checked(procedure, finding_lines(doubts))


def finding_lines(findings: Iterable[Finding], *, file: str = FILE) -> tuple[FindingView, ...]:
    """Findings in the reader's words, in the order of their lines."""
    views = [
        FindingView(
            one.line,
            *finding_words(one, language()),
            is_error=one.severity == "error",
            file="" if one.file == file else one.file,
        )
        for one in findings
    ]
    return tuple(sorted(views, key=lambda one: (one.file, one.line)))


def diagram_of(procedure: Procedure) -> Markup:
    """The diagram, without a case in it."""
    return Markup(drawn(procedure, "", frozenset()))  # noqa: S704 - ours, every text escaped


def differences(old: Procedure, new: Procedure) -> list[dict[str, Any]]:
    """Each difference with where it is, in the reader's words."""
    return [
        {"kind": change.kind, "where": where_text(change, language()), "text": change_text(change, language())}
        for change in diff(old, new)
    ]


def stage_table(procedure: Procedure) -> list[tuple[str, str, list[StateView]]]:
    """Every stage with its states, in the order of the definition: key, title, states."""
    return [
        (key, words(stage.title, language()), [state_view(procedure, f"{key}.{name}") for name in stage.states])
        for key, stage in procedure.stages.items()
    ]


def state_view(procedure: Procedure, ref: str) -> StateView:
    """A state in words: by when it is left, who does what in it, and the sources it cites."""
    state = procedure.states[ref]
    lines = [_action(procedure, ref, name, action) for name, action in state.actions.items()]
    settled = _settled(procedure, state)
    sources = (*(state.deadline.cites if state.deadline else ()), *(state.notice.cites if state.notice else ()))
    return StateView(
        words(state.title, language()),
        _when(state),
        (*([settled] if settled else ()), *lines),
        _sources(procedure, sources),
        is_final=state.final is not None,
    )


def source_table(procedure: Procedure, on: date) -> list[SourceView]:
    """Every article cited, in the order of the definition, and whether it is valid on a day."""
    places: dict[str, list[str]] = {}
    for citation in citations(procedure):
        places.setdefault(citation.article, []).append(_place(procedure, citation.path))
    return [
        SourceView(
            key,
            words(article, language()),
            article.valid_from,
            article.valid_until,
            is_valid=article.holds_on(on),
            is_read=article.confidence is None,
            cited_in=tuple(dict.fromkeys(places.get(key, ()))),
        )
        for key, article in procedure.sources.items()
    ]


def _place(procedure: Procedure, path: tuple[str | int, ...]) -> str:
    """The state in which something stands, or the procedure as a whole."""
    match path:
        case ("stages", str(stage), "states", str(state), *_):
            return words(procedure.stages[stage].states[state].title, language())
        case ("stages", str(stage), *_):
            return words(procedure.stages[stage].title, language())
    return _("the whole procedure")


def _action(procedure: Procedure, ref: str, name: str, action: Action) -> Line:
    leads = [words(procedure.states[target].title, language()) for target in action.named_targets if target != ref]
    leads += {EARLIER: [_("an earlier step")], RESUMED: [_("where it was before")]}.get(str(action.to), [])
    return Line(
        _roles(procedure, action.by),
        action_text(procedure, ref, name, language()),
        _listed(leads),
        tuple(_rule(procedure, use) for use in action.guards),
        words(procedure.forms[action.form].title, language()) if action.form else "",
    )


def _settled(procedure: Procedure, state: State) -> Line | None:
    """What is settled here without a single person's action: a panel, a notice, child cases, a choice."""
    ways = [
        f"{outcome_text(state, key, language())} → {words(procedure.states[target].title, language())}"
        for key, target in state.outcomes.items()
    ]
    if state.panel:
        who, what = _roles(procedure, state.panel.of.mentioned), _("gives an opinion")
        cited = (*state.panel.settle.cites, *(state.panel.quorum.cites if state.panel.quorum else ()))
        rules = (Rule(say(f"value.{state.panel.settle.rule}", language()), _sources(procedure, cited)),)
        return Line(who, what, _listed(ways), rules)
    if state.notice:
        return Line(_("everybody may object"), _("public notice"), _listed(ways), ())
    if state.children:
        return Line("–", _("waits for child cases"), _listed(ways), ())
    ways = [words(procedure.states[way.to].title, language()) for way in state.choose]
    return Line("–", _("goes on by itself"), _listed(ways), ()) if ways else None


def _when(state: State) -> str:
    if state.final is not None:
        return ""
    if state.notice:
        return ngettext("%(num)s working day", "%(num)s working days", state.notice.working_days)
    return _length(state.deadline) if state.deadline else ""


def _length(deadline: Deadline) -> str:
    if deadline.working_days is not None:
        return ngettext("%(num)s working day", "%(num)s working days", deadline.working_days)
    if deadline.days is not None:
        return ngettext("%(num)s day", "%(num)s days", deadline.days)
    if deadline.months is not None:
        return ngettext("%(num)s month", "%(num)s months", deadline.months)
    named = {"round.closes_date": _("the round closes"), "review.due_date": _("the review is due")}
    return named.get(deadline.on or "", _("a date of the case"))


def _rule(procedure: Procedure, use: Use) -> Rule:
    return Rule(guard_text(use, language(), procedure), _sources(procedure, use.cites))


def _roles(procedure: Procedure, keys: tuple[str, ...]) -> str:
    return _listed([words(procedure.roles[key].title, language()) for key in keys])


def _sources(procedure: Procedure, cites: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(words(procedure.sources[key], language()) for key in dict.fromkeys(cites) if key in procedure.sources)


def _listed(parts: list[str]) -> str:
    return ("、" if language() == "zh" else ", ").join(dict.fromkeys(parts)) or "–"
