"""Work taken by one of a role's holders, given back and handed on."""

import pytest
from sqlalchemy import select

from tests.fixtures.office import Office
from tests.workflow.language.playing import Play
from workflow.cases.assigning import claim_item, colleagues_for, reassign_item, release_item
from workflow.cases.inbox import inbox
from workflow.cases.tables import WorkItem
from workflow.problems import Conflict, Forbidden, Invalid, Refused

SIMPLE = """
  assessor: {of: organization, holds: assessor, title: {en: Assessor, zh: 考察人员}}
starts: desk.draft
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft: {title: {en: Draft, zh: 起草}, actions: {submit: {by: assessor, guards: [], to: desk.done}}}
      done: {title: {en: Done, zh: 办结}, final: done}
"""


@pytest.fixture
def waiting(office: Office) -> Play:
    return Play.of(office, SIMPLE.lstrip("\n"))


def item_of(played: Play) -> int:
    with played.office.database.reading() as session:
        found = session.scalars(select(WorkItem.id).where(WorkItem.case_id == played.case_id, WorkItem.is_open)).one()
    return int(found)


def sees(played: Play, who: str) -> bool:
    with played.office.as_(who) as context:
        return played.case_id in [item.case_id for item in inbox(context).items]


def test_what_is_taken_stands_in_one_inbox_only_until_it_is_given_back(waiting: Play) -> None:
    assert sees(waiting, "assessor1")
    assert sees(waiting, "assessor2")
    with waiting.office.as_("assessor1") as context:
        claim_item(context, item_id=item_of(waiting))
    assert sees(waiting, "assessor1")
    assert not sees(waiting, "assessor2")
    with pytest.raises(Conflict, match="item_taken"), waiting.office.as_("assessor2") as context:
        claim_item(context, item_id=item_of(waiting))
    with waiting.office.as_("assessor1") as context:
        release_item(context, item_id=item_of(waiting))
    assert sees(waiting, "assessor2")
    waiting.verify()


def test_only_holders_take_it(waiting: Play) -> None:
    with pytest.raises(Forbidden), waiting.office.as_("personnel") as context:
        claim_item(context, item_id=item_of(waiting))


def test_the_head_hands_it_to_a_holder_with_a_reason(waiting: Play) -> None:
    second = waiting.office.actors["assessor2"].account_id
    outsider = waiting.office.actors["personnel"].account_id
    assert second
    assert outsider
    with waiting.office.as_("assessor1") as context:
        claim_item(context, item_id=item_of(waiting))
    with pytest.raises(Forbidden), waiting.office.as_("secretary") as context:
        reassign_item(context, item_id=item_of(waiting), account_id=second, reason="Ill.")
    with pytest.raises(Invalid, match="account_not_eligible"), waiting.office.as_("orghead") as context:
        reassign_item(context, item_id=item_of(waiting), account_id=outsider, reason="Ill.")
    with waiting.office.as_("orghead") as context:
        reassign_item(context, item_id=item_of(waiting), account_id=second, reason="Ill.")
    assert sees(waiting, "assessor2")
    assert not sees(waiting, "assessor1")
    assert waiting.act("assessor2", "submit") == "desk.done"
    assert not sees(waiting, "assessor2")
    waiting.verify()


SEPARATED = SIMPLE.replace("to: desk.done}}}", "to: desk.review}}}").replace(
    "      done:",
    """\
      review:
        title: {en: Review, zh: 审核}
        actions: {approve: {by: assessor, guards: [{not_done_by_same: {actions: submit, cites: r/1}}], to: desk.done}}
      done:""",
)


def test_work_is_neither_taken_by_nor_handed_to_whom_the_rules_bar(office: Office) -> None:
    played = Play.of(office, SEPARATED.lstrip("\n"))
    played.act("assessor1", "submit")
    first, second = (office.actors[name].account_id for name in ("assessor1", "assessor2"))
    assert first
    assert second
    with pytest.raises(Refused) as own, office.as_("assessor1") as context:
        claim_item(context, item_id=item_of(played))
    assert [reason.code for reason in own.value.reasons] == ["not_done_by_same.same"]
    with pytest.raises(Refused) as other, office.as_("orghead") as context:
        reassign_item(context, item_id=item_of(played), account_id=first, reason="Ill.")
    assert [(one.code, one.params, one.cites) for one in other.value.reasons] == [
        ("not_done_by_same.other", {"action": "action:submit"}, "r/1")
    ]
    with office.as_("orghead") as context:
        offered = {one.account_id: bool(one.reasons) for one in colleagues_for(context, item_of(played))}
        assert (offered[first], offered[second]) == (True, False)
        reassign_item(context, item_id=item_of(played), account_id=second, reason="Ill.")
    assert sees(played, "assessor2")
    played.verify()
