"""How far each account has read a case is kept once, on either database, for cases open to it."""

import pytest
from sqlalchemy import select

from tests.fixtures.office import Office
from tests.workflow.cases.test_concurrency import at_once
from tests.workflow.steps import submitted
from workflow.cases.drafts import DRAFTS_OF_CASE, asked_for_drafts, case_place, drafts_in, save_draft
from workflow.cases.last_views import VISIT, VISIT_LENGTH, Visit, note_visit, visit_in
from workflow.cases.tables import LastView
from workflow.problems import Missing
from workflow.store.hot import Hot


def looks(office: Office, case_id: int, last_seq: int, name: str = "secretary") -> bool:
    """Looks at a case; whether it was noted."""
    with office.as_(name) as context:
        rows = Hot(VISIT).all(context.session, {"account": context.actor.account_id, "case_id": case_id})
        visit, is_noted = visit_in(rows, now=context.now, last_seq=last_seq)
        if is_noted:
            note_visit(context, case_id=case_id, visit=visit)
    return is_noted


def kept(office: Office) -> Visit:
    with office.database.reading() as session:
        row = session.scalars(select(LastView)).one()
        return Visit(row.seen_seq, row.seen_at, row.before_seq, row.before_at)


def test_a_visit_lasts_half_an_hour_and_the_one_before_is_remembered(any_office: Office) -> None:
    office = any_office
    case_id = submitted(office, office.person())
    began = office.now
    assert looks(office, case_id, 2)
    assert kept(office) == Visit(2, began, None, None)
    office.now = began + VISIT_LENGTH / 2
    assert not looks(office, case_id, 2)
    assert looks(office, case_id, 3)
    within = office.now
    assert kept(office) == Visit(3, within, None, None)
    office.now = within + VISIT_LENGTH
    assert looks(office, case_id, 5)
    assert kept(office) == Visit(5, office.now, 3, within)


def test_a_page_opened_twice_at_once_is_noted_once(any_office: Office) -> None:
    office = any_office
    case_id = submitted(office, office.person())
    results = at_once([lambda: looks(office, case_id, 2)] * 8)
    assert set(results) <= {True, False}
    assert kept(office) == Visit(2, office.now, None, None)


def test_who_may_not_read_a_case_notes_nothing(office: Office) -> None:
    case_id = submitted(office, office.person())
    with office.as_("stranger") as context, pytest.raises(Missing):
        note_visit(context, case_id=case_id, visit=Visit(2, office.now, None, None))


def test_drafts_of_a_case_are_found_by_their_forms(any_office: Office) -> None:
    office = any_office
    with office.as_("secretary") as context:
        for place in (case_place(1, "return"), case_place(1, "opinion-7"), case_place(11, "return"), "nominate:1"):
            save_draft(context, place=place, values={"reason": place})
    with office.as_("nominator") as context:
        save_draft(context, place=case_place(1, "reject"), values={"reason": "theirs"})
    with office.as_("secretary") as context:
        rows = Hot(DRAFTS_OF_CASE).all(context.session, asked_for_drafts(context, 1))
        found = drafts_in(rows, 1)
    assert {what: draft.values for what, draft in found.items()} == {
        "return": {"reason": "case:1:return"},
        "opinion-7": {"reason": "case:1:opinion-7"},
    }
    assert {draft.saved_at for draft in found.values()} == {office.now}
