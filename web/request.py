"""One request's way to the records: who is signed in, the moment it came, and its transactions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import current_app, g, request, url_for
from flask_login import UserMixin, current_user

from workflow.access.queries import SignedIn, signed_in
from workflow.bodies.queries import actor
from workflow.context import CLOCK, Actor, Context
from workflow.messages.queries import unread_count
from workflow.problems import Forbidden
from workflow.settings import Settings
from workflow.store.database import Database

COOKIE = "selection_session"
Clock = Callable[[], datetime]


class User(UserMixin):
    """The account behind the request's session, as Flask-Login wants it."""

    def __init__(self, signed: SignedIn) -> None:
        self.signed = signed

    def get_id(self) -> str:
        return str(self.signed.account_id)


def settings() -> Settings:
    """The installation's choices."""
    chosen: Settings = current_app.config["SETTINGS"]
    return chosen


def database() -> Database:
    """The application's database."""
    opened: Database = current_app.extensions["database"]
    return opened


def utc_now() -> datetime:
    """The wall clock: the one place of the web application that asks for the time."""
    return datetime.now(UTC)


def now() -> datetime:
    """The moment of this request: asked once, the same for everything it does."""
    if "now" not in g:
        clock: Clock = current_app.config["CLOCK"]
        g.now = clock()
    moment: datetime = g.now
    return moment


def load_user(_request: Any) -> User | None:
    """The user behind the session cookie."""
    token = request.cookies.get(COOKIE, "")
    if not token or g.get("has_no_database", False):
        return None
    with database().reading() as session:
        signed = signed_in(session, token, now())
    return User(signed) if signed else None


def go_on_without_database() -> None:
    """For the rest of this request nobody is signed in and nothing is looked up."""
    g.has_no_database = True
    g.pop("_login_user", None)
    g.pop("language", None)


@contextmanager
def reading() -> Iterator[Context]:
    """A context for looking."""
    with database().reading() as session:
        yield Context(session=session, actor=_actor(session), now=now(), zone=settings().zone)


@contextmanager
def writing() -> Iterator[Context]:
    """A context whose work is committed when the block ends, and undone when it raises."""
    with database().writing() as session:
        yield Context(session=session, actor=_actor(session), now=now(), zone=settings().zone)


@contextmanager
def stepping() -> Iterator[Context]:
    """A context for one step of one case, the last thing the request writes."""
    with reading() as context:
        actor = context.actor
    with database().stepping() as session:
        yield Context(session=session, actor=actor, now=now(), zone=settings().zone)


@contextmanager
def writing_unsigned() -> Iterator[Context]:
    """A writing context before anybody is signed in: for signing in itself."""
    with database().writing() as session:
        yield Context(session=session, actor=CLOCK, now=now(), zone=settings().zone)


def current_actor() -> Actor:
    """The actor of this request, with the roles held today."""
    if "actor" not in g:
        with database().reading() as session:
            return _actor(session)
    held: Actor = g.actor
    return held


def _actor(session: Any) -> Actor:
    """Roles are asked for once a request; a page never decides on roles from another moment than its records."""
    if "actor" not in g:
        if not current_user.is_authenticated:
            raise Forbidden("page_forbidden")
        today = now().astimezone(settings().zone).date()
        g.actor = actor(session, current_user.signed.account_id, today)
    held: Actor = g.actor
    return held


def icons_url() -> str:
    """Where the sheet of icons is: built once a request, a page shows dozens."""
    if "icons_url" not in g:
        g.icons_url = url_for("bootstrap.static", filename="icons/bootstrap-icons.svg")
    return str(g.icons_url)


def unread() -> int:
    """How many notifications the reader has not read; anything above 99 is said as 100."""
    if not current_user.is_authenticated:
        return 0
    with reading() as context:
        return unread_count(context)
