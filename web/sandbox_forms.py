"""From the forms of a sandbox's page to steps as a scenario file writes them."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import request

from web.forms import prefixed, typed_values
from web.input_names import input_name
from workflow.problems import Invalid
from workflow.procedure.forms import Form
from workflow.procedure.model import Procedure
from workflow.rehearsal.given import Given
from workflow.rehearsal.play import MAIN
from workflow.rehearsal.story import Values, read_step


def step_sent(procedure: Procedure, given: Given) -> Values:
    """The step that was sent. Raises Invalid for one that is none, Unsound for YAML that is at fault."""
    maker = _MAKERS.get(request.form.get("kind", ""))
    if maker is None:
        raise Invalid("sandbox_no_step")
    step = maker(procedure, given)
    case = request.form.get("case", "")
    return {"case": case, **step} if case and case != MAIN and "until" not in step else step


def _act(procedure: Procedure, given: Given) -> Values:
    name = request.form.get("action", "")
    step: Values = {"who": request.form.get("who", ""), "does": name}
    if target := request.form.get("target", ""):
        step["to"] = target
    return step | _form(procedure, given, name) | _reason()


def _trigger(procedure: Procedure, given: Given) -> Values:
    name = request.form.get("action", "")
    return {"source": request.form.get("source", ""), "triggers": name} | _form(procedure, given, name)


def _form(procedure: Procedure, given: Given, action: str) -> Values:
    """The answers sent with an action's form, under the key by which steps hold them."""
    form = form_asked(procedure, action)
    answers = answers_sent(procedure.forms[form], given.forms.get(form, {})) if form else {}
    return {"form": answers} if answers else {}


def form_asked(procedure: Procedure, action: str) -> str | None:
    """The form of an action, in whichever state has it."""
    actions = [state.actions[action] for state in procedure.states.values() if action in state.actions]
    return next((one.form for one in actions if one.form), None)


def _work(_procedure: Procedure, _given: Given) -> Values:
    """Work of a role that is taken, given back or handed on."""
    kind, who = request.form.get("kind", ""), request.form.get("who", "")
    step = {"who": who, kind: request.form.get("role", "")}
    return step | {"to": request.form.get("to", "")} | _reason() if kind == "reassigns" else step


def answers_sent(form: Form, usual: Mapping[str, Any]) -> Values:
    """The answers that are other than the usual ones; nothing stands for an answer that was taken out."""
    sent: Values = {}
    typed = typed_values(form)
    for key, field in form.fields.items():
        name = input_name(key)
        is_sent = any(one == name or one.startswith(f"{key}.") for one in request.form)
        if not is_sent and field.type not in {"choices", "accounts"}:
            continue  # boxes that are not ticked are not sent; anything else that is not sent stays as usual
        answer = _filled(typed.get(key)) if field.type == "rows" else typed.get(key)
        answer = None if answer in ("", []) else answer
        if answer is None and key in usual:
            sent[key] = None
        elif answer is not None and _plain(answer) != _plain(usual.get(key)):
            sent[key] = answer
    return sent


def _plain(answer: Any) -> Any:
    """An answer in the shape in which a browser sends it back."""
    if isinstance(answer, str):
        return answer.replace("\r\n", "\n").strip()
    if isinstance(answer, list):
        return [_plain(one) for one in answer]
    if isinstance(answer, dict):
        return {key: _plain(one) for key, one in answer.items()}
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return str(answer) if isinstance(answer, int | float | date) else answer


def _filled(rows: Any) -> list[Values]:
    """Rows without the cells that were left empty."""
    return [{key: value for key, value in row.items() if value.strip()} for row in rows or ()]


def _opinion(_procedure: Procedure, _given: Given) -> Values:
    voted = request.form.get(f"vote_{request.form.get('opinion', '')}")
    if voted:  # the opinion stands for a child case of the scratch database; a scenario names it by its number
        return {"who": request.form.get("who", ""), "votes_for": voted}
    scores = {key: _number(text) for key, text in prefixed("score_").items() if text.strip()}
    step = {"who": request.form.get("who", ""), "gives": request.form.get("opinion", "")}
    return step | ({"scores": scores} if scores else {}) | _reason()


def _number(text: str) -> Any:
    return int(text) if text.strip().isdecimal() and len(text) < 9 else text


def _meeting(_procedure: Procedure, _given: Given) -> Values:
    """Word → who said it: an opinion of those present, or what kept the others away."""
    records: dict[str, list[str]] = {}
    for name, attendance in prefixed("attendance_").items():
        word = request.form.get(f"opinion_{name}", "") if attendance == "present" else attendance
        if not word:
            raise Invalid("sandbox_stance_missing", name=name)
        records.setdefault(word, []).append(name)
    step = {"who": request.form.get("who", ""), "records": records}
    remark = request.form.get("reason", "").strip()
    return {**step, "remark": remark} if remark else step


def _waive(_procedure: Procedure, _given: Given) -> Values:
    return {"who": request.form.get("who", ""), "waives": request.form.get("guard", "")} | _reason()


def _until(_procedure: Procedure, _given: Given) -> Values:
    try:
        return {"until": date.fromisoformat(request.form.get("until", "")).isoformat()}
    except ValueError:
        raise Invalid("sandbox_day_missing", field="until") from None


def _written_step(_procedure: Procedure, _given: Given) -> Values:
    if not request.form.get("step", "").strip():
        raise Invalid("sandbox_no_step", field="step")
    return read_step(request.form["step"])


def _open(_procedure: Procedure, _given: Given) -> Values:
    """A case that somebody opens; it goes by a name of its own where there is one already."""
    about = {key: text.strip() for key, text in prefixed("new_").items() if text.strip()}
    step: Values = {"who": request.form.get("who", ""), "opens": about}
    return step | ({"as": name} if (name := request.form.get("opened", "")) else {})


def _close(_procedure: Procedure, _given: Given) -> Values:
    return {"who": request.form.get("who", ""), "closes": "round"}


def _reason() -> Values:
    reason = request.form.get("reason", "").strip()
    return {"reason": reason} if reason else {}


_MAKERS: dict[str, Callable[[Procedure, Given], Values]] = {
    "does": _act,
    "triggers": _trigger,
    "claims": _work,
    "releases": _work,
    "reassigns": _work,
    "gives": _opinion,
    "records": _meeting,
    "opens": _open,
    "closes": _close,
    "waives": _waive,
    "until": _until,
    "step": _written_step,
}
