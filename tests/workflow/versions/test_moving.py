"""Running cases go on under another version: an event each, nothing lost of what was done and waited; the others stay."""

import pytest
from sqlalchemy import select

from definitions.library import FOLDER
from tests.fixtures.office import CATALOGUE, Office
from tests.workflow.steps import submitted
from tests.workflow.versions.moving_about import as_designer, begun, carried_out, planned, reasons_of, version
from workflow.bulk.operations import Seen, go_on
from workflow.bulk.queries import entries, job
from workflow.cases.case_page import case_page
from workflow.cases.gathering import gather_facts
from workflow.cases.inbox import inbox
from workflow.cases.loading import load_case
from workflow.cases.tables import CaseForm, Timer, WorkItem
from workflow.cases.versions import compiled_version, publish_procedure
from workflow.context import CLOCK, Context
from workflow.panels.tables import Panel
from workflow.problems import Forbidden, Invalid, Missing
from workflow.procedure.loader import parse_procedure
from workflow.record.queries import events
from workflow.rounds.board import board
from workflow.versions.moving import make_plan, preview_moves, revert_plan, start_moving
from workflow.versions.plan_rules import Plan

RENAMED = ("joint", "co_sign")
LONGER = ("working_days: 10", "working_days: 20")


def due(office: Office, case_id: int) -> object:
    return office.case(case_id).due_at


def items(office: Office, case_id: int) -> list[tuple[str, str, object]]:
    with office.database.reading() as session:
        mine = select(WorkItem).where(WorkItem.case_id == case_id, WorkItem.is_open).order_by(WorkItem.id)
        return [(row.role, row.state, row.created_at) for row in session.scalars(mine)]


def timers(office: Office, case_id: int) -> list[tuple[str, str | None, object]]:
    with office.database.reading() as session:
        mine = select(Timer).where(Timer.case_id == case_id, Timer.is_open).order_by(Timer.id)
        return [(row.kind, row.state, row.due_at) for row in session.scalars(mine)]


def test_a_move_is_an_event_and_keeps_what_was_said_and_waited(any_office: Office) -> None:
    office = any_office
    played = begun(office)
    played.gives("orghead", "agree")
    before = office.case(played.case_id)
    waited, reminded = items(office, played.case_id), timers(office, played.case_id)
    office.later(days=4)
    new = version(office, RENAMED)
    plan_id = planned(office, played.version_id, new)
    assert reasons_of(office, plan_id) == {played.case_id: []}
    carried_out(office, plan_id)
    after = office.case(played.case_id)
    assert (after.state, after.procedure_version_id) == ("desk.co_sign", new)
    assert (after.due_at, after.entered_at) == (before.due_at, before.entered_at)
    assert items(office, played.case_id) == [(role, "desk.co_sign", at) for role, _, at in waited]
    assert timers(office, played.case_id) == [(kind, "desk.co_sign", at) for kind, _, at in reminded]
    with office.as_("secretary") as context:
        line = events(context, played.case_id)[-1]
        old = compiled_version(context.session, played.version_id).procedure
        rules = compiled_version(context.session, new).procedure
    assert (line.action, line.from_state, line.to_state) == ("migrate", "desk.joint", "desk.co_sign")
    assert line.procedure_digest == rules.digest
    assert line.data == {
        "plan": plan_id,
        "from": old.digest,
        "to": rules.digest,
        "versions": [1, 2],
        "states": {"desk.joint": "desk.co_sign"},
    }
    played.verify()
    assert played.gives("frontier", "agree") == "desk.check", "the opinion given before the move counts"
    assert played.act("orghead", "close") == "desk.done"
    played.verify()


def test_a_case_that_is_not_moved_finishes_by_its_own_version(office: Office) -> None:
    stays, goes = begun(office), begun(office)
    plan_id = planned(office, stays.version_id, version(office, RENAMED))
    carried_out(office, plan_id, [goes.case_id])
    assert (stays.state, goes.state) == ("desk.joint", "desk.co_sign")
    for played in (stays, goes):
        played.gives("orghead", "agree")
        played.gives("frontier", "agree")
        assert played.act("orghead", "close") == "desk.done"
        played.verify()
    assert office.case(stays.case_id).procedure_version_id == stays.version_id


def test_a_deadline_that_changed_begins_with_the_move(office: Office) -> None:
    played = begun(office)
    before = due(office, played.case_id)
    office.later(days=1)
    carried_out(office, planned(office, played.version_id, version(office, LONGER)))
    assert due(office, played.case_id) > before  # type: ignore[operator]
    assert office.case(played.case_id).entered_at == office.now
    assert [role for role, *_ in items(office, played.case_id)] == ["head", "front"]
    assert len(timers(office, played.case_id)) == 1


