"""From the call to the first yearly review through the pages, as the offices of a district live it."""

from collections import Counter
from datetime import datetime

import pytest
from sqlalchemy import select, update

from tests.fixtures.mail import SmtpServer
from tests.journeys.conftest import District
from tests.journeys.desk import Desk
from tests.journeys.nominating import fills_in, nominates, opens_the_round, resubmits
from workflow.bodies.tables import BodyRole, RoleHolding
from workflow.cases.tables import Case, Waiver
from workflow.context import OFFICE_ZONE
from workflow.notices.tables import PublicNotice
from workflow.people.tables import Account, Training
from workflow.pools.tables import Membership
from workflow.record.queries import verify
from workflow.reviews.tables import Review

CHECKS = dict.fromkeys(
    ("file_audited", "declaration_verified", "discipline_heard", "complaints_investigated"), "passed"
)


def at(year: int, month: int, day: int, hour: int = 10) -> datetime:
    return datetime(year, month, day, hour, tzinfo=OFFICE_ZONE)


def holder(desk: Desk, body_id: int, role: str) -> str:
    """The sign-in name of whoever holds a role in a body."""
    held = select(Account.sign_in_name).join(RoleHolding, RoleHolding.account_id == Account.id)
    with desk.database.reading() as session:
        return (
            session.scalars(
                held.join(BodyRole, BodyRole.id == RoleHolding.body_role_id).where(
                    BodyRole.body_id == body_id, BodyRole.role == role
                )
            ).first()
            or ""
        )


def state_of(desk: Desk, case_id: int) -> str:
    with desk.database.reading() as session:
        return session.get_one(Case, case_id).state


def is_reviewed(desk: Desk, case_id: int, nominator: str) -> None:
    """Returned once by the secretary and once by a veto, then agreed to by all three departments."""
    desk.sits("secretary")
    desk.act(case_id, "return", reason="请补充近三年考核结果。")
    resubmits(desk, nominator, case_id, "请补充近三年考核结果。")
    desk.sits("secretary")
    desk.act(case_id, "approve")
    desk.sits("orghead")
    desk.gives_opinion(case_id, "agree")
    desk.case(case_id)
    waiting = desk.page.locator("ul.holders").inner_text()
    assert "统战部" in waiting
    assert "人社局" in waiting
    assert "组织部" not in waiting, "whoever has signed is not waited for"
    desk.sits("unitedfront")
    desk.gives_opinion(case_id, "disagree", "岗位经历还需核实。")
    assert state_of(desk, case_id) == "review.returned", "one veto returns"
    desk.sits("secretary")
    desk.act(case_id, "return", reason="按统战部意见核实岗位经历。")
    resubmits(desk, nominator, case_id, "按统战部意见核实岗位经历。")
    desk.sits("secretary")
    desk.act(case_id, "approve")
    for name in ("personnel", "orghead", "unitedfront"):
        desk.sits(name)
        desk.gives_opinion(case_id, "agree")
    assert state_of(desk, case_id) == "assessment.team"


def is_assessed(desk: Desk, case_id: int, nominator: str, name: str) -> None:
    """By a team of two, on the round's one rubric; the four checks with it."""
    desk.sits("secretary")
    desk.case(case_id)
    members = desk.page.locator("input[name=members]")
    offered = [members.nth(n).input_value() for n in range(members.count())]
    assert str(desk.account("assessor1")) in offered
    assert str(desk.account(nominator)) not in offered, "whoever nominated does not assess"
    desk.act(case_id, "appoint_team", members=[desk.account("assessor1")])
    assert state_of(desk, case_id) == "assessment.team", "one is not a team"
    desk.act(case_id, "appoint_team", members=[desk.account("assessor1"), desk.account("assessor2")])
    for assessor, points in (("assessor1", (92, 85, 88, 90, 95)), ("assessor2", (90, 83, 86, 92, 94))):
        desk.sits(assessor)
        desk.scores(case_id, *points)
    desk.sits("assessor1")
    desk.act(case_id, "file_report", **CHECKS, strengths="敢担当，群众工作扎实。", weaknesses="统筹经验还需积累。")
    desk.sits("secretary")
    desk.opens("/rounds/1/ranking")
    desk.reads(name)
    desk.act(case_id, "submit_to_committee")
    assert state_of(desk, case_id) == "decision.committee"


