"""The rule packs that ship: every YAML file of this folder, articles with their texts and sources."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from workflow.procedure.packs import RulePack, load_pack

FOLDER = Path(__file__).parent


@cache
def packs() -> Mapping[str, RulePack]:
    """Key → pack, for every file of the folder. Raises Unsound."""
    loaded = [load_pack(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return {pack.rules: pack for pack in loaded}
