"""Procedures as BPMN 2.0: bpmn-io's parser reads them, and every state and way is there once, drawn where nothing else is."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from definitions.examples import examples, framed
from definitions.library import procedures
from definitions.texts import has, say
from tests.architecture.house import HOME
from tests.fixtures.node import ReadBpmn
from tests.web.test_front_door import run
from workflow.procedure.bpmn import write_bpmn
from workflow.procedure.flow import graph
from workflow.procedure.flow_parts import ON_TASKS, Graph, LanesBy
from workflow.procedure.flow_words import OUTCOMES
from workflow.procedure.layout import layout
from workflow.procedure.layout_cells import Box, Point
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.procedure.stages import Action

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DRAWN = "{http://www.omg.org/spec/BPMN/20100524/DI}"
LANES: tuple[LanesBy, ...] = ("stage", "role")


def zh(words: Words) -> str:
    return words.zh


@cache
def every() -> dict[str, Procedure]:
    """What ships, and every example of the language."""
    return {**procedures(), **{f"example-{name}": framed(name) for name in examples()}}


@pytest.fixture(params=[*procedures(), *(f"example-{name}" for name in examples())])
def procedure(request: pytest.FixtureRequest) -> Procedure:
    return every()[request.param]


def ways(procedure: Procedure) -> Iterator[str]:
    """The ids of every way out of every state; an action of many states is there once."""
    shared = {(ref, wide.name) for wide in procedure.wide_actions for ref in wide.refs}
    for ref, state in procedure.states.items():
        yield from (f"way-act-{ref}-{name}" for name in state.actions if (ref, name) not in shared)
        yield from (f"way-outcome-{ref}-{name}" for name in state.outcomes)
        yield from (f"way-choose-{ref}-{number}" for number, _ in enumerate(state.choose, start=1))
    yield from (f"way-any-{wide.stage or ''}-{wide.name}" for wide in procedure.wide_actions)


def one(root: ET.Element, id_: str) -> ET.Element:
    (found,) = [element for element in root.iter() if element.get("id") == id_]
    return found


def documented(element: ET.Element) -> list[str]:
    return [node.text or "" for node in element.findall(f"{BPMN}documentation")]


def test_bpmn_io_reads_every_procedure_without_a_warning(read_bpmn: ReadBpmn, tmp_path: Path) -> None:
    paths = {}
    for name, procedure in every().items():
        for lanes in LANES:
            path = tmp_path / f"{name}-{lanes}.bpmn"
            path.write_text(write_bpmn(procedure, zh, lanes=lanes), encoding="utf-8")
            paths[str(path)] = procedure
    found = read_bpmn([Path(path) for path in paths])
    assert {path: read["warnings"] for path, read in found.items() if read["warnings"]} == {}
    assert {path: read["unresolved"] for path, read in found.items() if read["unresolved"]} == {}
    for read, procedure in ((found[path], procedure) for path, procedure in paths.items()):
        ids = Counter(element["id"] for element in read["elements"])
        assert set(ids.values()) == {1}
        assert set(procedure.states) <= set(ids)
        assert sorted(id_ for id_ in ids if id_.startswith("way-")) == sorted(ways(procedure))
        assert set(ids) <= set(read["drawn"])
        assert Counter(read["drawn"]).most_common(1)[0][1] == 1


@pytest.mark.parametrize("lanes", LANES)
def test_every_state_and_way_is_there_once_with_a_place_in_one_lane(procedure: Procedure, lanes: LanesBy) -> None:
    root = ET.fromstring(write_bpmn(procedure, zh, lanes=lanes))
    ids = Counter(element.get("id") for element in root.iter() if element.get("id"))
    assert [id_ for id_, count in ids.items() if count > 1] == []
    flows = root.findall(f".//{BPMN}sequenceFlow")
    nodes = {id_ for flow in flows for id_ in (flow.get("sourceRef"), flow.get("targetRef"))}
    inner = {element.get("id") for part in root.iter(f"{BPMN}subProcess") for element in part}
    parts = {part.get("id") for part in root.iter(f"{BPMN}subProcess")}
    in_lanes = Counter(node.text for node in root.iter(f"{BPMN}flowNodeRef"))
    assert set(in_lanes) == (nodes - inner) | parts | set(procedure.states)
    assert set(in_lanes.values()) == {1}
    assert sorted(str(flow.get("id")) for flow in flows if str(flow.get("id")).startswith("way-")) == sorted(
        ways(procedure)
    )


@pytest.mark.parametrize("lanes", LANES)
def test_the_ways_lead_from_their_states_to_their_targets(procedure: Procedure, lanes: LanesBy) -> None:
    """By links, gateways and parts that begin anywhere: what is drawn comes to the procedure's own ways, no more, no less."""
    drawn = graph(procedure, lanes=lanes)
    wide = {f"any-{one.stage or ''}-{one.name}": one for one in procedure.wide_actions}
    led = set()
    for flow in drawn.flows:
        if flow.id.startswith("way-"):
            source = next(node.ref for node in drawn.nodes if node.id == flow.source)
            refs = wide[source].refs if source in wide else (source,)
            led |= {(ref, flow.label, target) for ref in refs for target in ends(drawn, procedure, flow.target)}
    assert led == {(ref, name, target) for ref in procedure.states for name, target in procedure.targets(ref)}


