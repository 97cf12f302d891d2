"""Puts reasons, explanations and findings into words: codes, roles, actions and answers by the names people know."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from definitions.codes import tables
from definitions.texts import has, language_of, say
from definitions.wording import opinion_text, outcome_text, spelt_out
from workflow.engine.panels import Line
from workflow.people.called import Name
from workflow.problems import Reason
from workflow.procedure.findings import Finding
from workflow.procedure.model import Procedure
from workflow.procedure.panel import Panel
from workflow.procedure.parts import Words

MOST_ALLOWED = 16
"""Names a finding lists in full; of more, those most alike."""
MOST_ALIKE = 8
Names = Mapping[int, Name]
Marker = Callable[[Procedure | None, Names, str, str], str]


def words(text: Words | Mapping[str, str], locale: str) -> str:
    """The text in the reader's language."""
    pair = text.model_dump() if isinstance(text, Words) else text
    return str(pair[language_of(locale)])


def reason_text(reason: Reason, locale: str, procedure: Procedure | None, names: Names) -> str:
    """One failing rule with its evidence, as a sentence."""
    return say(reason.code, locale, **_named(reason.params, locale, procedure, names))


def remedy_text(reason: Reason, locale: str, procedure: Procedure) -> str | None:
    """Who can change it, and who may waive it."""
    parts = [say(reason.remedy, locale)] if reason.remedy else []
    if reason.waivable_by:
        roles = [words(procedure.roles[role].title, locale) for role in reason.waivable_by]
        parts.append(say("reason.waivable", locale, roles=roles))
    return (" " if language_of(locale) == "en" else "").join(parts) or None


def source_text(reason: Reason, locale: str, procedure: Procedure) -> str | None:
    """The source of the rule."""
    source = procedure.sources.get(reason.cites or "")
    return say("reason.cites", locale, source=words(source, locale)) if source else None


def line_text(line: Line, locale: str, panel: Panel | None = None, procedure: Procedure | None = None) -> str:
    """One sentence of how something was computed; the panel says what its opinions are called, the procedure its actions."""
    params = _named(line.params, locale, procedure, {})
    if "opinion" in params:
        params["opinion"] = opinion_text(panel, params["opinion"], locale)
    return say(line.code, locale, **params)


def action_text(procedure: Procedure, state: str | None, action: str, locale: str) -> str:
    """What an action is called: by its state, by any state that has it, or by its catalogue name."""
    states = [procedure.states[state]] if state in procedure.states else []
    for candidate in (*states, *procedure.states.values()):
        known = candidate.actions.get(action)
        if known is not None and known.title is not None:
            return words(known.title, locale)
    return say(f"action.{action}", locale) if has(f"action.{action}") else spelt_out(action)


def way_text(procedure: Procedure, ref: str, name: str, locale: str) -> str:
    """What a way out of a state is called: an action, an outcome, or a choice the state makes by itself."""
    state = procedure.states[ref]
    if state.choose:
        return say("way.when" if name == "when" else "way.otherwise", locale)
    is_outcome = name in state.outcomes
    return outcome_text(state, name, locale) if is_outcome else action_text(procedure, ref, name, locale)


def finding_text(finding: Finding, locale: str) -> str:
    """`FILE:LINE: error: message`, and on a second line what to do about it where the message does not say it all."""
    severity, said, hint = finding_words(finding, locale)
    line = f"{finding.file}:{finding.line}: {severity}: {said}"
    return f"{line}\n    {hint}" if hint else line


def finding_words(finding: Finding, locale: str) -> tuple[str, str, str]:
    """How grave it is, what is wrong, and what to do about it, empty where the message says it all."""
    params = dict(finding.params)
    if "wanted" in params:
        params["wanted"] = say(params["wanted"], locale, **params) if has(params["wanted"]) else params["detail"]
    params |= _some_allowed(params, locale)
    hint = f"hint.{finding.code}"
    said = say(finding.code, locale, **params)
    return say(f"severity.{finding.severity}", locale), said, say(hint, locale) if has(hint) else ""


