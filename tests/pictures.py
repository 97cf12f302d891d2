"""Makes the pictures of the README from the demonstration: `.venv/bin/python -m tests.pictures`."""

import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Thread

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from waitress.server import create_server

from definitions import demo
from tests.fixtures.browsers import ARGUMENTS, CHROMIUM
from web.app import create_app
from workflow.context import OFFICE_ZONE
from workflow.settings import Settings
from workflow.store.database import Database
from workflow.store.migrating import upgrade

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
MOMENT = datetime(2026, 11, 24, 10, 0, tzinfo=OFFICE_ZONE)
WIDE: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 375, "height": 780}
Way = Callable[[Page, str], object]


def _at(address: str) -> Way:
    return lambda page, base: page.goto(base + address)


def _first_case(page: Page, base: str) -> None:
    page.goto(f"{base}/inbox")
    page.click("table.list tbody tr a")


def _exception(page: Page, base: str) -> None:
    _first_case(page, base)
    page.evaluate("scrollTo(0, 330)")


def _meeting(page: Page, base: str) -> None:
    """Eight of eleven present, five in favour."""
    _first_case(page, base)
    attendance = page.locator("select[name^=attendance_]")
    for number in range(attendance.count()):
        attendance.nth(number).select_option("present" if number < 8 else "absent")
        if number < 5:
            page.locator("select[name^=opinion_]").nth(number).select_option("agree")
    page.select_option("select[name=rest]", "disagree")
    page.click("button[name=preview]")


def _signing(page: Page, base: str) -> None:
    _first_case(page, base)
    page.click(".jump-to-decision a")


def _faulty_draft(page: Page, base: str) -> None:
    page.goto(f"{base}/procedures/annual-review")
    page.click(".page-actions .button-primary")
    source = page.locator("#input-source")
    source.fill(source.input_value().replace("to: joint.review", "to: joint.nowhere"))
    page.locator("#checked li").first.wait_for()
    page.evaluate("scrollTo(0, 0)")


def _sandbox(page: Page, base: str) -> None:
    page.goto(f"{base}/procedures/reserve-official")
    page.click(".page-actions a[href*=procedure-sandboxes]")
    page.locator("#decision .button-primary").first.click()
    page.locator(".played li").first.wait_for()


SHOTS = (
    ("inbox", "secretary", _at("/inbox"), "zh-CN", WIDE, None),
    ("board", "secretary", _at("/rounds/1"), "en", WIDE, None),
    ("ranking", "secretary", _at("/rounds/1/ranking"), "zh-CN", WIDE, None),
    ("meeting", "recorder", _meeting, "zh-CN", WIDE, None),
    ("exception", "orghead", _exception, "en", WIDE, "dark"),
    ("phone", "unitedfront", _signing, "zh-CN", PHONE, None),
    ("sandbox", "designer", _sandbox, "zh-CN", WIDE, None),
    ("draft", "designer", _faulty_draft, "en", WIDE, None),
)
"""Name, account, way to the page, language, size, colours."""


def main() -> None:
    """Loads the district at its default stage and takes the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        database = Database(f"sqlite:///{folder}/demo.db")
        upgrade(database)
        demo.load(database, stage=demo.DEFAULT_STAGE, now=MOMENT)
        settings = Settings(database_url=database.url, var_directory=Path(folder), is_demo=True)
        server = create_server(create_app(settings, clock=lambda: MOMENT), host="127.0.0.1", port=0, threads=4)
        Thread(target=server.run, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for shot in SHOTS:
            _take(browser, f"http://127.0.0.1:{server.effective_port}", shot)
        browser.close()
        server.close()


Shot = tuple[str, str, Way, str, ViewportSize, str | None]


def _take(browser: Browser, base: str, shot: Shot) -> None:
    name, account, way, language, size, colours = shot
    context = browser.new_context(
        viewport=size, locale=language, color_scheme="dark" if colours else "light", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(f"{base}/sign-in")
    page.click(f'button[value="{account}"]')
    other = page.locator(f'button[name="language"][value="{language[:2]}"]')
    if other.count():  # an account keeps the language of the picture before
        other.click()
    way(page, base)
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


if __name__ == "__main__":
    main()
