"""Files of a case that one reader may see: those of answers that are open to them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from workflow.cases.case_page import case_page
from workflow.cases.case_views import CaseView
from workflow.context import Context
from workflow.engine.files import Upload
from workflow.files.queries import content_of
from workflow.problems import Missing
from workflow.procedure.parts import Words


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file as an answer names it: where it stands, what it is, and the hash that stands in the record."""

    seq: int
    form: str
    field: str
    number: int
    """Its place among the files of the answer, from 1."""
    title: Words
    """What was asked for."""
    name: str
    kind: str
    size: int
    sha256: str
    filled_at: datetime


def attached_files(view: CaseView) -> tuple[AttachedFile, ...]:
    """Every file of every filling, the newest first; answers kept from the reader are in none."""
    return tuple(
        AttachedFile(filled.seq, filled.key, key, number, field.title, filled_at=filled.filled_at, **line)
        for filled in reversed(view.fillings)
        for key, field in filled.form.fields.items()
        if field.type == "file"
        for number, line in enumerate(filled.values.get(key) or (), 1)
    )


def sent_before(view: CaseView, form: str) -> Mapping[str, tuple[AttachedFile, ...]]:
    """Question → the files with which a form was sent last; none where it was not sent yet, or is kept from the reader."""
    last = max((filled.seq for filled in view.fillings if filled.key == form), default=0)
    files = [one for one in attached_files(view) if (one.seq, one.form) == (last, form)]
    return {key: tuple(one for one in files if one.field == key) for key in {one.field for one in files}}


def sent_again(
    context: Context, *, case_id: int, form: str, wanted: Mapping[str, Collection[str]]
) -> dict[str, list[Upload]]:
    """Those files with which a form was sent last that are to be sent once more: question → their numbers as texts.

    They come from the record and its store; nothing a browser says stands for a content. Other numbers name nothing.
    """
    before = sent_before(case_page(context, case_id), form)
    chosen = {
        key: [one for one in before.get(key, ()) if str(one.number) in numbers] for key, numbers in wanted.items()
    }
    return {
        key: [Upload(one.name, content_of(context.session, one.sha256) or b"") for one in files]
        for key, files in chosen.items()
        if files
    }


def attached_file(
    context: Context, *, case_id: int, seq: int, form: str, field: str, number: int
) -> tuple[AttachedFile, bytes]:
    """One file with its content. Raises Missing where there is none, and for a reader it is not open to."""
    place = (seq, form, field, number)
    files = attached_files(case_page(context, case_id))
    found = next((one for one in files if (one.seq, one.form, one.field, one.number) == place), None)
    content = content_of(context.session, found.sha256) if found else None
    if found is None or content is None:
        raise Missing("file_missing")
    return found, content
