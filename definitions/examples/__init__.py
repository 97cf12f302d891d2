"""A small example of every part, guard and effect of the language; each is laid over one frame and then sound."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from definitions.library import catalogue
from workflow.procedure.loader import parse_procedure
from workflow.procedure.model import Procedure
from workflow.procedure.source import read_source

FOLDER = Path(__file__).parent
FRAME = "frame"


@cache
def examples() -> Mapping[str, str]:
    """Name → text as it stands in the file: `deadline`, `guard-age`, `effect-notify`; `frame` is the whole procedure."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yaml"))}


def framed(name: str) -> Procedure:
    """The procedure of an example: the frame, with the keys of the example merged into it. Raises Unsound."""
    frame, example = (read_source(examples()[each], f"{each}.yaml").value for each in (FRAME, name))
    return parse_procedure(json.dumps(merged(frame, example), ensure_ascii=False), f"{name}.yaml", catalogue())


def merged(below: Any, above: Any) -> Any:
    """Mappings are merged key by key and anything else is replaced; nothing in place of a value takes it away."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    both = {key: merged(below.get(key), above[key]) if key in above else below[key] for key in below | above}
    return {key: value for key, value in both.items() if value is not None}