def is_decided(desk: Desk, case_id: int) -> None:
    """Eleven should attend, a relative leaves: seven are too few, five of eight do not carry it, six do."""
    desk.sits("recorder")
    desk.case(case_id)
    attendance = desk.page.locator("select[name^=attendance_]")
    assert attendance.count() == 11
    left = [n for n in range(11) if attendance.nth(n).input_value() == "recused"]
    assert len(left) == 1, "the member who is kin of the candidate leaves the room"
    shown = desk.page.locator(".outcome-line")
    desk.meets(case_id, present=7, agree=7, computes=True)
    assert "会议无效" in " ".join(shown.all_inner_texts())
    desk.meets(case_id, present=8, agree=5, computes=True)
    assert "未通过" in " ".join(shown.all_inner_texts())
    assert state_of(desk, case_id) == "decision.committee", "computing decides nothing"
    desk.meets(case_id, present=8, agree=6)
    assert state_of(desk, case_id) == "notice.published"


def is_published(desk: Desk, case_id: int) -> None:
    """Five working days across the National Day holiday; an objection stops the clock."""
    with desk.database.reading() as session:
        planned = session.scalars(select(PublicNotice).where(PublicNotice.case_id == case_id)).one()
        first_end = planned.ends_date
    assert first_end.isoformat() == "2026-10-10", "1 to 7 October are days off, Saturday 10 October is worked"
    desk.clock.now = at(2026, 9, 30)
    desk.sits("secretary")
    desk.act(case_id, "object", text="反映其兼职未报告。", complainant="群众来信")
    desk.clock.now = at(2026, 10, 12)
    desk.ticks()
    assert state_of(desk, case_id) == "notice.objection", "while it is examined nothing expires"
    desk.sits("orghead")
    desk.act(case_id, "dismiss", reason="经核查，兼职已按规定报告。")
    desk.sits("secretary")
    desk.case(case_id)
    desk.ticks()
    assert state_of(desk, case_id) == "notice.published"
    desk.clock.now = at(2026, 10, 26)
    desk.ticks()
    assert state_of(desk, case_id) == "appointment.confirm"


def is_listed(desk: Desk, case_id: int, person_id: int) -> None:
    """No training, no post, unless the head of the department says why not; tenure begins with the decision."""
    desk.sits("orghead")
    desk.case(case_id)
    button = desk.page.locator('form[action$="/act/list"] button[type=submit]')
    assert button.is_disabled()
    desk.reads("培训")
    form_of = desk.page.locator('form[action$="/waive"]')
    form_of.locator("textarea").fill("已列入十一月培训班。")
    desk.sends(form_of.locator("button"))
    desk.act(case_id, "list")
    with desk.database.reading() as session:
        member = session.scalars(select(Membership).where(Membership.person_id == person_id)).one()
        assert member.tenure_from_date.isoformat() == "2026-09-28"
        review = session.scalars(select(Review).where(Review.membership_id == member.id)).one()
        assert (review.opens_date.isoformat(), review.due_date.isoformat()) == ("2026-12-01", "2026-12-31")
    desk.opens("/pools/")
    desk.opens(f"/people/{person_id}")
    desk.reads("2026年9月28日")


def is_reviewed_yearly(desk: Desk, mails: SmtpServer, person_id: int, body_id: int) -> None:
    """Opened and reminded by the clock, also after three days of standstill; each reminder once."""
    desk.clock.now = at(2026, 12, 1, 8)
    desk.ticks()
    with desk.database.reading() as session:
        case = session.scalars(select(Case).where(Case.reference.like("AR-%"))).one()
        assert case.person_id == person_id
    for moment in (at(2026, 12, 1, 11), at(2026, 12, 24, 11), at(2027, 1, 3, 11), at(2027, 1, 8, 11)):
        desk.clock.now = moment
        desk.ticks()
        desk.ticks()
    me, officer, head = (
        holder_of_person(desk, person_id),
        holder(desk, body_id, "officer"),
        holder(desk, body_id, "head"),
    )
    told = mailed(mails, case.reference)
    assert (told["提醒", me], told["提醒", officer]) == (2, 2), "30 and 7 days before"
    assert (told["逾期", me], told["逾期", officer]) == (1, 1), "the reminder of the day itself, three days late"
    assert told["督办", head] == 1, "seven days after"
    desk.sits(me)
    desk.opens("/notifications/")
    desk.reads(case.reference)
    desk.act(case.id, "submit", work="完成三条背街小巷改造。", shortcomings="调研还不够深入。")
    desk.sits(head)
    desk.act(case.id, "give_opinion", grade="excellent", opinion="工作扎实，作风严谨。")
    for name in ("orghead", "unitedfront"):
        desk.sits(name)
        desk.gives_opinion(case.id, "agree")
    desk.sits("secretary")
    desk.act(case.id, "retain", grade="excellent")
    assert state_of(desk, case.id) == "closed.retained"
    desk.opens("/ledger/")
    desk.reads(case.reference)


