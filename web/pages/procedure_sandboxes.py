"""A sandbox: one person plays every role of a procedure and moves the clock, on a scratch database of their own."""

from collections.abc import Callable
from datetime import date

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from definitions.sandboxing import beginning, read_story, steps_of
from web.form_fields import AGAIN, changed_form
from web.forms import number, typed_values
from web.problems import problem_text
from web.request import reading, writing
from web.sandbox_forms import form_asked, step_sent
from web.sandbox_places import Subject, subject_at
from web.sandbox_rendering import Attempted, attempted, sandbox_page, typed
from workflow.problems import Conflict, Invalid
from workflow.procedure.findings import Unsound
from workflow.rehearsal.playing import played
from workflow.rehearsal.story import Story, exported, keep_story, kept_story
from workflow.versions.rules import check_source

blueprint = Blueprint("procedure_sandboxes", __name__, url_prefix="/procedure-sandboxes")
FARTHEST_DAYS = 366 * 4
"""How far the clock goes in one step."""


@blueprint.get("/<place>")
def sandbox(place: str) -> Response:
    """The case as it stands after the steps played so far."""
    subject = subject_at(place)
    if subject.procedure is None:
        return _not_sound(subject)
    story, is_kept = _story(subject)
    return _shown(subject, story, is_kept=is_kept)


def _not_sound(subject: Subject) -> Response:
    return make_response(render_template("procedures/not_sound.html", subject=subject), 422)


def _story(subject: Subject) -> tuple[Story, bool]:
    """The reader's story at the place, or one that has not begun, and whether it is kept."""
    assert subject.procedure is not None
    with reading() as context:
        kept, today = kept_story(context, subject.place), context.today
    return (kept, True) if kept else (Story(_proposed(subject, today)), False)


def _proposed(subject: Subject, today: date) -> str:
    assert subject.procedure is not None
    return beginning(subject.procedure, today=today, others=subject.others)


def _shown(subject: Subject, story: Story, *, is_kept: bool, failed: Attempted | None = None) -> Response:
    assert subject.procedure is not None
    try:
        script = read_story(story, subject.procedure, subject.others)
    except Unsound as unsound:
        failed = failed or Attempted(kind="given", findings=unsound.findings, status=422)
        return sandbox_page(subject, story, None, failed=failed, is_kept=is_kept)
    with played(subject.procedure, script.given, steps_of(story, script), others=subject.others) as found:
        return sandbox_page(subject, story, found, failed=failed, is_kept=is_kept)


@blueprint.post("/<place>/step")
def step(place: str) -> Response:
    """Takes one step; a step that is refused is told and not kept, unless its refusal is what is expected.

    A button that only changes a form takes none.
    """
    return _changed(place, _with_other_form if AGAIN in request.form else _with_step)


def _with_other_form(subject: Subject, _story: Story) -> Attempted:
    """The form once more, with a row added or taken away."""
    assert subject.procedure is not None
    name = request.form.get("action", "")
    asked = form_asked(subject.procedure, name)
    if asked is None:
        raise Invalid("sandbox_no_step")
    form = subject.procedure.forms[asked]
    rows = changed_form(form, typed_values(form, keeps_empty_rows=True), request.form[AGAIN])
    return Attempted(name, typed={**typed(), **rows})


def _with_step(subject: Subject, story: Story) -> Story | Attempted:
    assert subject.procedure is not None
    procedure = subject.procedure
    values = step_sent(procedure, read_story(story, procedure, subject.others).given)
    longer = story.then(values)
    script = read_story(longer, procedure, subject.others)
    _check_jump(values, story, subject)
    with played(procedure, script.given, steps_of(longer, script), others=subject.others) as found:
        last = found.failed
        is_last = len(found.taken) == len(longer.steps)
        return attempted(last, values, procedure) if last and last.problem and is_last else longer


def _check_jump(values: dict[str, object], story: Story, subject: Subject) -> None:
    """The clock does not run for decades in one request. Raises Invalid."""
    assert subject.procedure is not None
    until = values.get("until") or values.get("on")
    if not isinstance(until, str):
        return
    script = read_story(story, subject.procedure, subject.others)
    days = [script.given.today, *(getattr(one, "until", None) or one.on for one in steps_of(story, script))]
    latest = max((day for day in days if day), default=None)
    try:
        is_far = latest is not None and (date.fromisoformat(until) - latest).days > FARTHEST_DAYS
    except ValueError:
        return  # what is no day has been told by then
    if is_far:
        raise Invalid("sandbox_too_far", field="until", limit=FARTHEST_DAYS // 366)


@blueprint.post("/<place>/back")
def back(place: str) -> Response:
    """Takes the last step back."""
    return _changed(place, lambda _subject, story: story.back())


@blueprint.post("/<place>/again")
def again(place: str) -> Response:
    """Begins anew, perhaps with other people, days and answers."""
    return _changed(place, _begun_again)


def _begun_again(subject: Subject, story: Story) -> Story:
    assert subject.procedure is not None
    sent = request.form.get("given")
    given = check_source(sent) if sent else _proposed(subject, _today()) if sent == "" else story.given
    fresh = Story(given, (), story.revision)
    read_story(fresh, subject.procedure, subject.others)
    return fresh


def _today() -> date:
    with reading() as context:
        return context.today


def _changed(place: str, change: Callable[[Subject, Story], Story | Attempted]) -> Response:
    """Keeps what a change makes of the story, or tells what speaks against it."""
    subject = subject_at(place)
    if subject.procedure is None:
        return _not_sound(subject)
    story, is_kept = _story(subject)
    try:
        if is_kept and number("revision") != story.revision:
            raise Conflict("sandbox_changed")
        changed = change(subject, story)
        if not isinstance(changed, Attempted):
            with writing() as context:
                keep_story(context, place, changed)
            return _on(place)
    except (Invalid, Conflict) as problem:
        changed = Attempted(request.form.get("kind", ""), [problem_text(problem)], typed=typed(), status=problem.status)
    except Unsound as unsound:
        kind = request.form.get("kind", "given")
        changed = Attempted(kind, findings=unsound.findings, typed=typed(), status=422)
    return _shown(subject, story, is_kept=is_kept, failed=changed)


def _on(place: str) -> Response:
    """Back to the page; whoever acted is shown again only where they ask for it."""
    case = request.form.get("opened", "") or request.form.get("case", "") or None
    who = request.form.get("stay", "") or None
    return redirect(url_for("procedure_sandboxes.sandbox", place=place, case=case, who=who))


@blueprint.get("/<place>/scenario.yaml")
def scenario(place: str) -> Response:
    """What was played, as a scenario file that expects each step to go as it went."""
    subject = subject_at(place)
    if subject.procedure is None:
        return _not_sound(subject)
    story, _is_kept = _story(subject)
    if not story.steps:
        flash(_("Nothing has been played yet."), "info")
        return _on(place)
    script = read_story(story, subject.procedure, subject.others)
    with played(subject.procedure, script.given, steps_of(story, script), others=subject.others) as found:
        text = exported(story, subject.procedure, found.taken)
    answer = make_response(text)
    answer.mimetype = "text/yaml"
    name = f"{subject.procedure.procedure}.yaml"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
