"""The first part of every journey: a round is opened, bodies nominate, what came back is sent again."""

from tests.journeys.desk import Desk

GROUNDS = "连续三年负责老旧小区改造，群众评价高。"


def opens_the_round(desk: Desk) -> None:
    """The secretary calls all 37 bodies."""
    desk.sits("secretary")
    desk.opens("/rounds/new")
    page = desk.page
    assert page.locator("input[name=called]:checked").count() == 37
    page.fill("[name=title_zh]", "二〇二六年党外后备干部推荐选拔")
    page.fill("[name=title_en]", "Selection of 2026")
    page.fill("[name=opens_date]", "2026-08-31")
    page.fill("[name=closes_date]", "2026-09-18")
    page.fill("[name=seats_reserve]", "15")
    page.fill("[name=seats_youth]", "25")
    page.fill("[name=date_review_by]", "2026-10-16")
    page.fill("[name=date_assessment_by]", "2026-11-14")
    desk.sends(page.locator("main form button.button-primary"))
    desk.reads("非工作日，下一工作日为 2026年11月16日")
    desk.sends(page.locator("main form button.button-primary"))
    desk.reads("二〇二六年党外后备干部推荐选拔")


def begins(desk: Desk, name: str, person_id: int, category: str) -> int:
    """Begins a nomination from the archive and stands before its task list."""
    desk.sits(name)
    desk.opens("/calls/")
    desk.sends(desk.page.locator("main a.button-primary"))
    desk.page.fill("[name=search]", desk.name_of(person_id))
    desk.sends(desk.page.locator("form.filters button"))
    desk.page.check(f'input[name=person][value="{person_id}"]')
    desk.page.check(f'input[name=category][value="{category}"]')
    desk.sends(desk.page.locator("form.card-form button.button-primary"))
    return int(desk.page.url.rsplit("/", 1)[1])


def fills_in(desk: Desk, name: str, person_id: int, category: str) -> int:
    """A nomination up to the page that shows the answers."""
    case_id = begins(desk, name, person_id, category)
    fills_in_form(desk, case_id)
    return case_id


def fills_in_form(desk: Desk, case_id: int) -> None:
    """From the task list through the form to the answers."""
    desk.sends(desk.page.locator(f'main a[href="/nominations/{case_id}/form"]'))
    desk.fill(desk.page.locator("main"), "channel", "nominating_body")
    desk.page.fill("[name=grounds]", GROUNDS)
    desk.page.check("input[name=is_consented][value=yes]")
    desk.sends(desk.page.locator("main form button.button-primary"))
    desk.reads(GROUNDS)


def nominates(desk: Desk, name: str, person_id: int, category: str) -> int:
    """A whole nomination, to the confirmation."""
    case_id = fills_in(desk, name, person_id, category)
    desk.sends(desk.page.locator("main form button.button-primary"))
    assert desk.page.url.endswith(f"/nominations/{case_id}/sent")
    return case_id


def resubmits(desk: Desk, name: str, case_id: int, reason: str) -> None:
    """What came back shows why, keeps what was typed, and is sent again."""
    desk.sits(name)
    desk.opens(f"/nominations/{case_id}")
    desk.reads(reason)
    desk.sends(desk.page.locator(f'main a[href="/nominations/{case_id}/form"]'))
    assert desk.page.input_value("[name=grounds]").startswith(GROUNDS)
    desk.page.fill("[name=grounds]", GROUNDS + "补充：近三年考核均为称职以上。")
    desk.sends(desk.page.locator("main form button.button-primary"))
    desk.sends(desk.page.locator("main form button.button-primary"))
    assert desk.page.url.endswith(f"/nominations/{case_id}/sent")
