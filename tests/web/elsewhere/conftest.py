"""Procedures of quite another world, run through the pages: their bodies and people, browsers with and without scripts."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.fixtures.serving import LiveServer
from tests.golden.world import OWN, World, set_up
from web.app import create_app
from web.request import COOKIE
from workflow.access.operations import sign_in_to_demo
from workflow.cases.loading import load_case
from workflow.cases.tables import Case
from workflow.context import CLOCK, Actor, Context
from workflow.expiring import act_on_expiry
from workflow.people.names import pinyin_key, strokes_key
from workflow.people.tables import Account, Person
from workflow.procedure.model import Procedure
from workflow.rounds.tables import Round, RoundCall
from workflow.settings import Settings
from workflow.store.database import Database

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Elsewhere:
    """A world with one procedure at its heart, seen through browsers of its accounts."""

    world: World
    settings: Settings
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    def client(self, who: str, *, locale: str = "en") -> FlaskClient:
        """Somebody's browser without scripts, in a language."""
        if who not in self.clients:
            app = create_app(self.settings, clock=lambda: self.world.now)
            self.clients[who] = app.test_client()
        self.clients[who].set_cookie(COOKIE, self.token(who))  # years go by between two looks
        with self.world.database.writing() as session:
            session.execute(update(Account).where(Account.sign_in_name == who).values(locale=locale))
        return self.clients[who]

    def token(self, who: str) -> str:
        with self.world.database.writing() as session:
            return sign_in_to_demo(Context(session, CLOCK, self.world.now), sign_in_name=who)

    def reads(self, who: str, path: str, *, locale: str = "en", status: int = 200) -> str:
        answer = self.client(who, locale=locale).get(path)
        assert answer.status_code == status, path
        return answer.text

    def sends(self, who: str, path: str, page: str, status: int = 302, /, **typed: Any) -> TestResponse:
        """Sends a form of a page the way a browser does, with its token."""
        client = self.client(who)
        (token, *_) = TOKEN.findall(client.get(page).text)
        answer = client.post(path, data={"csrf_token": token, **typed})
        assert answer.status_code == status, answer.text[answer.text.find("error-summary") :][:2_000]
        assert "sign-in" not in answer.headers.get("Location", "")
        return answer

    def acts(self, who: str, case_id: int, action: str, status: int = 302, /, **typed: Any) -> TestResponse:
        with self.world.database.reading() as session:
            version = load_case(session, case_id).version
        page = f"/cases/{case_id}"
        return self.sends(who, f"{page}/act/{action}", page, status, version=version, **typed)

    def state(self, case_id: int) -> str:
        with self.world.database.reading() as session:
            return load_case(session, case_id).state

    def expires(self, case_id: int, **later: float) -> str:
        """Time goes by, and the clock does what is due in the case's state."""
        self.world.now += timedelta(**later)
        with self.world.database.writing() as session:
            context = Context(session, CLOCK, self.world.now)
            act_on_expiry(context, case_id=case_id, state=load_case(session, case_id).state)
        return self.state(case_id)

    def newcomer(self, name: str, name_zh: str, name_latin: str) -> int:
        """Somebody in the archive of the one body, with an account; the id of the person."""
        with self.world.database.writing() as session:
            person = Person(
                reference=f"P-{name}", name=name_zh, name_latin=name_latin, sort_strokes=strokes_key(name_zh), sort_pinyin=pinyin_key(name_zh),
                sex="female", nationality="ha", birth_date=date(1988, 3, 1), political_status="none", education="doctor",
                body_id=self.world.bodies[OWN], created_at=self.world.now,
            )  # fmt: skip
            session.add(person)
            session.flush()
            account = Account(
                sign_in_name=name, name=name_zh, name_latin=name_latin, email="", person_id=person.id,
                created_at=self.world.now,
            )  # fmt: skip
            session.add(account)
            session.flush()
            self.world.actors.append(Actor(account.id, account.name, (), person.id))
            return person.id

    def children(self, case_id: int) -> list[int]:
        with self.world.database.reading() as session:
            return list(session.scalars(select(Case.id).where(Case.parent_id == case_id).order_by(Case.id)))


@pytest.fixture
def elsewhere(sqlite_database: Database, shipped: dict[str, Procedure], tmp_path: Path) -> Callable[[str], Elsewhere]:
    """The world of a shipped procedure, by its key."""

    def begin(key: str) -> Elsewhere:
        world = set_up(sqlite_database, shipped, key)
        if world.round_id is not None:
            with sqlite_database.writing() as session:
                session.get_one(
                    Round, world.round_id
                ).reference = "R-2025-01"  # numbers of this year are given out anew
                session.add(RoundCall(round_id=world.round_id, body_id=world.bodies[OWN]))
        return Elsewhere(world, Settings(database_url=sqlite_database.url, var_directory=tmp_path))

    return begin


@dataclass
class Screen:
    """A telephone without scripts; somebody else may sit down at it."""

    page: Page
    server: LiveServer
    place: Elsewhere

    def sits(self, who: str, *, locale: str = "en") -> None:
        with self.server.database.writing() as session:
            session.execute(update(Account).where(Account.sign_in_name == who).values(locale=locale))
        self.page.context.clear_cookies()
        self.page.context.add_cookies([{"name": COOKIE, "value": self.place.token(who), "url": self.server.url}])

    def opens(self, path: str) -> None:
        answer = self.page.goto(self.server.url + path)
        assert answer is not None
        assert answer.status == 200, path
        self.looks()

    def presses(self, name: str) -> None:
        """A button by its words, in the part of the page one decides in where there is one."""
        self.page.locator("main .form-actions, main form").get_by_role("button", name=name, exact=True).last.click()
        self.looks()

    def looks(self) -> None:
        """Nothing is wider than the telephone, and no key of the definition stands on the page."""
        self.page.wait_for_load_state()
        over = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{self.page.url}: {over} px too wide"


@pytest.fixture
def screen_of(browser: Browser, serve_live: Callable[..., LiveServer]) -> Iterator[Callable[[Elsewhere], Screen]]:
    """A telephone of 375 px without scripts, before the application on that world."""
    contexts = []

    def start(place: Elsewhere) -> Screen:
        server = serve_live(place.world.database, clock=lambda: place.world.now)
        context = browser.new_context(
            viewport={"width": 375, "height": 720}, java_script_enabled=False, timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        return Screen(context.new_page(), server, place)

    yield start
    for context in contexts:
        context.close()
