"""Keeps the contents of files in the transaction of the step they came with."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from workflow.context import Context
from workflow.engine.files import Upload
from workflow.files.tables import StoredFile
from workflow.store.serializing import serialize_on


def store_files(context: Context, form: Mapping[str, Any]) -> None:
    """Keeps every file of a form that is not kept already; a refused step leaves none behind."""
    for upload in _uploads(form.values()):
        serialize_on(context.session, f"file:{upload.sha256}")
        if context.session.scalar(select(StoredFile.sha256).where(StoredFile.sha256 == upload.sha256)) is None:
            row = StoredFile(
                sha256=upload.sha256, content=upload.content, size=len(upload.content), stored_at=context.now
            )
            context.session.add(row)
            context.session.flush()


def _uploads(answers: Iterable[Any]) -> Iterable[Upload]:
    return (one for answer in answers if isinstance(answer, list) for one in answer if isinstance(one, Upload))
