"""What the case page does by itself in a browser: keeping what is typed, and saying which part is in view."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.fixtures.office import Office
from tests.fixtures.serving import LiveServer
from tests.workflow.steps import submitted
from web.request import COOKIE
from workflow.access.operations import sign_in_to_demo
from workflow.cases.tables import Draft


@pytest.fixture
def at_case(office: Office, serve_live: Callable[..., LiveServer], page: Page) -> int:
    """The secretary's browser on a case whose papers wait for them."""
    case_id = submitted(office, office.person())
    server = serve_live(office.database, clock=lambda: office.now)
    with office.as_(None) as context:
        token = sign_in_to_demo(context, sign_in_name="secretary")
    page.context.add_cookies([{"name": COOKIE, "value": token, "url": server.url}])
    page.goto(f"{server.url}/cases/{case_id}")
    return case_id


def kept(office: Office) -> list[tuple[str, object]]:
    with office.database.reading() as session:
        return [(row.place, row.values) for row in session.scalars(select(Draft))]


@pytest.mark.browser
def test_what_is_typed_keeps_itself_and_goes_when_it_is_sent(office: Office, page: Page, at_case: int) -> None:
    form = page.locator('form[action$="/act/return"]')
    page.locator("details").filter(has=form).locator("summary").click()
    form.locator("textarea").fill("请补充说明。")
    expect(form.locator("[data-draft-status]")).to_have_text("已于 10:00 暂存。")
    assert kept(office) == [(f"case:{at_case}:return", {"reason": "请补充说明。"})]
    with page.expect_navigation():
        form.locator("button").first.click()
    assert office.case(at_case).state == "recommendation.draft"
    assert kept(office) == []


@pytest.mark.browser
def test_a_server_that_does_not_answer_is_told_and_the_text_stays(office: Office, page: Page, at_case: int) -> None:
    page.route("**/drafts/*", lambda route: route.abort())
    form = page.locator('form[action$="/act/return"]')
    page.locator("details").filter(has=form).locator("summary").click()
    form.locator("textarea").fill("请补充说明。")
    expect(form.locator("[data-draft-status]")).to_contain_text("暂存失败")
    expect(form.locator("textarea")).to_have_value("请补充说明。")


@pytest.mark.browser
def test_the_bar_marks_the_part_in_view(page: Page, at_case: int) -> None:
    current = page.locator(".section-tabs a[aria-current]")
    expect(current).to_have_text("概况")
    page.set_viewport_size({"width": 1280, "height": 500})
    page.locator('.section-tabs a[href="#timeline"]').click()
    expect(current).to_have_text("办理记录")
    expect(page.locator("#timeline h2")).to_be_in_viewport()


@pytest.mark.browser
def test_paper_has_no_bars_and_no_forms_but_the_reference(page: Page, at_case: int) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    for hidden in (".section-tabs", ".decision", "#timeline .tabs", ".topbar", ".sidemenu"):
        expect(page.locator(hidden)).not_to_be_visible()
    expect(page.locator(".foot")).to_contain_text("RO-2026-0001")
    ink = page.evaluate("getComputedStyle(document.querySelector('.card')).color")
    assert ink == "rgb(0, 0, 0)", "dark ink on white paper, whatever the screen is"
