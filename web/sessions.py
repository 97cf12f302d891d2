"""The page's own cookie and its form token: a signature that held, or was made, once is not computed with every page."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from flask import Flask, Request, g, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, URLSafeTimedSerializer

KEPT = 4_096
"""Cookies and tokens kept in memory, about 200 bytes each."""


class PageSessions(SecureCookieSessionInterface):
    """Flask's signed cookies; only what was signed by us is kept, so nobody fills the memory with others."""

    def __init__(self) -> None:
        self._serializer: URLSafeTimedSerializer | None = None
        self._read = lru_cache(maxsize=KEPT)(self._checked)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_signing_serializer(app) is None:
            return None
        cookie = request.cookies.get(self.get_cookie_name(app))
        if not cookie:
            return self.session_class()
        try:
            data, signed_at = self._read(cookie)
        except BadSignature:
            return self.session_class()
        is_fresh = _age(signed_at) <= app.permanent_session_lifetime
        return self.session_class(deepcopy(data) if is_fresh else None)

    def _checked(self, cookie: str) -> tuple[dict[str, Any], datetime]:
        """What a cookie of ours says, and when it was signed. Raises BadSignature."""
        assert self._serializer is not None
        data, signed_at = self._serializer.loads(cookie, return_timestamp=True)
        return data, signed_at


def _age(signed_at: datetime) -> timedelta:
    """By the wall clock, as the library signs."""
    return datetime.now(UTC) - signed_at


def form_token() -> str:
    """The token that proves a form came from a page of this session."""
    if "csrf_token" not in g:
        known = session.get("csrf_token")
        g.csrf_token = _token_of(known) if known else generate_csrf()
    return str(g.csrf_token)


@lru_cache(maxsize=KEPT)
def _token_of(_secret: str) -> str:
    """The signed form of the secret in this request's session, which is the key."""
    return str(generate_csrf())
