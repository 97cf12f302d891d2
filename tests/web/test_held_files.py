"""Files chosen for a form that is not sent yet: held for their chooser, sent while ticked, and forgotten afterwards."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from scheduler.jobs import Work, forget_files
from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.web.test_files import PDF, asked, client, newest_files, send, stored
from workflow.engine.files import Upload
from workflow.files.holding import MOST_BYTES, hold_files
from workflow.files.tables import HeldFile
from workflow.settings import Settings

__all__ = ["asked", "client"]


def boxes(page: str) -> list[tuple[str, bool]]:
    """Id of a file that waits → whether it is ticked."""
    return [(one, bool(ticked)) for one, ticked in re.findall(r'name="held.evidence" value="(\d+)"( checked)?', page)]


def held(office: Office) -> int:
    with office.database.reading() as session:
        return session.scalar(select(func.count()).select_from(HeldFile)) or 0


def test_a_file_is_held_where_another_answer_is_at_fault(office: Office, client: FlaskClient, asked: int) -> None:
    refused = send(client, asked, (PDF, "a.pdf"), reads="")
    assert refused.status_code == 422
    ((number, ticked),) = boxes(refused.text)
    assert ticked
    assert "a.pdf" in refused.text
    assert 'name="draft" value="yes"' in refused.text
    assert stored(office) == 0, "the record's store has what was sent and nothing else"
    assert boxes(client.get(f"/cases/{asked}").text) == [(number, True)], "also in another window"
    done = send(client, asked, draft="yes", **{"held.evidence": number})
    assert done.status_code == 302
    assert newest_files(office) == ["a.pdf"]
    assert client.get(f"/cases/{asked}/files/2/request/evidence/1").data == PDF
    assert held(office) == 0


def test_a_file_that_is_unticked_is_not_sent_and_stays_unticked(
    office: Office, client: FlaskClient, asked: int
) -> None:
    ((first, _),) = boxes(send(client, asked, (PDF, "a.pdf"), reads="").text)
    refused = send(client, asked, (PDF + b" two", "b.pdf"), reads="")
    ticks = dict(boxes(refused.text))
    assert ticks.pop(first) is False
    (second,) = ticks
    assert ticks[second]
    assert send(client, asked, draft="yes", **{"held.evidence": second}).status_code == 302
    assert newest_files(office) == ["b.pdf"]
    assert held(office) == 0


def test_saving_for_later_holds_files_and_discarding_forgets_them(
    office: Office, client: FlaskClient, asked: int
) -> None:
    assert send(client, asked, (PDF, "a.pdf"), to="drafts/file_request").status_code == 302
    assert send(client, asked, (PDF, "a.pdf"), to="drafts/file_request").status_code == 302
    assert len(boxes(client.get(f"/cases/{asked}").text)) == 1, "the same content waits once"
    client.post(f"/cases/{asked}/drafts/file_request/discard")
    assert boxes(client.get(f"/cases/{asked}").text) == []
    assert held(office) == 0


def test_what_no_question_takes_is_not_held(office: Office, client: FlaskClient, asked: int) -> None:
    answer = send(client, asked, (b"MZ program", "a.pdf"), (PDF, "b.pdf"))
    assert answer.status_code == 422
    assert len(boxes(answer.text)) == 1
    assert held(office) == 1


def test_what_waits_is_its_chooser_s_alone(
    office: Office, client_of: ClientOf, client: FlaskClient, asked: int
) -> None:
    ((number, _),) = boxes(send(client, asked, (PDF, "a.pdf"), reads="").text)
    with office.as_("street_head") as context:
        assert hold_files(context, place=f"case:{asked}:file_request", files={"evidence": [Upload("x.pdf", PDF)]})
    mine = client.get(f"/cases/{asked}").text
    assert [one for one, _ in boxes(mine)] == [number]
    secretary = client_of("secretary")
    assert "a.pdf" not in secretary.get(f"/cases/{asked}").text
    theirs = str(int(number) + 1)
    assert send(client, asked, **{"held.evidence": theirs}).status_code == 302
    assert newest_files(office) == [], "the number of somebody else's file names nothing"


def test_old_files_and_more_than_there_is_room_for_are_forgotten(
    office: Office, settings: Settings, asked: int
) -> None:
    third = MOST_BYTES // 3
    with office.as_("nominator") as context:
        for n in range(5):
            hold_files(context, place="case:1:x", files={"q": [Upload(f"{n}.pdf", bytes([n]) * third)]})
    assert held(office) == 3
    work = Work(office.database, settings)
    assert forget_files(work, office.now + timedelta(days=29)) == 0
    assert (forget_files(work, office.now + timedelta(days=31)), forget_files(work, office.now)) == (3, 0)


@pytest.mark.parametrize("to", ["again/file_request", "act/file_request"])
def test_a_form_that_asks_once_more_holds_them_too(client: FlaskClient, asked: int, to: str) -> None:
    more: dict[str, Any] = {"again": "find:nobody"} if to.startswith("again") else {"reads": ""}
    assert len(boxes(send(client, asked, (PDF, "a.pdf"), to=to, **more).text)) == 1