def ends(drawn: Graph, procedure: Procedure, node_id: str) -> Iterator[str]:
    """The states a flow to a node comes to in the end."""
    node = next(node for node in drawn.nodes if node.id == node_id)
    if node.kind == "parting":
        for flow in drawn.flows:
            if flow.source == node_id:
                yield from ends(drawn, procedure, flow.target)
    elif node.kind == "back":
        yield from (note.removeprefix("leads to: ") for note in node.notes)
    else:
        yield node.leads if node.kind in {"away", "departure"} and node.leads else node.ref


def test_a_link_is_caught_where_it_leads(procedure: Procedure) -> None:
    drawn = graph(procedure)
    assert {node.leads for node in drawn.nodes if node.kind == "away"} == {
        node.ref for node in drawn.nodes if node.kind == "landing"
    }
    assert {node.leads for node in drawn.nodes if node.kind == "departure"} == {
        node.ref for node in drawn.nodes if node.kind == "arrival"
    }


@pytest.mark.parametrize("lanes", LANES)
def test_what_flows_nothing_comes_to_but_the_start_and_events_on_tasks(procedure: Procedure, lanes: LanesBy) -> None:
    drawn = graph(procedure, lanes=lanes)
    come_to = {flow.target for flow in drawn.flows}
    begins = {"start", "branch", "reopening", "arrival", "landing", "trigger", "cancellation"}
    assert {node.kind for node in drawn.nodes if node.id not in come_to} <= begins | ON_TASKS | {"anywhere"}
    left = {flow.source for flow in drawn.flows}
    left |= {str(node.host) for node in drawn.nodes if node.kind == "expiry" and node.id in left}
    ends_there = {"end", "told", "noted", "back", "away", "departure"}
    assert {node.kind for node in drawn.nodes if node.id not in left} <= ends_there | {"anywhere"}


@pytest.mark.parametrize("lanes", LANES)
def test_nothing_is_drawn_upon_another_or_outside_its_lane(procedure: Procedure, lanes: LanesBy) -> None:
    drawn = graph(procedure, lanes=lanes)
    places = layout(drawn)
    lane_of = {ref: places.lanes[lane.id] for lane in drawn.lanes for ref in lane.refs}
    for node in drawn.nodes:
        box, lane = places.nodes[node.id], lane_of[node.ref]
        assert lane.x <= box.x
        assert box.x + box.width <= lane.x + lane.width
        assert lane.y <= box.y
        assert box.y + box.height <= lane.y + lane.height
    free = [node for node in drawn.nodes if node.host is None and node.within is None]
    for one_node, other in combinations(free, 2):
        a, b = places.nodes[one_node.id], places.nodes[other.id]
        assert a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
    for flow in drawn.flows:
        for (x1, y1), (x2, y2) in zip(places.flows[flow.id], places.flows[flow.id][1:], strict=False):
            assert x1 == x2 or y1 == y2, flow.id


