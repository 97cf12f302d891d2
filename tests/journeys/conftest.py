"""The district before its round: people, bodies and accounts are there, nothing has happened yet."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page

from definitions.demo.district import fill
from definitions.demo.plan import Nominee, Plan
from definitions.library import procedures
from tests.fixtures.databases import sqlite_file
from tests.fixtures.serving import LiveServer
from tests.journeys.desk import Clock, Desk
from workflow.bodies.tables import Body
from workflow.cases.versions import publish_all
from workflow.context import CLOCK, OFFICE_ZONE, Context
from workflow.settings import Settings
from workflow.store.database import Database

OPENS = date(2026, 8, 31)
MORNING = datetime(2026, 8, 31, 9, 0, tzinfo=OFFICE_ZONE)


@dataclass
class District:
    """A desk, and whom the plan of the demonstration means for what."""

    desk: Desk
    plan: Plan
    bodies: dict[str, int]

    def nominees(self, body: str, fate: str) -> list[Nominee]:
        return [n for n in self.plan.nominees if n.body_id == self.bodies[body] and n.fate == fate]


@dataclass(frozen=True)
class FirstDay:
    """A district on file: its plan, and its bodies by their codes."""

    path: Path
    plan: Plan
    bodies: dict[str, int]


@pytest.fixture(scope="session")
def first_day(sqlite_template: Path) -> FirstDay:
    """The district before anything happened, filled once and copied for each journey."""
    path = sqlite_template.with_name("district.db")
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    with database.writing() as session:
        context = Context(session, CLOCK, MORNING)
        plan = fill(context, OPENS)
        publish_all(context, procedures().values())
        bodies = {body.code: body.id for body in session.query(Body)}
    database.dispose()
    return FirstDay(path, plan, bodies)


@pytest.fixture
def district(
    database: Database,
    first_day: FirstDay,
    serve_live: Callable[..., LiveServer],
    settings: Settings,
    page: Page,
    smtp_server: object,
) -> District:
    """The district on its first day, the application behind its real server, a clock that moves when told."""
    clock = Clock(MORNING)
    shutil.copyfile(first_day.path, sqlite_file(database))
    server = serve_live(database, is_demo=True, clock=clock)
    mailing = replace(
        settings,
        database_url=database.url,
        public_url=server.url,
        smtp_host="127.0.0.1",
        smtp_port=smtp_server.port,  # type: ignore[attr-defined]
    )
    return District(Desk(page, server, clock, mailing), first_day.plan, first_day.bodies)
