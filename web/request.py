"""One request's way to the records: who is signed in, the moment it came, and its transactions."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask, current_app, g, request
from flask_login import UserMixin, current_user
from sqlalchemy.orm import Session

from workflow.access.operations import SEEN_EVERY, note_seen
from workflow.access.queries import SignedIn, ended_for, signed_in
from workflow.context import CLOCK, Actor, Context
from workflow.messages.queries import unread_count
from workflow.problems import Forbidden, Unavailable
from workflow.settings import Settings
from workflow.store.database import Database, translated

COOKIE = "selection_session"
Clock = Callable[[], datetime]


class User(UserMixin):
    """The account behind the request's session, as Flask-Login wants it."""

    def __init__(self, signed: SignedIn) -> None:
        self.signed = signed

    def get_id(self) -> str:
        return str(self.signed.account_id)


def connect(app: Flask, chosen: Settings, clock: Clock) -> None:
    """Gives an application its choices, its clock and its database."""
    app.config.update(SETTINGS=chosen, CLOCK=clock)
    app.extensions["database"] = Database(chosen.database_url)
    app.teardown_appcontext(close_reader)


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
    with translated():
        signed = signed_in(_reader(), token, now(), _today())
    if signed is None:
        return None
    if now() - signed.last_seen_at >= SEEN_EVERY:
        _note_seen(signed)
    return User(signed)


def _note_seen(signed: SignedIn) -> None:
    """A busy database keeps nobody from reading: then the next request notes it."""
    with suppress(Unavailable), writing_unsigned() as context:
        note_seen(context, session_id=signed.session_id)


def go_on_without_database() -> None:
    """For the rest of this request nobody is signed in and nothing is looked up."""
    g.has_no_database = True
    close_reader()
    g.pop("_login_user", None)
    g.pop("language", None)


def _today() -> date:
    return now().astimezone(settings().zone).date()


def _reader() -> Session:
    """The one session in which a request looks, until it writes or ends."""
    if "reader" not in g:
        g.readers = ExitStack()
        g.reader = g.readers.enter_context(database().reading())
    session: Session = g.reader
    return session


def close_reader(_error: BaseException | None = None) -> None:
    """Ends the session in which the request looked; what is read next is read anew."""
    if g.pop("reader", None) is not None:
        g.pop("readers").close()


@contextmanager
def reading() -> Iterator[Context]:
    """A context for looking."""
    actor = current_actor()
    try:
        with translated():
            yield Context(session=_reader(), actor=actor, now=now(), zone=settings().zone)
    except Exception:
        close_reader()
        raise


@contextmanager
def writing() -> Iterator[Context]:
    """A context whose work is committed when the block ends, and undone when it raises."""
    with _written(current_actor(), database().writing) as context:
        yield context


@contextmanager
def noting() -> Iterator[Context]:
    """A writing context for what may be missed: Unavailable at once where somebody else is writing."""
    with _written(current_actor(), database().noting) as context:
        yield context


@contextmanager
def stepping() -> Iterator[Context]:
    """A context for one step of one case, the last thing the request writes."""
    with _written(current_actor(), database().stepping) as context:
        yield context


@contextmanager
def writing_unsigned() -> Iterator[Context]:
    """A writing context before anybody is signed in: for signing in itself."""
    with _written(CLOCK, database().writing) as context:
        yield context


@contextmanager
def writing_for_ended() -> Iterator[Context | None]:
    """A writing context for whoever's session just ran out; None where nobody's did, or it was ended on purpose."""
    token = request.cookies.get(COOKIE, "")
    if not token or g.get("has_no_database", False):
        yield None
        return
    with translated():
        ended = ended_for(_reader(), token, now(), _today())
    if ended is None:
        yield None
        return
    with _written(ended.actor, database().writing) as context:
        yield context


@contextmanager
def _written(actor: Actor, opened: Callable[[], AbstractContextManager[Session]]) -> Iterator[Context]:
    """What the request looked at is let go first: a reader never holds up its own writer."""
    close_reader()
    with opened() as session:
        yield Context(session=session, actor=actor, now=now(), zone=settings().zone)


def reader() -> SignedIn | None:
    """Whoever is signed in."""
    user = current_user._get_current_object()  # noqa: SLF001 - the proxy would look it up with every attribute
    return user.signed if isinstance(user, User) else None


def current_actor() -> Actor:
    """The actor of this request with the roles held today; asked for once, a page decides on one moment's roles."""
    signed = reader()
    if signed is None:
        raise Forbidden("page_forbidden")
    return signed.actor


def unread() -> int:
    """How many notifications the reader has not read, asked once a page; anything above 99 is said as 100."""
    if reader() is None:
        return 0
    if "unread" not in g:
        with reading() as context:
            g.unread = unread_count(context)
    return int(g.unread)
