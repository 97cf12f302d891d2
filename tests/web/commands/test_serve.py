"""`./run serve`: an empty database becomes a running installation with a way in for the first administrator, once."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from tests.architecture.house import HOME
from workflow.store.database import Database
from workflow.store.migrating import is_current


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def serve(url, port, var, *words, public_url="https://selection.example"):
    environment = {
        **os.environ,
        "PYTHONPATH": str(HOME),
        "SELECTION_DATABASE_URL": url,
        "SELECTION_VAR_DIRECTORY": str(var),
    }
    if public_url:
        environment["SELECTION_PUBLIC_URL"] = public_url
    command = [sys.executable, "-P", "-m", "web", "serve", "--port", str(port), *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def said_until_ready(running):
    said = ""
    while "Ctrl-C" not in said:
        line = running.stdout.readline()
        assert line, running.stderr.read()
        said += line
    return said


@pytest.mark.parametrize("words", [(), ("--workers", "2")], ids=["waitress", "gunicorn"])
def test_an_empty_database_becomes_an_installation(tmp_path, port, words):
    url = f"sqlite:///{tmp_path}/new/selection.db"
    with serve(url, port, tmp_path, *words) as running:
        said = said_until_ready(running)
        assert re.search(r"https://selection\.example/welcome/\S{20,}\n", said)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
            assert answer.status == 200
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0
    database = Database(url)
    assert is_current(database)
    database.dispose()


def test_without_a_public_address_the_link_leads_to_the_port_served(tmp_path, port):
    with serve(f"sqlite:///{tmp_path}/a.db", port, tmp_path, "--no-scheduler", public_url=None) as running:
        link = re.search(rf"http://127\.0\.0\.1:{port}/welcome/\S+", said_until_ready(running))
        assert link
        with urllib.request.urlopen(link[0]) as answer:
            assert answer.status == 200
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0


@pytest.mark.postgres
def test_it_serves_on_postgres(postgres_url, tmp_path, port):
    with serve(postgres_url, port, tmp_path, "--no-scheduler") as running:
        assert "/welcome/" in said_until_ready(running)
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == 0


def test_a_taken_port_is_said(tmp_path, port):
    with socket.create_server(("127.0.0.1", port)), serve(f"sqlite:///{tmp_path}/a.db", port, tmp_path) as running:
        assert running.wait(20) == 1
        assert str(port) in running.stderr.read()
