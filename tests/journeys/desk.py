"""A person at a screen: signing in, reading, filling in and sending, the way anybody in the office does."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import select

from scheduler.jobs import JOBS, Work
from tests.fixtures.serving import LiveServer
from web.request import COOKIE
from workflow.access.operations import sign_in_to_demo
from workflow.context import CLOCK, Context
from workflow.people.tables import Account, Person
from workflow.settings import Settings
from workflow.store.database import Database


@dataclass
class Clock:
    """The time of a journey; moves only when it is told to."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Desk:
    """The one browser of a journey, the server behind it, and the scheduler beside it."""

    page: Page
    server: LiveServer
    clock: Clock
    settings: Settings
    seen: set[str] = field(default_factory=set)

    @property
    def database(self) -> Database:
        return self.server.database

    def sits(self, name: str) -> None:
        """Another person takes the chair."""
        with self.database.writing() as session:
            token = sign_in_to_demo(Context(session, CLOCK, self.clock.now), sign_in_name=name)
        self.page.context.clear_cookies(name=COOKIE)
        self.page.context.add_cookies([{"name": COOKIE, "value": token, "url": self.server.url}])

    def opens(self, path: str, *, status: int = 200) -> None:
        """Goes to a page of the application."""
        answer = self.page.goto(self.server.url + path)
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"
        self.looks()

    def looks(self) -> None:
        """What must hold of every page somebody comes to."""
        page = self.page
        assert page.locator("h1").count() == 1, page.url
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{page.url} is {over} px too wide"
        assert page.locator("html").get_attribute("lang") in {"zh-CN", "en"}
        assert "(zh=" not in page.content(), f"{page.url} shows a value as the program writes it"

    def sends(self, button: Any) -> None:
        """Presses a button and waits for the page that follows."""
        with self.page.expect_navigation():
            button.click()
        self.looks()

    def reads(self, *texts: str) -> None:
        """The page says all of this."""
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)

    def case(self, case_id: int) -> None:
        self.opens(f"/cases/{case_id}")

    def act(self, case_id: int, action: str, *, reason: str = "", **form: str | list[int]) -> None:
        """Takes an action in the decision panel of a case's page."""
        self.case(case_id)
        form_of = self.page.locator(f'form[action$="/act/{action}"]')
        details = self.page.locator("details").filter(has=form_of)
        if details.get_attribute("open") is None:
            details.locator("summary").click()
        for name, value in form.items():
            self.fill(form_of, name, value)
        if reason:
            form_of.locator("textarea[name=reason]").fill(reason)
        self.sends(form_of.locator("button[type=submit]").first)

    def fill(self, form_of: Any, name: str, value: str | list[int]) -> None:
        """Answers one field, whatever kind of control it is."""
        if isinstance(value, list):
            for one in value:
                form_of.locator(f'input[name="{name}"][value="{one}"]').check()
            return
        control = form_of.locator(f'[name="{name}"]').first
        kind = control.evaluate("one => one.type")
        if kind == "radio":
            form_of.locator(f'input[name="{name}"][value="{value}"]').check()
        elif kind.startswith("select"):
            control.select_option(value)
        else:
            control.fill(value)

    def gives_opinion(self, case_id: int, opinion: str, reason: str = "") -> None:
        self.case(case_id)
        form_of = self.page.locator('form[action$="/opinion"]')
        form_of.locator(f'input[name=opinion][value="{opinion}"]').check()
        if reason:
            form_of.locator("textarea[name=reason]").fill(reason)
        self.sends(form_of.locator("button[type=submit]").first)

    def scores(self, case_id: int, *points: int) -> None:
        self.case(case_id)
        form_of = self.page.locator('form[action$="/opinion"]')
        for number, value in enumerate(points):
            form_of.locator("input[name^=score_]").nth(number).fill(str(value))
        self.sends(form_of.locator("button[type=submit]").first)

    def meets(self, case_id: int, *, present: int, agree: int, computes: bool = False) -> None:
        """Fills in a meeting: the first members are present, the first of those agree, the others do not."""
        self.case(case_id)
        form_of = self.page.locator('form[action$="/meeting"]')
        attendance = form_of.locator("select[name^=attendance_]")
        places = [n for n in range(attendance.count()) if attendance.nth(n).input_value() != "recused"]
        for place, number in enumerate(places):
            attendance.nth(number).select_option("present" if place < present else "absent")
            stance = "" if place >= present else "agree" if place < agree else "disagree"
            form_of.locator("select[name^=opinion_]").nth(number).select_option(stance)
        self.sends(form_of.locator("button[name=preview]" if computes else "button.button-primary"))

    def ticks(self) -> None:
        """The scheduler does everything that is due at this moment."""
        work = Work(self.database, self.settings)
        try:
            for job in JOBS:
                job.run(work, self.clock.now)
        finally:
            work.close()

    def account(self, name: str) -> int:
        with self.database.reading() as session:
            return session.scalars(select(Account.id).where(Account.sign_in_name == name)).one()

    def name_of(self, person_id: int) -> str:
        with self.database.reading() as session:
            return session.get_one(Person, person_id).name

    def pictures(self, name: str) -> None:
        """For whoever wants to see where a journey stands."""
        self.page.screenshot(path=str(Path(self.settings.var_directory) / f"{name}.png"), full_page=True)
