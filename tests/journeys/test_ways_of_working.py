"""The same office by keyboard alone, in English, and in a browser that runs no scripts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from definitions.demo.plan import SEATS
from tests.journeys.conftest import OPENS, District
from tests.journeys.desk import Desk
from tests.journeys.nominating import GROUNDS, nominates, opens_the_round
from workflow.bodies.queries import actor
from workflow.bulk.operations import Seen, start_bulk
from workflow.cases.operations import act
from workflow.cases.tables import Case
from workflow.context import OFFICE_ZONE, Context
from workflow.rounds.operations import nominate, open_round

SECOND_DAY = datetime(2026, 9, 2, 10, tzinfo=OFFICE_ZONE)
LONGEST_WAY = 80
"""Presses of Tab after which a keyboard user gives up."""


@pytest.fixture
def bare_page(browser: Browser) -> Iterator[Page]:
    """A browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def state_of(desk: Desk, case_id: int) -> str:
    with desk.database.reading() as session:
        return session.get_one(Case, case_id).state


NOMINATION = {"channel": "nominating_body", "grounds": GROUNDS, "is_consented": "yes"}
BODIES = {"nominator": "subdistrict-01", "nominator2": "industry-01"}


def as_account(desk: Desk, session: Session, name: str) -> Context:
    return Context(session, actor(session, desk.account(name), desk.clock.now.date()), desk.clock.now)


def waiting(district: District, *names: str) -> list[int]:
    """The round is open, and a case of each of these nominators waits for the formal check."""
    desk, cases = district.desk, []
    with desk.database.writing() as session:
        opened = open_round(
            as_account(desk, session, "secretary"),
            procedure="reserve-official",
            title_zh="二〇二六年推荐选拔",
            title_en="Selection of 2026",
            opens_date=OPENS,
            closes_date=date(2026, 9, 18),
            body_ids=district.plan.called,
            seats=SEATS,
        )
    desk.clock.now = SECOND_DAY
    for name in names:
        nominee = district.nominees(BODIES[name], "listed")[0]
        with desk.database.writing() as session:
            context = as_account(desk, session, name)
            case_id = nominate(
                context,
                round_id=opened.round_id,
                body_id=nominee.body_id,
                person_id=nominee.person_id,
                category=nominee.category,
                channel="nominating_body",
            ).case_id
        with desk.database.stepping() as session:
            context = as_account(desk, session, name)
            act(context, case_id=case_id, action="submit", seen_version=1, form=NOMINATION)
        cases.append(case_id)
    return cases


@pytest.mark.browser
def test_nominating_and_approving_need_no_scripts(district: District, bare_page: Page) -> None:
    desk = replace(district.desk, page=bare_page)
    opens_the_round(desk)
    desk.clock.now = SECOND_DAY
    nominee = district.nominees("subdistrict-01", "listed")[0]
    case_id = nominates(desk, "nominator", nominee.person_id, nominee.category)
    desk.sits("secretary")
    desk.opens("/inbox")
    desk.sends(bare_page.locator(f'a[href="/cases/{case_id}"]').first)
    desk.act(case_id, "approve")
    assert state_of(desk, case_id) == "review.co_sign"
    desk.sits("orghead")
    desk.gives_opinion(case_id, "agree")


@pytest.mark.browser
def test_a_case_is_approved_with_the_keyboard_alone(district: District) -> None:
    desk = district.desk
    [case_id] = waiting(district, "nominator")
    desk.sits("secretary")
    desk.opens("/inbox")
    keyboard = desk.page.keyboard
    keyboard.press("j")
    with desk.page.expect_navigation():
        keyboard.press("Enter")
    assert desk.page.url.endswith(f"/cases/{case_id}")
    for _ in range(LONGEST_WAY):
        keyboard.press("Tab")
        if desk.page.evaluate("document.activeElement.matches('form[action$=\"/act/approve\"] button')"):
            break
    with desk.page.expect_navigation():
        keyboard.press("Enter")
    assert state_of(desk, case_id) == "review.co_sign"


@pytest.mark.browser
def test_no_letter_typed_into_a_field_is_a_command(district: District) -> None:
    desk = district.desk
    waiting(district, "nominator")
    desk.sits("secretary")
    desk.opens("/inbox")
    desk.page.keyboard.press("/")
    desk.page.keyboard.type("gijx")
    expect(desk.page.locator("#global-search")).to_have_value("gijx")


@pytest.mark.browser
def test_the_language_is_remembered_with_the_account(district: District) -> None:
    desk = district.desk
    [case_id] = waiting(district, "nominator")
    desk.sits("secretary")
    desk.opens("/inbox")
    desk.sends(desk.page.get_by_role("button", name="English"))
    desk.reads("Inbox", "Formal check")
    desk.sits("orghead")
    desk.opens("/inbox")
    desk.reads("待办")
    desk.sits("secretary")
    desk.case(case_id)
    desk.reads("Papers in order", "Who has it")
    desk.act(case_id, "return", reason="Please add the grades.")
    desk.reads("Being prepared")


