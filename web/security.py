"""What every answer carries for the browser's protection, and who may ask for what before signing in."""

from flask import Flask, Response, redirect, request, url_for
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from web.late_forms import keep_what_was_typed
from web.request import load_user, settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
OPEN_TO_ALL = frozenset(
    {
        "static",
        "bootstrap.static",
        "sign_in.sign_in",
        "sign_in.demo",
        "sign_in.welcome",
        "sign_in.language",
        "health.healthz",
    }
)
"""Everything else asks for a sign-in first."""


def _require_sign_in() -> AnyResponse | None:
    if request.endpoint is None or request.endpoint in OPEN_TO_ALL or current_user.is_authenticated:
        return None
    target = request.full_path.rstrip("?") if request.method == "GET" else keep_what_was_typed()
    return redirect(url_for("sign_in.sign_in", next=target))


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if settings().public_url.startswith("https:"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint not in {"static", "bootstrap.static"}:
        response.headers["Cache-Control"] = "no-store"
    return response


def init_app(app: Flask) -> None:
    """Sets up headers, CSRF and the sign-in requirement."""
    CSRFProtect(app)
    manager = LoginManager(app)
    manager.session_protection = None
    manager.request_loader(load_user)
    app.before_request(_require_sign_in)
    app.after_request(_add_headers)
