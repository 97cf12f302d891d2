"""The calls a nominating body has: open rounds, working days left, own nominations, and the nil return."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from web.forms import faults, number
from web.menu import Entry
from web.problems import problem_text
from web.request import current_actor, now, reading, writing
from workflow.context import Actor
from workflow.problems import Conflict, Invalid, Refused
from workflow.rounds.operations import file_nil_return
from workflow.rounds.queries import called_rounds


def nominates(actor: Actor) -> bool:
    """Whether the actor handles papers of some body; which rounds call it, the query says."""
    return any(holding.role == "officer" and holding.body_code not in STEERING for holding in actor.holdings)


STEERING = frozenset({"organization", "united_front", "personnel", "office"})
"""Bodies that steer the procedure and are not called."""
blueprint = Blueprint("calls", __name__, url_prefix="/calls")
menu_entry = Entry("Open calls", "calls.calls", 15, "megaphone", nominates)


def _page(errors: dict[str, str] | None = None, status: int = 200) -> Response:
    bodies = sorted({holding.body_id for holding in current_actor().holdings if holding.role == "officer"})
    with reading() as context:
        found = [call for body_id in bodies for call in called_rounds(context, body_id=body_id)]
    # What can be answered stands first, the most urgent of it on top; then the rest, newest first.
    answerable = [call for call in found if not call.round.not_open]
    over = sorted(
        (call for call in found if call.round.not_open), key=lambda call: call.round.closes_date, reverse=True
    )
    return make_response(
        render_template("rounds/calls.html", calls=[*answerable, *over], errors=errors or {}, now=now()), status
    )


@blueprint.get("/")
def calls() -> Response:
    """Every call of the reader's bodies, those that can be answered first."""
    return _page()


@blueprint.post("/<int:round_id>/nil")
def nil_return(round_id: int) -> Response:
    """Files a nil return."""
    try:
        with writing() as context:
            file_nil_return(
                context, round_id=round_id, reason=request.form.get("reason", ""), body_id=number("body") or None
            )
    except Invalid as problem:
        return _page(faults(problem), 422)
    except (Conflict, Refused) as problem:
        return _page({"": problem_text(problem)}, problem.status)
    flash(_("The nil return is filed. A later nomination in time withdraws it."), "done")
    return redirect(url_for("calls.calls"))
