"""The sandbox: a scenario of twenty steps played through its pages, each step sent and the page after it read."""

import tempfile
import time
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from statistics import median
from typing import Any

from flask.testing import FlaskClient
from ruamel.yaml import YAML

from definitions import demo
from definitions.rehearsing import FOLDER
from web.app import create_app
from web.request import COOKIE
from workflow.access.operations import sign_in_to_demo
from workflow.cases.versions import newest_version
from workflow.context import CLOCK, Context
from workflow.rehearsal.playing import forget_pictures
from workflow.settings import Settings
from workflow.store.database import Database
from workflow.store.migrating import upgrade

KEY = "competition-for-posts"
STEPS, ROUNDS = 20, 3
LIMIT = 300
"""Milliseconds that a step and the page after it may take."""
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
yaml = YAML(typ="safe", pure=True)


def run(database_url: str | None, *, json: bool = False) -> dict[str, Any]:
    """Measures in this process, on scratch databases of its own."""
    given, steps = _longest()
    with tempfile.TemporaryDirectory() as name:
        client, address = _player(Path(name))
        rounds = [_round(client, address, given, steps) for _ in range(ROUNDS)]
    taken = [one for part in rounds for one in part[0]]
    both = sorted(sent + shown for sent, shown in taken)
    return {
        "sandbox_step": {
            "milliseconds": round(median(both)),
            "p90": round(both[len(both) * 9 // 10]),
            "slowest": round(both[-1]),
            "step_sent": round(median(sent for sent, _ in taken)),
            "page_after": round(median(shown for _, shown in taken)),
            "played_anew": round(median(anew for _, anew in rounds)),
            "steps": len(steps),
            "limit_milliseconds": LIMIT,
        }
    }


def _round(client: FlaskClient, address: str, given: str, steps: list[str]) -> tuple[list[tuple[float, float]], float]:
    """Milliseconds of every step and of the page after it, and of that page where nothing was played before."""
    taken = []
    forget_pictures()
    _post(client, f"{address}/again", {"given": given}, _revision(_read(client, address)))
    page = _read(client, address)
    for step in steps:
        started = time.perf_counter()
        _post(client, f"{address}/step", {"kind": "step", "step": step}, _revision(page))
        between = time.perf_counter()
        page = _read(client, address)
        taken.append(((between - started) * 1_000, (time.perf_counter() - between) * 1_000))
    forget_pictures()
    started = time.perf_counter()
    _read(client, address)
    return taken, (time.perf_counter() - started) * 1_000


def _player(folder: Path) -> tuple[FlaskClient, str]:
    """A browser of somebody who may play, and the address of the sandbox."""
    database = Database(f"sqlite:///{folder / 'bench.db'}")
    upgrade(database)
    demo.load(database, stage="recommendation", now=NOW)
    with database.writing() as session:
        token = sign_in_to_demo(Context(session, CLOCK, NOW), sign_in_name="admin")
        version_id, _ = newest_version(session, KEY)
    app = create_app(Settings(database_url=database.url, var_directory=folder, is_demo=True), clock=lambda: NOW)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.set_cookie(COOKIE, token)
    return client, f"/procedure-sandboxes/version-{version_id}"


def _longest() -> tuple[str, list[str]]:
    """What the shipped scenarios begin with, and the first steps of the longest of them, a person each, as they are written."""
    whole = yaml.load((FOLDER / f"{KEY}.yaml").read_text(encoding="utf-8"))
    keyed = {one["key"]: one for one in whole["scenarios"] if "key" in one}
    longest: list[dict[str, Any]] = []
    for scenario in whole["scenarios"]:
        steps, at = list(scenario["steps"]), scenario
        while "after" in at:
            at = keyed[at["after"]]
            steps = [*at["steps"], *steps]
        alone = [one for step in steps if "refused" not in step for one in _alone(step)]
        longest = max(longest, alone, key=len)
    if len(longest) < STEPS:
        raise ValueError(f"no scenario of {KEY} has {STEPS} steps")
    return _written(whole["given"]), [_written(step) for step in longest[:STEPS]]


def _alone(step: dict[str, Any]) -> list[dict[str, Any]]:
    """The step without what it expects, once for each who takes it."""
    said = {key: value for key, value in step.items() if key != "then"}
    people = said.get("who")
    return [{**said, "who": one} for one in people] if isinstance(people, list) else [said]


def _written(values: Any) -> str:
    out = StringIO()
    yaml.dump(values, out)
    return out.getvalue()


def _read(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    return answer.text


def _post(client: FlaskClient, path: str, sent: dict[str, str], revision: str) -> None:
    answer = client.post(path, data={**sent, "revision": revision})
    if answer.status_code != 302:
        raise RuntimeError(f"{path}: {answer.status_code}: {sent}")


def _revision(page: str) -> str:
    """Which saving of the play the page shows."""
    return page.split('name="revision" value="', 1)[1].partition('"')[0]
