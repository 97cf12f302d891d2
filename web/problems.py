"""Turns what can go wrong into pages and JSON in the reader's language; never a traceback."""

import secrets
from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from definitions.explaining import named_params, reason_text
from definitions.texts import has, say
from web.i18n import language
from web.request import go_on_without_database
from workflow.problems import Problem, Refused, Unavailable

log = structlog.get_logger()
CODES = {400: "request_bad", 403: "page_forbidden", 404: "page_missing", 405: "method_wrong", 413: "request_too_large"}
CODES |= {429: "sign_in_limited"}

RETRY_SECONDS = 5
"""After which a browser may try again when the database is busy or gone."""


def problem_text(problem: Problem, procedure: Any = None) -> str:
    """A problem in the reader's language; of a refusal, every rule that fails."""
    if isinstance(problem, Refused) and problem.reasons:
        separator = "" if language() == "zh" else " "
        return separator.join(reason_text(reason, language(), procedure, {}) for reason in problem.reasons)
    params = named_params(problem.params, language(), procedure, {})
    return say(problem.code, language(), **params)


def wants_json() -> bool:
    """Whether the client asked for JSON rather than a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def _answer(status: int, text: str, code: str) -> Response:
    if wants_json():
        response = jsonify({"error": code, "message": text})
        response.status_code = status
        return response
    return make_response(render_template("errors/error.html", text=text, status=status), status)


def _on_problem(problem: Problem) -> Response:
    if not isinstance(problem, Unavailable):
        return _answer(problem.status, problem_text(problem, g.get("procedure")), problem.code)
    # The page that says so must not ask the database who reads it.
    go_on_without_database()
    answer = _answer(problem.status, problem_text(problem), problem.code)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _on_http(error: HTTPException) -> Response:
    status = error.code or 500
    code = CODES.get(status, "request_bad")
    answer = _answer(status, say(code, language()), code)
    for name, value in error.get_headers():
        if name == "Retry-After":
            answer.headers[name] = value
    return answer


def _on_csrf(_error: CSRFError) -> Response:
    return _answer(400, say("form_expired", language()), "form_expired")


def _on_fault(error: Exception) -> Response:
    reference = secrets.token_hex(4)
    log.error("request_failed", reference=reference, path=request.path, exc_info=error)
    text = say("fault", language(), reference=reference) if has("fault") else reference
    return _answer(500, text, "fault")


def init_app(app: Flask) -> None:
    """Registers the handlers."""
    app.register_error_handler(Problem, _on_problem)
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(Exception, _on_fault)
