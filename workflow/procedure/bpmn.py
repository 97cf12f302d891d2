"""Writes a procedure as BPMN 2.0 XML with diagram interchange, as modelling tools open it."""

from collections.abc import Callable, Iterable
from xml.etree import ElementTree as ET

from workflow.procedure.flow import graph
from workflow.procedure.flow_parts import Flow, Graph, LanesBy, Node
from workflow.procedure.flow_words import both
from workflow.procedure.layout import Layout, layout
from workflow.procedure.layout_cells import Box, Point, shortened
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.procedure.stages import Deadline, Notice

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
BOUNDS = "http://www.omg.org/spec/DD/20100524/DC"
EDGES = "http://www.omg.org/spec/DD/20100524/DI"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
PREFIXES = {"bpmn": MODEL, "bpmndi": DIAGRAM, "dc": BOUNDS, "di": EDGES, "xsi": INSTANCE}
NAMESPACE = "urn:selection-workflow:procedure"
"""The target namespace of exported definitions."""

TAGS = {
    "startEvent": {"start", "branch", "reopening", "arrival", "trigger", "cancellation"},
    "userTask": {"task", "panel"},
    "callActivity": {"children"},
    "intermediateCatchEvent": {"notice", "wait", "landing"},
    "intermediateThrowEvent": {"away"},
    "boundaryEvent": {"interruption", "remark", "deadline", "expiry"},
    "exclusiveGateway": {"choose", "choice", "parting"},
    "eventBasedGateway": {"race"},
    "endEvent": {"end", "told", "noted", "back", "departure"},
    "subProcess": {"anywhere"},
}
TAG = {kind: tag for tag, kinds in TAGS.items() for kind in kinds}
MESSAGES = frozenset({"wait", "interruption", "remark", "told", "branch", "reopening", "trigger"})
SIGNALS = frozenset({"arrival", "departure", "back", "cancellation"})
LINKS = frozenset({"away", "landing"})
GOES_ON = frozenset({"deadline", "remark"})
"""Events on a task that leave it as it is."""
LINES = 3
"""The most a flow's name takes up; of a longer condition its expression has the whole."""
Say = Callable[[Words], str]
"""Chooses the language of names; documentation has both."""


def write_bpmn(procedure: Procedure, say: Say, *, lanes: LanesBy = "stage") -> str:
    """The XML text. States keep their `stage.state` as id; ways are flows with an id that begins with `way-`."""
    drawn = graph(procedure, lanes=lanes)
    for prefix, uri in PREFIXES.items():
        ET.register_namespace(prefix, uri)
    identity = {"id": f"definitions-{procedure.procedure}", "targetNamespace": NAMESPACE}
    root = ET.Element(_q(MODEL, "definitions"), identity | {"exporter": "selection-workflow"})
    names = {"id": "pool", "name": say(procedure.title), "processRef": f"process-{procedure.procedure}"}
    collaboration = _under(root, "collaboration", {"id": "collaboration"})
    _under(collaboration, "participant", names)
    _process(root, procedure, drawn, say)
    for ref in dict.fromkeys(node.ref for node in drawn.nodes if node.kind == "arrival"):
        _under(root, "signal", {"id": f"signal-{ref}", "name": say(procedure.states[ref].title)})
    _diagram(root, drawn, layout(drawn))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _q(uri: str, name: str) -> str:
    return f"{{{uri}}}{name}"


def _under(parent: ET.Element, name: str, attributes: dict[str, str] | None = None, uri: str = MODEL) -> ET.Element:
    return ET.SubElement(parent, _q(uri, name), attributes or {})


def _document(parent: ET.Element, *lines: str) -> None:
    for line in lines:
        _under(parent, "documentation").text = line


def _both(title: Words | None) -> tuple[str, ...]:
    return (both(title),) if title else ()


def _process(root: ET.Element, procedure: Procedure, drawn: Graph, say: Say) -> None:
    names = {"id": f"process-{procedure.procedure}", "name": say(procedure.title), "isExecutable": "false"}
    process = _under(root, "process", names)
    _document(process, *_both(procedure.title), *_both(procedure.about), f"digest: {procedure.digest}")
    lane_set = _under(process, "laneSet", {"id": "lanes"})
    for lane in drawn.lanes:
        element = _under(lane_set, "lane", {"id": lane.id, "name": say(lane.title)})
        _document(element, *_both(lane.title))
        for node in drawn.nodes:
            if node.ref in lane.refs and node.within is None:
                _under(element, "flowNodeRef").text = node.id
    parts: dict[str | None, ET.Element] = {None: process}
    owner = {}
    for node in drawn.nodes:
        owner[node.id] = node.within
        parts[node.id] = _node(parts[node.within], procedure, drawn, node, say)
    for flow in drawn.flows:
        _flow(parts[owner[flow.source]], flow, say)


def _node(parent: ET.Element, procedure: Procedure, drawn: Graph, node: Node, say: Say) -> ET.Element:
    element = _under(parent, TAG[node.kind], _attributes(procedure, drawn, node, say))
    _document(element, *_both(node.title), *node.notes)
    for flow in drawn.flows:
        if flow.target == node.id:
            _under(element, "incoming").text = flow.id
    for flow in drawn.flows:
        if flow.source == node.id:
            _under(element, "outgoing").text = flow.id
    if node.kind in {"task", "panel", "children"}:
        _asked(element, procedure, node)
    elif node.timer:
        _timer(element, node.timer)
    else:
        _event(element, node, say)
    return element


