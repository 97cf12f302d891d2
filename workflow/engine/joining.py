"""When child cases are enough: the rule that joins them, from how each of them has ended so far."""

from collections.abc import Sequence

from workflow.engine.panels import Line, Settlement
from workflow.procedure.children import Join


def settle_join(join: Join, outcomes: Sequence[str | None]) -> Settlement:
    """`complete`, `short` where that can no longer come, or None while it still may.

    `outcomes` hold each child's outcome word, None for one that is open.
    """
    waiting = sum(outcome is None for outcome in outcomes)
    counted = sum(outcome is not None and (not join.counting or outcome in join.counting) for outcome in outcomes)
    needed = len(outcomes) if join.needed is None else join.needed
    line = Line("join.counted", {"counted": counted, "waiting": waiting, "needed": needed, "children": len(outcomes)})
    if counted >= needed and not (join.needed is None and waiting):
        return Settlement("complete", (line,))
    if counted + waiting < needed:
        return Settlement("short", (line,))
    return Settlement(None, (line,))
