"""Opens the cases of a scenario as the office would: nominated or applied for in a round, by whoever may, or by itself."""

from typing import TYPE_CHECKING, Any

from workflow.cases.operations import open_case, start_case
from workflow.problems import Invalid
from workflow.procedure.model import PARENT_BODY, RELATIONS
from workflow.rehearsal.given import Case, Given
from workflow.rounds.applying import apply_to_round, may_apply
from workflow.rounds.operations import nominate
from workflow.rounds.rules import nominating_holds

if TYPE_CHECKING:
    from workflow.rehearsal.play import Play


def body_of(given: Given, wanted: Case) -> str:
    """The body that puts the person of a case forward; empty where the case is of none."""
    person = given.people.get(wanted.person or "")
    return wanted.body or (person.body if person else None) or ""


def begin_case(play: "Play", wanted: Case) -> int:
    """The id of a new case. Raises what the operations raise."""
    body = body_of(play.given, wanted)
    about: dict[str, Any] = {
        "person_id": play.office.people.get(wanted.person or ""),
        "body_id": play.office.bodies.get(body),
    }
    who = wanted.by or _opener(play, wanted, body)
    with play.as_(who) as context:
        if play.round_id is not None:
            category = wanted.category or ""
            if may_apply(play.procedure) and who == wanted.person:
                return apply_to_round(
                    context, round_id=play.round_id, category=category, body_id=about["body_id"]
                ).case_id
            return nominate(context, round_id=play.round_id, category=category, **about).case_id
        about |= {"version_id": play.version_id, "category": wanted.category}
        if play.procedure.opened_by:
            return start_case(context, title=wanted.title or "", **about).case_id
        if about["body_id"] is None:
            raise Invalid("case_without_body")
        return open_case(context, title=wanted.title, **about).case_id


def _opener(play: "Play", wanted: Case, body: str) -> str | None:
    """Whoever opens cases of the procedure, else whoever in the body acts in the first state."""
    held = play.given.held
    for key in play.procedure.opened_by:
        role = play.procedure.roles[key]
        there = {PARENT_BODY: play.given.bodies[body].parent if body in play.given.bodies else None}
        code = there.get(role.of or "", body) if role.of in RELATIONS else role.of
        names = (wanted.person,) if role.is_subject else held.get((code or "", role.holds), ())
        if names and names[0]:
            return names[0]
    first = [name for role in sorted(nominating_holds(play.procedure)) for name in held.get((body, role), ())]
    return first[0] if first else None
