"""The procedures that ship: every YAML file in `definitions/procedures`, checked against guards, effects and codes."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from definitions.codes import tables
from workflow.engine.catalogue import Catalogue
from workflow.procedure.loader import load_procedure
from workflow.procedure.model import Procedure

FOLDER = Path(__file__).parent / "procedures"
FRAGMENTS = Path(__file__).parent / "fragments"


@cache
def catalogue() -> Catalogue:
    """What a definition may name in this office."""
    codes: Mapping[str, Mapping[str, Any]] = tables()
    return Catalogue(
        {
            name: {code: {"en": row["en"], "zh": row["zh"]} for code, row in table.items()}
            for name, table in codes.items()
        },
        {path.stem: path for path in sorted(FRAGMENTS.glob("*.yaml"))},
    )


def load(path: Path) -> Procedure:
    """One definition from anywhere. Raises Unsound."""
    return load_procedure(path, catalogue())


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