def _attributes(procedure: Procedure, drawn: Graph, node: Node, say: Say) -> dict[str, str]:
    attributes = {"id": node.id, **({"name": say(node.title)} if node.title else {})}
    if node.host:
        attributes |= {"attachedToRef": node.host, "cancelActivity": _truth(node.kind not in GOES_ON)}
    if node.kind == "anywhere":
        attributes["triggeredByEvent"] = "true"
    if node.kind in {"trigger", "cancellation"}:
        attributes["isInterrupting"] = "true"
    if node.kind == "children":
        attributes["calledElement"] = f"process-{node.leads or procedure.procedure}"
    if node.kind == "choose":
        last = next((flow.id for flow in drawn.flows if flow.source == node.id and flow.condition is None), None)
        attributes |= {"default": last} if last else {}
    return attributes


def _truth(value: bool) -> str:
    return str(value).lower()


def _event(element: ET.Element, node: Node, say: Say) -> None:
    """What an event waits for or says: a message, a signal for a state, a link to it."""
    if node.kind in MESSAGES:
        _under(element, "messageEventDefinition", {"id": f"message-{node.id}"})
    elif node.kind in SIGNALS:
        signal = node.leads or (node.ref if node.kind == "arrival" else None)
        named = {"signalRef": f"signal-{signal}"} if signal else {}
        _under(element, "signalEventDefinition", {"id": f"caught-{node.id}"} | named)
    elif node.kind in LINKS and node.title:
        _under(element, "linkEventDefinition", {"id": f"link-{node.id}", "name": say(node.title)})


def _asked(task: ET.Element, procedure: Procedure, node: Node) -> None:
    """Who is asked, and for a panel that each of them is."""
    for role in node.roles:
        owner = _under(task, "potentialOwner", {"id": f"owner-{node.id}-{role}", "name": role})
        if role in procedure.roles:
            _document(owner, *_both(procedure.roles[role].title))
    if node.kind == "panel" or (node.kind == "children" and node.many):
        _under(task, "multiInstanceLoopCharacteristics", {"isSequential": "false"})


def _timer(event: ET.Element, timer: Deadline | Notice) -> None:
    """ISO 8601 where a number of days or months is named; working days stand as days, which the documentation says."""
    definition = _under(event, "timerEventDefinition", {"id": f"timer-{event.get('id')}"})
    months, date = getattr(timer, "months", None), getattr(timer, "on", None)
    days = timer.working_days or getattr(timer, "days", None)
    text = f"P{months}M" if months else f"P{days}D" if days else str(date)
    expression = _under(definition, "timeDate" if date else "timeDuration")
    expression.set(_q(INSTANCE, "type"), "bpmn:tFormalExpression")
    expression.text = text
    if timer.working_days:
        event.insert(0, documentation := ET.Element(_q(MODEL, "documentation")))
        documentation.text = f"working_days: {timer.working_days}"


def _flow(parent: ET.Element, flow: Flow, say: Say) -> None:
    name = _name(flow, say)
    attributes = {"id": flow.id, **({"name": name} if name else {})}
    element = _under(parent, "sequenceFlow", attributes | {"sourceRef": flow.source, "targetRef": flow.target})
    _document(element, *_both(flow.title), *flow.notes)
    if flow.condition:
        expression = _under(element, "conditionExpression")
        expression.set(_q(INSTANCE, "type"), "bpmn:tFormalExpression")
        expression.text = say(flow.condition)


def _name(flow: Flow, say: Say) -> str:
    """What is written on a flow."""
    return shortened(say(flow.title), lines=LINES) if flow.is_named and flow.title else ""


def _diagram(root: ET.Element, drawn: Graph, places: Layout) -> None:
    diagram = _under(root, "BPMNDiagram", {"id": "diagram"}, DIAGRAM)
    plane = _under(diagram, "BPMNPlane", {"id": "plane", "bpmnElement": "collaboration"}, DIAGRAM)
    _shape(plane, "pool", places.pool, isHorizontal="true")
    for lane in drawn.lanes:
        _shape(plane, lane.id, places.lanes[lane.id], isHorizontal="true")
    for node in drawn.nodes:
        expanded = {"isExpanded": "true"} if node.kind == "anywhere" else {}
        _shape(plane, node.id, places.nodes[node.id], places.names.get(node.id), **expanded)
    for flow in drawn.flows:
        _edge(plane, flow.id, places.flows[flow.id], places.names.get(flow.id))


def _shape(plane: ET.Element, element: str, box: Box, name: Box | None = None, **attributes: str) -> None:
    shape = _under(plane, "BPMNShape", {"id": f"shape-{element}", "bpmnElement": element} | attributes, DIAGRAM)
    _bounds(shape, box)
    _label(shape, name)


def _edge(plane: ET.Element, element: str, corners: Iterable[Point], name: Box | None) -> None:
    edge = _under(plane, "BPMNEdge", {"id": f"edge-{element}", "bpmnElement": element}, DIAGRAM)
    for x, y in corners:
        _under(edge, "waypoint", {"x": str(x), "y": str(y)}, EDGES)
    _label(edge, name)


def _label(parent: ET.Element, name: Box | None) -> None:
    if name:
        _bounds(_under(parent, "BPMNLabel", uri=DIAGRAM), name)


def _bounds(parent: ET.Element, box: Box) -> None:
    bounds = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    _under(parent, "Bounds", {key: str(value) for key, value in bounds.items()}, BOUNDS)