def overlap(a: Box, b: Box) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


def segments(corners: tuple[Point, ...]) -> Iterator[Box]:
    for (x1, y1), (x2, y2) in pairwise(corners):
        yield Box(min(x1, x2), min(y1, y2), max(abs(x1 - x2), 1), max(abs(y1 - y2), 1))


@pytest.mark.parametrize("lanes", LANES)
def test_no_name_is_written_upon_another_an_element_or_a_line(procedure: Procedure, lanes: LanesBy) -> None:
    drawn = graph(procedure, lanes=lanes)
    places = layout(drawn)
    for (one_id, a), (other_id, b) in combinations(places.names.items(), 2):
        assert not overlap(a, b), (one_id, other_id)
    for name, box in places.names.items():
        for node in drawn.nodes:
            if node.kind != "anywhere":
                assert not overlap(box, places.nodes[node.id]), (name, node.id)
        for flow in drawn.flows:
            assert not any(overlap(box, line) for line in segments(places.flows[flow.id])), (name, flow.id)


@pytest.mark.parametrize("lanes", LANES)
def test_no_line_runs_through_an_element(procedure: Procedure, lanes: LanesBy) -> None:
    drawn = graph(procedure, lanes=lanes)
    places = layout(drawn)
    for flow in drawn.flows:
        for node in drawn.nodes:
            if node.kind == "anywhere" or node.id in {flow.source, flow.target} or node.host == flow.source:
                continue
            box = places.nodes[node.id]
            within = Box(box.x + 1, box.y + 1, box.width - 2, box.height - 2)
            assert not any(overlap(within, line) for line in segments(places.flows[flow.id])), (flow.id, node.id)


def test_what_only_the_clock_does_is_there_once_on_its_timer() -> None:
    root = ET.fromstring(write_bpmn(every()["project-leader-election"], zh))
    flows = {str(flow.get("id")): flow for flow in root.iter(f"{BPMN}sequenceFlow")}
    way = flows["way-act-campaign.running-begin_vote"]
    assert way.get("sourceRef") == "expiry-campaign.running"
    assert one(root, "expiry-campaign.running").get("attachedToRef") == "campaign.running"
    assert "启动投票" in str(one(root, "expiry-campaign.running").get("name"))
    assert [
        id_ for id_ in flows if "campaign.running" in id_ and flows[id_].get("targetRef") == way.get("targetRef")
    ] == [way.get("id")]
    assert "expire-polling.voting" in flows, "a tie comes about by votes too"
    tenure = ET.fromstring(write_bpmn(every()["promotion-tenure"], zh))
    people = {key for key, role in every()["promotion-tenure"].roles.items() if not role.is_automatic}
    for ref, state in every()["promotion-tenure"].states.items():
        name = state.deadline.on_expiry if state.deadline else None
        if name in state.actions and people & set(state.actions[name].by):
            ids = [flow.get("id") for flow in tenure.iter(f"{BPMN}sequenceFlow")]
            assert {f"expire-{ref}", f"way-act-{ref}-{name}"} <= set(ids), "people may do it before the time is over"


def test_a_state_that_chooses_is_a_gateway_with_conditions_in_words_and_a_default() -> None:
    root = ET.fromstring(write_bpmn(framed("way"), zh))
    choice, large, otherwise = (one(root, id_) for id_ in ("desk.how_large", *WAYS_OF_SIZE))
    assert (choice.tag, choice.get("name"), choice.get("default")) == (
        f"{BPMN}exclusiveGateway",
        "金额",
        WAYS_OF_SIZE[1],
    )
    assert large.get("name") == large.findtext(f"{BPMN}conditionExpression") == "金额 ≥ 1000"
    assert otherwise.get("name") == "否则"
    assert otherwise.find(f"{BPMN}conditionExpression") is None


WAYS_OF_SIZE = ("way-choose-desk.how_large-1", "way-choose-desk.how_large-2")


