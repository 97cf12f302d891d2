"""Pages for what procedures of another world need are accessible, wide and narrow, light and dark, in both languages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.fixtures.serving import LiveServer
from tests.web.elsewhere.conftest import Elsewhere
from tests.web.elsewhere.test_tenure import CHAIR, KEY, OFFICE, PROVOST, listing, referees
from tests.web.test_every_page import examined
from web.request import COOKIE


@pytest.mark.browser
def test_pages_of_tenure_are_accessible(
    elsewhere: Callable[[str], Elsewhere], browser: Browser, serve_live: Callable[..., LiveServer]
) -> None:
    place = elsewhere(KEY)
    listing(place)
    server = serve_live(place.world.database, clock=lambda: place.world.now)
    page = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai").new_page()

    def looks(who: str, path: str) -> list[str]:
        page.context.clear_cookies()
        page.context.add_cookies([{"name": COOKIE, "value": place.token(who), "url": server.url}])
        answer = page.goto(server.url + path)
        assert answer is not None
        assert answer.status == 200, path
        return examined(page, path)

    faults = looks(OFFICE, "/open/") + looks(OFFICE, f"/open/{KEY}?search=lin")
    faults += looks(CHAIR, "/cases/1") + looks(CHAIR, "/cases/1/act/ask")
    item = place.reads(CHAIR, "/inbox").split("/work/", 1)[1].partition("/")[0]
    place.sends(CHAIR, f"/work/{item}/claim", "/inbox")
    faults += looks(CHAIR, "/inbox") + looks(CHAIR, f"/work/{item}/reassign")
    place.acts(CHAIR, 1, "ask", **referees(9))
    faults += looks(CHAIR, "/cases/1") + looks(CHAIR, "/cases/2") + looks(PROVOST, "/cases/1")
    assert faults == []
