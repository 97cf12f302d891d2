"""Rehearsing in the browser: the scenarios of a procedure, or those that are typed, played a few at a time."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from definitions.rehearsing import read_book, shipped_scenarios
from web.problems import problem_text
from web.procedure_rendering import FindingView, finding_lines
from web.rehearsal_rendering import BEGUN, Results, play_on, results
from web.request import reading, writing
from web.sandbox_places import Subject, subject_at
from workflow.cases.drafts import discard_draft, draft, save_draft
from workflow.problems import Invalid
from workflow.procedure.findings import Unsound
from workflow.versions.rules import check_source

blueprint = Blueprint("procedure_rehearsals", __name__, url_prefix="/procedure-rehearsals")
SECONDS = 1.5
"""For so long one request plays; whoever wants the rest goes on, or asks the command for all of them."""
PLACE = "rehearsal:"


@blueprint.get("/<place>")
def rehearsal(place: str) -> Response:
    """The scenarios with what became of them so far."""
    subject = subject_at(place)
    if subject.procedure is None:
        return make_response(render_template("procedures/not_sound.html", subject=subject), 422)
    return _page(subject)


@blueprint.post("/<place>")
def begin(place: str) -> Response:
    """Keeps the scenarios as they were sent and plays the first of them."""
    subject = subject_at(place)
    if subject.procedure is None:
        return make_response(render_template("procedures/not_sound.html", subject=subject), 422)
    try:
        text = check_source(request.form.get("scenarios", ""))
        book = read_book(text, subject.procedure)
    except Invalid as problem:
        return _page(subject, error=problem_text(problem), status=422)
    except Unsound as unsound:
        return _page(subject, findings=finding_lines(unsound.findings, file=unsound.findings[0].file), status=422)
    found = play_on(subject.procedure, book, BEGUN, seconds=SECONDS, others=subject.others)
    _keep(place, text, found, subject.procedure.digest)
    return redirect(url_for("procedure_rehearsals.rehearsal", place=place, _anchor="results"))


@blueprint.post("/<place>/go-on")
def go_on(place: str) -> Response:
    """Plays the next scenarios of those that were kept."""
    subject = subject_at(place)
    with reading() as context:
        kept = draft(context, PLACE + place)
    if kept is None or subject.procedure is None:
        return redirect(url_for("procedure_rehearsals.rehearsal", place=place))
    try:
        book = read_book(kept["text"], subject.procedure)
    except Unsound:
        return redirect(url_for("procedure_rehearsals.rehearsal", place=place))
    before = kept["results"] if kept["digest"] == subject.procedure.digest else BEGUN
    found = play_on(subject.procedure, book, before, seconds=SECONDS, others=subject.others)
    _keep(place, kept["text"], found, subject.procedure.digest)
    return redirect(url_for("procedure_rehearsals.rehearsal", place=place, _anchor="results"))


@blueprint.post("/<place>/usual")
def usual(place: str) -> Response:
    """Puts the scenarios that came with the procedure in place of those that were typed."""
    subject = subject_at(place)
    with writing() as context:
        discard_draft(context, place=PLACE + place)
    return redirect(url_for("procedure_rehearsals.rehearsal", place=subject.place))


def _keep(place: str, text: str, found: Results, digest: str) -> None:
    with writing() as context:
        save_draft(context, place=PLACE + place, values={"text": text, "results": found, "digest": digest})


def _page(subject: Subject, *, findings: tuple[FindingView, ...] = (), error: str = "", status: int = 200) -> Response:
    assert subject.procedure is not None
    with reading() as context:
        kept = draft(context, PLACE + subject.place)
    shipped = shipped_scenarios(subject.procedure)
    text = request.form.get("scenarios") or (kept["text"] if kept else shipped)
    page = render_template(
        "procedures/rehearsal.html",
        subject=subject,
        procedure=subject.procedure,
        text=text,
        has_shipped=bool(shipped),
        is_other=bool(kept) and kept is not None and kept["text"] != shipped,
        findings=findings,
        error=error,
        seconds=SECONDS,
        results=results(subject.procedure, kept) if kept and not findings else None,
    )
    return make_response(page, status)
