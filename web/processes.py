"""Runs the web server and the scheduler side by side: both live, or both are stopped."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

import click

from workflow.settings import CHECKOUT

STOP_SECONDS = 10.0
"""How long a process may take to finish what it has begun before it is killed."""
START_SECONDS = 60.0
"""How long the server may take until it answers."""
POLL_SECONDS = 0.05
PARENT_DEATH_SIGNAL = 1
LOOPBACK = "127.0.0.1"


class PortTaken(Exception):
    """Another program listens there."""


class Stopped(Exception):
    """Somebody asked the processes to stop."""


def check_port(host: str, port: int) -> None:
    """Raises PortTaken when nothing could listen on `host:port`."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(f"{host}:{port}: {error.strerror}") from error


def server_command(host: str, port: int, workers: int | None) -> list[str]:
    """waitress, or gunicorn where several worker processes are asked for."""
    if workers is None:
        return [sys.executable, "-P", "-m", "web.server", "--host", host, "--port", str(port)]
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    asked = ["--workers", str(workers), "--bind", address, "--worker-class", "gthread", "--threads", "4"]
    return [sys.executable, "-P", "-m", "gunicorn", "web.server:application()", *asked, "--log-level", "warning"]


def scheduler_command() -> list[str]:
    return [sys.executable, "-P", "-m", "scheduler"]


def run_together(
    commands: Mapping[str, list[str]],
    *,
    environment: Mapping[str, str],
    host: str,
    port: int,
    when_ready: Callable[[], None],
) -> int:
    """Start all, call `when_ready` once `port` answers, then wait; the exit status, 0 when asked to stop by a signal.

    When one of them ends by itself the others are stopped and the status is 1, with a line that names it.
    """
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        with _told_to_stop():
            for name, command in commands.items():
                running[name] = _start(command, environment)
            _wait_for_answer(running, host, port)
            when_ready()
            while True:
                _raise_if_ended(running)
                time.sleep(POLL_SECONDS)
    except Stopped:
        return 0
    except ChildProcessError as error:
        click.echo(str(error), err=True)
        return 1
    finally:
        stop_all(running)


def _start(command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches the supervisor alone, which stops its processes in order. It has no threads.
    options: dict[str, Any] = {"start_new_session": True, "preexec_fn": _die_with_parent}
    return subprocess.Popen(command, env=dict(environment), **options)  # noqa: S603


def stop_all(running: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """SIGTERM to all, then wait; SIGKILL for who does not end in time."""
    for process in running.values():
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for name, process in running.items():
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            click.echo(f"The {name} did not end in {STOP_SECONDS:.0f} s and is killed.", err=True)
            process.kill()
            process.wait()


def _die_with_parent() -> None:
    """A supervisor that is killed outright takes its processes along (Linux; elsewhere they would stay)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)


@contextmanager
def _told_to_stop() -> Iterator[None]:
    """SIGINT and SIGTERM raise Stopped within the block and are ignored after it: stopping goes on undisturbed."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    yield


def _raise_if_ended(running: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for name, process in running.items():
        if process.poll() is not None:
            raise ChildProcessError(f"The {name} ended by itself (status {process.returncode}); the rest is stopped.")


def _wait_for_answer(running: Mapping[str, subprocess.Popen[bytes]], host: str, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    reachable = LOOPBACK if host == "0.0.0.0" else "::1" if host == "::" else host  # noqa: S104
    while True:
        _raise_if_ended(running)
        try:
            with socket.create_connection((reachable, port), timeout=1):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise ChildProcessError(f"The server does not answer on port {port}.") from None
            time.sleep(POLL_SECONDS)


def environment_with(**choices: str) -> dict[str, str]:
    """The environment of this process with other SELECTION_ variables set, and this checkout first on the path."""
    path = os.pathsep.join(filter(None, [str(CHECKOUT), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path, **choices}
