"""Doing one thing to many cases: what is chosen, what would come of it, and how far a job has come."""

import secrets
from contextlib import suppress
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from definitions.explaining import action_text, reason_text, remedy_text, source_text
from definitions.wording import opinion_text
from web.downloads import csv_response
from web.forms import faults
from web.i18n import language, title_of
from web.request import database, now, reading, settings, writing
from workflow.bulk.operations import Seen, cancel_bulk, go_on, start_bulk
from workflow.bulk.queries import EntryView, entries, jobs
from workflow.bulk.queries import job as job_of
from workflow.bulk.rules import AT_ONCE, MOST
from workflow.bulk.selecting import everything_waiting, preview, selection
from workflow.cases.case_facts import MIGRATED
from workflow.cases.inbox import Narrowing
from workflow.problems import Invalid, Reason, Unavailable
from workflow.procedure.model import Procedure

blueprint = Blueprint("bulk", __name__, url_prefix="/bulk")


def way_text(procedure: Procedure, state: str, doing: str) -> str:
    """What a thing done in bulk is called."""
    kind, _colon, key = doing.partition(":")
    if kind == "act":
        return action_text(procedure, state, key, language())
    if kind == MIGRATED:
        return action_text(procedure, None, MIGRATED, language())
    known = procedure.states.get(state)
    return _("Opinion: %(opinion)s", opinion=opinion_text(known.panel if known else None, key, language()))


def told(reason: Reason, procedure: Procedure) -> dict[str, Any]:
    """A reason as pages show it."""
    return {
        "text": reason_text(reason, language(), procedure, {}),
        "remedy": remedy_text(reason, language(), procedure),
        "source": source_text(reason, language(), procedure),
    }


@blueprint.get("/")
def choose() -> Response:
    """What may be done to all the cases chosen, then what would come of it; without a choice, the reader's jobs."""
    doing = request.args.get("do", "")
    if "item" not in request.args and "all" not in request.args:
        with reading() as context:
            begun = jobs(context)
        return make_response(render_template("bulk/jobs.html", jobs=begun, way_text=way_text))
    if doing:
        return _preview(_numbers(request.args.getlist("item")), doing)
    with reading() as context:
        items = _everything() if "all" in request.args else _numbers(request.args.getlist("item"))
        chosen = selection(context, items)
    page = render_template("bulk/choose.html", chosen=chosen, way_text=way_text, most=MOST, is_cut=len(items) == MOST)
    return make_response(page)


def _everything() -> list[int]:
    procedure, _dot, stage = request.args.get("step", "").partition(".")
    narrowing = Narrowing(procedure or None, stage or None, request.args.get("q", ""))
    with reading() as context:
        return list(everything_waiting(context, bucket=request.args.get("due") or "all", narrowing=narrowing))


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) <= 9]


def _preview(items: list[int], doing: str, errors: dict[str, str] | None = None) -> Response:
    with reading() as context:
        chosen = selection(context, items)
        if chosen.compiled is None or doing not in chosen.ways:
            return make_response(
                render_template("bulk/choose.html", chosen=chosen, way_text=way_text, most=MOST, is_cut=False), 422
            )
        foreseen = preview(context, chosen, doing)
    page = render_template(
        "bulk/preview.html",
        chosen=chosen,
        foreseen=foreseen,
        title=way_text(chosen.compiled.procedure, chosen.cases[0].state_ref, doing),
        told=told,
        once_key=request.form.get("once_key") or secrets.token_hex(16),
        reason=request.form.get("reason", ""),
        errors=errors or {},
        at_once=AT_ONCE,
    )
    return make_response(page, 422 if errors else 200)


@blueprint.post("/")
def start() -> Response:
    """Begins a job with the cases as they were shown, and does the first of them."""
    doing = request.form.get("do", "")
    try:
        with writing() as context:
            job_id = start_bulk(
                context,
                state=request.form.get("state", ""),
                doing=doing,
                seen=_seen(),
                reason=request.form.get("reason", ""),
                once_key=request.form.get("once_key", "")[:64],
            )
    except Invalid as problem:
        return _preview(_numbers(request.form.getlist("item")), doing, faults(problem))
    # What is not done here waits for the scheduler.
    with suppress(Unavailable):
        go_on(database(), now(), job_id=job_id, limit=AT_ONCE, zone=settings().zone)
    return redirect(url_for("bulk.job", job_id=job_id))


def _seen() -> list[Seen]:
    """Cases as the browser sends them back: `case.version.seat`, the seat 0 where there is none."""
    found = []
    for text in request.form.getlist("case"):
        numbers = _numbers(text.split("."))
        if len(numbers) == 3:
            found.append(Seen(numbers[0], numbers[1], numbers[2] or None))
    return found


@blueprint.get("/<int:job_id>")
def job(job_id: int) -> str:
    """How far a job has come, and what became of each case."""
    with reading() as context:
        view = job_of(context, job_id)
        lines = entries(context, job_id)
    return render_template(
        "bulk/job.html",
        job=view,
        lines=lines,
        title=way_text(view.procedure, view.state, view.doing),
        told=told,
        outcomes=outcome_texts(),
    )


def outcome_texts() -> dict[str | None, str]:
    """What became of a case, in words."""
    return {
        "done": _("done"),
        "refused": _("not possible"),
        "changed": _("changed meanwhile"),
        "cancelled": _("cancelled"),
        None: _("waiting"),
    }


@blueprint.post("/<int:job_id>/cancel")
def cancel(job_id: int) -> Response:
    """Leaves alone what has not been done yet."""
    with writing() as context:
        count = cancel_bulk(context, job_id=job_id)
    if count:
        flash(ngettext("%(num)s case is left as it was.", "%(num)s cases are left as they were.", count), "done")
    else:
        flash(_("Nothing was waiting any more."), "info")
    return redirect(url_for("bulk.job", job_id=job_id))


@blueprint.get("/<int:job_id>/result.csv")
def result(job_id: int) -> Response:
    """What became of each case, as a file."""
    with reading() as context:
        lines = entries(context, job_id)
    words = outcome_texts()
    head = (_("Reference"), _("Person"), _("Body"), _("Result"), _("Why"))
    return csv_response([head, *(_row(line, words) for line in lines)], name=f"bulk-{job_id}")


def _row(line: EntryView, words: dict[str | None, str]) -> tuple[str, ...]:
    person = line.person if language() == "zh" else line.person_latin
    why = [reason_text(reason, language(), line.procedure, {}) for reason in line.reasons]
    return line.reference, person, title_of(line, "body"), words[line.outcome], "\n".join(why)
