"""Histories of cases as they are kept: a line of JSON each, what the engine needs to tell the same story again."""

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workflow.procedure.model import Procedure

FOLDER = Path(__file__).parent
LONG_TEXT = 12
"""Digits of a digest in a file's name."""
Line = dict[str, Any]
"""An event: `action`, `from` and `to` state, `data` and `facts`, as they were recorded."""


def frozen_file(procedure: Procedure) -> Path:
    """Where the text of exactly these rules is kept."""
    return FOLDER / procedure.procedure / f"{procedure.digest[:LONG_TEXT]}.json"


def frozen_files() -> list[Path]:
    """Every version kept, by procedure."""
    return sorted(FOLDER.glob("*/*.json"))


def frozen(path: Path) -> Procedure:
    """The rules of a frozen text."""
    return Procedure.model_validate_json(path.read_text(encoding="utf-8"))


def histories_file(path: Path) -> Path:
    """Where the histories that ran by a frozen text are kept."""
    return path.with_suffix(".jsonl.gz")


def histories(path: Path) -> Iterator[list[Line]]:
    """The histories of a frozen text, one list of events a case."""
    with gzip.open(histories_file(path), "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def keep(procedure: Procedure, told: list[list[Line]]) -> Path:
    """Writes a text and its histories; the same ones give the same bytes."""
    path = frozen_file(procedure)
    path.parent.mkdir(exist_ok=True)
    path.write_text(procedure.canonical, encoding="utf-8")
    text = "".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in told)
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0, filename="") as file:
        file.write(text.encode())
    histories_file(path).write_bytes(buffer.getvalue())
    return path
