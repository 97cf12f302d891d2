"""Whether the application answers and reaches its database."""

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from web.request import database

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 where a statement on the database works; a locked or absent database answers 503."""
    with database().reading() as session:
        session.execute(text("SELECT 1"))
    return jsonify({"status": "ok"})
