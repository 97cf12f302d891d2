"""Files that scenarios name: small ones of the kind their ending says, so that `file: certificate.pdf` needs no file."""

import io
import zipfile

from workflow.engine.files import ARCHIVED, BEGINNINGS, Upload

ENDINGS = {"jpg": "jpeg"}
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time archives carry, so that a sample is always the same bytes."""


def sample(name: str) -> Upload:
    """A file of this name with the marks of its kind; an ending nobody takes gives one that is of no kind."""
    ending = name.rpartition(".")[2].lower()
    kind = ENDINGS.get(ending, ending)
    if kind in BEGINNINGS:
        return Upload(name, BEGINNINGS[kind] + name.encode())
    return Upload(name, _archive(ARCHIVED[kind], name) if kind in ARCHIVED else name.encode())


def _archive(entry: str, name: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(zipfile.ZipInfo(entry, EARLIEST), name)
    return written.getvalue()
