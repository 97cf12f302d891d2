"""`./run cases articles`: what became of each article, for a person and for a program."""

import json
import os
import subprocess
import sys

from tests.architecture.house import HOME
from tests.workflow.steps import submitted


def articles(url, *words):
    environment = {**os.environ, "PYTHONPATH": str(HOME), "SELECTION_DATABASE_URL": url}
    return subprocess.run(
        [sys.executable, "-P", "-m", "web", "cases", "articles", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_articles_are_told_in_lines_and_as_json(office):
    reference = office.case(submitted(office, office.person())).reference
    told = articles(office.database.url, reference)
    assert told.returncode == 0
    assert any(
        line.startswith("satisfied") and "work-rules/6" in line and "#2" in line for line in told.stdout.splitlines()
    )
    found = json.loads(articles(office.database.url, reference, "--json").stdout)
    assert found["state"] == "review.formal_check"
    assert {line["article"]: line["standing"] for line in found["articles"]}["selection-regulation/43"] == "missing"


def test_a_case_there_is_not_is_said_in_words(office):
    told = articles(office.database.url, "RO-1999-0001")
    assert told.returncode == 1
    assert "There is no case RO-1999-0001." in told.stderr
