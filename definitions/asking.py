"""When a question of a form is put and when it must be answered, in words."""

from definitions.explaining import words
from definitions.texts import has, say
from workflow.procedure.conditions import Condition
from workflow.procedure.forms import Form, FormField

FIELD = "field."


def asked_text(form: Form, field: FormField, locale: str) -> str:
    """When the question is put; empty where it always is."""
    if field.asked_when is None:
        return ""
    return say("asked.when", locale, condition=condition_text(form, field.asked_when, locale))


def required_text(form: Form, field: FormField, locale: str) -> str:
    """Which other answers make this one required; empty where none does."""
    if field.required or not field.required_when:
        return ""
    parts = [
        _compared(form, key, "one_of", [_answer(form, key, answer, locale) for answer in answers], locale)
        for key, answers in field.required_when.items()
    ]
    return say("asked.required", locale, condition=_joined("any", parts, locale))


def condition_text(form: Form, condition: Condition, locale: str) -> str:
    """A condition on answers of the same form, in words."""
    if condition.all_of or condition.any_of:
        kind, among = ("all", condition.all_of) if condition.all_of else ("any", condition.any_of)
        return _joined(kind, [condition_text(form, one, locale) for one in among], locale)
    if condition.negated is not None:
        return say("asked.not", locale, condition=condition_text(form, condition.negated, locale))
    key = (condition.this or "").removeprefix(FIELD)
    if condition.is_set is not None:
        return say("asked.is_set" if condition.is_set else "asked.is_unset", locale, field=_title(form, key, locale))
    for name in ("equals", "one_of", "none_of", "at_least", "at_most"):
        value = getattr(condition, name)
        if value not in (None, ()):
            given = value if isinstance(value, tuple) else (value,)
            return _compared(form, key, name, [_answer(form, key, one, locale) for one in given], locale)
    other = condition.same_as or condition.differs_from or ""
    name = "asked.same_as" if condition.same_as else "asked.differs_from"
    return say(name, locale, field=_title(form, key, locale), other=_title(form, other.removeprefix(FIELD), locale))


def _compared(form: Form, key: str, name: str, answers: list[str], locale: str) -> str:
    chosen = "equals" if name == "one_of" and len(answers) == 1 else name
    return say(f"asked.{chosen}", locale, field=_title(form, key, locale), answer=answers)


def _joined(kind: str, parts: list[str], locale: str) -> str:
    return parts[0] if len(parts) == 1 else say(f"asked.{kind}", locale, conditions=parts)


def _title(form: Form, key: str, locale: str) -> str:
    known = form.fields.get(key)
    if known is not None:
        return words(known.title, locale)
    return say(f"fact.{key}", locale) if has(f"fact.{key}") else say("asked.something", locale)


def _answer(form: Form, key: str, answer: object, locale: str) -> str:
    known = form.fields.get(key)
    if known is not None and str(answer) in known.options:
        return words(known.options[str(answer)], locale)
    if answer in (True, "yes", False, "no"):
        return say("asked.yes" if answer in (True, "yes") else "asked.no", locale)
    return str(answer)
