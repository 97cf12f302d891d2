"""What a draft must be before it becomes a version, and who may make it one."""

from workflow.problems import Forbidden, Invalid
from workflow.procedure.findings import Unsound
from workflow.procedure.source import MAX_BYTES, read_source

LONGEST_NOTE = 500
FILE = "draft.yaml"
"""The name findings in a draft carry."""


def check_source(source: str) -> str:
    """The text as it is kept. Raises Invalid for one that is empty, too long, or no text at all."""
    text = source.replace("\r\n", "\n").lstrip("\ufeff")
    if not text.strip():
        raise Invalid("draft_empty", field="source")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Invalid("draft_too_long", field="source", limit=MAX_BYTES // 1024)
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise Invalid("field_not_text", field="source")
    return text if text.endswith("\n") else text + "\n"


def check_note(note: str, field: str) -> str:
    """One changelog line as it is kept. Raises Invalid for one too long."""
    line = " ".join(note.replace("\x00", " ").split())
    if len(line) > LONGEST_NOTE:
        raise Invalid("field_too_long", field=field, limit=LONGEST_NOTE, length=len(line))
    return line


def check_notes_given(note_en: str, note_zh: str) -> None:
    """Raises Invalid where the changelog line is missing in a language: a version without one is not published."""
    for field, note in (("note_en", note_en), ("note_zh", note_zh)):
        if not note:
            raise Invalid("note_missing", field=field)


def check_second_person(author_id: int, publisher_id: int | None) -> None:
    """Raises Forbidden for the author of a draft: a version is published by a second person."""
    if publisher_id is None or publisher_id == author_id:
        raise Forbidden("own_draft")


def key_in(source: str) -> str:
    """The procedure's key as far as the text says one; empty where it cannot be read."""
    try:
        key = read_source(source, FILE).value.get("procedure", "")
    except Unsound:
        return ""
    return key if isinstance(key, str) and len(key) <= 60 else ""