@pytest.mark.browser
def test_the_keyboard_leads_from_one_case_to_the_next(district: District) -> None:
    desk = district.desk
    cases = waiting(district, *BODIES)
    desk.sits("secretary")
    desk.act(cases[0], "approve")
    with desk.page.expect_navigation():
        desk.page.keyboard.press("n")
    assert desk.page.url.endswith(f"/cases/{cases[1]}")
    desk.page.keyboard.press("?")
    expect(desk.page.locator("#shortcuts")).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator("#shortcuts")).to_be_hidden()


@pytest.mark.browser
def test_two_cases_are_ticked_by_key_and_approved_at_once(district: District) -> None:
    desk = district.desk
    cases = waiting(district, *BODIES)
    desk.sits("secretary")
    desk.opens("/inbox")
    page, bar = desk.page, desk.page.locator(".select-bar")
    expect(bar.locator("[data-go]")).to_be_disabled()
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(bar.locator("output")).to_have_text("2")
    page.keyboard.press("x")
    expect(bar.locator("output")).to_have_text("1")
    expect(page.locator("[data-every]")).to_have_js_property("indeterminate", True)
    page.locator("[data-every]").check()
    expect(bar.locator("output")).to_have_text("2")
    page.keyboard.press("x")
    expect(bar.locator("output")).to_have_text("1")
    page.locator("[data-every]").check()
    desk.sends(bar.locator("[data-go]"))
    desk.sends(page.locator('button[value="act:approve"]'))
    desk.reads("2 件可以办理")
    desk.sends(page.locator("main form .button-primary"))
    desk.reads("共 2 件，已处理 2 件")
    assert [state_of(desk, case) for case in cases] == ["review.co_sign"] * 2


@pytest.mark.browser
def test_two_cases_are_approved_at_once_without_scripts(district: District, bare_page: Page) -> None:
    desk = replace(district.desk, page=bare_page)
    cases = waiting(district, *BODIES)
    desk.sits("secretary")
    desk.opens("/inbox")
    for box in bare_page.locator("input[name=item]").all():
        box.check()
    desk.sends(bare_page.locator("[data-go]"))
    desk.sends(bare_page.locator('button[value="act:approve"]'))
    desk.sends(bare_page.locator("main form .button-primary"))
    assert [state_of(desk, case) for case in cases] == ["review.co_sign"] * 2


@pytest.mark.browser
def test_a_job_s_page_follows_the_work(district: District) -> None:
    desk = district.desk
    cases = waiting(district, *BODIES)
    with desk.database.writing() as session:
        context = as_account(desk, session, "secretary")
        seen = [Seen(case, session.get_one(Case, case).version) for case in cases]
        number = start_bulk(
            context, state="review.formal_check", doing="act:approve", seen=seen, reason="", once_key="k"
        )
    desk.sits("secretary")
    desk.opens(f"/bulk/{number}")
    desk.reads("共 2 件，已处理 0 件")
    desk.ticks()
    desk.reads("共 2 件，已处理 2 件")
    expect(desk.page.locator("#job[data-working]")).to_have_count(0)


@pytest.mark.browser
def test_shortcuts_rest_while_an_input_method_composes(district: District) -> None:
    desk = district.desk
    waiting(district, "nominator")
    desk.sits("secretary")
    desk.opens("/inbox")
    press = (
        "is => document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '?', bubbles: true, isComposing: is}))"
    )
    desk.page.evaluate(press, True)
    expect(desk.page.locator("#shortcuts")).to_be_hidden()
    desk.page.evaluate(press, False)
    expect(desk.page.locator("#shortcuts")).to_be_visible()


@pytest.mark.browser
def test_shortcuts_switched_off_do_nothing(district: District) -> None:
    desk = district.desk
    waiting(district, "nominator")
    desk.sits("secretary")
    desk.opens("/account/")
    desk.page.locator('input[name=shortcuts][value="off"]').check()
    desk.sends(desk.page.locator('form[action$="/shortcuts"] button'))
    desk.opens("/inbox")
    for key in ("?", "j", "x", "/"):
        desk.page.keyboard.press(key)
    expect(desk.page.locator("#shortcuts")).to_be_hidden()
    expect(desk.page.locator("tr.is-selected")).to_have_count(0)
    assert desk.page.evaluate("document.activeElement === document.body")
    desk.opens("/account/")
    desk.page.locator('input[name=shortcuts][value="on"]').check()
    desk.sends(desk.page.locator('form[action$="/shortcuts"] button'))
    desk.opens("/inbox")
    desk.page.keyboard.press("j")
    expect(desk.page.locator("tr.is-selected")).to_have_count(1)
