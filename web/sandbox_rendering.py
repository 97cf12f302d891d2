"""Draws the page of a sandbox: the case as it stands, who is awaited, what one may do, what was played so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import make_response, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from definitions.explaining import action_text, words
from definitions.notifying import notification_text
from definitions.rehearsing import problem_lines, step_text
from web.case_rendering import explained
from web.drawing import drawn
from web.form_fields import FormHelp
from web.forms import typed_values
from web.i18n import language
from web.procedure_rendering import Line, finding_lines
from web.request import settings
from web.sandbox_forms import form_asked
from web.sandbox_places import Subject
from workflow.context import OFFICE_ZONE
from workflow.people.called import Name
from workflow.problems import Reason
from workflow.procedure.citations import guard_identities
from workflow.procedure.findings import Finding
from workflow.procedure.model import Procedure
from workflow.rehearsal.difference import reason_codes
from workflow.rehearsal.given import Given
from workflow.rehearsal.play import EVENING, MAIN, moment
from workflow.rehearsal.playing import Played, Taken
from workflow.rehearsal.steps import REGISTRY
from workflow.rehearsal.story import Story, Values, as_yaml
from workflow.rehearsal.watching import Sight, look, next_due, people_named

Text = dict[str, Any]


@dataclass
class Attempted:
    """A step that was not taken: what speaks against it, and what was typed."""

    kind: str = ""
    lines: list[str] = field(default_factory=list)
    findings: tuple[Finding, ...] = ()
    typed: dict[str, Any] = field(default_factory=dict)
    as_expected: str = ""
    """The step as a scenario would write it that expects the refusal."""
    status: int = 200


def attempted(taken: Taken, values: Values, procedure: Procedure) -> Attempted:
    """What is told of a step that was refused."""
    assert taken.problem is not None
    expects = {**values, "refused": list(reason_codes(taken.problem))}
    lines = [line.removeprefix("· ") for line in problem_lines(taken.problem, procedure, language())]
    kind = str(values.get("does") or values.get("triggers") or next(iter(set(values) & set(REGISTRY)), ""))
    form = form_asked(procedure, kind)
    shown = {**typed(), **(typed_values(procedure.forms[form], keeps_empty_rows=True) if form else {})}
    return Attempted(kind, lines, (), shown, as_yaml(expects, is_flat=True).strip(), taken.problem.status)


def typed() -> dict[str, Any]:
    """Everything the browser sent, several values as a list."""
    return {key: values if len(values) > 1 else values[0] for key, values in request.form.lists()}


def sandbox_page(
    subject: Subject, story: Story, found: Played | None, *, failed: Attempted | None = None, is_kept: bool
) -> Response:
    """The page; `found` is None where what it begins with is at fault."""
    failed = failed or Attempted()
    assert subject.procedure is not None
    begun = found if found and not found.not_begun else None
    page = render_template(
        "procedures/sandbox.html",
        subject=subject,
        procedure=subject.procedure,
        story=story,
        failed=failed,
        is_kept=is_kept,
        findings=finding_lines(failed.findings),
        not_begun=problem_lines(found.not_begun, subject.procedure, language()) if found and found.not_begun else [],
        kinds=[(verb, (kind.__doc__ or "").partition("\n")[0]) for verb, kind in REGISTRY.items()],
        **(_seen(subject.procedure, story, begun) if begun else {"seen": None}),
    )
    return make_response(page, failed.status)


def _seen(procedure: Procedure, story: Story, found: Played) -> dict[str, Any]:
    case = request.args.get("case", "") or request.form.get("case", "") or None
    who = request.args.get("who", "") or request.form.get("who", "")
    seen = look(found.play, name=case, who=who)
    rules = seen.case.procedure if seen else procedure
    names = {number: Name(name, name) for name, number in found.play.office.accounts.items()}
    return {
        "seen": seen,
        "now": found.play.now,
        "case_name": case or "",
        "due": _due(found),
        "steps": [_step_line(procedure, one) for one in found.taken],
        "left": [_written(values) for values in story.steps[len(found.taken) :]],
        "diagram": Markup(drawn(rules, seen.case.case.state, seen.case.visited)) if seen else "",  # noqa: S704 - ours
        "others": _others(rules, seen) if seen else [],
        "outside": _outside(rules, seen) if seen else [],
        "explain": lambda reason: explained(reason, rules, names),
        "usual": lambda form, key: usual_answer(found.play.given, form, key),
        "guard_name": lambda reason: guard_key(rules, reason),
        "help": _help(found, seen),
        "people": people_named(found.play),
        "opening": _opening(procedure, found),
        "subject_of": lambda sent: notification_text(
            sent.template, language(), sent.params, {rules.digest: rules}, zone=settings().zone
        )[0],
        "title_of_state": lambda ref: rules.states[ref].title if ref in rules.states else None,
    }


def _opening(procedure: Procedure, found: Played) -> dict[str, Any]:
    """What another case can be opened with, and the name it goes by; the first one needs none."""
    play = found.play
    number = len(play.cases) + 1
    return {
        "accounts": [(name, name) for name in play.office.accounts],
        "bodies": _bodies(play.given),
        "categories": [(key, words(one.title, language())) for key, one in procedure.categories.items()],
        "has_title": procedure.subject == "post",
        "has_round": play.round_id is not None,
        "name": f"case{number}" if MAIN in play.cases else "",
    }


def _due(found: Played) -> dict[str, Any] | None:
    """The next thing the clock does, with the day to wait for so that it has happened."""
    at = next_due(found.play)
    if at is None:
        return None
    local = at.astimezone(OFFICE_ZONE)
    is_late = local > moment(local.date(), EVENING)
    return {"at": at, "until": local.date() + timedelta(days=1) if is_late else local.date()}


def _step_line(procedure: Procedure, taken: Taken) -> Text:
    return {
        "text": step_text(taken.step, procedure, language()),
        "at": taken.at,
        "state": procedure.states[taken.then["state"]].title if taken.then.get("state") in procedure.states else None,
        "is_refused": taken.problem is not None,
        "is_expected": taken.is_expected,
        "lines": problem_lines(taken.problem, procedure, language()) if taken.problem else [],
    }


def _written(values: Mapping[str, Any]) -> str:
    return as_yaml(dict(values), is_flat=True).strip()


def _others(procedure: Procedure, seen: Sight) -> list[Line]:
    """What can be done here, but not by whoever was chosen."""
    mine = {action.name for action in seen.mine.actions} if seen.mine else set()
    state = procedure.states[seen.case.case.state]
    titles = {key: getattr(role.title, language()) for key, role in procedure.roles.items()}
    separator = "、" if language() == "zh" else ", "
    return [
        Line(separator.join(titles[role] for role in action.by), action_text(procedure, seen.case.case.state, name, language()), "", ())
        for name, action in state.actions.items()
        if name not in mine
    ]  # fmt: skip


def _outside(procedure: Procedure, seen: Sight) -> list[tuple[str, str]]:
    """(system, action) for everything that systems outside can do as the case stands."""
    state = procedure.states[seen.case.case.state]
    return [
        (role, name) for name, action in state.actions.items() for role in action.by if procedure.roles[role].is_outside
    ]


def guard_key(procedure: Procedure, reason: Reason) -> str:
    """The name in the catalogue of the guard that gave a reason."""
    return next(
        (
            use.name
            for ref, state in procedure.states.items()
            for name, action in state.actions.items()
            for identity, use in zip(guard_identities(ref, name, action), action.guards, strict=True)
            if identity == reason.guard
        ),
        "",
    )


def usual_answer(given: Given, form: str, key: str) -> Any:
    """The answer a form has when it is opened: the usual one of the scenario."""
    return given.forms.get(form, {}).get(key)


def _help(found: Played, seen: Sight | None) -> FormHelp:
    """What stands beside the questions of forms: people and bodies by the names scenarios use."""
    bodies: Any = _bodies(found.play.given)
    accounts: Any = seen.eligible if seen else {}
    return FormHelp(accounts=accounts, bodies=bodies)


def _bodies(given: Given) -> list[tuple[str, str]]:
    return [(code, words(body.title, language()) if body.title else code) for code, body in given.bodies.items()]
