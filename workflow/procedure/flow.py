"""A procedure as a graph of tasks, events, choices and flows, which is how modelling tools see it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from workflow.procedure.model import Procedure
from workflow.procedure.parts import Part, Words
from workflow.procedure.stages import Action, Deadline, Notice, State

Kind = Literal[
    "start", "task", "panel", "notice", "end", "choice", "race", "wait", "interruption", "deadline", "expiry", "told"
]
"""`race` waits for the first of several events, `wait` for an action while a notice runs, `interruption` for one while a
panel sits; `deadline` reminds and goes on, `expiry` ends the state; `told` is what a reminder ends in."""

LanesBy = Literal["stage", "role"]


@dataclass(frozen=True, slots=True)
class Node:
    """One element; `ref` is the state it belongs to, `host` the task an event sits on."""

    id: str
    kind: Kind
    ref: str
    title: Words | None = None
    notes: tuple[str, ...] = ()
    host: str | None = None
    timer: Deadline | Notice | None = None
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """One arrow; those of the procedure's own ways have an id that begins with `way-`."""

    id: str
    source: str
    target: str
    title: Words | None = None
    label: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of states that share a stage or a role."""

    id: str
    title: Words
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and flows in the order of the file, and each state once in the lanes."""

    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]
    lanes: tuple[Lane, ...]


def graph(procedure: Procedure, *, lanes: LanesBy = "stage") -> Graph:
    """The whole procedure. Every state and every way out of one is there exactly once."""
    nodes, flows = _starts(procedure)
    for ref, state in procedure.states.items():
        builder = _StateBuilder(procedure, ref, state)
        builder.build()
        nodes += builder.nodes
        flows += builder.flows
    return Graph(tuple(nodes), tuple(flows), _by_stage(procedure) if lanes == "stage" else _by_role(procedure))


def _starts(procedure: Procedure) -> tuple[list[Node], list[Flow]]:
    """Where cases begin: the first state, those of branches, and the state of cases that are cancelled with their parent."""
    nodes, flows = (
        [Node("start", "start", procedure.starts)],
        [Flow("begin", "start", _entry(procedure, procedure.starts))],
    )
    others = {*procedure.entrances, *filter(None, (procedure.cancelled,))} - {procedure.starts}
    for ref in sorted(others):
        nodes.append(Node(f"start-{ref}", "start", ref))
        flows.append(Flow(f"begin-{ref}", f"start-{ref}", _entry(procedure, ref)))
    return nodes, flows


def _entry(procedure: Procedure, ref: str) -> str:
    """The node by which a state is come to."""
    state = procedure.states[ref]
    return f"race-{ref}" if state.notice and state.actions else ref


class _StateBuilder:
    """The nodes of one state and the flows out of it."""

    def __init__(self, procedure: Procedure, ref: str, state: State) -> None:
        self.procedure, self.ref, self.state = procedure, ref, state
        self.nodes: list[Node] = []
        self.flows: list[Flow] = []

    def build(self) -> None:
        state, ref = self.state, self.ref
        told = _notes(self.procedure, state, "title", "actions", "outcomes")
        node = Node(ref, _kind(state), ref, state.title, told, timer=state.notice, roles=_roles(state))
        race = f"race-{ref}"
        if _entry(self.procedure, ref) == race:
            self.nodes.append(Node(race, "race", ref))
            self.flows.append(Flow(f"race-on-{ref}", race, ref))
        self.nodes.append(node)
        ways = list(self._ways())
        own = [way for way in ways if way.source == ref]
        if len(own) > 1:
            self.nodes.append(Node(f"choice-{ref}", "choice", ref))
            self.flows.append(Flow(f"choose-{ref}", ref, f"choice-{ref}"))
            ways = [replace(way, source=f"choice-{ref}") if way.source == ref else way for way in ways]
        self.flows += ways
        if state.deadline and node.kind in {"task", "panel"}:
            self._deadline(state.deadline)

    def _ways(self) -> Iterator[Flow]:
        """The ways of the procedure: actions beside a panel or a notice begin at an event of their own."""
        seen: Counter[str] = Counter()
        events: dict[str, str] = {}
        for name, target in self.procedure.targets(self.ref):
            action = self.state.actions.get(name)
            seen[name] += 1
            if action and (self.state.panel or self.state.notice) and name not in events:
                events[name] = self._event(name, action)
            source = events.get(name, self.ref)
            title = action.title if action else None
            notes = _notes(self.procedure, action, "title", "to") if action else ()
            kind = "act" if action else "outcome"
            entry = _entry(self.procedure, target)
            nth = f"-{seen[name]}" if seen[name] > 1 else ""
            yield Flow(f"way-{kind}-{self.ref}-{name}{nth}", source, entry, title, name, notes)

    def _event(self, name: str, action: Action) -> str:
        event = f"wait-{self.ref}-{name}"
        if self.state.panel:
            self.nodes.append(Node(event, "interruption", self.ref, action.title, host=self.ref, roles=action.by))
        else:
            self.nodes.append(Node(event, "wait", self.ref, action.title, roles=action.by))
            self.flows.append(Flow(f"race-on-{event}", f"race-{self.ref}", event))
        return event

    def _deadline(self, deadline: Deadline) -> None:
        ref = self.ref
        notes = _notes(self.procedure, deadline)
        if deadline.remind or deadline.escalate:
            self.nodes += [
                Node(f"deadline-{ref}", "deadline", ref, notes=notes, host=ref, timer=deadline),
                Node(f"told-{ref}", "told", ref),
            ]
            self.flows.append(Flow(f"tell-{ref}", f"deadline-{ref}", f"told-{ref}"))
        name = deadline.on_expiry or ""
        leads = next((target for way, target in self.procedure.targets(ref) if way == name), None)
        if leads:
            action = self.state.actions.get(name)
            self.nodes.append(Node(f"expiry-{ref}", "expiry", ref, notes=notes, host=ref, timer=deadline))
            target = _entry(self.procedure, leads)
            title = action.title if action else None
            self.flows.append(Flow(f"expire-{ref}", f"expiry-{ref}", target, title, name))


