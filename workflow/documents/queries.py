"""Reading documents: those of a case that one reader may see, one of them, and the check that none was altered."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.cases.case_page import case_page
from workflow.cases.case_views import CaseView
from workflow.cases.tables import Case
from workflow.context import Context
from workflow.documents.rules import content_of, digest_of
from workflow.documents.tables import Document
from workflow.problems import Missing
from workflow.procedure.documents import LANGUAGES
from workflow.procedure.parts import Words
from workflow.record.tables import Event


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document of a case; `sha256` is its hash by language, as the record has it."""

    seq: int
    template: str
    title: Words
    made_at: datetime
    sha256: dict[str, str]


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document in one language: the text for a page of ours, and the file as it is kept."""

    line: DocumentLine
    reference: str
    language: str
    content: str
    file: str


def documents_in(view: CaseView) -> tuple[DocumentLine, ...]:
    """The documents open to the reader of a case's page, newest first: of stages they read, and with no answer kept from them."""
    return tuple(
        DocumentLine(
            event.seq,
            line["template"],
            Words.model_validate(line["title"]),
            event.at,
            {language: line[language] for language in LANGUAGES},
        )
        for event in reversed(view.events)
        for line in event.documents
    )


def document(context: Context, *, case_id: int, seq: int, template: str, language: str) -> DocumentView:
    """One document. Raises Missing where there is none, and for a reader it is not open to."""
    view = case_page(context, case_id)
    line = next((one for one in documents_in(view) if (one.seq, one.template) == (seq, template)), None)
    row = context.session.get(Document, (case_id, seq, template, language)) if line else None
    if line is None or row is None:
        raise Missing("document_missing")
    return DocumentView(line, view.case.reference, language, content_of(row.content), row.content)


@dataclass(frozen=True, slots=True)
class AlteredDocument:
    """A document that is not, or no longer, what the record says of it."""

    case_reference: str
    seq: int
    template: str
    language: str


def altered_documents(session: Session) -> tuple[AlteredDocument, ...]:
    """Every document whose bytes do not have the hash that stands in its event, or that is gone."""
    rows = session.execute(
        select(Case.reference, Event.case_id, Event.seq, Event.data)
        .join(Case, Case.id == Event.case_id)
        .where(Event.data.contains('"documents":['))
        .order_by(Event.case_id, Event.seq)
    )
    return tuple(
        AlteredDocument(row.reference, row.seq, line["template"], language)
        for row in rows.all()
        for line in json.loads(row.data).get("documents", ())
        for language in LANGUAGES
        if not _is_whole(session.get(Document, (row.case_id, row.seq, line["template"], language)), line[language])
    )


def _is_whole(row: Document | None, sha256: str) -> bool:
    return row is not None and digest_of(row.content) == sha256 == row.sha256
