"""The front page: where somebody of this role begins."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def home() -> Response:
    """Everybody's day begins with what waits for them."""
    return redirect(url_for("inbox.inbox"))
