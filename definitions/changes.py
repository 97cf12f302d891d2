"""Puts the differences between two versions of a procedure into words, a line each."""

from typing import Any

from definitions.explaining import code_text, words
from definitions.texts import has, say
from definitions.wording import outcome_text
from workflow.procedure.diff import Change, Thing
from workflow.procedure.diff_names import compact
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.procedure.stages import Use

KEYLESS = frozenset({"opening", "way"})
"""Things without a name of their own: they are told by their number."""


def change_text(change: Change, locale: str) -> str:
    """One difference, without where it is."""
    params: dict[str, Any] = dict(change.params)
    if "thing" in params:
        params["thing"] = thing_text(params["thing"], locale)
        return say(change.code, locale, **params)
    what, entry = params["what"], params.get("entry", "")
    said: dict[str, Any] = {"what": say(f"key_{what}", locale), "entry": _entry(what, entry, locale)}
    if change.kind != "order":
        said |= {name: value_text(params[name], locale) for name in ("old", "new")}
    return say(change.code, locale, **said)


def where_text(change: Change, locale: str) -> str:
    """The way from the outside to the thing that changed: `Review › Co-sign › deadline`; empty for the procedure itself."""
    return " › ".join(short_text(thing, locale) for thing in change.where)


def thing_text(thing: Thing, locale: str) -> str:
    """What kind of thing, and its name."""
    kind = say(f"kind.{thing.kind}", locale)
    if not thing.name:
        return kind
    form = "thing.numbered" if thing.kind in KEYLESS else "thing.named"
    return say(form, locale, kind=kind, name=short_text(thing, locale) if thing.kind not in KEYLESS else thing.key)


def short_text(thing: Thing, locale: str) -> str:
    """The thing's name where it has one, else its kind."""
    if thing.kind in KEYLESS or not thing.name:
        return thing_text(thing, locale) if thing.name else say(f"kind.{thing.kind}", locale)
    if not isinstance(thing.name, str):
        return str(thing.name["zh" if locale.startswith("zh") else "en"])
    name, _, number = thing.name.partition(" ")
    key = f"{thing.kind}.{name}"
    return f"{say(key, locale)} {number}".strip() if has(key) else thing.name


def value_text(value: Any, locale: str) -> Any:
    """A value of a definition: known words by the catalogue, nothing as a dash."""
    if value is None:
        return say("change.nothing", locale)
    if isinstance(value, list):
        return [value_text(one, locale) for one in value]
    if isinstance(value, str) and has(f"value.{value}"):
        return say(f"value.{value}", locale)
    return value


def _entry(what: str, entry: str, locale: str) -> str:
    return outcome_text(None, entry, locale) if what in {"outcomes", "outcome_titles", "outcome_effects"} else entry


CODED = {"political_status": "political_status", "education": "education", "yearly_grades": "grade"}
"""Guard → the office's code table that its values are of."""


def guard_text(use: Use, locale: str, procedure: Procedure | None = None) -> str:
    """A condition of a definition with its parameters: `age (At most: 45)`; by the names of the procedure where it is given."""
    told = use.params.get("otherwise")
    if procedure is not None and isinstance(told, dict) and locale in told:
        return str(told[locale])  # the definition says itself what must be so
    name = say(f"guard.{use.name}", locale) if has(f"guard.{use.name}") else use.name
    given = [
        say("thing.valued", locale, name=say(f"key_{key}", locale), value=_named(use.name, value, locale, procedure))
        for key, value in use.params.items()
        if has(f"key_{key}")
    ]
    return say("thing.detailed", locale, name=name, details=given) if given else name


def _named(guard: str, value: Any, locale: str, procedure: Procedure | None) -> Any:
    """A parameter by the words people know: of code tables, and of the procedure's own parts."""
    if procedure is not None and isinstance(value, dict) and value.keys() <= procedure.categories.keys():
        titles = {key: words(category.title, locale) for key, category in procedure.categories.items()}
        return [say("thing.valued", locale, name=titles[key], value=one) for key, one in value.items()]
    if isinstance(value, dict):
        return value_text(compact(value), locale)
    if isinstance(value, list | tuple):
        return [_named(guard, one, locale, procedure) for one in value]
    if not isinstance(value, str):
        return value
    if guard in CODED:
        return code_text(CODED[guard], value, locale)
    title = title_in(procedure, value) if procedure else None
    if title is not None:
        return words(title, locale)
    return say(f"value.{value}", locale) if has(f"value.{value}") else value


def title_in(procedure: Procedure, key: str) -> Words | None:
    """What the procedure calls a state, a role, a question, an action, a stage or an answer; None for anything else."""
    fields = [field for form in procedure.forms.values() for field in form.fields.items()]
    titles: dict[str, Words | None] = {name: stage.title for name, stage in procedure.stages.items()}
    for state in procedure.states.values():
        titles |= {name: action.title for name, action in state.actions.items() if action.title}
    titles |= {name: field.title for name, field in fields}
    titles |= {name: part.title for parts in (procedure.roles, procedure.states) for name, part in parts.items()}
    return titles.get(key) or next((field.options[key] for _, field in fields if key in field.options), None)
