"""Cases with branches go on under another version together: the link stays, what was waited for is waited for, and joins."""

from tests.fixtures.office import Office
from tests.workflow.language.playing import HEAD, Play
from tests.workflow.versions.moving_about import carried_out, planned, reasons_of
from workflow.bulk.operations import Seen, go_on
from workflow.bulk.queries import job
from workflow.cases.case_page import case_page
from workflow.cases.family import family_of_case
from workflow.cases.versions import publish_procedure
from workflow.context import CLOCK, Context
from workflow.engine.catalogue import Catalogue
from workflow.procedure.loader import parse_procedure
from workflow.versions.moving import preview_moves, revert_plan, start_moving
from workflow.versions.plan_rules import Plan

LETTERS = """\
starts: desk.draft
cancelled: closed.cancelled
seen_by: clerk
forms:
  list:
    title: {en: List, zh: 名单}
    fields:
      letters: {type: integer, at_most: 5, title: {en: How many, zh: 份数}}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft: {title: {en: Draft, zh: 起草}, actions: {submit: {by: clerk, form: list, to: desk.asked}}}
      asked:
        title: {en: Asked, zh: 征集}
        children: {opens: {branch: letter.open, for_each: list.letters}, join: {rule: at_least, at_least: 3, counting: written}}
        outcomes: {complete: closed.done, short: desk.short}
      beside:
        title: {en: Beside, zh: 并行办理}
        actions: {open_one: {by: clerk, awaited: false, effects: [{open_child: {branch: letter.open}}], to: desk.beside}, wait: {by: clerk, to: desk.gathering}}
      gathering:
        title: {en: Gathering, zh: 汇总}
        children: {gathers: desk.beside, join: {rule: all}}
        outcomes: {complete: closed.done}
      short: {title: {en: Short, zh: 不足}, actions: {close: {by: clerk, to: closed.done}, go_beside: {by: clerk, to: desk.beside}}}
  letter:
    title: {en: Letter, zh: 推荐信}
    states:
      open: {title: {en: Open, zh: 待写}, actions: {write: {by: front, to: letter.joint}, decline: {by: front, to: letter.declined}}}
      joint:
        title: {en: Joint, zh: 会签}
        panel: {of: [head, front], opinions: [agree, disagree], settle: {rule: all, cites: r/1}}
        deadline: {working_days: 10, remind: [-3], cites: r/1}
        outcomes: {agreed: letter.written, refused: letter.declined}
      written: {title: {en: Written, zh: 已写}, final: written}
      declined: {title: {en: Declined, zh: 谢绝}, final: declined}
  closed:
    title: {en: Closed, zh: 办结}
    states:
      done: {title: {en: Done, zh: 办结}, final: done}
      cancelled: {title: {en: Cancelled, zh: 取消}, final: cancelled}
"""
RENAMED = (("asked", "waiting"), ("letter.open", "letter.begun"), ("      open:", "      begun:"), ("joint", "co_sign"))


def version(office: Office, *edits: tuple[str, str]) -> int:
    text = LETTERS
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    procedure = parse_procedure(HEAD + text, "played.yaml", Catalogue())
    with office.database.writing() as session:
        return publish_procedure(Context(session, CLOCK, office.now), procedure)


def asked(office: Office, letters: int = 3, *edits: tuple[str, str]) -> Play:
    text = LETTERS
    for old, new in edits:
        text = text.replace(old, new)
    played = Play.of(office, text)
    played.act("secretary", "submit", form={"letters": letters})
    return played


def writes(played: Play, child: int, *, has_begun: bool = False) -> str:
    if not has_begun:
        played.act("frontier", "write", case_id=child)
    played.gives("orghead", "agree", case_id=child)
    return played.gives("frontier", "agree", case_id=child)


