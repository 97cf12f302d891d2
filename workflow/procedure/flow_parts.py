"""What a procedure drawn as a graph consists of: nodes, flows, lanes."""

from dataclasses import dataclass
from typing import Literal

from workflow.procedure.parts import Words
from workflow.procedure.stages import Deadline, Notice

Kind = Literal[
    "start", "branch", "reopening", "arrival", "landing",
    "task", "panel", "children", "notice", "end",
    "choose", "choice", "parting", "race",
    "wait", "interruption", "remark", "deadline", "expiry",
    "told", "noted", "back", "away",
    "anywhere", "trigger", "cancellation", "departure",
]  # fmt: skip
"""How a case comes to a state: `start`; `branch` as a child case; `reopening` out of a final one; `arrival` by an action of
many states; `landing` from far away.

States: `children` waits for child cases, `choose` is left at once. `choice` parts the
ways out of a state, `parting` the targets of one action, `race` waits for the first of several events.

Events: `wait` for an action while a notice runs, `interruption` for one while a panel sits, `remark` for one by which the
case stays where it is; `deadline` reminds and goes on, `expiry` ends the state.

Ends: `told` of a reminder, `noted` of a remark, `back` to a state that depends on the case, `away` to a landing.

`anywhere` is a part that begins in any of many states, by its `trigger` or `cancellation`, and ends with a `departure`."""

ENTRIES = frozenset({"start", "branch", "arrival", "landing"})
STATES = frozenset({"task", "panel", "children", "notice", "end", "choose"})
ON_TASKS = frozenset({"interruption", "remark", "deadline", "expiry"})

LanesBy = Literal["stage", "role"]


@dataclass(frozen=True, slots=True)
class Node:
    """One element.

    `ref` is the state it belongs to, or the part that begins anywhere; `host` the task an event sits on; `within` the part it
    is in; `leads` the state that comes next where no flow says so.
    """

    id: str
    kind: Kind
    ref: str
    title: Words | None = None
    notes: tuple[str, ...] = ()
    host: str | None = None
    timer: Deadline | Notice | None = None
    roles: tuple[str, ...] = ()
    within: str | None = None
    leads: str | None = None
    many: bool = True


@dataclass(frozen=True, slots=True)
class Flow:
    """One arrow; those of the procedure's own ways have an id that begins with `way-`.

    `is_named` says whether its name is written: not where the event it comes from says the same.
    """

    id: str
    source: str
    target: str
    title: Words | None = None
    label: str = ""
    notes: tuple[str, ...] = ()
    condition: Words | None = None
    is_named: bool = True


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of states that share a stage or a role, or of the parts that begin anywhere."""

    id: str
    title: Words
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and flows in the order of the file, and each state once in the lanes."""

    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]
    lanes: tuple[Lane, ...]
