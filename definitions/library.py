"""The procedures that ship: every YAML file in `definitions/procedures`, checked against guards, effects, codes and rules."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from definitions.codes import tables
from definitions.rules import packs
from definitions.texts import has
from workflow.engine.catalogue import Catalogue
from workflow.procedure.findings import Finding
from workflow.procedure.loader import examine_procedure, load_procedure
from workflow.procedure.model import Procedure

FOLDER = Path(__file__).parent / "procedures"
FRAGMENTS = Path(__file__).parent / "fragments"
DOCUMENTS = Path(__file__).parent / "documents"


def fragments() -> Mapping[str, Path]:
    """Key → file of what procedures may share."""
    return {path.stem: path for path in sorted(FRAGMENTS.glob("*.yaml"))}


def documents() -> Mapping[str, Path]:
    """Key → file of a document template."""
    return {path.stem: path for path in sorted(DOCUMENTS.glob("*.yaml"))}


@cache
def catalogue() -> Catalogue:
    """What a definition may name in this office."""
    codes: Mapping[str, Mapping[str, Any]] = tables()
    return Catalogue(
        {
            name: {code: {"en": row["en"], "zh": row["zh"]} for code, row in table.items()}
            for name, table in codes.items()
        },
        has_text=has,
        fragments=fragments(),
        packs=packs(),
        documents=documents(),
    )


def load(path: Path, *, on: date | None = None) -> Procedure:
    """One definition from anywhere; `on` is the day the articles it cites must be valid. Raises Unsound."""
    return load_procedure(path, catalogue(), on=on)


def examine(path: Path, *, on: date | None = None) -> tuple[Finding, ...]:
    """What is doubtful about a sound definition from anywhere, with the articles valid on a day. Raises Unsound."""
    return examine_procedure(path, catalogue(), on=on)[1]


@cache
def procedures() -> Mapping[str, Procedure]:
    """Key → procedure, for every file of the folder. Raises Unsound."""
    loaded = [load(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return {procedure.procedure: procedure for procedure in loaded}


def shipped() -> tuple[tuple[Procedure, str], ...]:
    """Every procedure that ships with its text as it was written. Raises Unsound."""
    paths = sorted(FOLDER.glob("*.yaml"))  # in the order in which procedures() has read them
    return tuple(
        (procedure, path.read_text(encoding="utf-8"))
        for procedure, path in zip(procedures().values(), paths, strict=True)
    )
