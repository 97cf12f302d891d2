"""What follows from actions: deadlines that move, posts, rows for outside systems, answers, the next on the list."""

import pytest
from sqlalchemy import select

from tests.fixtures.office import Office, set_up
from tests.workflow.language.playing import Play
from workflow.cases.tables import CaseForm
from workflow.people.tables import Post
from workflow.problems import Refused
from workflow.procedure.model import Procedure
from workflow.store.database import Database
from workflow.webhooks.tables import WebhookCall

OFFERS = """
starts: desk.waiting
forms:
  offer:
    title: {en: Offer, zh: 录用}
    fields:
      post: {type: text, title: {en: Post, zh: 职务}}
      at: {type: text, title: {en: At, zh: 单位}}
      rank: {type: integer, title: {en: Rank, zh: 名次}}
      more: {type: integer, title: {en: Months more, zh: 延长月数}}
      told: {type: text, title: {en: Told, zh: 结果}}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      waiting:
        title: {en: Waiting, zh: 候补}
        actions:
          place: {by: clerk, form: offer, to: desk.waiting}
          promote: {by: clerk, to: desk.offered}
      offered:
        title: {en: Offered, zh: 拟录用}
        deadline: {months: 1, remind: [-3], on_expiry: decline, cites: r/1}
        actions:
          extend: {by: clerk, awaited: false, form: offer, reason: required, effects: [{extend_deadline: {unit: months, number_from: offer.more}}], to: desk.offered}
          look: {by: head, awaited: false, to: desk.offered}
          accept:
            by: clerk
            form: offer
            effects:
              - appoint: {title_from: offer.post, organization_from: offer.at}
              - webhook: {to: registry, sends: [offer.post]}
              - set_field: {field: offer.told, value: accepted}
            to: desk.taken
          decline: {by: clerk, effects: [{act_on: {among: round, which: first, in_states: desk.waiting, order_by: offer.rank, action: promote}}], to: desk.declined}
      taken: {title: {en: Taken, zh: 已录用}, final: taken}
      declined: {title: {en: Declined, zh: 放弃}, final: declined}
"""


@pytest.fixture
def office(any_database: Database, shipped: dict[str, Procedure]) -> Office:
    return set_up(any_database, shipped)


@pytest.fixture
def offered(office: Office) -> Play:
    played = Play.of(office, OFFERS, round_id=office.round_id)
    played.act("secretary", "promote")
    return played


def due(played: Play) -> str:
    case = played.office.case(played.case_id)
    assert case.due_at is not None
    return case.due_at.date().isoformat()


def test_an_extended_deadline_moves_and_reminds_anew(offered: Play) -> None:
    assert due(offered) == "2026-10-07"
    offered.office.later(days=3)
    assert offered.act("secretary", "extend", form={"more": "2"}, reason="A birth.") == "desk.offered"
    assert due(offered) == "2026-12-07"
    assert offered.waits_for() == ["clerk"]
    offered.verify()


def test_what_stays_in_its_state_leaves_its_clock_alone(offered: Play) -> None:
    before = offered.office.case(offered.case_id)
    offered.office.later(days=3)
    assert offered.act("orghead", "look") == "desk.offered"
    after = offered.office.case(offered.case_id)
    assert (after.due_at, after.entered_at) == (before.due_at, before.entered_at)
    assert after.version == before.version + 1
    assert offered.waits_for() == ["clerk"]


def test_an_acceptance_is_written_where_it_belongs(offered: Play) -> None:
    form = {"post": "Fellow", "at": "Institute of Tides"}
    assert offered.act("secretary", "accept", form=form) == "desk.taken"
    with offered.office.database.reading() as session:
        post = session.scalars(select(Post).order_by(Post.id.desc())).first()
        call = session.scalars(select(WebhookCall)).one()
        told = session.scalars(select(CaseForm.values).order_by(CaseForm.id.desc())).first()
    assert post is not None
    assert (post.title, post.organization, post.from_date.isoformat()) == ("Fellow", "Institute of Tides", "2026-09-07")
    assert (call.target, call.payload["answers"]) == ("registry", {"offer.post": "Fellow"})
    assert told == {**form, "told": "accepted"}
    offered.verify()


