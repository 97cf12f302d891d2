"""`./run demo`: a district at any stage, two processes, and an end that leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request

import psutil
import pytest
from sqlalchemy import text

from definitions.demo import DEFAULT_STAGE
from tests.architecture.house import HOME
from workflow.store.database import Database
from workflow.store.migrating import is_current


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """One folder for all: the database is made once."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def command(*words):
    return [sys.executable, "-P", "-m", "web", "demo", *map(str, words)]


def environment():
    return {**os.environ, "PYTHONPATH": str(HOME), "SELECTION_DATABASE_URL": "sqlite:////nowhere/at/all.db"}


def demo(*words):
    return subprocess.run(command(*words), env=environment(), capture_output=True, text=True, check=False)


def count(path, table):
    database = Database(f"sqlite:///{path}")
    with database.reading() as session:
        found = session.scalar(text(f'SELECT count(*) FROM "{table}"'))
    assert is_current(database)
    database.dispose()
    return found


@pytest.fixture(scope="session")
def made(folder):
    result = demo("--no-serve", "--folder", folder)
    assert result.returncode == 0, result.stderr
    return folder / f"{DEFAULT_STAGE}.db"


def test_the_database_of_the_district_is_made(made):
    assert count(made, "person") >= 50
    assert [path.name for path in made.parent.iterdir() if ".making" in path.name] == []


def test_a_second_start_keeps_what_was_done(made):
    before = made.stat().st_ino
    result = demo("--no-serve", "--folder", made.parent)
    assert result.returncode == 0
    assert "Making" not in result.stdout
    assert made.stat().st_ino == before


def test_an_unknown_stage_is_refused_with_the_known_ones(folder):
    result = demo("--no-serve", "--folder", folder, "--stage", "finished")
    assert result.returncode == 2
    assert "reviewing" in result.stderr


def test_a_taken_port_is_said_before_anything_is_made(tmp_path, port):
    with socket.create_server(("127.0.0.1", port)):
        result = demo("--folder", tmp_path / "new", "--port", port)
    assert result.returncode == 1
    assert f"Port {port} is taken" in result.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_stopped_and_leaves_nothing_behind(made, port, number):
    words = command("--folder", made.parent, "--port", port)
    with subprocess.Popen(
        words, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        lines = []
        while "Ctrl-C" not in (line := running.stdout.readline()):
            assert line, running.stderr.read()
            lines.append(line)
        said = "".join(lines)
        assert f"http://127.0.0.1:{port}" in said
        for name in ("secretary", "nominator", "recorder", "admin"):
            assert name in said
        children = psutil.Process(running.pid).children(recursive=True)
        assert len(children) == 2
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
            assert answer.status == 200
        running.send_signal(number)
        assert running.wait(20) == 0
        assert "Traceback" not in running.stderr.read()
        assert not psutil.wait_procs(children, timeout=1)[1]
    with socket.create_server(("127.0.0.1", port)):
        pass
