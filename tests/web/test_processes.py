"""Two processes side by side: both live, or both are stopped, and nothing is left behind."""

import os
import signal
import socket
import subprocess
import sys
from textwrap import dedent

import psutil
import pytest

from tests.architecture.house import HOME
from web.processes import PortTaken, check_port, server_command

LISTENER = "import socket, signal; s = socket.create_server(('127.0.0.1', {port})); signal.pause()"
PATIENT = "import signal; signal.pause()"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); [signal.pause() for _ in iter(int, 1)]"


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def start(port, server=LISTENER, scheduler=PATIENT, stop_seconds=10.0):
    """A supervisor in a process of its own, which says when it is ready."""
    script = dedent(
        f"""
        import os, sys
        from web import processes
        processes.STOP_SECONDS = {stop_seconds}
        commands = {{
            "web server": [sys.executable, "-c", {server.format(port=port)!r}],
            "scheduler": [sys.executable, "-c", {scheduler!r}],
        }}
        ready = lambda: print("ready", flush=True)
        sys.exit(processes.run_together(commands, environment=os.environ, host="127.0.0.1", port={port}, when_ready=ready))
        """
    )
    return subprocess.Popen(
        [sys.executable, "-c", script], cwd=HOME, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_until_ready(supervisor):
    assert supervisor.stdout.readline() == "ready\n"
    return psutil.Process(supervisor.pid).children()


def ended(children):
    return not psutil.wait_procs(children, timeout=10)[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_both(port, number):
    with start(port) as supervisor:
        children = wait_until_ready(supervisor)
        assert len(children) == 2
        supervisor.send_signal(number)
        assert supervisor.wait(10) == 0
        assert ended(children)
        assert supervisor.stderr.read() == ""


@pytest.mark.parametrize("index", [0, 1])
def test_the_end_of_one_stops_the_other(port, index):
    with start(port) as supervisor:
        children = wait_until_ready(supervisor)
        children[index].kill()
        assert supervisor.wait(10) == 1
        assert ended(children)
        assert ("web server", "scheduler")[index] in supervisor.stderr.read()


def test_a_server_that_cannot_start_stops_the_scheduler(port):
    with start(port, server="raise SystemExit(3)") as supervisor:
        assert supervisor.wait(10) == 1
        assert "The web server ended by itself (status 3)" in supervisor.stderr.read()
        assert supervisor.stdout.read() == ""


def test_who_does_not_stop_in_time_is_killed(port):
    with start(port, scheduler=STUBBORN, stop_seconds=0.2) as supervisor:
        children = wait_until_ready(supervisor)
        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(10) == 0
        assert ended(children)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_a_killed_supervisor_leaves_nobody_behind(port):
    with start(port) as supervisor:
        children = wait_until_ready(supervisor)
        os.kill(supervisor.pid, signal.SIGKILL)
        supervisor.wait(10)
        assert ended(children)


def test_a_taken_port_is_noticed(port):
    check_port("127.0.0.1", port)
    with socket.create_server(("127.0.0.1", port)), pytest.raises(PortTaken, match=str(port)):
        check_port("127.0.0.1", port)


def test_several_workers_mean_gunicorn():
    assert "web.server" in server_command("127.0.0.1", 8000, None)
    assert {"gunicorn", "[::1]:8000", "3"} <= set(server_command("::1", 8000, 3))