def test_a_panel_of_others_is_asked_anew(office: Office) -> None:
    played = begun(office)
    played.gives("orghead", "agree")
    before = due(office, played.case_id)
    new = version(office, ("of: [head, front]", "of: [head, clerk]"))
    carried_out(office, planned(office, played.version_id, new))
    assert {role for role, *_ in items(office, played.case_id)} == {"head", "clerk"}
    assert due(office, played.case_id) == before, "the deadline is the same: the time waited stays"
    played.gives("orghead", "agree")
    assert played.gives("secretary", "agree") == "desk.check"
    with office.database.reading() as session:
        outcomes = session.scalars(
            select(Panel.outcome).where(Panel.case_id == played.case_id).order_by(Panel.id)
        ).all()
    assert outcomes == [None, "agreed"]


def test_where_the_new_rule_has_enough_the_case_goes_on_at_once(office: Office) -> None:
    played = begun(office)
    played.gives("orghead", "agree")
    new = version(office, ("settle: {rule: all, cites: r/1}", "settle: {rule: at_least, at_least: 1, cites: r/1}"))
    carried_out(office, planned(office, played.version_id, new))
    assert played.state == "desk.check"
    played.verify()


def test_answers_under_other_names_are_found_and_the_old_filling_stays(office: Office) -> None:
    played = begun(office)
    new = version(office, ("sum:", "amount:"), ("form.wish.sum", "form.wish.amount"))
    carried_out(office, planned(office, played.version_id, new))
    with office.as_("secretary") as context:
        case = load_case(context.session, played.case_id)
        assert gather_facts(context, case, needs=("form.wish.amount",), form=None)["form.wish.amount"] == 12
        kept = context.session.scalars(select(CaseForm.values).where(CaseForm.case_id == case.id).order_by(CaseForm.id))
        assert list(kept) == [{"sum": 12}, {"amount": 12}]
    played.gives("orghead", "agree")
    played.gives("frontier", "agree")
    assert played.act("orghead", "close") == "desk.done"


def test_who_reads_follows_the_new_version(office: Office) -> None:
    played = begun(office)
    new = version(
        office, ("seen_by: [clerk]", "seen_by: [clerk, local]"), ("by: clerk, form", "by: [clerk, local], form")
    )
    with office.as_("nominator") as context, pytest.raises(Missing):
        case_page(context, played.case_id)
    carried_out(office, planned(office, played.version_id, new))
    with office.as_("nominator") as context:
        assert case_page(context, played.case_id).sees_stage


def test_the_page_of_a_moved_case_tells_its_past_by_the_rules_of_then(office: Office) -> None:
    played = begun(office)
    new = version(office, RENAMED, ("wish", "request"), ("{en: Wish, zh: 申请}", "{en: Request, zh: 申请书}"))
    plan = Plan({"desk.joint": "desk.co_sign"})
    carried_out(office, planned(office, played.version_id, new, plan))
    with office.as_("secretary") as context:
        page = case_page(context, played.case_id)
    assert [(line.action, line.to_title.en) for line in page.events] == [
        ("open", "Draft"),
        ("submit", "Joint opinion"),
        ("migrate", "Joint opinion"),
    ]
    assert [filling.form.title.en for filling in page.fillings] == ["Wish"]


def test_what_stands_against_a_move_is_told_before_and_nothing_happens(office: Office) -> None:
    waits, rests = begun(office), begun(office)
    for name in ("orghead", "frontier"):
        rests.gives(name, "agree")
    rests.act("orghead", "rest")
    new = version(office, ("resting: {", "pausing: {"), ("desk.resting", "desk.pausing"))
    plan_id = planned(office, waits.version_id, new, Plan({"desk.resting": "desk.pausing"}))
    assert reasons_of(office, plan_id) == {waits.case_id: ["move.no_target"], rests.case_id: ["move.rests"]}
    done = job_counts(office, carried_out(office, plan_id))
    assert done == {"done": 0, "refused": 2, "changed": 0}
    assert office.case(waits.case_id).procedure_version_id == waits.version_id


def job_counts(office: Office, job_id: int) -> dict[str, int]:
    with office.as_("stranger") as context:
        view = job(context, job_id)
        assert all(entry.outcome for entry in entries(context, job_id))
    return {"done": view.done, "refused": view.refused, "changed": view.changed}


def test_an_opinion_the_new_version_does_not_have_keeps_the_case_back_unless_asked_anew(office: Office) -> None:
    played = begun(office, ("[agree, disagree]", "[agree, disagree, abstain]"))
    played.gives("orghead", "abstain")
    new = version(office)
    kept, anew = (Plan({"desk.joint": "desk.joint"}, frozenset(again)) for again in ((), ("desk.joint",)))
    told = {played.case_id: ["move.opinion_unknown"]}
    assert reasons_of(office, planned(office, played.version_id, new, kept)) == told
    assert reasons_of(office, planned(office, played.version_id, new, anew)) == {played.case_id: []}


