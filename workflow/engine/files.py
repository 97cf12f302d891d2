"""Files sent with a form: what they are by their content, whatever they are called."""

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

LONGEST_NAME = 120
BEGINNINGS: Mapping[str, bytes] = {
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpeg": b"\xff\xd8\xff",
}
"""Kind → the bytes such a file begins with."""
ARCHIVED: Mapping[str, str] = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "ofd": "OFD.xml"}
"""Kind → the entry that makes an archive such a file."""
ARCHIVE = b"PK\x03\x04"
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Upload:
    """A file as it came. Nothing else is taken as one: what a browser types as text never names a file kept before."""

    name: str
    content: bytes

    @cached_property
    def sha256(self) -> str:
        """Hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def kind(self) -> str | None:
        """What it is by its content; None for what is not taken."""
        return kind_of(self.content)

    @property
    def line(self) -> dict[str, Any]:
        """What the answer says of it, and the record with it."""
        return {
            "name": shown_name(self.name),
            "kind": self.kind,
            "size": len(self.content),
            "sha256": self.sha256,
        }


def kind_of(content: bytes) -> str | None:
    """The kind whose marks the content bears."""
    found = next((kind for kind, beginning in BEGINNINGS.items() if content.startswith(beginning)), None)
    return found or (_archived_kind(content) if content.startswith(ARCHIVE) else None)


def _archived_kind(content: bytes) -> str | None:
    """Only the list of entries is read; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    return next((kind for kind, entry in ARCHIVED.items() if entry in names), None)


def shown_name(name: str) -> str:
    """The name without folders and without characters that would show it otherwise than it is; its end stays."""
    plain = _UNFIT.sub("", re.split(r"[/\\]", name)[-1]).strip() or "file"
    stem, dot, ending = plain.rpartition(".")
    if len(plain) <= LONGEST_NAME or not dot or len(ending) > 10:
        return plain[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
