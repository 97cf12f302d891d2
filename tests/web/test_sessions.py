"""Sessions are rows: they end on the server, expire, and say little to whoever asks without one."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from web.app import create_app
from web.limits import limiter
from web.request import COOKIE
from workflow.access.operations import hash_password
from workflow.access.tables import SignIn
from workflow.people.tables import Account
from workflow.settings import Settings

PASSWORD = "a long enough password"
TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')
"""Made anew for every page."""


def settings_of(office: Office, folder: Path) -> Settings:
    return Settings(database_url=office.database.url, var_directory=folder)


@pytest.fixture
def door(office: Office, tmp_path: Path) -> FlaskClient:
    """A browser before the sign-in page; the secretary has a password."""
    with office.database.writing() as session:
        session.execute(
            update(Account).where(Account.sign_in_name == "secretary").values(password_hash=hash_password(PASSWORD))
        )
    app = create_app(settings_of(office, tmp_path), clock=lambda: office.now)
    app.config["WTF_CSRF_ENABLED"] = False
    limiter.reset()
    return app.test_client()


def sign_in(client: FlaskClient, password: str = PASSWORD, name: str = "secretary") -> int:
    return client.post("/sign-in", data={"name": name, "password": password}).status_code


@pytest.mark.usefixtures("door")
def test_passwords_are_kept_as_argon2(office: Office) -> None:
    with office.database.reading() as session:
        kept = session.scalars(select(Account.password_hash).where(Account.sign_in_name == "secretary")).one()
    assert kept is not None
    assert kept.startswith("$argon2id$")


def test_a_password_opens_and_signing_out_ends_the_session_on_the_server(door: FlaskClient) -> None:
    assert sign_in(door) == 302
    token = door.get_cookie(COOKIE)
    assert token is not None
    assert door.get("/inbox").status_code == 200
    door.post("/sign-out")
    door.set_cookie(COOKIE, token.value)
    assert door.get("/inbox").status_code == 302, "the old token opens nothing"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(door: FlaskClient) -> None:
    wrong = door.post("/sign-in", data={"name": "secretary", "password": "wrong"})
    unknown = door.post("/sign-in", data={"name": "nobody", "password": "wrong"})
    assert wrong.status_code == unknown.status_code
    assert wrong.status_code in {403, 422}
    assert TOKEN.sub("", wrong.text).replace("secretary", "") == TOKEN.sub("", unknown.text).replace("nobody", "")


def test_whoever_tries_too_often_has_to_wait(door: FlaskClient) -> None:
    answers = [door.post("/sign-in", data={"name": "x", "password": "y"}) for _ in range(12)]
    assert answers[-1].status_code == 429
    assert "Traceback" not in answers[-1].text
    limiter.reset()


def test_a_session_ends_by_itself(office: Office, client_of: ClientOf) -> None:
    client = client_of("secretary")
    assert client.get("/inbox").status_code == 200
    office.later(days=400)
    assert client.get("/inbox").status_code == 302


def test_a_session_that_was_revoked_opens_nothing(office: Office, client_of: ClientOf) -> None:
    client = client_of("secretary")
    with office.database.writing() as session:
        session.execute(update(SignIn).values(revoked_at=office.now))
    assert client.get("/inbox").status_code == 302


def test_an_account_that_was_closed_opens_nothing(office: Office, client_of: ClientOf) -> None:
    client = client_of("secretary")
    with office.database.writing() as session:
        session.execute(update(Account).values(is_active=False))
    assert client.get("/inbox").status_code == 302


def test_a_role_that_ended_opens_its_pages_no_longer(office: Office, client_of: ClientOf) -> None:
    client = client_of("secretary")
    assert client.get("/ledger/").status_code == 200
    with office.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE role_holding SET to_date = '2026-09-06'")
    assert client.get("/ledger/").status_code == 403


@pytest.mark.usefixtures("door")
@pytest.mark.parametrize(("url", "is_secure"), [("https://office.example", True), ("http://127.0.0.1:8000", False)])
def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(
    office: Office, tmp_path: Path, url: str, is_secure: bool
) -> None:
    app = create_app(replace(settings_of(office, tmp_path), public_url=url), clock=lambda: office.now)
    app.config["WTF_CSRF_ENABLED"] = False
    answer = app.test_client().post("/sign-in", data={"name": "secretary", "password": PASSWORD}, base_url=url)
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie or "SameSite=Strict" in cookie
    assert ("Secure" in cookie) is is_secure


def test_demo_accounts_are_open_in_the_demonstration_alone(door: FlaskClient) -> None:
    assert "demo-accounts" not in door.get("/sign-in").text
    assert door.post("/sign-in/demo", data={"name": "secretary"}).status_code == 404


def test_the_language_is_kept_before_and_after_signing_in(door: FlaskClient) -> None:
    door.post("/language", data={"language": "en", "next": "/sign-in"})
    assert '<html lang="en"' in door.get("/sign-in").text
    sign_in(door)
    door.post("/language", data={"language": "en", "next": "/inbox"})
    door.delete_cookie("selection_language")
    assert '<html lang="en"' in door.get("/inbox").text


def test_somebody_at_work_stays_signed_in_and_who_rests_does_not(office: Office, client_of: ClientOf) -> None:
    client = client_of("secretary")
    for _ in range(3):
        office.later(minutes=90)
        assert client.get("/inbox").status_code == 200
    office.later(minutes=121)
    assert client.get("/inbox").status_code == 302


def token_of(client: FlaskClient) -> str:
    found = TOKEN.search(client.get("/inbox").text)
    assert found
    return found[0].removeprefix('name="csrf_token" value="').rstrip('"')


def test_a_form_token_belongs_to_its_session(client_of: ClientOf) -> None:
    one, other = client_of("secretary"), client_of("nominator")
    mine, theirs = token_of(one), token_of(other)
    assert mine != theirs
    assert token_of(one) == mine
    assert one.post("/language", data={"language": "en", "csrf_token": theirs}).status_code == 400
    assert one.post("/language", data={"language": "en", "csrf_token": mine}).status_code == 302


def test_a_page_cookie_counts_only_as_it_was_signed_and_for_its_time(client_of: ClientOf) -> None:
    client = client_of("secretary")
    mine = token_of(client)
    cookie = client.get_cookie("selection_page")
    assert cookie is not None
    client.set_cookie("selection_page", f"x{cookie.value}")
    assert token_of(client) != mine
    client.set_cookie("selection_page", cookie.value)
    assert token_of(client) == mine
    client.application.permanent_session_lifetime = timedelta(seconds=-1)
    assert token_of(client) != mine
