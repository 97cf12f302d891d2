"""Reads the content of files, and checks that each is what its hash says."""

import hashlib
import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.files.tables import StoredFile
from workflow.record.tables import Event

NAMED = re.compile(r'"sha256":"([0-9a-f]{64})"')


def content_of(session: Session, sha256: str) -> bytes | None:
    """The bytes with a hash; None where there are none."""
    return session.scalar(select(StoredFile.content).where(StoredFile.sha256 == sha256))


def altered_files(session: Session) -> tuple[str, ...]:
    """Hashes that stand in the record and whose file is gone or no longer has them."""
    texts = session.scalars(select(Event.data).where(Event.data.contains('"sha256":"')))
    named = {found for text in texts for found in NAMED.findall(text)}
    return tuple(one for one in sorted(named) if _hash_of(content_of(session, one)) != one)


def _hash_of(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()
