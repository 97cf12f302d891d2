"""A procedure as a graph of tasks, events, choices and flows, which is how modelling tools see it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from workflow.procedure.flow_parts import Flow, Graph, Lane, LanesBy, Node
from workflow.procedure.flow_states import StateGraph, entry, roles_asked
from workflow.procedure.flow_words import (
    ANYWHERE,
    CANCELLED,
    CHILD_CASE,
    back_title,
    joined,
    named_together,
    notes_of,
    way_words,
)
from workflow.procedure.model import Procedure, WideAction
from workflow.procedure.parts import Words

Elements = tuple[list[Node], list[Flow]]


def graph(procedure: Procedure, *, lanes: LanesBy = "stage") -> Graph:
    """The whole procedure. Every state and every way out of one is there exactly once."""
    nodes, flows = _starts(procedure)
    for ref in procedure.states:
        state = StateGraph(procedure, ref)
        state.build()
        nodes += state.nodes
        flows += state.flows
    anywhere, within = _anywhere(procedure)
    nodes += anywhere
    flows += within
    arrivals, entering = _arrivals(procedure, anywhere)
    nodes += arrivals
    flows += entering
    rows = _by_stage(procedure) if lanes == "stage" else _by_role(procedure)
    parts = tuple(node.id for node in anywhere if node.kind == "anywhere")
    rows += (Lane("lane-anywhere", ANYWHERE, parts),) if parts else ()
    return _with_landings(Graph(tuple(nodes), tuple(flows), rows), procedure)


def _starts(procedure: Procedure) -> Elements:
    """The beginning of a case, and those of child cases."""
    nodes, flows = [Node("start", "start", procedure.starts)], [_into(procedure, "start", procedure.starts)]
    for ref in procedure.entrances:
        if ref != procedure.starts:
            stage = procedure.stages[ref.partition(".")[0]].title
            nodes.append(Node(f"branch-{ref}", "branch", ref, joined(CHILD_CASE, stage)))
            flows.append(_into(procedure, f"branch-{ref}", ref))
    return nodes, flows


def _into(procedure: Procedure, source: str, ref: str) -> Flow:
    return Flow(f"enter-{source}", source, entry(procedure, ref))


def _anywhere(procedure: Procedure) -> Elements:
    """A part for each action of many states, and one for being cancelled from outside."""
    nodes: list[Node] = []
    flows: list[Flow] = []
    for wide in procedure.wide_actions:
        more, ways = _wide(procedure, wide)
        nodes += more
        flows += ways
    if procedure.cancelled:
        part, ref = "any-cancelled", procedure.cancelled
        nodes += [
            Node(part, "anywhere", part, CANCELLED),
            Node(f"trigger-{part}", "cancellation", part, within=part),
            Node(f"go-{part}", "departure", part, procedure.states[ref].title, within=part, leads=ref),
        ]
        flows.append(Flow(f"cancel-{part}", f"trigger-{part}", f"go-{part}"))
    return nodes, flows


def _wide(procedure: Procedure, wide: WideAction) -> Elements:
    part, action = f"any-{wide.stage or ''}-{wide.name}", wide.action
    stage = procedure.stages[wide.stage].title if wide.stage else None
    notes = notes_of(procedure, action, "title", "to", "except_in")
    title = joined(stage, way_words(procedure, wide.refs[0], wide.name))
    at = tuple(f"in: {ref}" for ref in wide.refs)
    nodes = [
        Node(part, "anywhere", part, title, at),
        Node(f"trigger-{part}", "trigger", part, roles=action.by, within=part),
    ]
    way = Flow(f"way-{part}", f"trigger-{part}", f"go-{part}", action.title, wide.name, notes, is_named=False)
    if not action.named_targets:
        leads = tuple(f"leads to: {target}" for target in procedure.targets_of(action))
        return [*nodes, Node(f"go-{part}", "back", part, back_title(action.to), leads, within=part)], [way]
    flows = [way]
    targets = action.named_targets
    if len(targets) > 1:
        nodes.append(Node(f"go-{part}", "parting", part, within=part))
    for number, target in enumerate(targets, start=1):
        departure = f"go-{part}-{number}" if len(targets) > 1 else f"go-{part}"
        title = procedure.states[target].title
        nodes.append(Node(departure, "departure", part, title, within=part, leads=target))
        if len(targets) > 1:
            flows.append(Flow(f"to-{part}-{number}", f"go-{part}", departure))
    return nodes, flows


def _arrivals(procedure: Procedure, anywhere: list[Node]) -> Elements:
    """Where those parts lead: one beginning for each state they lead to."""
    parts = {node.id: node.title for node in anywhere}
    led: dict[str, dict[str, Words]] = {}
    for node in anywhere:
        if node.kind == "departure" and node.leads:
            led.setdefault(node.leads, {})[node.ref] = parts[node.ref] or ANYWHERE
    nodes = [Node(f"arrival-{ref}", "arrival", ref, named_together(titles.values())) for ref, titles in led.items()]
    return nodes, [_into(procedure, node.id, node.ref) for node in nodes]


def _with_landings(whole: Graph, procedure: Procedure) -> Graph:
    """The graph with a link instead of each flow that would cross a whole lane or more."""
    rows = {ref: row for row, lane in enumerate(whole.lanes) for ref in lane.refs}
    owner = {node.id: node.ref for node in whole.nodes}
    away: list[Node] = []
    flows = []
    for flow in whole.flows:
        source, target = owner[flow.source], owner[flow.target]
        if abs(rows[source] - rows[target]) > 1:
            title = procedure.states[target].title
            away.append(Node(f"away-{flow.id}", "away", source, title, leads=target))
            flow = replace(flow, target=away[-1].id)
        flows.append(flow)
    landings = [
        Node(f"landing-{ref}", "landing", ref, procedure.states[ref].title)
        for ref in dict.fromkeys(str(node.leads) for node in away)
    ]
    flows += [_into(procedure, node.id, node.ref) for node in landings]
    return Graph((*whole.nodes, *away, *landings), tuple(flows), whole.lanes)


def _by_stage(procedure: Procedure) -> tuple[Lane, ...]:
    return tuple(
        Lane(f"lane-{key}", stage.title, tuple(f"{key}.{state}" for state in stage.states))
        for key, stage in procedure.stages.items()
    )


def _by_role(procedure: Procedure) -> tuple[Lane, ...]:
    """Each state in the lane of the first role asked there; where nobody is, in that of the state before it."""
    lanes = {ref: (roles_asked(state) or ("",))[0] for ref, state in procedure.states.items()}
    for before, after in _steps(procedure, lanes):
        lanes[after] = lanes[after] or lanes[before]
    fallback = next(iter(procedure.roles))
    held = {role: [ref for ref in lanes if (lanes[ref] or fallback) == role] for role in procedure.roles}
    return tuple(Lane(f"lane-{role}", procedure.roles[role].title, tuple(refs)) for role, refs in held.items() if refs)


def _steps(procedure: Procedure, lanes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Every step from a state to another, until no lane is open that a step could fill."""
    steps = [(ref, target) for ref in procedure.states for _name, target in procedure.targets(ref)]
    for _round in procedure.states:
        if all(lanes.values()):
            return
        yield from steps
