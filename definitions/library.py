"""The procedures that ship: every YAML file in `definitions/procedures`, checked against guards, effects and codes."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from definitions.codes import tables
from definitions.texts import has
from workflow.engine.catalogue import Catalogue
from workflow.procedure.findings import Finding
from workflow.procedure.loader import examine_procedure, load_procedure
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
        has_text=has,
        fragments={path.stem: path for path in sorted(FRAGMENTS.glob("*.yaml"))},
    )


def load(path: Path) -> Procedure:
    """One definition from anywhere. Raises Unsound."""
    return load_procedure(path, catalogue())


def examine(path: Path) -> tuple[Finding, ...]:
    """What is doubtful about a sound definition from anywhere. Raises Unsound."""
    return examine_procedure(path, catalogue())[1]


@cache
def procedures() -> Mapping[str, Procedure]:
    """Key → procedure, for every file of the folder. Raises Unsound."""
    loaded = [load(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return {procedure.procedure: procedure for procedure in loaded}