def test_an_action_of_a_whole_stage_is_drawn_once_and_interrupts() -> None:
    root = ET.fromstring(write_bpmn(procedures()["promotion-tenure"], zh))
    part = one(root, "any-probation-stop_clock")
    assert (part.tag, part.get("triggeredByEvent"), part.get("name")) == (
        f"{BPMN}subProcess",
        "true",
        "预聘期：暂停计时",
    )
    assert [line for line in documented(part) if line.startswith("in: ")] == [
        f"in: probation.{key}" for key in ("first_years", "third_year", "later_years")
    ]
    assert one(root, "trigger-any-probation-stop_clock").get("isInterrupting") == "true"
    thrown = one(root, "go-any-probation-stop_clock").find(f"{BPMN}signalEventDefinition")
    caught = one(root, "arrival-probation.clock_stopped").find(f"{BPMN}signalEventDefinition")
    assert thrown is not None
    assert caught is not None
    assert thrown.get("signalRef") == caught.get("signalRef") == one(root, "signal-probation.clock_stopped").get("id")


def test_where_a_suspended_case_goes_on_is_said_not_drawn() -> None:
    root = ET.fromstring(write_bpmn(procedures()["promotion-tenure"], zh))
    back = one(root, "back-probation.clock_stopped-start_clock")
    assert (back.tag, back.get("name")) == (f"{BPMN}endEvent", "中止前的环节")
    assert "leads to: university.provost" in documented(back)


def test_an_action_with_several_targets_has_a_gateway_with_a_flow_to_each() -> None:
    root = ET.fromstring(write_bpmn(procedures()["promotion-tenure"], zh))
    assert one(root, "way-act-denial.appeal-uphold").get("targetRef") == "to-denial.appeal-uphold"
    assert one(root, "to-denial.appeal-uphold").tag == f"{BPMN}exclusiveGateway"
    names = [one(root, f"to-denial.appeal-uphold-{number}").get("name") for number in (1, 2, 3, 4)]
    assert names == ["同行投票", "系主任意见", "院长意见", "教务长"]


def test_a_state_that_waits_for_child_cases_calls_them_and_they_begin_where_they_do() -> None:
    root = ET.fromstring(write_bpmn(procedures()["promotion-tenure"], zh))
    waits = one(root, "referees.letters")
    assert (waits.tag, waits.get("calledElement")) == (f"{BPMN}callActivity", "process-promotion-tenure")
    assert waits.find(f"{BPMN}multiInstanceLoopCharacteristics") is not None
    begins = one(root, "branch-letter.listed")
    assert (begins.tag, begins.get("name")) == (f"{BPMN}startEvent", "子案件：评议信")
    assert one(root, "enter-branch-letter.listed").get("targetRef") == "letter.listed"


def test_an_action_that_leaves_the_case_where_it_is_does_not_end_the_task() -> None:
    root = ET.fromstring(write_bpmn(procedures()["project-leader-election"], zh))
    remark = one(root, "remark-nomination.open-stand")
    assert (remark.get("attachedToRef"), remark.get("cancelActivity")) == ("nomination.open", "false")


def test_a_deadline_may_declare_an_outcome() -> None:
    root = ET.fromstring(write_bpmn(procedures()["promotion-tenure"], zh))
    assert one(root, "expiry-department.committee").get("name") == "2个月：未通过"
    assert one(root, "expire-department.committee").get("targetRef") == "department.response"


def test_a_final_state_is_left_by_a_beginning_of_its_own() -> None:
    reopened = variant(framed("frame"), "done", {"reopen": {"by": ("head",), "to": "desk.decide"}})
    root = ET.fromstring(write_bpmn(reopened, zh))
    assert one(root, "desk.done").find(f"{BPMN}outgoing") is None
    assert one(root, "reopening-desk.done-reopen").tag == f"{BPMN}startEvent"
    assert one(root, "way-act-desk.done-reopen").get("targetRef") == "desk.decide"


def variant(procedure: Procedure, state: str, actions: dict[str, Any]) -> Procedure:
    """The procedure with actions put into a state of its desk."""
    desk = procedure.stages["desk"]
    changed = desk.states[state].model_copy(
        update={"actions": {k: Action.model_validate(a) for k, a in actions.items()}}
    )
    stage = desk.model_copy(update={"states": {**desk.states, state: changed}})
    return Procedure.model_validate(
        procedure.model_dump(by_alias=True) | {"stages": {"desk": stage.model_dump(by_alias=True)}}
    )


