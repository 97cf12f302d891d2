"""The page of a case's rules: each article with its standing in words and the way to its record."""

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.workflow.steps import submitted


def test_the_page_says_how_each_article_stands_and_links_the_record(office: Office, client_of: ClientOf) -> None:
    case_id = submitted(office, office.person())
    client = client_of("secretary")
    client.application.config["WTF_CSRF_ENABLED"] = False
    client.post("/language", data={"language": "en", "next": "/inbox"})
    assert f"/cases/{case_id}/rules" in client.get(f"/cases/{case_id}").text
    page = client.get(f"/cases/{case_id}/rules").text
    assert "Kept" in page
    assert "Not yet" in page
    assert "work-rules/6" in page
    assert f'href="/cases/{case_id}#event-2"' in page


def test_the_page_speaks_chinese_as_well(office: Office, client_of: ClientOf) -> None:
    case_id = submitted(office, office.person())
    page = client_of("secretary").get(f"/cases/{case_id}/rules").text
    assert "依据条款" in page
    assert "工作细则第十条" in page


def test_the_page_tells_the_earliest_lawful_end(office: Office, client_of: ClientOf) -> None:
    case_id = submitted(office, office.person())
    page = client_of("secretary").get(f"/cases/{case_id}/rules").text
    assert "最早合规办结日" in page
    assert "2026年9月15日" in page
