"""Signs people in and out; sessions are rows, passwords are argon2, links work once."""

import hashlib
import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update

from workflow.access.rules import LONGEST_PASSWORD, check_password
from workflow.access.tables import OneTimeLink, SignIn
from workflow.bodies.operations import require_administrator
from workflow.context import Context
from workflow.people.tables import Account
from workflow.problems import Conflict, Forbidden, Invalid, Missing

SESSION_LENGTH = timedelta(hours=12)
IDLE_LENGTH = timedelta(hours=2)
SEEN_EVERY = timedelta(minutes=5)
"""How exactly it is noted when a session was last used."""
LINK_LENGTH = timedelta(hours=24)
TOKEN_BYTES = 32
_hasher = PasswordHasher()
_DECOY = _hasher.hash(secrets.token_hex())
"""Verified when the name is unknown, so that the answer takes as long as for a known one."""


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_password(password: str) -> str:
    """The argon2 hash of a password, as an account keeps it."""
    return _hasher.hash(password)


def sign_in(context: Context, *, sign_in_name: str, password: str, browser: str = "") -> str:
    """A new session's token. Raises Forbidden for a wrong name or password, without telling which."""
    account = context.session.scalar(select(Account).where(Account.sign_in_name == sign_in_name, Account.is_active))
    known = account.password_hash if account is not None else None
    if not _verified(known or _DECOY, password) or account is None or known is None:
        raise Forbidden("sign_in_failed")
    if _hasher.check_needs_rehash(known):
        account.password_hash = hash_password(password)
    return _new_session(context, account.id, browser)


def sign_in_to_demo(context: Context, *, sign_in_name: str, browser: str = "") -> str:
    """A session without a password: only the demonstration's page may call this."""
    account_id = context.session.scalar(
        select(Account.id).where(Account.sign_in_name == sign_in_name, Account.is_active)
    )
    if account_id is None:
        raise Forbidden("sign_in_failed")
    return _new_session(context, account_id, browser)


def sign_out(context: Context, *, token: str) -> None:
    """Revokes the session behind a token."""
    context.session.execute(
        update(SignIn)
        .where(SignIn.token_hash == token_hash(token), SignIn.revoked_at.is_(None))
        .values(revoked_at=context.now)
    )


def revoke_session(context: Context, *, session_id: int) -> None:
    """Revokes one of the actor's own sessions. Raises Missing for anybody else's and for one revoked before."""
    own = update(SignIn).where(SignIn.id == session_id, SignIn.account_id == context.actor.account_id)
    still_open = own.where(SignIn.revoked_at.is_(None))
    revoked = context.session.execute(still_open.values(revoked_at=context.now).returning(SignIn.id)).one_or_none()
    if revoked is None:
        raise Missing("page_missing")


def change_password(context: Context, *, present: str, password: str, kept_token: str = "") -> None:
    """Sets a new password and ends all other sessions. Raises Invalid where the present one is wrong."""
    account = context.session.get_one(Account, context.actor.account_id)
    if account.password_hash is not None and not _verified(account.password_hash, present):
        raise Invalid("password_wrong", field="present")
    check_password(password, sign_in_name=account.sign_in_name)
    account.password_hash = hash_password(password)
    _end_sessions(context, account.id, kept_token)


def issue_link(context: Context, *, account_id: int) -> str:
    """A token for a link with which an account chooses its password once. Administrators only."""
    require_administrator(context)
    return _new_link(context, account_id)


def issue_first_administrator_link(context: Context) -> str:
    """A link token for the first administrator, whose account it makes.

    Raises Conflict where one can sign in already, or where the name `admin` belongs to a closed account or to no administrator.
    """
    administrators = context.session.scalars(
        select(Account).where(Account.is_administrator, Account.is_active).order_by(Account.id)
    ).all()
    if any(one.password_hash is not None for one in administrators):
        raise Conflict("first_administrator_exists")
    account = administrators[0] if administrators else None
    if account is None:
        if context.session.scalar(select(Account.id).where(Account.sign_in_name == "admin")) is not None:
            raise Conflict("sign_in_name_taken", field="sign_in_name")
        account = Account(
            sign_in_name="admin",
            name="系统管理员",
            name_latin="Administrator",
            email="",
            is_administrator=True,
            created_at=context.now,
        )
        context.session.add(account)
        context.session.flush()
    return _new_link(context, account.id)


def use_link(context: Context, *, token: str, password: str, browser: str = "") -> str:
    """Sets the password a link is for, ends the account's sessions and opens a new one.

    Raises Forbidden for a link used, expired or of a closed account.
    """
    # Locked: of two who use it at once the second finds it used.
    of_token = select(OneTimeLink).where(OneTimeLink.token_hash == token_hash(token))
    link = context.session.scalar(of_token.with_for_update())
    if link is None or link.used_at is not None or link.expires_at <= context.now:
        raise Forbidden("link_invalid")
    account = context.session.get_one(Account, link.account_id)
    if not account.is_active:
        raise Forbidden("link_invalid")
    check_password(password, sign_in_name=account.sign_in_name)
    account.password_hash = hash_password(password)
    link.used_at = context.now
    context.session.flush()
    _end_sessions(context, account.id)
    return _new_session(context, account.id, browser)


def _verified(known: str, password: str) -> bool:
    try:
        return _hasher.verify(known, password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False


def note_seen(context: Context, *, session_id: int) -> None:
    """Keeps a session awake: the idle time counts from here."""
    seen = update(SignIn).where(SignIn.id == session_id, SignIn.last_seen_at < context.now, SignIn.revoked_at.is_(None))
    context.session.execute(seen.values(last_seen_at=context.now))


def _end_sessions(context: Context, account_id: int, kept_token: str = "") -> None:
    others = update(SignIn).where(SignIn.account_id == account_id, SignIn.token_hash != token_hash(kept_token))
    context.session.execute(others.where(SignIn.revoked_at.is_(None)).values(revoked_at=context.now))


def _new_session(context: Context, account_id: int, browser: str) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    context.session.add(
        SignIn(
            token_hash=token_hash(token),
            account_id=account_id,
            created_at=context.now,
            last_seen_at=context.now,
            expires_at=context.now + SESSION_LENGTH,
            browser=browser[:200],
        )
    )
    context.session.flush()
    return token


def _new_link(context: Context, account_id: int) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    context.session.add(
        OneTimeLink(token_hash=token_hash(token), account_id=account_id, expires_at=context.now + LINK_LENGTH)
    )
    context.session.flush()
    return token
