"""`./run`: help without anything installed, clear words when Python is not good enough, any working directory."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.architecture.house import HOME

WORDS = ("demo", "serve", "test", "check", "bench")


def run(*words, home=HOME, cwd=None, **environment):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SELECTION_", "PYTEST_"))}
    return subprocess.run(
        [str(home / "run"), *words],
        cwd=cwd or home,
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def bare(tmp_path):
    """A checkout in which nothing was installed, and a path with nothing but what plain bash needs."""
    home = tmp_path / "bare"
    home.mkdir()
    for name in ("run", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(HOME / name, home / name)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "env", "dirname", "readlink", "cat", "sha256sum", "head", "flock", "id"):
        (tools / name).symlink_to(shutil.which(name))
    return home, tools


def _pretend(tools: Path, name: str, script: str) -> None:
    path = tools / name
    path.write_text(f"#!{shutil.which('bash')}\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize("words", [(), ("help",), ("--help",)])
def test_help_needs_nothing_installed(bare, words):
    home, tools = bare
    result = run(*words, home=home, PATH=str(tools))
    assert result.returncode == 0, result.stderr
    assert all(f"\n  {word} " in result.stdout for word in WORDS)
    assert not (home / ".venv").exists()


def test_no_python_is_said(bare):
    home, tools = bare
    result = run("record", "verify", home=home, PATH=str(tools))
    assert result.returncode == 1
    assert "Python 3.11 or newer is needed; none was found" in result.stderr


def test_an_old_python_is_named(bare):
    home, tools = bare
    _pretend(tools, "python3", 'if [ "$1" = --version ]; then echo "Python 3.9.2"; else exit 1; fi')
    result = run("demo", home=home, PATH=str(tools))
    assert result.returncode == 1
    assert "found only python3 (Python 3.9.2)" in result.stderr


def test_a_python_without_venv_is_told_how_to_get_it(bare):
    home, tools = bare
    _pretend(tools, "python3", 'case "$*" in *ensurepip*) exit 1 ;; esac')
    result = run("demo", home=home, PATH=str(tools))
    assert result.returncode == 1
    assert "has no venv module" in result.stderr
    assert "apt-get install python3-venv" in result.stderr


def _python_that_makes(tools: Path, pip: str) -> None:
    """A Python whose `-m venv` makes an environment with a Python that does `pip` when asked to install."""
    inner = tools / "inner"
    _pretend(tools, "inner", f'case "$*" in *"-m pip"*) {pip} ;; *"-m web"*) echo "the application: $*" ;; esac')
    _pretend(
        tools,
        "python3",
        f'case "$*" in *"-m venv"*) for place; do :; done; '
        f'{shutil.which("mkdir")} -p "$place/bin"; {shutil.which("cp")} "{inner}" "$place/bin/python" ;; esac',
    )


def test_a_failed_installation_is_said_and_tried_again(bare):
    home, tools = bare
    _python_that_makes(tools, "echo no network >&2; exit 1")
    for _attempt in range(2):
        result = run("record", "verify", home=home, PATH=str(tools))
        assert result.returncode == 1
        assert "no network" in result.stderr
        assert "pip could not install requirements.txt" in result.stderr


def test_an_installation_is_made_once_until_the_lock_changes(bare):
    home, tools = bare
    _python_that_makes(tools, f'echo "$*" >>"{home}/pip.log"')
    for _start in range(3):
        result = run("record", "verify", home=home, PATH=str(tools))
        assert result.returncode == 0, result.stderr
        assert result.stdout == "the application: -P -m web record verify\n"
    (line,) = (home / "pip.log").read_text().splitlines()
    assert "--require-hashes" in line
    (home / "requirements.txt").write_text("changed\n")
    run("record", "verify", home=home, PATH=str(tools))
    assert len((home / "pip.log").read_text().splitlines()) == 2


def test_two_first_starts_install_once(bare):
    home, tools = bare
    _python_that_makes(tools, f'echo "$*" >>"{home}/pip.log"')
    command = [str(home / "run"), "procedures", "list"]
    starting = [
        subprocess.Popen(command, env={"PATH": str(tools)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _n in range(3)
    ]
    assert [process.wait(30) for process in starting] == [0, 0, 0]
    assert len((home / "pip.log").read_text().splitlines()) == 1


installed = pytest.mark.skipif(
    not (HOME / ".venv" / "requirements.txt.sha256").exists() or Path(sys.prefix) != HOME / ".venv",
    reason="the tests were not started with ./run test",
)


@installed
def test_another_working_directory_does(tmp_path):
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "__init__.py").write_text("raise SystemExit('the wrong web')\n")
    result = run("db", "check", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "agree" in result.stdout


@installed
def test_every_command_is_listed_with_a_sentence():
    result = run()
    assert result.returncode == 0
    for name in ("db", "demo", "record", "serve"):
        line = next(line for line in result.stdout.splitlines() if line.startswith(f"  {name} "))
        assert line.rstrip().endswith((".", ":", "…")) or len(line) > 30


@installed
def test_an_unknown_word_is_named():
    result = run("dmeo")
    assert result.returncode == 2
    assert "dmeo" in result.stderr


@installed
def test_a_bad_setting_is_one_line():
    result = run("record", "verify", SELECTION_DATABASE_URL="mysql://nowhere")
    assert result.returncode == 2
    assert "SELECTION_DATABASE_URL" in result.stderr
    assert "Traceback" not in result.stderr


@installed
def test_a_database_that_does_not_answer_is_one_line():
    result = run("db", "upgrade", SELECTION_DATABASE_URL="postgresql://nobody@127.0.0.1:9/nothing")
    assert result.returncode == 1
    assert (
        result.stderr == "The database does not answer at the moment. Nothing was changed; please try again shortly.\n"
    )
    result = run(
        "db", "upgrade", SELECTION_DATABASE_URL="postgresql://nobody@127.0.0.1:9/nothing", LC_ALL="", LANG="zh_CN.UTF-8"
    )
    assert result.stderr == "数据库暂时没有响应，未作任何改动，请稍后再试。\n"


@installed
def test_the_front_door_itself_costs_next_to_nothing(bare):
    """Everything but the application: measured with a stand-in for it, the best of three."""
    home, tools = bare
    _python_that_makes(tools, "true")
    run("record", home=home, PATH=str(tools))
    times = []
    for _start in range(3):
        begun = time.perf_counter()
        run("record", home=home, PATH=str(tools))
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.3
