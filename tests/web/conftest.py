"""What tests of pages ask for: browsers of the small office's accounts."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.fixtures.office import Office
from web.app import create_app
from web.request import COOKIE
from workflow.access.operations import sign_in_to_demo
from workflow.bodies.tables import Body, BodyRole, RoleHolding
from workflow.cases.operations import open_case
from workflow.context import Actor, Holding
from workflow.people.tables import Account
from workflow.settings import Settings

ClientOf = Callable[[str | None], FlaskClient]


@pytest.fixture
def client_of(office: Office, tmp_path: Path) -> ClientOf:
    """A browser of an account of the small office; None is somebody who has not signed in."""
    settings = Settings(database_url=office.database.url, var_directory=tmp_path)
    app = create_app(settings, clock=lambda: office.now)

    def client(name: str | None) -> FlaskClient:
        made = app.test_client()
        if name is not None:
            with office.as_(None) as context:
                made.set_cookie(COOKIE, sign_in_to_demo(context, sign_in_name=name))
        return made

    return client


@pytest.fixture
def administrator(office: Office) -> str:
    """The sign-in name of the office's administrator."""
    return administered(office)


def administered(office: Office) -> str:
    """Gives the office an administrator; their sign-in name."""
    with office.database.writing() as session:
        body = Body(code="office", kind="department", title_zh="办公室", title_en="Office")
        session.add(body)
        session.flush()
        role = BodyRole(body_id=body.id, role="administrator")
        account = Account(
            sign_in_name="admin",
            name="admin",
            name_latin="admin",
            email="admin@office.example",
            is_administrator=True,
            created_at=office.now,
        )
        session.add_all((role, account))
        session.flush()
        session.add(RoleHolding(body_role_id=role.id, account_id=account.id, from_date=date(2020, 1, 1)))
        holding = Holding(role.id, body.id, "office", "administrator")
        office.actors["admin"] = Actor(account_id=account.id, name="admin", holdings=(holding,))
    return "admin"


@pytest.fixture
def case_id(office: Office) -> int:
    """A draft of the street's."""
    return drafted(office)


def drafted(office: Office) -> int:
    """A draft of the street's; its number."""
    person_id = office.person()
    with office.as_("nominator") as context:
        return open_case(
            context,
            version_id=office.versions["reserve-official"],
            person_id=person_id,
            body_id=office.bodies["street"],
            round_id=office.round_id,
            category="reserve",
        ).case_id
