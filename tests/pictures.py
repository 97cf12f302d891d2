"""Makes the pictures of the README from the demonstration: `.venv/bin/python -m tests.pictures`."""

import tempfile
from datetime import datetime
from pathlib import Path
from threading import Thread

from playwright.sync_api import Browser, ViewportSize, sync_playwright
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
SHOTS = (
    ("inbox", "secretary", "/inbox", "zh-CN", WIDE, None),
    ("board", "secretary", "/rounds/1", "en", WIDE, None),
    ("ranking", "secretary", "/rounds/1/ranking", "zh-CN", WIDE, None),
    ("meeting", "recorder", "first", "zh-CN", WIDE, None),
    ("exception", "orghead", "first", "en", WIDE, "dark"),
    ("phone", "unitedfront", "first", "zh-CN", PHONE, None),
)
"""Name, account, address (or the first case of the inbox), language, size, colours."""


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


Shot = tuple[str, str, str, str, ViewportSize, str | None]


def _take(browser: Browser, base: str, shot: Shot) -> None:
    name, account, address, language, size, colours = shot
    context = browser.new_context(viewport=size, locale=language, color_scheme="dark" if colours else "light")
    page = context.new_page()
    page.goto(f"{base}/sign-in")
    page.click(f'button[value="{account}"]')
    if language == "en":
        page.click('button[name="language"][value="en"]')
    page.goto(f"{base}/inbox" if address == "first" else base + address)
    if address == "first":
        page.click("table.list tbody tr a")
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


if __name__ == "__main__":
    main()
