"""The floor of one approval: the raw driver writing the same kinds of rows in one transaction, nothing else."""

import hashlib
from typing import Any, cast

from workflow.store.database import Database

SQLITE = (
    "SELECT id, state, version, last_seq, last_hash FROM floor_case WHERE id = ?",
    "UPDATE floor_case SET state = ?, version = version + 1, last_seq = ?, last_hash = ? WHERE id = ? AND version = ?",
    "INSERT INTO floor_event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "UPDATE floor_item SET is_open = 0, closed_at = ? WHERE case_id = ? AND is_open",
    "INSERT INTO floor_item (case_id, body_role_id, role, state, created_at, is_open) VALUES (?, ?, ?, ?, ?, 1)",
)
TABLES = (
    "CREATE TABLE floor_case (id INTEGER PRIMARY KEY, state TEXT, version INTEGER, last_seq INTEGER, last_hash TEXT)",
    """CREATE TABLE floor_event (case_id INTEGER, seq INTEGER, at TEXT, actor_id INTEGER, action TEXT, to_state TEXT,
    facts TEXT, previous_hash TEXT, hash TEXT, PRIMARY KEY (case_id, seq))""",
    """CREATE TABLE floor_item ({key}, case_id INTEGER, body_role_id INTEGER, role TEXT, state TEXT, created_at TEXT,
    closed_at TEXT, is_open {boolean})""",
    "CREATE INDEX ix_floor_item_inbox ON floor_item (body_role_id, created_at, id) WHERE is_open",
    "CREATE INDEX ix_floor_item_case ON floor_item (case_id) WHERE is_open",
)
FACTS = '{"actor.roles":["clerk"]}'
AT = "2026-03-02T01:00:00.000000Z"


class RawFloor:
    """Steps of bare cases through a driver connection of their own."""

    def __init__(self, database: Database, *, cases: int) -> None:
        self.is_sqlite = database.is_sqlite
        self.connection = cast("Any", database.engine.raw_connection().driver_connection)
        kind = {
            True: {"key": "id INTEGER PRIMARY KEY", "boolean": "INTEGER"},
            False: {"key": "id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "boolean": "BOOLEAN"},
        }[self.is_sqlite]
        mark = "?" if self.is_sqlite else "%s"
        self.statements = [sql if self.is_sqlite else _postgresql(sql) for sql in SQLITE]
        cursor = self.connection.cursor()
        for table in TABLES:
            cursor.execute(table.format(**kind))
        if self.is_sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        rows = [(n, "a.s0", 1, 0, "0" * 64) for n in range(1, cases + 1)]
        cursor.executemany(f"INSERT INTO floor_case VALUES ({', '.join([mark] * 5)})", rows)
        items = [(n, n % 30, "clerk", "a.s0", AT) for n in range(1, cases + 1)]
        cursor.executemany(self.statements[4], items)
        self.connection.commit()
        cursor.close()

    def step(self, case_id: int, number: int) -> None:
        """One approval of a case."""
        select, move, event, close, wait = self.statements
        cursor: Any = self.connection.cursor()
        if self.is_sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        row = cursor.execute(select, (case_id,)).fetchone()
        state, seq = f"a.s{number}", row[3] + 1
        digest = hashlib.sha256(f"{row[4]}{case_id}{seq}{state}".encode()).hexdigest()
        cursor.execute(move, (state, seq, digest, case_id, row[2]))
        cursor.execute(event, (case_id, seq, AT, 1, f"step{number}", state, FACTS, row[4], digest))
        cursor.execute(close, (AT, case_id))
        cursor.execute(wait, (case_id, case_id % 30, "clerk", state, AT))
        self.connection.commit()
        cursor.close()


def _postgresql(sql: str) -> str:
    return sql.replace("is_open = 0", "is_open = false").replace("?, 1)", "?, true)").replace("?", "%s")
