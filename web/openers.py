"""Whether the menu offers to open cases and rounds: what the newest rules say of it is asked once a minute, not page by page.

Only the menu goes by it; the pages ask anew each time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app

from web.request import now, reading
from workflow.cases.openers import bodies_held_in, newest_rules
from workflow.context import Actor
from workflow.procedure.model import Role
from workflow.rounds.applying import takes_applications
from workflow.rounds.rules import holds_role

KEPT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Known:
    """What was found, and when."""

    at: datetime
    openers: tuple[Role, ...]
    callers: tuple[Role, ...]
    takes_applications: bool


def may_open_cases(actor: Actor) -> bool:
    """Whether the actor opens cases by themselves, or may apply in a round."""
    known = _known()
    if actor.person_id is not None and (known.takes_applications or any(role.is_subject for role in known.openers)):
        return True
    return any(bodies_held_in(actor, role) for role in known.openers)


def may_call_rounds(actor: Actor) -> bool:
    """Whether the actor opens rounds of some procedure."""
    return any(holds_role(actor, role) for role in _known().callers)


def _known() -> _Known:
    known: _Known | None = current_app.extensions.get("openers")
    if known is None or not known.at <= now() < known.at + KEPT:
        with reading() as context:
            rules = [one for _, one in newest_rules(context)]
            # Where there are rounds, whoever it is about applies in one.
            openers = ((one, one.roles[key]) for one in rules for key in one.opened_by)
            alone = tuple(role for one, role in openers if not (role.is_subject and one.rounds_by))
            callers = tuple(one.roles[one.rounds_by] for one in rules if one.rounds_by)
            known = _Known(now(), alone, callers, takes_applications(context))
        current_app.extensions["openers"] = known
    return known
