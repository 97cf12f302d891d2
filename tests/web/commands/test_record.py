"""`./run record verify`: the exit status and the words of the check of the record."""

import json
import os
import subprocess
import sys

from sqlalchemy import text

from tests.architecture.house import HOME
from tests.workflow.rows import add_case, add_events


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


def test_a_database_without_tables_is_refused_in_words(tmp_path):
    result = verify(f"sqlite:///{tmp_path}/empty.db")
    assert result.returncode == 1
    assert "./run db upgrade" in result.stderr
    assert "Traceback" not in result.stderr
