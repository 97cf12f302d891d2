"""From the call to the first yearly review through the pages, as the offices of a district live it."""

import pytest
from sqlalchemy import select

from tests.journeys.conftest import District
from tests.journeys.desk import Desk
from workflow.cases.tables import Case

GROUNDS = "连续三年负责老旧小区改造，群众评价高。"


def opens_the_round(desk: Desk) -> None:
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
    desk.sends(page.locator("main form button.button-primary"))
    desk.reads("二〇二六年党外后备干部推荐选拔", "37")


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


def fills_in(desk: Desk, case_id: int) -> None:
    """The form of the nomination, up to the page that shows the answers."""
    desk.sends(desk.page.locator(f'main a[href="/nominations/{case_id}/form"]'))
    desk._fill(desk.page.locator("main"), "channel", "nominating_body")
    desk.page.fill("[name=grounds]", GROUNDS)
    desk.page.check("input[name=is_consented][value=yes]")
    desk.sends(desk.page.locator("main form button.button-primary"))
    desk.reads(GROUNDS)


def nominates(desk: Desk, name: str, person_id: int, category: str) -> int:
    case_id = begins(desk, name, person_id, category)
    fills_in(desk, case_id)
    desk.sends(desk.page.locator("main form button.button-primary"))
    assert desk.page.url.endswith(f"/nominations/{case_id}/sent")
    return case_id


@pytest.mark.browser
def test_one_person_goes_the_whole_way(district: District) -> None:
    desk = district.desk
    opens_the_round(desk)
    nominee = district.nominees("subdistrict-01", "listed")[0]
    case_id = nominates(desk, "nominator", nominee.person_id, nominee.category)
    desk.reads("RO-2026-0001")
    print(desk.page.inner_text("main"))
    with desk.database.reading() as session:
        assert session.scalars(select(Case.state)).all() == ["review.formal_check"]
    assert case_id