def holder_of_person(desk: Desk, person_id: int) -> str:
    with desk.database.reading() as session:
        return session.scalars(select(Account.sign_in_name).where(Account.person_id == person_id)).one()


def mailed(mails: SmtpServer, reference: str) -> Counter[tuple[str, str]]:
    """How often which kind of mail about a case went to whom; the kind is what the subject has in brackets."""
    return Counter(
        (str(mail["Subject"])[1:3], recipients[0].partition("@")[0])
        for mail, recipients in zip(mails.mails, mails.mailbox.recipients, strict=True)
        if reference in str(mail["Subject"])
    )


@pytest.mark.browser
def test_one_person_goes_the_whole_way(district: District, smtp_server: SmtpServer) -> None:
    desk = district.desk
    nominee = next(one for one in district.plan.nominees if one.is_kin)
    with desk.database.writing() as session:
        session.execute(update(Training).where(Training.person_id == nominee.person_id).values(is_completed=False))
    nominator = holder(desk, nominee.body_id, "officer")
    opens_the_round(desk)
    desk.clock.now = at(2026, 9, 2)
    case_id = nominates(desk, nominator, nominee.person_id, nominee.category)
    desk.reads("RO-2026-0001", "组织部干部科")
    is_reviewed(desk, case_id, nominator)
    desk.clock.now = at(2026, 9, 22)
    is_assessed(desk, case_id, nominator, desk.name_of(nominee.person_id))
    desk.clock.now = at(2026, 9, 28)
    is_decided(desk, case_id)
    is_published(desk, case_id)
    is_listed(desk, case_id, nominee.person_id)
    is_reviewed_yearly(desk, smtp_server, nominee.person_id, nominee.body_id)
    with desk.database.reading() as session:
        assert verify(session).is_whole


@pytest.mark.browser
def test_who_is_not_eligible_is_refused_with_every_reason_and_may_be_excepted(district: District) -> None:
    desk = district.desk
    opens_the_round(desk)
    desk.clock.now = at(2026, 9, 2)
    nominee = district.nominees("subdistrict-01", "ineligible")[0]
    case_id = fills_in(desk, "nominator", nominee.person_id, nominee.category)
    assert desk.page.locator("main form button.button-primary").is_disabled()
    reasons = desk.page.locator("ul.reasons li").all_inner_texts()
    assert reasons
    assert all("组织部" in reason for reason in reasons), "each says who can change it"
    is_excepted(desk, case_id, reasons=len(reasons))
    desk.sits("nominator")
    desk.opens(f"/nominations/{case_id}/check")
    desk.sends(desk.page.locator("main form button.button-primary"))
    assert state_of(desk, case_id) == "review.formal_check"


def is_excepted(desk: Desk, case_id: int, *, reasons: int) -> None:
    """The nominating body asks, the head of the organization department sets the rules aside and says why."""
    desk.opens(f"/nominations/{case_id}")
    desk.page.locator("main details summary").click()
    desk.page.fill("#exception-reason", "基层急需，工作实绩突出。")
    desk.sends(desk.page.locator("main details button"))
    desk.sits("orghead")
    for _ in range(reasons):
        desk.case(case_id)
        form_of = desk.page.locator('form[action$="/waive"]').first
        form_of.locator("textarea").fill("经部务会研究同意。")
        desk.sends(form_of.locator("button"))
    desk.reads("例外", "经部务会研究同意。")
    desk.act(case_id, "answer", reason="同意例外，请提交。")
    with desk.database.reading() as session:
        assert len(session.scalars(select(Waiver).where(Waiver.case_id == case_id)).all()) == reasons


@pytest.mark.browser
def test_a_body_says_that_it_nominates_nobody_and_the_board_tells(district: District) -> None:
    desk = district.desk
    opens_the_round(desk)
    desk.clock.now = at(2026, 9, 2)
    desk.sits("nominator2")
    desk.opens("/calls/")
    desk.page.locator("main details summary").filter(has_text="报送零推荐").click()
    desk.page.fill("main details textarea", "本行业党外人选正在培养中。")
    desk.sends(desk.page.locator("main details button"))
    nominee = district.nominees("subdistrict-01", "listed")[0]
    nominates(desk, "nominator", nominee.person_id, nominee.category)
    desk.sits("secretary")
    desk.opens("/rounds/1")
    rows = desk.page.locator("tr")
    desk.page.locator("details summary").filter(has_text="零推荐及理由").click()
    assert "零推荐" in rows.filter(has_text="本行业党外人选正在培养中。").inner_text()
    assert rows.filter(has_text="未反馈").count() == 35
