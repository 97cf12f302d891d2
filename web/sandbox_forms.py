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
from workflow.procedure.source import read_source
from workflow.rehearsal.given import Given
from workflow.rehearsal.play import MAIN
from workflow.rehearsal.story import FILE, Values, read_step


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
    actions = [state.actions[name] for state in procedure.states.values() if name in state.actions]
    step: Values = {"who": request.form.get("who", ""), "does": name}
    if target := request.form.get("target", ""):
        step["to"] = target
    form = next((one.form for one in actions if one.form), None)
    if form and (answers := answers_sent(procedure.forms[form], given.forms.get(form, {}))):
        step["form"] = answers
    return step | _reason()


def answers_sent(form: Form, usual: Mapping[str, Any]) -> Values:
    """The answers that are other than the usual ones; nothing stands for an answer that was taken out."""
    sent: Values = {}
    typed = typed_values(form)
    for key, field in form.fields.items():
        name = input_name(key)
        if name not in request.form and field.type not in {"choices", "accounts"}:
            continue  # boxes that are not ticked are not sent; anything else that is not sent stays as usual
        answer = _rows(request.form.get(name, "")) if field.type == "rows" else typed.get(key)
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
    return str(answer) if isinstance(answer, int) else answer


def _rows(text: str) -> Any:
    """The rows of a table, which stand there as they do in a scenario."""
    return text.strip() and read_source(f"rows:\n{text}", FILE).value["rows"]


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


def _reason() -> Values:
    reason = request.form.get("reason", "").strip()
    return {"reason": reason} if reason else {}


_MAKERS: dict[str, Callable[[Procedure, Given], Values]] = {
    "does": _act,
    "gives": _opinion,
    "records": _meeting,
    "waives": _waive,
    "until": _until,
    "step": _written_step,
}