def _kind(state: State) -> Kind:
    if state.final is not None:
        return "end"
    return "panel" if state.panel else "notice" if state.notice else "task"


def _roles(state: State) -> tuple[str, ...]:
    """Who is asked in a state: a panel's members, otherwise everybody with an action there that is awaited."""
    if state.panel:
        return tuple(dict.fromkeys((*state.panel.of.mentioned, *filter(None, (state.panel.recorded_by,)))))
    awaited = [action for action in state.actions.values() if action.awaited] or list(state.actions.values())
    return tuple(dict.fromkeys(role for action in awaited for role in action.by))


def _notes(procedure: Procedure, part: Part, *omitted: str) -> tuple[str, ...]:
    """What a part says beside the keys omitted, a line each, and the sources it cites in both languages."""
    said = part.model_dump(mode="json", exclude_defaults=True, exclude=set(omitted))
    lines: list[str] = []
    for key, value in said.items():
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            lines += [f"{key}: {_plain(item)}" for item in value]
        else:
            lines.append(f"{key}: {_plain(value)}")
    cited = [source for source in dict.fromkeys(_cited(said)) if source in procedure.sources]
    lines += [f"{source}: {_both(procedure.sources[source])}" for source in cited]
    return tuple(lines)


def _both(words: Words) -> str:
    return f"{words.zh} / {words.en}"


def _plain(value: Any) -> str:
    """A value on one line, near to how it is written."""
    if isinstance(value, dict):
        if ("name" in value and "params" in value) or value.keys() == {"name"}:
            return f"{value['name']} {_plain(value.get('params', {}))}".strip()
        return ", ".join(f"{key}: {_plain(item)}" for key, item in value.items() if key != "cites")
    if isinstance(value, list):
        return f"[{', '.join(_plain(item) for item in value)}]"
    return str(value)


def _cited(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from value.get("cites", ())
        for item in value.values():
            yield from _cited(item)
    elif isinstance(value, list):
        for item in value:
            yield from _cited(item)


def _by_stage(procedure: Procedure) -> tuple[Lane, ...]:
    return tuple(
        Lane(f"lane-{key}", stage.title, tuple(f"{key}.{state}" for state in stage.states))
        for key, stage in procedure.stages.items()
    )


def _by_role(procedure: Procedure) -> tuple[Lane, ...]:
    """Each state in the lane of the first role asked there; where nobody is, in that of the state before it."""
    lanes = {ref: (_roles(state) or ("",))[0] for ref, state in procedure.states.items()}
    for _round in procedure.states:
        for ref in procedure.states:
            for _name, target in procedure.targets(ref):
                lanes[target] = lanes[target] or lanes[ref]
    fallback = next(iter(procedure.roles))
    held = {role: [ref for ref in lanes if (lanes[ref] or fallback) == role] for role in procedure.roles}
    return tuple(Lane(f"lane-{role}", procedure.roles[role].title, tuple(refs)) for role, refs in held.items() if refs)