def _some_allowed(params: Mapping[str, Any], locale: str) -> dict[str, str]:
    """Of many names that may stand somewhere, those most like the one that stands there, and how many there are."""
    names = str(params.get("allowed", "")).split(", ")
    if len(names) <= MOST_ALLOWED:
        return {}
    written = next((value for key, value in params.items() if key != "allowed" and isinstance(value, str)), "")
    close = get_close_matches(written, names, n=MOST_ALIKE, cutoff=0.0)
    return {"allowed": say("finding.some_allowed", locale, names=", ".join(close), count=len(names))}


def named_params(params: Mapping[str, Any], locale: str, procedure: Procedure | None, names: Names) -> dict[str, Any]:
    """Parameters of a problem with their markers put into words."""
    return _named(params, locale, procedure, names)


def code_text(table: str, code: str | None, locale: str) -> str:
    """The words of a code; the code itself where the table does not have it."""
    row = tables().get(table, {}).get(code or "")
    return words(row, locale) if row else (code or "")


def _named(params: Mapping[str, Any], locale: str, procedure: Procedure | None, names: Names) -> dict[str, Any]:
    def one(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [one(item) for item in value]
        kind, colon, rest = value.partition(":") if isinstance(value, str) else ("", "", "")
        marker = _MARKERS.get(kind) if colon else None
        return marker(procedure, names, rest, locale) if marker else value

    return {key: one(value) for key, value in params.items()}


def _code(_procedure: Procedure | None, _names: Names, rest: str, locale: str) -> str:
    table, _, code = rest.partition(":")
    return code_text(table, code, locale)


def _role(procedure: Procedure | None, _names: Names, rest: str, locale: str) -> str:
    role = procedure.roles.get(rest) if procedure else None
    return words(role.title, locale) if role else rest


def _action(procedure: Procedure | None, _names: Names, rest: str, locale: str) -> str:
    return action_text(procedure, None, rest, locale) if procedure else rest


def _state(procedure: Procedure | None, _names: Names, rest: str, locale: str) -> str:
    state = procedure.states.get(rest) if procedure else None
    return words(state.title, locale) if state else rest


def _account(_procedure: Procedure | None, names: Names, rest: str, locale: str) -> str:
    name = names.get(int(rest))
    return str(getattr(name, language_of(locale))) if name else say("actor.somebody", locale)


def _field(procedure: Procedure | None, _names: Names, rest: str, locale: str) -> str:
    for form in procedure.forms.values() if procedure else ():
        if rest in form.fields:
            return words(form.fields[rest].title, locale)
    return rest


def _column(procedure: Procedure | None, _names: Names, rest: str, locale: str) -> str:
    for form in procedure.forms.values() if procedure else ():
        for field in form.fields.values():
            if rest in field.columns:
                return words(field.columns[rest].title, locale)
    return rest


def _answer(procedure: Procedure | None, _names: Names, rest: str, locale: str) -> str:
    key, _, answer = rest.partition(":")
    for form in procedure.forms.values() if procedure else ():
        option = form.fields[key].options.get(answer) if key in form.fields else None
        if option:
            return words(option, locale)
    known = {"yes": "value.yes", "no": "value.no", "True": "value.yes", "False": "value.no"}.get(answer)
    return say(known, locale) if known else {"None": "–"}.get(answer, answer)


def _base(_procedure: Procedure | None, _names: Names, rest: str, locale: str) -> str:
    return say(f"base.{rest}", locale)


def _text(_procedure: Procedure | None, _names: Names, rest: str, locale: str) -> str:
    return say(rest, locale)


_MARKERS: dict[str, Marker] = {
    "code": _code,
    "role": _role,
    "action": _action,
    "state": _state,
    "account": _account,
    "field": _field,
    "column": _column,
    "answer": _answer,
    "base": _base,
    "text": _text,
}
