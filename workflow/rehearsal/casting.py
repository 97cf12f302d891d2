"""An invented office for any procedure: bodies, somebody in every role, one person to be selected, forms filled in plainly."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from workflow.procedure.forms import Column, FormField
from workflow.procedure.model import PARENT_BODY, RELATIONS, Procedure, Role
from workflow.procedure.stages import State
from workflow.rehearsal.given import CLOCK_NAME, Given

Values = dict[str, Any]
OWN, ABOVE = "own", "above"
SUBJECT = "wen"
TITLES = {OWN: {"en": "The body of the case", "zh": "本单位"}, ABOVE: {"en": "The body above it", "zh": "上级单位"}}
IN_A_CROWD = 5
"""How many hold a role that sits as a whole, or of which some are chosen."""
PLAIN = {"text": "As usual.", "long_text": "As usual.", "yes_no": "yes", "file": "paper.pdf"}
ROUND_LASTS = timedelta(days=30)


def cast_for(procedure: Procedure, *, today: date, others: Mapping[str, Procedure]) -> Values:
    """What a scenario of the procedure can begin with, as its file would say it."""
    followed = [others[key] for key in _followed(procedure) if key in others and key != procedure.procedure]
    given: Values = {"today": today.isoformat(), "bodies": bodies_for((procedure, *followed)), "people": _people(today)}
    case: Values = {"person": SUBJECT, "body": OWN} if procedure.subject == "person" else {"title": "Post"}
    if any(procedure.roles[key].is_subject for key in procedure.opened_by):
        case["by"] = SUBJECT
    if procedure.categories:
        case["category"] = next(iter(procedure.categories))
    if procedure.rounds_by:
        closes = today + ROUND_LASTS
        given["round"] = {"opens": today.isoformat(), "closes": closes.isoformat(), "calls": [OWN]}
        given["round"] |= {"seats": dict.fromkeys(procedure.categories, 2)} if procedure.categories else {}
    given["case"] = case if procedure.rounds_by or procedure.opened_by else {**case, "by": CLOCK_NAME}
    given["forms"] = {key: _answers(form.fields, today) for key, form in procedure.forms.items()}
    return given


def completed(given: Values, procedure: Procedure) -> Values:
    """The same with somebody in every role of the procedure that nobody holds yet."""
    said = Given.model_validate(given)
    bodies = {code: dict(body) for code, body in given.get("bodies", {}).items()}
    own = next((one for one in (said.case.body if said.case else None, OWN) if one), OWN)
    for code, wanted in bodies_for((procedure,), own=own).items():
        known = bodies.setdefault(code, {key: wanted[key] for key in ("title", "parent") if key in wanted})
        for held, names in wanted.items():
            if held not in {"title", "parent", *known}:
                known[held] = names
    return {**given, "bodies": bodies}


def bodies_for(procedures: tuple[Procedure, ...], *, own: str = OWN) -> Values:
    """Code → body with the holders of its roles, each called by the role's key."""
    bodies: Values = {}
    crowds = {role for procedure in procedures for role in _crowds(procedure)}
    for procedure in procedures:
        for key, role in procedure.roles.items():
            if role.of is None:
                continue
            code = {PARENT_BODY: ABOVE}.get(role.of, own if role.of in RELATIONS else role.of)
            if code in {own, ABOVE}:
                bodies.setdefault(ABOVE, {"title": TITLES[ABOVE]})
                bodies.setdefault(own, {"title": TITLES[OWN], "parent": ABOVE})
            body = bodies.setdefault(code, {"title": _title(role)})
            body.setdefault(role.holds, _names(key, IN_A_CROWD if key in crowds else 1))
    bodies.setdefault(own, {"title": TITLES[OWN]})
    return bodies


def _title(role: Role) -> Values:
    return {"en": role.title.en, "zh": role.title.zh}


def _names(key: str, number: int) -> list[str]:
    short = key[:36]
    return [short] if number == 1 else [f"{short}{place}" for place in range(1, number + 1)]


def _crowds(procedure: Procedure) -> Iterator[str]:
    """Roles that sit on a panel as a whole, or from whose holders some are chosen."""
    for state in procedure.states.values():
        if state.panel and state.panel.of.everyone:
            yield state.panel.of.everyone
    for form in procedure.forms.values():
        yield from (field.holders_of for field in form.fields.values() if field.holders_of)


def _followed(procedure: Procedure) -> Iterator[str]:
    """Keys of procedures that cases of this one open cases of."""
    for state in procedure.states.values():
        yield from _opened_in(state)


def _opened_in(state: State) -> Iterator[str]:
    for opening in state.children.opens if state.children else ():
        if opening.procedure:
            yield opening.procedure
    for use in state.every_effect:
        if isinstance(key := use.params.get("procedure"), str):
            yield key


def _people(today: date) -> Values:
    """Somebody whom few rules stop."""
    return {
        SUBJECT: {
            "name": "温朗",
            "born": f"{today.year - 38}-05",
            "political_status": "cdl",
            "education": "master",
            "works_since": f"{today.year - 15}-07",
            "in_post_since": f"{today.year - 6}-03",
            "grades": {str(today.year - back): "competent" for back in (1, 2, 3)},
            "trained": f"{today.year - 1}-09",
            "body": OWN,
        }
    }


def _answers(fields: Mapping[str, FormField], today: date) -> Values:
    answers = {key: _answer(field, today) for key, field in fields.items() if field.required or field.required_when}
    return {key: answer for key, answer in answers.items() if answer is not None}


def _answer(field: FormField | Column, today: date) -> Any:
    """A plain answer of the right type; None where people or bodies are asked for."""
    if field.type in PLAIN:
        return PLAIN[field.type]
    if field.type in {"integer", "number"}:
        return field.at_least or 1
    if field.type == "date":
        return today.isoformat()
    if field.type in {"choice", "choices"}:
        first = next(iter(field.options), None)
        return [first] if field.type == "choices" and first else first
    if isinstance(field, FormField) and field.type == "rows":
        row = {key: _answer(column, today) for key, column in field.columns.items()}
        return [row] * (field.at_least or 1)
    return None
