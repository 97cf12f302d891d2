"""Every page in a real browser, by the eyes of accessibility: axe-core, narrow screens, dark, both languages."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page
from sqlalchemy import select

from tests.fixtures.districts import Demonstrated
from tests.fixtures.serving import LiveServer
from web.request import COOKIE
from workflow.access.operations import sign_in_to_demo
from workflow.context import CLOCK, Context
from workflow.documents.tables import Document
from workflow.store.database import Database

READERS = ("secretary", "nominator", "orghead", "assessor1", "recorder", "member01", "admin")
NOT_PAGES = {
    "static": "a file",
    "bootstrap.static": "a file",
    "health.healthz": "for monitoring, not for people",
    "home.home": "leads on to the reader's first page",
    "case.diagram": "a picture",
    "procedure_sandboxes.scenario": "a file",
    "reports.table": "a file",
    "bulk.result": "a file",
    "case_documents.download": "a file",
    "case_documents.file": "a file",
    "sign_in.welcome": "needs a one-time link; has its own test",
}
NOMINATING = ("nominate.begin", "nominate.tasks", "nominate.form", "nominate.check", "nominate.sent", "people.new")
"""Pages that need an open round; they have a test of their own."""
ELSEWHERE = ("opening.begin", "opening.apply", "case.form_alone", "case.once_more", "work.reassign")
"""Looked at where procedures of another world run."""
BULK = ("bulk.choose", "bulk.job")
"""Pages that need cases to be chosen first; they have a test of their own."""
MOVING = ("procedure_moves.new", "procedure_moves.plan")
WRITING = (*MOVING, "procedure_drafts.new", "procedure_drafts.draft", "procedure_drafts.publish", "procedures.compare")
"""Pages that need a draft or a second version; they have a test of their own."""
PLAYING = ("procedure_rehearsals.rehearsal", "procedure_sandboxes.sandbox")
"""Open to designers, who have a test of their own, as have documents."""
STANDARDS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
    "preload": False,  # of these rules only the one about turned screens reads style sheets, and no style of ours asks for that
}
EXAMINER = Axe().axe_script
WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 375, "height": 800}
NARROWEST = {"width": 320, "height": 800}


KNOWN = (*NOMINATING, *BULK, *WRITING, *ELSEWHERE, *PLAYING, "case_documents.document")
"""Looked at by other tests."""


@pytest.fixture
def called(database: Database, demonstrated: Demonstrated, serve_live: Callable[..., LiveServer]) -> LiveServer:
    """The demonstration while bodies nominate."""
    demonstrated(database, "recommendation", datetime.now(UTC))
    return serve_live(database, is_demo=True)


@pytest.fixture
def district(database: Database, demonstrated: Demonstrated, serve_live: Callable[..., LiveServer]) -> LiveServer:
    """The demonstration where its committee decides."""
    demonstrated(database, "decision", datetime.now(UTC))
    return serve_live(database, is_demo=True)


@pytest.fixture
def screen(browser: Browser) -> Iterator[Page]:
    """A page of its own; faults of scripts are the business of other tests."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def sign_in(server: LiveServer, page: Page, name: str) -> None:
    with server.database.writing() as session:
        token = sign_in_to_demo(Context(session, CLOCK, datetime.now(UTC)), sign_in_name=name)
    page.context.clear_cookies()
    page.context.add_cookies([{"name": COOKIE, "value": token, "url": server.url}])


def endpoint(server: LiveServer, path: str) -> str:
    """The route behind a path of a page."""
    return str(server.app.url_map.bind("127.0.0.1").match(urlsplit(path).path)[0])


def links(page: Page) -> list[str]:
    found = page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))")
    return [href for href in found if href.startswith("/")]


def faults_of(page: Page, kind: str, colours: str, size: dict[str, int]) -> list[str]:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
    if not page.evaluate("'axe' in window"):
        page.evaluate(EXAMINER)
    found: Any = page.evaluate("standards => axe.run(standards).then(result => result.violations)", STANDARDS)
    return [f"{kind} {colours} {size['width']}: {fault['id']} {fault['nodes'][0]['html'][:120]}" for fault in found]


