"""Moving running cases to another version: the plan, what it would do case by case, and the way back."""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from definitions.explaining import reason_text, words
from web.forms import faults, number, prefixed
from web.i18n import language
from web.request import database, now, reading, settings, writing
from workflow.bulk.operations import Seen, go_on
from workflow.bulk.rules import AT_ONCE
from workflow.problems import Invalid, Unavailable
from workflow.procedure.model import Procedure
from workflow.versions.moving import (
    Foreseen,
    make_plan,
    plan_jobs,
    plan_view,
    preview_moves,
    revert_plan,
    start_moving,
    suggestion,
)
from workflow.versions.plan_rules import Plan
from workflow.versions.queries import VersionView, version_of

blueprint = Blueprint("procedure_moves", __name__, url_prefix="/procedure-moves")
STATE, AGAIN, ANSWER = "state-", "again-", "answer-"


@blueprint.get("/new")
def new() -> Response:
    """A plan between two versions, as it suggests itself."""
    pair = request.args.get("from", 0, type=int), request.args.get("to", 0, type=int)
    with reading() as context:
        plan = suggestion(context, from_version_id=pair[0], to_version_id=pair[1])
    return _editor(pair, plan, {})


@blueprint.post("/new")
def create() -> Response:
    """Keeps a plan; no case is moved yet."""
    pair = number("from"), number("to")
    states = {was: now for was, now in prefixed(STATE).items() if now}
    again = frozenset(states[was] for was in prefixed(AGAIN) if was in states)
    plan = Plan(states, again, prefixed(ANSWER))
    try:
        with writing() as context:
            plan_id = make_plan(context, from_version_id=pair[0], to_version_id=pair[1], plan=plan)
    except Invalid as problem:
        return _editor(pair, plan, faults(problem))
    return redirect(url_for("procedure_moves.plan", plan_id=plan_id))


def _editor(pair: tuple[int, int], plan: Plan, errors: dict[str, str]) -> Response:
    with reading() as context:
        old, new = (version_of(context, one) for one in pair)
    page = render_template(
        "procedures/plan.html",
        old=old,
        new=new,
        plan=plan,
        errors=errors,
        ways=_ways(old, new, plan),
        answers=[
            (was, now, _answer(old.procedure, was), _answer(new.procedure, now)) for was, now in plan.fields.items()
        ],
    )
    return make_response(page, 422 if errors else 200)


def _ways(old: VersionView, new: VersionView, plan: Plan) -> list[dict[str, Any]]:
    """A line for each state in which cases can be: where they may go on, and whether a panel is asked there."""
    targets = [(ref, _state(new.procedure, ref)) for ref in new.procedure.states_at_work]
    return [
        {
            "ref": ref,
            "title": _state(old.procedure, ref),
            "targets": targets,
            "chosen": plan.states.get(ref, ""),
            "running": old.running_in.get(ref, 0),
            "panel": state.panel is not None,
            "again": plan.states.get(ref) in plan.reopened,
        }
        for ref, state in old.procedure.states_at_work.items()
    ]


def _state(procedure: Procedure, ref: str) -> str:
    stage = procedure.stages[ref.partition(".")[0]]
    return f"{words(stage.title, language())} › {words(procedure.states[ref].title, language())}"


def _answer(procedure: Procedure, ref: str) -> str:
    form, _, key = ref.partition(".")
    known = procedure.forms.get(form)
    if known is None or key not in known.fields:
        return ref
    return f"{words(known.title, language())} › {words(known.fields[key].title, language())}"


@blueprint.get("/<int:plan_id>")
def plan(plan_id: int) -> Response:
    """What a plan would do to each case, and the jobs that carried it out."""
    with reading() as context:
        view = plan_view(context, plan_id)
        foreseen = preview_moves(context, plan_id=plan_id)
        jobs = plan_jobs(context, plan_id)
    moving = [one for one in foreseen if not one.reasons]
    page = render_template(
        "procedures/moves.html",
        plan=view,
        moving=moving,
        ways=_by_way(view.old, moving),
        kept=[one for one in foreseen if one.reasons],
        jobs=jobs,
        once_key=secrets.token_hex(16),
        at_once=AT_ONCE,
        state_text=lambda ref, is_new: _state(view.new if is_new else view.old, ref),
        told=lambda reason: {"text": reason_text(reason, language(), view.old, {})},
    )
    return make_response(page)


def _by_way(old: Procedure, moving: Sequence[Foreseen]) -> list[tuple[tuple[str, str], list[Foreseen]]]:
    """Cases that go the same way together, in the order of the procedure."""
    ways: dict[tuple[str, str], list[Foreseen]] = {}
    for one in moving:
        ways.setdefault((one.state, one.target or ""), []).append(one)
    order = list(old.states)
    return sorted(ways.items(), key=lambda item: (order.index(item[0][0]), item[0][1]))


@blueprint.post("/<int:plan_id>")
def start(plan_id: int) -> Response:
    """Begins the job with the cases as they were shown, and moves the first of them."""
    with writing() as context:
        job_id = start_moving(
            context, plan_id=plan_id, seen=_seen(), once_key=request.form.get("once_key", "")[:64] or str(plan_id)
        )
    with suppress(Unavailable):  # what is not done here waits for the scheduler
        go_on(database(), now(), job_id=job_id, limit=AT_ONCE, zone=settings().zone)
    return redirect(url_for("bulk.job", job_id=job_id))


def _seen() -> list[Seen]:
    """Cases as the browser sends them back: `case.version`."""
    pairs = [text.split(".") for text in request.form.getlist("case")]
    return [Seen(*(int(part) for part in pair)) for pair in pairs if len(pair) == 2 and all(map(_is_number, pair))]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 9


@blueprint.post("/<int:plan_id>/revert")
def revert(plan_id: int) -> Response:
    """Makes the plan that leads the cases of a plan back."""
    with writing() as context:
        back = revert_plan(context, plan_id=plan_id)
    return redirect(url_for("procedure_moves.plan", plan_id=back))
