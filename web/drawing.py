"""The diagram of a case, drawn once for every place a case can have come to by the same way."""

from functools import lru_cache

from web.i18n import language
from workflow.procedure.diagram import draw_svg
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words

_versions: dict[str, Procedure] = {}


def drawn(procedure: Procedure, current: str, visited: frozenset[str]) -> str:
    """The diagram as SVG, in the reader's language."""
    _versions[procedure.digest] = procedure
    return _drawn(procedure.digest, language(), current, visited)


@lru_cache(maxsize=1_000)
def _drawn(digest: str, chosen: str, current: str, visited: frozenset[str]) -> str:
    def say(text: Words) -> str:
        return str(getattr(text, chosen))

    return draw_svg(_versions[digest], say, current=current, visited=visited)