CRAMPED = """() => {
    const shown = one => one.getClientRects().length > 0;
    const wide = [...document.querySelectorAll('.step-title, .button, .tile, .badge-status')].filter(shown)
        .filter(one => one.parentElement.scrollWidth > one.parentElement.clientWidth + 1 && one.parentElement.matches('.stepper li, .page-actions')
            || one.scrollWidth > one.clientWidth + 1);
    const broken = [...document.querySelectorAll('code, .reference, table .button')]
        .filter(one => /^[A-Z]+-[0-9-]+$/.test(one.textContent.trim()) || one.matches('.button')).filter(shown)
        .filter(one => { const text = document.createRange(); text.selectNodeContents(one);
            return new Set([...text.getClientRects()].map(line => Math.round(line.top / 12))).size > 1; });
    return [...wide.map(one => 'too wide: ' + one.textContent.trim()), ...broken.map(one => 'broken: ' + one.textContent.trim())];
}"""
"""Words that run into their neighbours, references and buttons of tables that break over lines."""


def cramped(page: Page, kind: str, size: dict[str, int]) -> list[str]:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    return [f"{kind} {size['width']}: {fault}" for fault in page.evaluate(CRAMPED)][:3]


def follow(button: Locator) -> None:
    """Goes where a link or a form leads and waits for the page there: a page that is being left cannot be examined."""
    with button.page.expect_navigation():
        button.click()


def examined(page: Page, kind: str) -> list[str]:
    """What is wrong with the page shown."""
    faults = faults_of(page, kind, "light", WIDE) + faults_of(page, kind, "dark", NARROW)
    page.set_viewport_size(NARROWEST)  # type: ignore[arg-type]
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if over > 0:
        faults.append(f"{kind}: {over} px wider than a screen of 320")
    faults += cramped(page, kind, NARROWEST) + cramped(page, kind, WIDE)
    if "(zh=" in page.content():
        faults.append(f"{kind}: a value as the program writes it")
    if page.locator("h1").count() != 1:
        faults.append(f"{kind}: {page.locator('h1').count()} headings of the first level")
    page.emulate_media(color_scheme="light", media="screen")
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    return faults


def walk(server: LiveServer, page: Page, seen: set[str], *first: str, limit: int = 60) -> list[str]:
    """Follows links of one reader to every kind of page not seen yet."""
    faults: list[str] = []
    waiting, known = ["/", *first], {"/"}
    while waiting and limit:
        path = waiting.pop(0)
        limit -= 1
        answer = page.goto(server.url + path)
        assert answer is not None
        assert answer.status == 200, path
        kind = endpoint(server, page.url)
        if kind not in seen:
            seen.add(kind)
            faults += examined(page, kind)
        for href in links(page):
            where = endpoint(server, href)
            if where not in NOT_PAGES and where not in known and href not in known and where not in seen:
                known |= {where, href}
                waiting.append(href)
    return faults


@pytest.mark.browser
@pytest.mark.timeout(360)
def test_every_page_is_accessible(district: LiveServer, screen: Page) -> None:
    seen: set[str] = set()
    screen.goto(district.url + "/sign-in")
    seen.add("sign_in.sign_in")
    faults = examined(screen, "sign_in.sign_in")
    for name in READERS:
        sign_in(district, screen, name)
        faults += walk(district, screen, seen, "/search?q=a")
    pages = {rule.endpoint for rule in district.app.url_map.iter_rules() if "GET" in rule.methods}
    assert faults == []
    unseen = {name for name in pages - seen - set(NOT_PAGES) if name not in KNOWN}
    assert unseen == set(), "pages no reader came to by following links"


