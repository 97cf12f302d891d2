"""Whether a scenario fits its procedure: everything it names exists, days go forward, nothing needed is left out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from workflow.bodies.operations import KINDS
from workflow.procedure.findings import Finding
from workflow.procedure.source import Path, Source
from workflow.rehearsal.expected import Then
from workflow.rehearsal.given import CLOCK_NAME, Given, Person
from workflow.rehearsal.known import Fault, Known
from workflow.rehearsal.play import MAIN
from workflow.rehearsal.script import Cue, Script
from workflow.rehearsal.steps import Step
from workflow.rehearsal.steps.opening import Until

CODED = {
    "sex": "sex",
    "nationality": "nationality",
    "political_status": "political_status",
    "education": "education",
}
"""Key of a person → the office's code table."""


def given_faults(known: Known) -> Iterator[Fault]:
    """What the given names that does not exist; `known.given` is what is looked at."""
    yield from _given(known, known.given)


def script_faults(script: Script, own: Given, known: Known, source: Source, path: Path) -> Iterator[Finding]:
    """What is wrong with a scenario: in its own given, in its steps, and in the two together."""
    known = replace(known, given=script.given)
    for place, code, params in _given(known, own):
        yield source.finding((*path, "given", *place), code, **params)
    for key in _missing(known):
        yield source.finding(path, "scenario_incomplete", key=key)
    cases = {MAIN} if script.given.case else set()
    last = script.given.today
    for cue in script.cues:
        for place, code, params in _step(replace(known, cases=frozenset(cases)), cue.step):
            if cue in script.own:
                yield source.finding((*cue.path, *place), code, **params)
        if cue.step.opened:
            cases.add(cue.step.opened)
        day = _day(cue)
        if day and last and day < last and cue in script.own:
            yield source.finding(cue.path, "scenario_backwards", day=day.isoformat(), last=last.isoformat())
        last = max(filter(None, (last, day)), default=None)


def _day(cue: Cue) -> date | None:
    return cue.step.until if isinstance(cue.step, Until) else cue.step.on


def _missing(known: Known) -> Iterator[str]:
    """Keys that a scenario cannot be played without."""
    given, procedure = known.given, known.procedure
    if given.today is None:
        yield "given.today"
    if given.round:
        for key in ("opens", "closes"):
            if getattr(given.round, key) is None:
                yield f"given.round.{key}"
        role = procedure.roles.get(procedure.rounds_by or "")
        if role is None:
            yield "rounds_by"
        elif not given.held.get((role.of or "", role.holds)):
            yield f"given.bodies.{role.of}.{role.holds}"
    about = "person" if procedure.subject == "person" else "title"
    if given.case and getattr(given.case, about) is None:
        yield f"given.case.{about}"


def _given(known: Known, own: Given) -> Iterator[Fault]:
    """Faults of what one place says, measured by everything given there and above it."""
    for code, body in own.bodies.items():
        yield from known.one_of("kind", body.kind, KINDS, "bodies", code, "kind")
        yield from known.one_of("body", body.parent, known.given.bodies, "bodies", code, "parent")
        for role in body.roles:
            yield from known.one_of("body_role", role, known.held_roles, "bodies", code, role)
    for name, person in own.people.items():
        yield from _person(known, name, person)
    if own.case:
        yield from known.case(own.case, "case")
        if own.case.by and own.case.by != CLOCK_NAME:
            yield from known.person(own.case.by, "case", "by")
    if own.round:
        for place, code in enumerate(own.round.calls):
            yield from known.one_of("body", code, known.given.bodies, "round", "calls", place)
        for category in own.round.seats:
            yield from known.one_of("category", category, known.procedure.categories, "round", "seats", category)
    for form, answers in own.forms.items():
        yield from known.one_of("form", form, known.procedure.forms, "forms", form)
        fields = known.procedure.forms[form].fields if form in known.procedure.forms else answers
        for key in answers:
            yield from known.one_of("field", key, fields, "forms", form, key)


def _person(known: Known, name: str, person: Person) -> Iterator[Fault]:
    place = ("people", name)
    for key, table in CODED.items():
        yield from known.coded(table, getattr(person, key), *place, key)
    for year, grade in person.grades.items():
        yield from known.coded("grade", grade, *place, "grades", year)
    if person.sanction:
        yield from known.coded("sanction", person.sanction.kind, *place, "sanction", "kind")
    for relative, relation in person.kin.items():
        yield from known.one_of("person", relative, known.given.people, *place, "kin", relative)
        yield from known.coded("relation", relation, *place, "kin", relative)
    yield from known.one_of("body", person.body, known.given.bodies, *place, "body")


def _step(known: Known, step: Step) -> Iterator[Fault]:
    yield from step.faults(known)
    yield from known.case_ref(step.case, "case")
    for place, code in enumerate(step.refused):
        if not known.has_text(code):
            yield ("refused", place), "unknown_reason", {"reason": code}
    yield from _then(known, step.then, step.case)


def _then(known: Known, then: Then, case: str | None) -> Iterator[Fault]:
    states = [state for one in known.reached(case) for state in one.states.values()]
    yield from known.one_of("state", then.state, known.states(case), "then", "state")
    for place, role in enumerate(then.waits_for):
        roles = {key for one in known.reached(case) for key in one.roles}
        yield from known.one_of("role", role, roles, "then", "waits_for", place)
    outcomes = {outcome for state in states for outcome in state.outcomes}
    yield from known.one_of("outcome", then.outcome, outcomes, "then", "outcome")
    words = {state.final for state in states if state.final}
    yield from known.one_of("end", then.ended, words, "then", "ended")
    yield from _family(known, then)
    yield from _people(known, then)


def _family(known: Known, then: Then) -> Iterator[Fault]:
    """Expectations about other cases, and about what a case holds."""
    for ref, state in then.cases.items():
        yield from known.case_ref(ref, "then", "cases", ref)
        yield from known.one_of("state", state, known.states(ref), "then", "cases", ref)
    for state in then.children:
        yield from known.one_of("state", state, known.states("/"), "then", "children", state)
    answers = {f"{key}.{field}" for key, form in known.procedure.forms.items() for field in form.fields}
    for answer in then.answers:
        yield from known.one_of("answer", answer, answers, "then", "answers", answer)


def _people(known: Known, then: Then) -> Iterator[Fault]:
    """Expectations about people: who is told, who has it in their inbox, who sits, who is on a list, who holds a post."""
    for key in ("inbox_of", "seats"):
        for place, name in enumerate(getattr(then, key)):
            yield from known.person(name, "then", key, place)
    for name, narrowed in then.narrowed.items():
        yield from known.person(name, "then", "narrowed", name)
        for place, ref in enumerate(narrowed.finds):
            yield from known.case_ref(ref, "then", "narrowed", name, "finds", place)
        yield from known.one_of("stage", narrowed.stage, known.procedure.stages, "then", "narrowed", name, "stage")
    for name, templates in then.told.items():
        yield from known.person(name, "then", "told", name)
        for template in templates:
            if not known.has_text(template):
                yield ("then", "told", name), "unknown_template", {"template": template}
    for name in then.posts:
        yield from known.one_of("person", name, known.given.people, "then", "posts", name)
    for key, names in then.listed.items():
        for name in names:
            yield from known.one_of("person", name, known.given.people, "then", "listed", key)
