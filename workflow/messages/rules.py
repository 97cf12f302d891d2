"""When a delivery is tried again, and by which name a mail is known."""

from datetime import datetime, timedelta

BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
"""The wait after the first, second … failed attempt; after the last of them a delivery is given up."""
CLAIM_FOR = timedelta(minutes=10)
"""A claimed delivery that is neither sent nor failed by then is tried again: its process has died."""
UNREACHABLE_FOR = timedelta(minutes=2)
"""The wait while the mail server cannot be reached at all; such tries are not counted."""


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When to try again after so many failed attempts; None when it is given up."""
    return now + BACKOFF[attempts - 1] if attempts <= len(BACKOFF) else None


def message_id(message: int, account: int, host: str) -> str:
    """The same name for the same message to the same account at every attempt, so that a mail sent twice is shown once."""
    return f"<message-{message}-{account}@{host}>"