def test_branches_move_with_their_case_and_the_join_completes(any_office: Office) -> None:
    played = asked(any_office, 4)
    first, second, third, fourth = (child.id for child in played.children)
    writes(played, first)
    played.act("frontier", "write", case_id=second)
    played.gives("orghead", "agree", case_id=second)
    before = {child.id: (child.due_at, child.parent_seq) for child in played.children}
    any_office.later(days=2)
    new = version(any_office, *RENAMED)
    plan_id = planned(any_office, played.version_id, new)
    assert reasons_of(any_office, plan_id) == {one: [] for one in (played.case_id, second, third, fourth)}
    job_id = carried_out(any_office, plan_id)
    with any_office.as_("stranger") as context:
        view = job(context, job_id)
    assert (view.done, view.refused, view.changed) == (4, 0, 0)
    assert played.state == "desk.waiting"
    rows = {child.id: child for child in played.children}
    assert {one: row.state for one, row in rows.items()} == {
        first: "letter.written", second: "letter.co_sign", third: "letter.begun", fourth: "letter.begun",
    }  # fmt: skip
    assert {row.parent_state for row in rows.values()} == {"desk.waiting"}
    assert {one: (row.due_at, row.parent_seq) for one, row in rows.items()} == before
    assert {one for one, row in rows.items() if row.procedure_version_id == new} == {second, third, fourth}
    assert played.waits_for(second) == ["front"], "the opinion given before the move stands"
    assert played.gives("frontier", "agree", case_id=second) == "letter.written"
    assert played.state == "desk.waiting"
    assert writes(played, third) == "letter.written"
    assert played.state == "closed.done", "one that was written before the move counts"
    assert any_office.case(fourth).outcome == "cancelled", "nobody waits for it any more"
    played.verify()


def test_where_the_new_join_has_enough_the_case_goes_on_and_what_is_left_is_cancelled(any_office: Office) -> None:
    played = asked(any_office)
    first, second, third = (child.id for child in played.children)
    writes(played, first)
    played.act("frontier", "write", case_id=second)
    fewer = version(
        any_office, ("at_least: 3", "at_least: 1"), ("rule: all, cites", "rule: at_least, at_least: 1, cites")
    )
    carried_out(any_office, planned(any_office, played.version_id, fewer))
    assert played.state == "closed.done"
    assert [child.outcome for child in played.children] == ["written", "cancelled", "cancelled"]
    assert {any_office.case(one).procedure_version_id for one in (second, third)} == {fewer}
    played.verify()


def test_a_branch_that_ends_by_the_new_rules_is_told_to_its_case(any_office: Office) -> None:
    played = asked(any_office)
    first, second, third = (child.id for child in played.children)
    for child in (first, second):
        writes(played, child)
    played.act("frontier", "write", case_id=third)
    played.gives("orghead", "agree", case_id=third)
    easier = version(any_office, *RENAMED, ("rule: all, cites", "rule: at_least, at_least: 1, cites"))
    carried_out(any_office, planned(any_office, played.version_id, easier))
    assert any_office.case(third).outcome == "written"
    assert played.state == "closed.done"
    played.verify()


def test_what_keeps_one_of_a_family_back_keeps_all_of_it_and_is_told(office: Office) -> None:
    played = asked(office)
    alone = asked(office, 0)
    first, *others = (child.id for child in played.children)
    played.act("frontier", "write", case_id=first)
    plan = Plan({"desk.asked": "desk.asked", "desk.short": "desk.short", "letter.open": "letter.open"})
    plan_id = planned(office, played.version_id, version(office, ("Gathering", "Gathered")), plan)
    kin = ["move.family_kept"]
    told = {played.case_id: kin, first: ["move.no_target"], **dict.fromkeys(others, kin), alone.case_id: []}
    assert reasons_of(office, plan_id) == told
    with office.as_("stranger") as context:
        (why,) = next(one.reasons for one in preview_moves(context, plan_id=plan_id) if one.case_id == played.case_id)
    assert why.params == {"references": [office.case(first).reference]}
    carried_out(office, plan_id)
    assert {office.case(one).procedure_version_id for one in (played.case_id, first, *others)} == {played.version_id}
    assert office.case(alone.case_id).procedure_version_id != played.version_id


def test_a_branch_chosen_alone_takes_its_family_along(office: Office) -> None:
    played = asked(office)
    first, *others = (child.id for child in played.children)
    new = version(office, *RENAMED)
    carried_out(office, planned(office, played.version_id, new), [first])
    assert {office.case(one).procedure_version_id for one in (played.case_id, first, *others)} == {new}
    played.verify()


def test_children_opened_beside_are_gathered_where_their_state_was_renamed_before(any_office: Office) -> None:
    played = asked(any_office, 0)
    played.act("secretary", "go_beside")
    played.act("secretary", "open_one")
    played.act("secretary", "open_one")
    first, second = (child.id for child in played.children)
    carried_out(
        any_office,
        planned(any_office, played.version_id, version(any_office, ("beside", "along"), ("go_along", "go_beside"))),
    )
    assert {child.parent_state for child in played.children} == {"desk.along"}
    assert played.act("secretary", "wait") == "desk.gathering"
    writes(played, first)
    assert played.state == "desk.gathering"
    writes(played, second)
    assert played.state == "closed.done"
    played.verify()