def test_a_case_that_went_on_meanwhile_is_left_and_the_job_runs_once(any_office: Office) -> None:
    office = any_office
    first, second = begun(office), begun(office)
    plan_id = planned(office, first.version_id, version(office, RENAMED))
    with office.as_("stranger") as context:
        seen = [Seen(one.case_id, one.version) for one in preview_moves(context, plan_id=plan_id)]
        job_id = start_moving(context, plan_id=plan_id, seen=seen, once_key="once")
        assert start_moving(context, plan_id=plan_id, seen=seen, once_key="once") == job_id
    first.gives("orghead", "agree")
    assert go_on(office.database, office.now, job_id=job_id, limit=10) == 2
    assert go_on(office.database, office.now, job_id=job_id, limit=10) == 0
    assert job_counts(office, job_id) == {"done": 1, "refused": 0, "changed": 1}
    assert (first.state, second.state) == ("desk.joint", "desk.co_sign")


def test_a_move_is_taken_back_by_another_move(office: Office) -> None:
    moved, born = begun(office), begun(office)
    new = version(office, RENAMED)
    plan_id = planned(office, moved.version_id, new)
    carried_out(office, plan_id, [moved.case_id])
    with office.as_("stranger") as context:
        back = revert_plan(context, plan_id=plan_id)
    assert set(reasons_of(office, back)) == {moved.case_id}, "only what that plan moved goes back"
    carried_out(office, back)
    case = office.case(moved.case_id)
    assert (case.state, case.procedure_version_id) == ("desk.joint", moved.version_id)
    with office.as_("secretary") as context:
        assert [line.action for line in events(context, moved.case_id)][-2:] == ["migrate", "migrate"]
        assert case_page(context, moved.case_id).events[-1].action == "migrate"
    moved.gives("orghead", "agree")
    assert moved.gives("frontier", "agree") == "desk.check"
    moved.verify()
    assert born.state == "desk.joint"


def test_the_past_is_known_by_the_names_of_now(office: Office) -> None:
    played = begun(office)
    played.gives("orghead", "agree")
    carried_out(office, planned(office, played.version_id, version(office, RENAMED)))
    played.gives("frontier", "agree")
    with office.as_("secretary") as context:
        case = load_case(context.session, played.case_id)
        facts = gather_facts(context, case, needs=("case.visited", "entered.desk.co_sign", "case.last_done"), form=None)
    assert facts["case.visited"] == ["desk.draft", "desk.co_sign", "desk.check"]
    assert facts["entered.desk.co_sign"] == 1
    assert facts["case.last_done"]["action"] == "opinion"


def test_an_outcome_from_before_a_move_is_known_by_the_name_of_now(office: Office) -> None:
    played = begun(office)
    for name in ("orghead", "frontier"):
        played.gives(name, "agree")
    carried_out(office, planned(office, played.version_id, version(office, RENAMED)))
    with office.as_("secretary") as context:
        case = load_case(context.session, played.case_id)
        needs = ("outcome.desk.co_sign", "outcome.desk.draft")
        facts = gather_facts(context, case, needs=needs, form=None)
    assert [facts[need] for need in needs] == ["agreed", None]


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (Plan({}), "plan_empty"),
        (Plan({"desk.nowhere": "desk.check"}), "plan_state_unknown"),
        (Plan({"desk.joint": "desk.done"}), "plan_target_unknown"),
        (Plan({"desk.joint": "desk.check"}, frozenset({"desk.check"})), "plan_no_panel"),
        (Plan({"desk.joint": "desk.joint"}, fields={"wish.sum": "wish.total"}), "plan_field_unknown"),
    ],
)
def test_a_faulty_plan_is_refused_with_what_is_wrong(office: Office, plan: Plan, code: str) -> None:
    old, new = version(office), version(office, LONGER)
    with pytest.raises(Invalid) as invalid:
        planned(office, old, new, plan)
    assert code in {problem.code for problem in invalid.value.problems}


def test_only_designers_move_cases(office: Office) -> None:
    old, new = version(office), version(office, LONGER)
    plan_id = planned(office, old, new)
    as_designer(office)
    with office.as_("orghead") as context:
        for refused in (
            lambda: preview_moves(context, plan_id=plan_id),
            lambda: make_plan(context, from_version_id=old, to_version_id=new, plan=Plan({"desk.joint": "desk.joint"})),
            lambda: start_moving(context, plan_id=plan_id, seen=[Seen(1, 1)], once_key="k"),
        ):
            with pytest.raises(Forbidden):
                refused()


def test_the_board_of_a_round_does_not_lose_cases_that_were_moved(office: Office) -> None:
    text = (FOLDER / "reserve-official.yaml").read_text(encoding="utf-8")
    changed = parse_procedure(text.replace("formal_check", "first_check"), "changed.yaml", CATALOGUE)
    stays, goes = (submitted(office, office.person()) for _ in range(2))
    with office.database.writing() as session:
        new = publish_procedure(Context(session, CLOCK, office.now), changed)
    carried_out(office, planned(office, office.versions["reserve-official"], new), [goes])
    with office.as_("secretary") as context:
        counted = {one.ref: one.count for stage in board(context, office.round_id).stages for one in stage.states}
        assert counted == {"review.formal_check": 1, "review.first_check": 1}
        assert {item.case_id for item in inbox(context).items} == {stays, goes}
    assert office.act("secretary", goes, "approve").state == "review.co_sign"
