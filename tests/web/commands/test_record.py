"""`./run record verify`: the exit status and the words of the check of the record."""

import json
import os
import subprocess
import sys

from sqlalchemy import text

from tests.architecture.house import HOME
from tests.workflow.rows import add_case, add_events
from tests.workflow.steps import decided


def verify(url, *words):
    environment = {**os.environ, "PYTHONPATH": str(HOME), "SELECTION_DATABASE_URL": url}
    return subprocess.run(
        [sys.executable, "-P", "-m", "web", "record", "verify", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_whole_record_passes(database):
    with database.writing() as session:
        add_events(session, add_case(session, "A-1"), 3)
    result = verify(database.url)
    assert (result.returncode, result.stdout) == (0, "The record is whole: 3 events of 1 cases.\n")


def test_a_changed_event_is_named_and_fails(database):
    with database.writing() as session:
        add_events(session, add_case(session, "A-1"), 3)
        session.execute(text("UPDATE event SET action = 'approved' WHERE seq = 2"))
    result = verify(database.url)
    assert (result.returncode, result.stdout) == (1, "The record is broken at case A-1, event 2: changed.\n")
    result = verify(database.url, "--json")
    assert result.returncode == 1
    found = json.loads(result.stdout)
    assert found["is_whole"] is False
    assert (found["first_broken"]["case_reference"], found["first_broken"]["seq"]) == ("A-1", 2)


def test_an_altered_document_is_named_and_fails(office):
    case_id = decided(office, office.person())
    assert verify(office.database.url).returncode == 0
    with office.database.writing() as session:
        session.execute(text("UPDATE document SET content = 'x' WHERE language = 'zh' AND template = 'public_notice'"))
    result = verify(office.database.url)
    reference = office.case(case_id).reference
    assert (result.returncode, result.stdout) == (
        1,
        f"The document public_notice (zh) of case {reference}, event 12, is not what the record says.\n",
    )
    found = json.loads(verify(office.database.url, "--json").stdout)
    assert (found["is_whole"], [one["template"] for one in found["altered"]]) == (False, ["public_notice"])


def test_a_database_without_tables_is_refused_in_words(tmp_path):
    result = verify(f"sqlite:///{tmp_path}/empty.db")
    assert result.returncode == 1
    assert "./run db upgrade" in result.stderr
    assert "Traceback" not in result.stderr
