"""Who is behind a session's token, and an account's sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import String, bindparam, select, type_coerce
from sqlalchemy.orm import Session

from workflow.access.operations import IDLE_LENGTH, token_hash
from workflow.access.tables import OneTimeLink, SignIn
from workflow.bodies.queries import HELD, actor_of, joined_to_holdings
from workflow.context import Actor, Context
from workflow.people.tables import Account
from workflow.problems import Forbidden
from workflow.store.hot import Hot
from workflow.store.types import instant, instant_text


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The account of a session and how it likes its pages."""

    session_id: int
    account_id: int
    name: str
    name_latin: str
    locale: str
    theme: str
    has_shortcuts: bool
    last_seen_at: datetime
    actor: Actor


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session of the actor's."""

    id: int
    created_at: datetime
    last_seen_at: datetime
    browser: str
    is_this: bool


_OF_TOKEN = joined_to_holdings(
    select(
        SignIn.id,
        Account.name_latin,
        Account.locale,
        Account.theme,
        Account.has_shortcuts,
        type_coerce(SignIn.last_seen_at, String),
        *HELD,
    ).join(Account, Account.id == SignIn.account_id)
).where(SignIn.token_hash == bindparam("token_hash"), SignIn.revoked_at.is_(None), Account.is_active)
_SIGNED_IN = Hot(
    _OF_TOKEN.where(type_coerce(SignIn.expires_at, String) > bindparam("now")).where(
        type_coerce(SignIn.last_seen_at, String) > bindparam("seen_after")
    )
)
"""Asked with every request, so one statement tells who asks and which roles they hold."""
_ENDED = Hot(_OF_TOKEN.where(type_coerce(SignIn.last_seen_at, String) > bindparam("seen_after")))
ENDED_LENGTH = timedelta(hours=24)
"""How long after its last use it is still known whose an ended session was."""


def signed_in(session: Session, token: str, now: datetime, today: date) -> SignedIn | None:
    """The account behind a token with the roles it holds on a day.

    None when the token is unknown, revoked, expired or idle for too long.
    """
    given = {"now": instant_text(now), "seen_after": instant_text(now - IDLE_LENGTH)}
    return _signed(_SIGNED_IN.all(session, {**_of_token(token, today), **given}))


def ended_for(session: Session, token: str, now: datetime, today: date) -> SignedIn | None:
    """Whose a session was that nobody ended: idle for too long or expired, and used within the last day.

    It opens nothing. It only says for whom something typed may be kept until they sign in again. None for one that
    was signed out or revoked: what comes from there is not trusted.
    """
    given = {"seen_after": instant_text(now - ENDED_LENGTH)}
    return _signed(_ENDED.all(session, {**_of_token(token, today), **given}))


def _of_token(token: str, today: date) -> dict[str, str]:
    return {"token_hash": token_hash(token), "today": today.isoformat()}


def _signed(rows: Sequence[Any]) -> SignedIn | None:
    if not rows:
        return None
    session_id, name_latin, locale, theme, has_shortcuts, seen = rows[0][:6]
    actor = actor_of([row[6:] for row in rows])
    assert actor.account_id is not None
    return SignedIn(
        session_id, actor.account_id, actor.name, name_latin, locale, theme, bool(has_shortcuts), instant(seen), actor
    )


def sessions(context: Context, token: str) -> tuple[SessionView, ...]:
    """The actor's sessions still open, newest first; the one with the token is marked."""
    rows = context.session.scalars(
        select(SignIn)
        .where(SignIn.account_id == context.actor.account_id, SignIn.revoked_at.is_(None))
        .where(SignIn.expires_at > context.now, SignIn.last_seen_at > context.now - IDLE_LENGTH)
        .order_by(SignIn.id.desc())
    )
    here = token_hash(token)
    return tuple(
        SessionView(row.id, row.created_at, row.last_seen_at, row.browser, row.token_hash == here) for row in rows
    )


def link_holder(context: Context, token: str) -> str:
    """The sign-in name a link is for. Raises Forbidden for a link used, expired or of a closed account."""
    row = context.session.execute(
        select(Account.sign_in_name, OneTimeLink.used_at, OneTimeLink.expires_at)
        .join(Account, Account.id == OneTimeLink.account_id)
        .where(OneTimeLink.token_hash == token_hash(token), Account.is_active)
    ).one_or_none()
    if row is None or row.used_at is not None or row.expires_at <= context.now:
        raise Forbidden("link_invalid")
    return str(row.sign_in_name)