def test_when_one_declines_the_next_on_the_list_is_promoted(office: Office, offered: Play) -> None:
    second, third = (Play.of(office, OFFERS, round_id=office.round_id) for _ in range(2))
    second.act("secretary", "place", form={"rank": "70"})
    third.act("secretary", "place", form={"rank": "90"})
    assert offered.act("secretary", "decline") == "desk.declined"
    assert (second.state, third.state) == ("desk.waiting", "desk.offered")
    assert third.expires() == "desk.declined", "silence declines too"
    assert second.state == "desk.offered"
    second.verify()


MARKED = """
starts: desk.first
categories:
  chief: {title: {en: Chief, zh: 正职}}
  deputy: {title: {en: Deputy, zh: 副职}}
forms:
  marks:
    title: {en: Marks, zh: 成绩}
    fields:
      paper: {type: number, decimals: 1, title: {en: Paper, zh: 笔试}}
      talk: {type: number, decimals: 1, title: {en: Talk, zh: 面试}}
      total: {type: number, decimals: 2, title: {en: Total, zh: 总分}}
      post: {type: text, title: {en: Post, zh: 职务}}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      first:
        title: {en: First, zh: 首先}
        actions:
          mark: {by: clerk, form: marks, effects: [{set_field: {field: marks.total, weighs: {marks.paper: 40, marks.talk: 60}, cites: r/1}}], to: desk.first}
          go_on: {by: clerk, guards: [{ranked: {by: marks.total, first: 1, per_seat: true, cites: r/1}}], to: desk.first}
          appoint: {by: clerk, form: marks, effects: [{appoint: {title_from: marks.post, organization_from: marks.post, rank: {chief: "141", deputy: "142"}}}], to: desk.held}
      held:
        title: {en: Held, zh: 在任}
        actions:
          remove: {by: head, effects: [{end_post: {}}], to: desk.over}
      over: {title: {en: Over, zh: 结束}, final: over}
"""


def newest_answers(played: Play) -> dict[str, object]:
    with played.office.database.reading() as session:
        mine = select(CaseForm.values).where(CaseForm.case_id == played.case_id)
        return dict(session.scalars(mine.order_by(CaseForm.id.desc())).first() or {})


@pytest.mark.parametrize(
    ("paper", "talk", "total"), [("88", "90", "89.20"), ("70.1", "66.6", "68.00"), ("0.1", "0.3", "0.22")]
)
def test_a_mark_is_the_weighted_mean_of_others(office: Office, paper: str, talk: str, total: str) -> None:
    played = Play.of(office, MARKED, round_id=office.round_id, category="chief")
    played.act("secretary", "mark", form={"paper": paper})
    assert newest_answers(played)["total"] is None, "one number is missing"
    played.act("secretary", "mark", form={"paper": paper, "talk": talk})
    assert newest_answers(played)["total"] == total
    played.verify()


def test_places_are_counted_in_the_round_and_category_and_equal_marks_share_one(office: Office) -> None:
    first, second, third, apart = (
        Play.of(office, MARKED, round_id=office.round_id, category=category)
        for category in ("chief", "chief", "chief", "deputy")
    )
    for played, mark in ((first, "80"), (second, "80"), (third, "79.9"), (apart, "1")):
        played.act("secretary", "mark", form={"paper": mark, "talk": mark})
    for played in (first, second, apart):
        assert played.act("secretary", "go_on") == "desk.first"
    with pytest.raises(Refused) as refused:
        third.act("secretary", "go_on")
    assert [(reason.code, reason.params["place"]) for reason in refused.value.reasons] == [("ranked.behind", 3)]
    first.act("secretary", "appoint", form={"post": "Chief"})
    first.act("orghead", "remove")
    second.act("secretary", "appoint", form={"post": "Chief"})
    second.act("orghead", "remove")
    assert third.act("secretary", "go_on") == "desk.first", "closed cases take no place"


@pytest.mark.parametrize(("category", "rank"), [("chief", "141"), ("deputy", "142")])
def test_the_rank_of_a_post_is_that_of_the_category_and_a_removal_ends_it(
    office: Office, category: str, rank: str
) -> None:
    played = Play.of(office, MARKED, category=category)
    played.act("secretary", "appoint", form={"post": "Chief of a section"})
    played.office.later(days=400)
    played.act("orghead", "remove")
    with played.office.database.reading() as session:
        posts = session.scalars(select(Post).order_by(Post.id.desc())).all()
    assert (posts[0].rank, posts[0].from_date.isoformat()) == (rank, "2026-09-07")
    assert posts[0].to_date is not None
    assert posts[0].to_date.isoformat() == "2027-10-12"
    assert posts[1].to_date is None, "an older post is left as it is"
    played.verify()
