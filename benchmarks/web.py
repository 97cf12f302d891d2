"""Inbox and case page through the production server, beside a bare Flask and Jinja table of twenty rows on the same server."""

import http.client
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

from flask import Flask, render_template
from waitress.server import create_server

from benchmarks.step import scratch_postgres
from definitions import demo
from web.app import create_app
from web.request import COOKIE
from workflow.access.operations import sign_in_to_demo
from workflow.bodies.queries import actor
from workflow.cases.inbox import inbox
from workflow.context import CLOCK, Context
from workflow.people.tables import Account
from workflow.settings import Settings
from workflow.store.database import Database
from workflow.store.migrating import upgrade

REQUESTS, ROUNDS, CLIENTS = 150, 5, 2
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
BARE = "<!doctype html><table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"


def _bare() -> Flask:
    app = Flask(__name__)
    template = app.jinja_env.from_string(BARE)
    rows = [[f"cell {row} {column}" for column in range(6)] for row in range(20)]

    @app.get("/")
    def table() -> str:
        return render_template(template, rows=rows)

    return app


def _served(app: Flask) -> int:
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    return int(server.effective_port)


def _hammer(port: int, path: str, cookie: str, times: list[float]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(REQUESTS // CLIENTS):
        started = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie, "Accept-Language": "zh"})
        answer = connection.getresponse()
        answer.read()
        if given := answer.getheader("Set-Cookie"):
            cookie = f"{cookie}; {given.partition(';')[0]}"
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        times.append((time.perf_counter() - started) * 1_000)
    connection.close()


def _measured(port: int, path: str, cookie: str) -> tuple[float, list[float]]:
    """Requests per second and every request's milliseconds, from several clients at once."""
    times: list[float] = []
    clients = [threading.Thread(target=_hammer, args=(port, path, cookie, times)) for _ in range(CLIENTS)]
    started = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return len(times) / (time.perf_counter() - started), times


def measure(database: Database, folder: Path) -> dict[str, Any]:
    """Each page's rate beside the bare table's, in interleaved rounds."""
    upgrade(database)
    demo.load(database, stage="review", now=NOW)
    settings = Settings(database_url=database.url, var_directory=folder, is_demo=True)
    with database.writing() as session:
        token = sign_in_to_demo(Context(session, CLOCK, NOW), sign_in_name="unitedfront")
        account = session.query(Account.id).filter_by(sign_in_name="unitedfront").scalar()
        context = Context(session, actor(session, account, NOW.date()), NOW)
        case_id = inbox(context).items[0].case_id
    port, bare = _served(create_app(settings, clock=lambda: NOW)), _served(_bare())
    cookie = f"{COOKIE}={token}"
    results = {}
    for name, path in (("inbox", "/inbox"), ("case", f"/cases/{case_id}")):
        rates, ratios, times = [], [], []
        for number in range(ROUNDS + 1):
            rate, taken = _measured(port, path, cookie)
            floor, _ = _measured(bare, "/", "")
            if number:
                rates.append(rate)
                ratios.append(rate / floor)
                times += taken
        cuts = quantiles(times, n=100)
        middle = sorted(ratios)[len(ratios) // 2]
        results[name] = {
            "ratio": round(middle, 3),
            "requests_per_second": round(sorted(rates)[len(rates) // 2]),
            "p50_ms": round(cuts[49], 1),
            "p99_ms": round(cuts[98], 1),
        }
    return results


def run(database_url: str | None, *, json: bool = False) -> dict[str, Any]:
    """Measures on the database named, or on SQLite and PostgreSQL both."""
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if database_url:
            database = Database(database_url)
            return {f"web_{page}": entry for page, entry in measure(database, folder).items()}
        for page, entry in measure(Database(f"sqlite:///{folder / 'bench.db'}"), folder).items():
            results[f"web_{page}_sqlite"] = entry
        with scratch_postgres() as url:
            for page, entry in measure(Database(url), folder).items():
                results[f"web_{page}_postgresql"] = entry
    return results
