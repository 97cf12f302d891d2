"""Writes a procedure as BPMN 2.0 XML with diagram interchange, as modelling tools open it."""

from collections.abc import Callable, Iterable
from xml.etree import ElementTree as ET

from workflow.procedure.flow import Flow, Graph, LanesBy, Node, graph
from workflow.procedure.layout import Box, Layout, Point, layout
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
    "start": "startEvent",
    "task": "userTask",
    "panel": "userTask",
    "notice": "intermediateCatchEvent",
    "end": "endEvent",
    "choice": "exclusiveGateway",
    "race": "eventBasedGateway",
    "wait": "intermediateCatchEvent",
    "interruption": "boundaryEvent",
    "deadline": "boundaryEvent",
    "expiry": "boundaryEvent",
    "told": "endEvent",
}
MESSAGES = frozenset({"wait", "interruption", "told"})
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
    return (f"{title.zh} / {title.en}",) if title else ()


def _process(root: ET.Element, procedure: Procedure, drawn: Graph, say: Say) -> None:
    names = {"id": f"process-{procedure.procedure}", "name": say(procedure.title), "isExecutable": "false"}
    process = _under(root, "process", names)
    _document(process, *_both(procedure.title), *_both(procedure.about), f"digest: {procedure.digest}")
    lane_set = _under(process, "laneSet", {"id": "lanes"})
    for lane in drawn.lanes:
        element = _under(lane_set, "lane", {"id": lane.id, "name": say(lane.title)})
        _document(element, *_both(lane.title))
        for node in drawn.nodes:
            if node.ref in lane.refs:
                _under(element, "flowNodeRef").text = node.id
    for node in drawn.nodes:
        _node(process, procedure, drawn, node, say)
    for flow in drawn.flows:
        _flow(process, flow, say)


def _node(process: ET.Element, procedure: Procedure, drawn: Graph, node: Node, say: Say) -> None:
    attributes = {"id": node.id, **({"name": say(node.title)} if node.title else {})}
    if node.host:
        stops = str(node.kind != "deadline").lower()
        attributes |= {"attachedToRef": node.host, "cancelActivity": stops}
    element = _under(process, TAGS[node.kind], attributes)
    _document(element, *_both(node.title), *node.notes)
    for flow in drawn.flows:
        if flow.target == node.id:
            _under(element, "incoming").text = flow.id
    for flow in drawn.flows:
        if flow.source == node.id:
            _under(element, "outgoing").text = flow.id
    if node.kind in {"task", "panel"}:
        _asked(element, procedure, node)
    elif node.timer:
        _timer(element, node.timer)
    elif node.kind in MESSAGES:
        _under(element, "messageEventDefinition", {"id": f"message-{node.id}"})


def _asked(task: ET.Element, procedure: Procedure, node: Node) -> None:
    """Who is asked, and for a panel that each of them is."""
    for role in node.roles:
        owner = _under(task, "potentialOwner", {"id": f"owner-{node.id}-{role}", "name": role})
        if role in procedure.roles:
            _document(owner, *_both(procedure.roles[role].title))
    if node.kind == "panel":
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


def _flow(process: ET.Element, flow: Flow, say: Say) -> None:
    name = say(flow.title) if flow.title else flow.label
    attributes = {"id": flow.id, **({"name": name} if name else {})}
    element = _under(process, "sequenceFlow", attributes | {"sourceRef": flow.source, "targetRef": flow.target})
    _document(element, *_both(flow.title), *flow.notes)


def _diagram(root: ET.Element, drawn: Graph, places: Layout) -> None:
    diagram = _under(root, "BPMNDiagram", {"id": "diagram"}, DIAGRAM)
    plane = _under(diagram, "BPMNPlane", {"id": "plane", "bpmnElement": "collaboration"}, DIAGRAM)
    _shape(plane, "pool", places.pool, isHorizontal="true")
    for lane in drawn.lanes:
        _shape(plane, lane.id, places.lanes[lane.id], isHorizontal="true")
    for node in drawn.nodes:
        _shape(plane, node.id, places.nodes[node.id])
    for flow in drawn.flows:
        _edge(plane, flow.id, places.flows[flow.id])


def _shape(plane: ET.Element, element: str, box: Box, **attributes: str) -> None:
    shape = _under(plane, "BPMNShape", {"id": f"shape-{element}", "bpmnElement": element} | attributes, DIAGRAM)
    bounds = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    _under(shape, "Bounds", {key: str(value) for key, value in bounds.items()}, BOUNDS)


def _edge(plane: ET.Element, element: str, corners: Iterable[Point]) -> None:
    edge = _under(plane, "BPMNEdge", {"id": f"edge-{element}", "bpmnElement": element}, DIAGRAM)
    for x, y in corners:
        _under(edge, "waypoint", {"x": str(x), "y": str(y)}, EDGES)