def test_states_that_change_places_do_not_mix_up_where_children_were_opened(office: Office) -> None:
    played = asked(office, 0)
    played.act("secretary", "go_beside")
    played.act("secretary", "open_one")
    played.act("secretary", "wait")
    swapped = Plan(
        {
            **{f"letter.{one}": f"letter.{one}" for one in ("open", "joint")},
            "desk.beside": "desk.short",
            "desk.short": "desk.beside",
            "desk.gathering": "desk.gathering",
        }
    )
    carried_out(office, planned(office, played.version_id, version(office, ("Gathering", "Gathered")), swapped))
    assert [child.parent_state for child in played.children] == ["desk.short"]


def test_a_family_goes_back_together(office: Office) -> None:
    played = asked(office)
    first, *_ = (child.id for child in played.children)
    plan_id = planned(office, played.version_id, version(office, *RENAMED))
    carried_out(office, plan_id)
    played.act("frontier", "write", case_id=first)
    with office.as_("stranger") as context:
        back = revert_plan(context, plan_id=plan_id)
    carried_out(office, back)
    assert played.state == "desk.asked"
    assert [child.state for child in played.children] == ["letter.joint", "letter.open", "letter.open"]
    for child in played.children:
        writes(played, child.id, has_begun=child.id == first)
    assert played.state == "closed.done"
    played.verify()


def test_a_child_of_another_procedure_stays_a_child_of_its_case(any_office: Office) -> None:
    office = any_office
    opens = ("branch: letter.open, for_each: list.letters", "procedure: correction")
    played = asked(office, 0, opens, ("rule: at_least, at_least: 3, counting: written", "rule: first"))
    (child,) = played.children
    edits = (opens, ("rule: at_least, at_least: 3, counting: written", "rule: first"), ("asked", "waiting"))
    carried_out(office, planned(office, played.version_id, version(office, *edits)))
    assert office.case(child.id).procedure_version_id == child.procedure_version_id, "it goes by rules of its own"
    assert office.case(child.id).parent_state == "desk.waiting"
    office.act("nominator", child.id, "withdraw", reason="Settled.")
    assert played.state == "closed.done"
    played.verify()


def test_a_branch_that_went_on_since_the_preview_is_moved_as_it_stands(office: Office) -> None:
    played = asked(office)
    first, *_ = (child.id for child in played.children)
    plan_id = planned(office, played.version_id, version(office, *RENAMED))
    with office.as_("stranger") as context:
        seen = [Seen(one.case_id, one.version) for one in preview_moves(context, plan_id=plan_id)]
        job_id = start_moving(context, plan_id=plan_id, seen=seen, once_key="once")
    played.act("frontier", "write", case_id=first)
    go_on(office.database, office.now, job_id=job_id, limit=10)
    assert office.case(first).state == "letter.co_sign"
    with office.as_("stranger") as context:
        assert job(context, job_id).done == 4


def test_the_page_still_shows_branches_that_ended_before_the_move(office: Office) -> None:
    played = asked(office)
    first, *_ = (child.id for child in played.children)
    writes(played, first)
    carried_out(office, planned(office, played.version_id, version(office, *RENAMED)))
    with office.as_("secretary") as context:
        family = family_of_case(context, case_page(context, played.case_id))
    assert [child.is_open for child in family.children] == [False, True, True]
    assert family.waits is not None
    assert family.waits.line.params["counted"] == 1


def test_branches_of_branches_move_too(office: Office) -> None:
    asks = "ask: {by: front, awaited: false, effects: [{open_child: {branch: letter.open}}], to: letter.open}"
    deeper = ("letter.joint}, decline", f"letter.joint}}, {asks}, decline")
    played = asked(office, 3, deeper)
    played.act("frontier", "ask", case_id=played.children[0].id)
    plan_id = planned(office, played.version_id, version(office, deeper, ("Gathering", "Gathered")))
    assert len(reasons_of(office, plan_id)) == 5
    carried_out(office, plan_id)
    with office.as_("stranger") as context:
        assert preview_moves(context, plan_id=plan_id) == ()
    played.verify()