@pytest.mark.browser
def test_every_page_of_nominating_is_accessible(called: LiveServer, screen: Page) -> None:
    sign_in(called, screen, "nominator")
    screen.goto(called.url + "/calls/")
    cases = [href for href in links(screen) if endpoint(called, href) in {"case.case", "nominate.tasks"}]
    assert cases
    numbers = [href.rsplit("/", 1)[1] for href in cases]
    forms = [f"/nominations/{n}/{page}" for n in numbers for page in ("form", "check", "sent")]
    seen: set[str] = set()
    faults = []
    for path in ("/calls/1/nominate", "/people/new", *(f"/nominations/{n}" for n in numbers), *forms):
        answer = screen.goto(called.url + path)
        kind = endpoint(called, screen.url)
        if answer is not None and answer.status == 200 and kind in NOMINATING and kind not in seen:
            seen.add(kind)
            faults += examined(screen, kind)
    assert faults == []
    assert set(NOMINATING) - seen == set()


@pytest.mark.browser
def test_every_page_about_many_cases_is_accessible(district: LiveServer, screen: Page) -> None:
    sign_in(district, screen, "personnel")
    screen.goto(district.url + "/inbox")
    faults = examined(screen, "inbox")
    screen.locator("[data-every]").check()
    follow(screen.locator("[data-go]"))
    faults += examined(screen, "bulk: what to do")
    follow(screen.locator("main form button[name=do]").first)
    faults += examined(screen, "bulk: preview")
    follow(screen.locator("main form .button-primary"))
    faults += examined(screen, "bulk: job")
    screen.goto(district.url + "/bulk/")
    faults += examined(screen, "bulk: begun earlier")
    assert faults == []


@pytest.mark.browser
def test_every_page_of_writing_a_procedure_is_accessible(district: LiveServer, screen: Page) -> None:
    sign_in(district, screen, "designer")
    screen.goto(district.url + "/procedures/annual-review")
    follow(screen.locator(".page-actions .button-primary"))
    faults = examined(screen, "a new draft")
    source = screen.locator("#input-source")
    text = source.input_value()
    source.fill(text.replace("to: joint.review", "to: joint.nowhere"))
    screen.locator("#checked li").first.wait_for()  # checked while typing
    screen.evaluate("scrollTo(0, 0)")
    faults += examined(screen, "a draft with findings")
    source.fill(text.replace("after: 7, to: organization_head", "after: 9, to: organization_head"))
    screen.locator("#input-note_en").fill("Nine days.")
    screen.locator("#input-note_zh").fill("改为九日。")
    follow(screen.locator("main form .button-primary"))
    draft = screen.url
    faults += examined(screen, "a draft")
    sign_in(district, screen, "admin")
    screen.goto(draft)
    faults += examined(screen, "a draft of somebody else")
    follow(screen.locator(".page-actions .button-primary"))
    faults += examined(screen, "publish")
    follow(screen.locator("main form .button-primary"))
    faults += examined(screen, "a procedure with two versions")
    screen.goto(district.url + "/procedures/annual-review/differences")
    faults += examined(screen, "differences")
    screen.goto(district.url + "/procedure-moves/new?from=1&to=6")
    faults += examined(screen, "a plan to move cases")
    follow(screen.locator("main form .button-primary"))
    faults += examined(screen, "what a plan would do")
    assert faults == []


