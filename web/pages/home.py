"""The front page: where somebody of this role begins."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from web.pages.calls import nominates
from web.request import current_actor, reading
from workflow.access.rules import may_open
from workflow.context import Actor
from workflow.rounds.queries import rounds

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def home() -> Response:
    """The page on which the reader's day begins."""
    return redirect(_first_page(current_actor()))


def _first_page(actor: Actor) -> str:
    """Open calls for who nominates, the board for who runs the round, meetings for members; else what waits."""
    roles = {holding.role for holding in actor.holdings}
    if nominates(actor):
        return url_for("calls.calls")
    if "officer" in roles and may_open(actor, "rounds"):
        return _board()
    if roles == {"member"}:
        return url_for("meetings.meetings")
    if actor.is_administrator:
        return url_for("administration.health")
    return url_for("inbox.inbox")


def _board() -> str:
    """The board of the newest round still open; the inbox where there is none."""
    with reading() as context:
        newest = next((one for one in rounds(context) if one.closed_at is None), None)
    return url_for("rounds.board", round_id=newest.round_id) if newest else url_for("inbox.inbox")