@pytest.mark.parametrize("name", OUTCOMES)
def test_outcomes_are_called_what_the_pages_call_them(name: str) -> None:
    if has(f"outcome.{name}"):
        assert (OUTCOMES[name].en, OUTCOMES[name].zh) == (say(f"outcome.{name}", "en"), say(f"outcome.{name}", "zh"))


def test_what_a_state_is_shows_in_its_element() -> None:
    root = ET.fromstring(write_bpmn(procedures()["reserve-official"], zh))
    draft, sign = one(root, "recommendation.draft"), one(root, "review.co_sign")
    assert (draft.tag, draft.get("name")) == (f"{BPMN}userTask", "推荐准备")
    assert draft.find(f"{BPMN}multiInstanceLoopCharacteristics") is None
    assert documented(draft)[0] == "推荐准备 / Being prepared"
    assert sign.find(f"{BPMN}multiInstanceLoopCharacteristics") is not None
    owners = [owner.get("name") for owner in sign.findall(f"{BPMN}potentialOwner")]
    assert owners == ["organization_head", "united_front_head", "personnel_head"]
    notice = one(root, "notice.published")
    assert notice.tag == f"{BPMN}intermediateCatchEvent"
    assert notice.findtext(f"{BPMN}timerEventDefinition/{BPMN}timeDuration") == "P5D"
    assert "working_days: 5" in documented(notice)
    assert one(root, "closed.listed").tag == f"{BPMN}endEvent"


def test_a_deadline_sits_on_its_task_and_does_not_end_it() -> None:
    root = ET.fromstring(write_bpmn(procedures()["reserve-official"], zh))
    timer = one(root, "deadline-review.co_sign")
    assert (timer.tag, timer.get("attachedToRef"), timer.get("cancelActivity")) == (
        f"{BPMN}boundaryEvent",
        "review.co_sign",
        "false",
    )
    assert timer.findtext(f"{BPMN}timerEventDefinition/{BPMN}timeDuration") == "P10D"
    named = one(root, "deadline-recommendation.draft")
    assert named.findtext(f"{BPMN}timerEventDefinition/{BPMN}timeDate") == "round.closes_date"


def test_an_expiry_ends_its_task_and_goes_where_its_action_does() -> None:
    root = ET.fromstring(write_bpmn(framed("deadline"), zh))
    timer = one(root, "expiry-desk.hearing")
    assert (timer.get("attachedToRef"), timer.get("cancelActivity")) == ("desk.hearing", "true")
    assert one(root, "expire-desk.hearing").get("targetRef") == "desk.report"


def test_guards_and_sources_stand_with_their_way_in_both_languages() -> None:
    root = ET.fromstring(write_bpmn(procedures()["reserve-official"], zh))
    told = documented(one(root, "way-act-recommendation.draft-submit"))
    assert "提交推荐 / Submit the nomination" in told
    assert any(line.startswith("guards: age at_most: reserve: 45, youth: 35") for line in told)
    assert any(line.startswith("work-rules/6: ") and "45周岁" in line and "45 or younger" in line for line in told)


def test_lanes_may_be_roles() -> None:
    procedure = procedures()["reserve-official"]
    root = ET.fromstring(write_bpmn(procedure, zh, lanes="role"))
    lanes = {str(lane.get("name")): [node.text for node in lane] for lane in root.iter(f"{BPMN}lane")}
    assert "decision.committee" in lanes[procedure.roles["member"].title.zh]
    assert "recommendation.draft" in lanes[procedure.roles["nominator"].title.zh]


def test_the_command_writes_it_in_the_language_asked_for() -> None:
    result = run("procedures", "export", "annual-review", "--bpmn", "--lang", "zh", home=HOME)
    assert result.returncode == 0, result.stderr
    assert result.stdout == write_bpmn(procedures()["annual-review"], zh)
    unknown = run("procedures", "export", "nothing", "--bpmn", home=HOME)
    assert unknown.returncode == 1
    assert "annual-review" in unknown.stderr
