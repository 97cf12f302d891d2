"""A nomination that asks for a file, in a real browser: chosen, refused, held, sent, and sent again after it came back."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.fixtures.office import CATALOGUE, MORNING, Office, set_up
from tests.fixtures.procedures import FOLDER
from tests.fixtures.serving import LiveServer
from tests.journeys.desk import Clock, Desk
from tests.journeys.nominating import begins, fills_in_form
from workflow.cases.tables import Case, CaseForm
from workflow.procedure.loader import load_procedure
from workflow.procedure.model import Procedure
from workflow.settings import Settings
from workflow.store.database import Database

PDF = b"%PDF-1.7 a certificate"
ASKED = "is_consented: {type: yes_no, required: true, title: {en: The person has agreed to be put forward, zh: 已征得本人同意}}"
WITH_FILE = "\n      certificate: {type: file, required: true, kinds: [pdf], at_most: 2, title: {en: Certificate, zh: 学历证明}}"


@pytest.fixture
def office(database: Database, shipped: dict[str, Procedure], tmp_path: Path) -> Office:
    """The small office, whose nominations ask for a certificate."""
    text = (FOLDER / "reserve-official.yaml").read_text(encoding="utf-8")
    assert ASKED in text
    path = tmp_path / "reserve-official.yaml"
    path.write_text(text.replace(ASKED, ASKED + WITH_FILE), encoding="utf-8")
    return set_up(database, {**shipped, "reserve-official": load_procedure(path, CATALOGUE)})


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Name → path of files on the desk of whoever nominates."""
    contents = {"学历.pdf": PDF, "学位.pdf": PDF + b" two", "program.pdf": b"MZ no paper"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: str(tmp_path / name) for name in contents}


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A telephone on which no scripts run."""
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 375, "height": 780}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(office: Office, serve_live: Callable[..., LiveServer], settings: Settings, page: Page) -> Desk:
    clock = Clock(MORNING)
    server = serve_live(office.database, is_demo=True, clock=clock)
    return Desk(page, server, clock, replace(settings, database_url=office.database.url, public_url=server.url))


def sending(desk: Desk) -> Locator:
    return desk.page.locator("main form button.button-primary")


def sends_with(desk: Desk, *paths: str) -> None:
    """Chooses files and presses the button that sends the nomination."""
    desk.page.set_input_files("input[type=file][name=certificate]", list(paths))
    desk.sends(sending(desk))


def ticked(desk: Desk) -> list[str]:
    """The files that go with the form without being chosen."""
    boxes = desk.page.locator(".kept-files label:has(input:checked)")
    return [text.split()[0] for text in boxes.all_inner_texts()]


def sent_files(desk: Desk, case_id: int) -> list[str]:
    with desk.database.reading() as session:
        newest = session.query(CaseForm).filter_by(case_id=case_id).order_by(CaseForm.seq.desc()).first()
        return [one["name"] for one in newest.values["certificate"]] if newest else []


def whole_way(desk: Desk, office: Office, files: dict[str, str]) -> None:
    case_id = begins(desk, "nominator", office.person(), "reserve")
    desk.sends(desk.page.locator(f'main a[href="/nominations/{case_id}/form"]'))
    desk.reads("“学历证明”在提交页面选择")
    desk.opens(f"/nominations/{case_id}")
    fills_in_form(desk, case_id)
    assert desk.page.url.endswith("/check"), "a file that is still to be chosen keeps nobody on the form"
    desk.sends(sending(desk))
    desk.reads("学历证明：请填写此项。")
    sends_with(desk, files["学历.pdf"], files["program.pdf"])
    desk.reads("program.pdf")
    assert ticked(desk) == ["学历.pdf"], "what is taken need not be chosen again"
    desk.sends(sending(desk))
    assert desk.page.url.endswith(f"/nominations/{case_id}/sent")
    assert sent_files(desk, case_id) == ["学历.pdf"]
    desk.sits("secretary")
    desk.act(case_id, "return", reason="请补充学位证明。")
    desk.sits("nominator")
    desk.opens(f"/nominations/{case_id}")
    desk.reads("请补充学位证明。")
    fills_in_form(desk, case_id)
    assert ticked(desk) == ["学历.pdf"]
    desk.reads("保持勾选即随本次再次提交")
    sends_with(desk, files["学位.pdf"])
    assert sent_files(desk, case_id) == ["学历.pdf", "学位.pdf"]
    with desk.database.reading() as session:
        assert session.get_one(Case, case_id).state == "review.formal_check"
    desk.case(case_id)
    with desk.page.expect_download() as taken:
        desk.page.locator('a[href*="/files/"]', has_text="学位.pdf").first.click()
    assert Path(taken.value.path()).read_bytes() == PDF + b" two"


@pytest.mark.browser
def test_a_certificate_goes_with_a_nomination(desk: Desk, office: Office, files: dict[str, str]) -> None:
    whole_way(desk, office, files)


@pytest.mark.browser
def test_a_certificate_goes_with_a_nomination_from_a_telephone_without_scripts(
    desk: Desk, office: Office, files: dict[str, str], phone: Page
) -> None:
    whole_way(replace(desk, page=phone), office, files)
