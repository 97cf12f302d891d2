"""Builds the application: pages found by their files, one shell around them."""

import importlib
import pkgutil
from typing import Any

from flask_bootstrap import Bootstrap5
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from web import i18n, menu, pages, problems, security
from web.limits import limiter
from web.rendering import Application
from web.request import Clock, connect, reader, unread, utc_now
from web.sessions import PageSessions, form_token
from workflow import composition  # noqa: F401 - registers what follows when a case moves
from workflow.settings import Settings

LARGEST_FORM = 2 * 1024 * 1024
"""Bytes of a request; a larger one is refused with 413."""
STATIC_SECONDS = 3_600
LARGEST_NUMBER = 2**31 - 1
"""The highest number a record can have; a larger one in an address is a page that does not exist."""


class RecordNumber(IntegerConverter):
    """The number of a record in an address: one that no database column holds is not looked up at all."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **{"max": LARGEST_NUMBER, **named})


def create_app(settings: Settings, *, clock: Clock = utc_now) -> Application:
    """The WSGI application of one installation; `clock` gives the time (with a zone), tests choose it."""
    app = Application(__name__)
    is_secure = settings.public_url.startswith("https:")
    app.config.update(
        SECRET_KEY=settings.secret_key(),
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        SESSION_COOKIE_NAME="selection_page",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_secure,
        WTF_CSRF_TIME_LIMIT=None,
        SEND_FILE_MAX_AGE_DEFAULT=STATIC_SECONDS,
        BOOTSTRAP_SERVE_LOCAL=True,
        RATELIMIT_STORAGE_URI="memory://",
    )
    app.session_interface = PageSessions()
    connect(app, settings, clock)
    if count := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    Bootstrap5(app)
    limiter.init_app(app)
    security.init_app(app)
    i18n.init_app(app)
    problems.init_app(app)
    app.jinja_env.globals.update(unread=unread, csrf_token=form_token)
    app.context_processor(lambda: {"menu": menu.menu, "is_demo": settings.is_demo, "reader": reader()})
    _add_pages(app)
    i18n.bind_languages(app)
    return app


def _add_pages(app: Application) -> None:
    """Every module of `web.pages` has a `blueprint`, and a `menu_entry` where it stands on the menu."""
    app.url_map.converters["int"] = RecordNumber
    for found in pkgutil.iter_modules(pages.__path__):
        module = importlib.import_module(f"web.pages.{found.name}")
        app.register_blueprint(module.blueprint)
        if hasattr(module, "menu_entry"):
            menu.add_entry(app, module.menu_entry)
