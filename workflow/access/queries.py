"""Who is behind a session's token, and an account's sessions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from workflow.access.operations import IDLE_LENGTH, token_hash
from workflow.access.tables import OneTimeLink, SignIn
from workflow.context import Context
from workflow.people.tables import Account
from workflow.problems import Forbidden


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The account of a session and how it likes its pages."""

    session_id: int
    account_id: int
    name: str
    name_latin: str
    locale: str
    theme: str
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session of the actor's."""

    id: int
    created_at: datetime
    last_seen_at: datetime
    browser: str
    is_this: bool


_SIGNED_IN = (
    select(
        SignIn.id,
        SignIn.account_id,
        Account.name,
        Account.name_latin,
        Account.locale,
        Account.theme,
        SignIn.last_seen_at,
    )
    .join(Account, Account.id == SignIn.account_id)
    .where(SignIn.token_hash == bindparam("token_hash"), SignIn.revoked_at.is_(None))
    .where(SignIn.expires_at > bindparam("now"), SignIn.last_seen_at > bindparam("seen_after"), Account.is_active)
)
"""Asked with every request, so built once."""


def signed_in(session: Session, token: str, now: datetime) -> SignedIn | None:
    """The account behind a token; None when it is unknown, revoked, expired or idle for too long."""
    given = {"token_hash": token_hash(token), "now": now, "seen_after": now - IDLE_LENGTH}
    row = session.execute(_SIGNED_IN, given).one_or_none()
    return SignedIn(*row) if row else None


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
