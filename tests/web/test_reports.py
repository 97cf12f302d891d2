"""The page of reports: what a reader finds on it, in its files, and behind its numbers."""

import csv
import io
import re
from typing import Any

import pytest
from sqlalchemy import update

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.workflow.steps import listed, nominated, submitted
from web.downloads import harmless
from web.report_tables import KEYS
from workflow.bodies.tables import Body


def file_of(client: Any, path: str) -> list[list[str]]:
    """The rows of a file, which begins with the mark that spreadsheet programs look for."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def page_rows(text: str, key: str) -> list[list[str]]:
    """The rows of a table of the page."""
    found = re.search(rf'<table class="[a-z -]+" id="{key}">.*?<tbody>(.*?)</tbody>', text, re.DOTALL)
    assert found
    rows = re.findall(r"<tr>(.*?)</tr>", found[1], re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"<[^>]+>", "", cell).replace("&lt;", "<").strip() for cell in row] for row in cells]


@pytest.fixture
def busy(office: Office) -> Office:
    """Somebody listed, somebody sent in, a draft; two men of one party and a woman of another."""
    listed(office, office.person())
    submitted(office, office.person(sex="female", political_status="js"))
    nominated(office, office.person())
    return office


@pytest.mark.parametrize("name", ["secretary", "frontier"])
def test_files_say_what_the_page_says(busy: Office, client_of: ClientOf, name: str) -> None:
    client = client_of(name)
    text = client.get("/reports/1").text
    for key in KEYS:
        assert file_of(client, f"/reports/1/{key}.csv")[1:] == page_rows(text, key), key


def test_every_table_names_its_columns_and_rows(busy: Office, client_of: ClientOf) -> None:
    text = client_of("secretary").get("/reports/1").text
    assert text.count("<caption>") == len(KEYS)
    assert text.count('<th scope="row">') > len(KEYS)
    assert "<script>" not in text.replace('<script type="module"', "")


def test_a_number_leads_to_its_cases(busy: Office, client_of: ClientOf) -> None:
    client = client_of("secretary")
    links = set(re.findall(r'href="(/reports/1/cases/[^"]+)"', client.get("/reports/1").text))
    assert {"/reports/1/cases/nominated", "/reports/1/cases/listed", "/reports/1/cases/waiting-review"} <= links
    assert "/reports/1/cases/returned" not in links, "nobody stands behind a nought"
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200
        assert 'href="/cases/' in answer.text
    assert 'href="/cases/3"' in client.get("/reports/1/cases/waiting-recommendation").text


def test_few_people_are_not_told_outside_the_organization_department(
    busy: Office, administrator: str, client_of: ClientOf
) -> None:
    told = file_of(client_of("orghead"), "/reports/1/sex.csv")[1:]
    assert told == [["男", "2", "1"], ["女", "1", "0"], ["全部", "3", "1"]]
    for name in ("frontier", administrator):
        rows = file_of(client_of(name), "/reports/1/sex.csv")[1:]
        assert [row[1:] for row in rows] == [["<3", "<3"], ["<3", "<3"], ["3", "1"]]
        assert "&lt;3" in client_of(name).get("/reports/1").text


def test_an_administrator_sees_numbers_and_no_case(busy: Office, administrator: str, client_of: ClientOf) -> None:
    client = client_of(administrator)
    text = client.get("/reports/1").text
    assert "/cases/" not in text
    assert "/rounds/1" not in text
    assert 'href="/cases/' not in client.get("/reports/1/cases/nominated").text


def test_the_menu_shows_reports_to_their_readers_alone(office: Office, administrator: str, client_of: ClientOf) -> None:
    for name in ("secretary", "orghead", "frontier", administrator):
        assert 'href="/reports/"' in client_of(name).get("/inbox").text
    for name in ("nominator", "street_head", "personnel", "stranger", "assessor1", "member01", "recorder"):
        assert 'href="/reports/"' not in client_of(name).get("/inbox").text
        assert client_of(name).get("/reports/").status_code == 403


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/reports/2", 404),
        ("/reports/0", 404),
        ("/reports/-1", 404),
        ("/reports/2147483648", 404),
        ("/reports/" + "9" * 400, 404),
        ("/rounds/" + "9" * 400, 404),
        ("/reports/1/nothing.csv", 404),
        ("/reports/1/..%2f..%2fetc%2fpasswd.csv", 404),
        ("/reports/1/funnel%00.csv", 404),
        ("/reports/2/funnel.csv", 404),
        ("/reports/1/cases/nothing", 404),
        ("/reports/1/cases/waiting-", 404),
        ("/reports/1/cases/waiting-closed", 404),
        ("/reports/1/cases/body-", 404),
        ("/reports/1/cases/body--1", 404),
        ("/reports/1/cases/body-" + "9" * 400, 404),
        ("/reports/1/cases/body-%D9%A1", 404),
        ("/reports/1/cases/' OR 1=1 --", 404),
        ("/reports/1/cases/nominated?after=x", 422),
        ("/reports/1/cases/nominated?after=9999-99-99_1", 422),
        ("/reports/1/cases/body-999", 200),
    ],
)
def test_a_hostile_address_is_a_missing_page(busy: Office, client_of: ClientOf, path: str, status: int) -> None:
    answer = client_of("secretary").get(path)
    assert answer.status_code == status
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "\t=1", "  =1", "\r=1"])
def test_a_cell_is_never_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "望溪街道党工委", "–", "<3", "12", "a=b", "31–35"])
def test_a_harmless_cell_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell


def test_a_body_named_like_a_formula_stays_a_name(office: Office, client_of: ClientOf) -> None:
    with office.database.writing() as session:
        session.execute(update(Body).where(Body.code == "mill").values(title_zh='=HYPERLINK("x")'))
    rows = file_of(client_of("secretary"), "/reports/1/bodies.csv")
    assert '\'=HYPERLINK("x")' in [row[0] for row in rows]
    assert "&#39;=HYPERLINK" not in client_of("secretary").get("/reports/1").text


def test_english_readers_get_english_tables(busy: Office, client_of: ClientOf) -> None:
    client = client_of("secretary")
    client.application.config["WTF_CSRF_ENABLED"] = False
    client.post("/language", data={"language": "en", "next": "/reports/"})
    assert file_of(client, "/reports/1/funnel.csv")[:3] == [
        ["Step", "Nominations"],
        ["Nominated", "3"],
        ["Sent in for review", "2"],
    ]
    assert "How far the nominations came" in client.get("/reports/1").text