@pytest.mark.browser
def test_every_page_of_playing_a_procedure_is_accessible(district: LiveServer, screen: Page) -> None:
    sign_in(district, screen, "designer")
    screen.goto(district.url + "/procedures/reserve-official")
    faults = examined(screen, "a procedure")
    address = screen.locator(".page-actions a[href*=procedure-sandboxes]").get_attribute("href")
    assert address
    screen.goto(district.url + address)
    faults += examined(screen, "a sandbox")
    screen.locator("#decision .button-primary").first.click()
    screen.locator(".played li").first.wait_for()
    faults += examined(screen, "a sandbox with a step")
    screen.goto(district.url + address + "?who=wu")
    screen.locator("summary", has_text="场景步骤").or_(screen.locator("#steps > details > summary").first).first.click()
    screen.locator("#input-step").fill("{who: wu, does: approve}")
    screen.locator("#steps form .button").first.click()
    screen.locator("#errors").wait_for()
    faults += examined(screen, "a sandbox with a refusal")
    screen.goto(district.url + address.replace("sandboxes", "rehearsals"))
    source = screen.locator("#input-scenarios")
    source.fill(source.input_value().replace("who: li, does: submit", "who: li, does: submti", 1))
    screen.locator("main form .button-primary").click()
    screen.locator(".findings li").first.wait_for()
    faults += examined(screen, "scenarios with findings")
    screen.goto(district.url + "/procedure-simulations/reserve-official?cases=50")
    faults += examined(screen, "a simulation")
    screen.goto(district.url + "/procedures/reserve-official/diagram?zoom=200")
    faults += examined(screen, "a diagram by itself")
    assert faults == []


@pytest.mark.browser
def test_a_document_of_a_case_is_accessible(
    database: Database, demonstrated: Demonstrated, serve_live: Callable[..., LiveServer], screen: Page
) -> None:
    demonstrated(database, "notice", datetime.now(UTC))
    server = serve_live(database, is_demo=True)
    with database.reading() as session:
        case_id = session.scalars(select(Document.case_id).order_by(Document.case_id)).first()
    sign_in(server, screen, "secretary")
    screen.goto(f"{server.url}/cases/{case_id}")
    follow(screen.locator("main a[href*='/documents/']").first)
    screen.locator("h1").first.wait_for()
    assert endpoint(server, screen.url) == "case_documents.document"
    assert examined(screen, "a document") == []


@pytest.mark.browser
def test_pages_are_accessible_in_english_too(district: LiveServer, screen: Page) -> None:
    sign_in(district, screen, "orghead")
    screen.goto(district.url + "/inbox")
    screen.get_by_role("button", name="English").click()
    assert screen.locator("html").get_attribute("lang") == "en"
    faults = examined(screen, "inbox")
    follow(screen.locator("tr[data-href] a").first)
    faults += examined(screen, "case")
    for path in ("/account/", "/rounds/1", "/rounds/1/ranking"):
        screen.goto(district.url + path)
        faults += examined(screen, path)
    assert faults == []


@pytest.mark.browser
def test_the_end_of_what_can_be_done_is_come_to_by_scrolling_the_page(district: LiveServer, screen: Page) -> None:
    sign_in(district, screen, "orghead")
    screen.set_viewport_size({"width": 1280, "height": 500})
    screen.goto(district.url + "/inbox")
    follow(screen.locator("tr[data-href] a").first)
    screen.locator("#decision.is-measured").wait_for()
    inside = screen.evaluate(
        "(d => [d.scrollHeight - d.clientHeight, d.offsetHeight - innerHeight])(document.querySelector('#decision'))"
    )
    assert inside[0] <= 0, "a part of the card is scrolled by itself"
    assert inside[1] > 0, "the card is taller than the window"
    edge = "document.querySelector('#decision').getBoundingClientRect().bottom"
    screen.mouse.move(400, 300)
    screen.mouse.wheel(0, screen.evaluate(f"{edge} - innerHeight") + 20)
    screen.wait_for_function(f"() => {edge} <= innerHeight && {edge} > innerHeight / 2")


@pytest.mark.browser
def test_a_printed_case_has_no_navigation(district: LiveServer, screen: Page) -> None:
    sign_in(district, screen, "orghead")
    screen.goto(district.url + "/inbox")
    follow(screen.locator("tr[data-href] a").first)
    screen.emulate_media(media="print")
    assert not screen.locator(".sidemenu").is_visible()
    assert not screen.locator(".topbar").is_visible()
    assert not screen.locator(".decision button").first.is_visible()
    assert screen.locator("h1").is_visible()
