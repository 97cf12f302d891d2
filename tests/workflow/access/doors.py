"""Handles for tests of signing in: accounts with passwords, and each step in a transaction of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import select

from tests.workflow.rows import add_account
from workflow.access.operations import hash_password
from workflow.access.queries import SignedIn, signed_in
from workflow.access.tables import SignIn
from workflow.context import CLOCK, Actor, Context
from workflow.people.tables import Account
from workflow.store.database import Database

PASSWORD = "a long enough phrase"
ADMINISTRATOR = Actor(account_id=None, name="admin", is_administrator=True)
hashed = cache(hash_password)


@dataclass
class Door:
    """A database at a moment that tests move on."""

    database: Database
    now: datetime

    def account(self, name: str = "wen", *, password: str | None = PASSWORD, **columns: Any) -> int:
        with self.database.writing() as session:
            account = add_account(session, name)
            row = session.get_one(Account, account)
            row.password_hash = hashed(password) if password else None
            for column, value in columns.items():
                setattr(row, column, value)
            return account

    def do(self, operation: Callable[..., Any], *, actor: Actor = CLOCK, **given: Any) -> Any:
        with self.database.writing() as session:
            return operation(Context(session, actor, self.now), **given)

    def behind(self, token: str) -> SignedIn | None:
        with self.database.reading() as session:
            return signed_in(session, token, self.now, self.now.date())

    def rows(self) -> list[SignIn]:
        with self.database.reading() as session:
            return list(session.scalars(select(SignIn).order_by(SignIn.id)))

    def later(self, **delta: float) -> None:
        self.now += timedelta(**delta)
