"""The verifier names the first event that does not hold, whatever was done to the table."""

import tracemalloc

import pytest
from sqlalchemy import text

from tests.workflow.rows import NOON, add_case, add_events
from workflow.context import CLOCK, Context
from workflow.record.queries import Broken, events, verify
from workflow.record.tables import Event
from workflow.store.database import Database
from workflow.tables import metadata

COLUMNS = list(metadata.tables["event"].columns.keys())


@pytest.fixture
def record(any_database: Database) -> Database:
    """Three cases with five lines each, and one with none."""
    with any_database.writing() as session:
        for reference in ("A-1", "A-2", "A-3"):
            add_events(session, add_case(session, reference), 5)
        add_case(session, "A-4")
    return any_database


def alter(database: Database, *statements: str) -> Broken | None:
    with database.writing() as session:
        for statement in statements:
            session.execute(text(statement))
    with database.reading() as session:
        return verify(session, batch=2).first_broken


def test_untouched_record_is_whole(record: Database) -> None:
    with record.reading() as session:
        found = verify(session)
    assert (found.events, found.cases, found.first_broken) == (15, 4, None)


@pytest.mark.parametrize("column", COLUMNS)
def test_one_changed_column_is_named(record: Database, column: str) -> None:
    new = {"case_id": "4", "seq": "30", "actor_id": "8"}.get(column, f"'x' || substr({column}, 2)")
    broken = alter(record, f"UPDATE event SET {column} = {new} WHERE case_id = 2 AND seq = 3")
    assert broken is not None
    assert (broken.case_reference, broken.seq) == ("A-2", 3)


@pytest.mark.parametrize("column", [name for name in COLUMNS if metadata.tables["event"].columns[name].nullable])
def test_emptied_column_is_named(record: Database, column: str) -> None:
    assert alter(record, f"UPDATE event SET {column} = NULL WHERE case_id = 2 AND seq = 3") == Broken(
        "A-2", 3, "changed"
    )


def test_deleted_line_is_named(record: Database) -> None:
    assert alter(record, "DELETE FROM event WHERE case_id = 1 AND seq = 2") == Broken("A-1", 2, "missing")


def test_truncated_tail_is_named(record: Database) -> None:
    assert alter(record, "DELETE FROM event WHERE case_id = 2 AND seq >= 4") == Broken("A-2", 4, "truncated")


def test_deleted_chain_is_named(record: Database) -> None:
    assert alter(record, "DELETE FROM event WHERE case_id = 3") == Broken("A-3", 1, "truncated")


def test_reordered_lines_are_named(record: Database) -> None:
    swap = [
        f"UPDATE event SET seq = {new} WHERE case_id = 1 AND seq = {old}" for old, new in ((2, 99), (3, 2), (99, 3))
    ]
    assert alter(record, *swap) == Broken("A-1", 2, "changed")


def test_line_added_with_a_right_hash_is_extra(record: Database) -> None:
    with record.writing() as session:
        case = session.execute(text('SELECT last_seq, last_hash FROM "case" WHERE id = 1')).one()
        add_events(session, 1, 1)
        session.flush()
        session.execute(
            text('UPDATE "case" SET last_seq = :seq, last_hash = :hash WHERE id = 1'),
            {"seq": case.last_seq, "hash": case.last_hash},
        )
    with record.reading() as session:
        assert verify(session).first_broken == Broken("A-1", 6, "extra")


def test_consistently_rewritten_tail_disagrees_with_the_case(record: Database) -> None:
    with record.writing() as session:
        last_hash = session.execute(text('SELECT last_hash FROM "case" WHERE id = 1')).scalar_one()
        session.execute(text("DELETE FROM event WHERE case_id = 1 AND seq = 5"))
        before = session.get_one(Event, (1, 4)).hash
        session.execute(text('UPDATE "case" SET last_seq = 4, last_hash = :hash WHERE id = 1'), {"hash": before})
        session.expire_all()
        add_events(session, 1, 1)
        session.execute(text("UPDATE event SET actor_id = 9 WHERE case_id = 1 AND seq = 5"))
        session.execute(text('UPDATE "case" SET last_hash = :hash WHERE id = 1'), {"hash": last_hash})
    with record.reading() as session:
        broken = verify(session).first_broken
    assert broken is not None
    assert (broken.case_reference, broken.seq) == ("A-1", 5)


def test_last_hash_of_the_case_must_be_that_of_its_last_line(record: Database) -> None:
    assert alter(record, "UPDATE \"case\" SET last_hash = 'x' WHERE id = 3") == Broken("A-3", 5, "changed")


def test_lines_of_no_case_are_named(database: Database) -> None:
    with database.writing() as session:
        add_events(session, add_case(session, "A-1"), 2)
    raw = database.engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.execute(
        f"INSERT INTO event SELECT 77, {', '.join(name for name in COLUMNS if name != 'case_id')} FROM event"
    )
    raw.close()
    with database.reading() as session:
        assert verify(session).first_broken == Broken("#77", 1, "unknown_case")


def test_memory_does_not_grow_with_the_record(database: Database) -> None:
    with database.writing() as session:
        add_events(session, add_case(session, "A-1"), 3_000)
    with database.reading() as session:
        verify(session, batch=100)
        tracemalloc.start()
        verify(session, batch=100)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 600_000


def test_events_are_read_with_their_json(record: Database) -> None:
    with record.reading() as session:
        lines = events(Context(session=session, actor=CLOCK, now=NOON), 1)
    assert [line.seq for line in lines] == [1, 2, 3, 4, 5]
    assert lines[0].data == {"remark": "同意推荐"}
    assert lines[0].at == NOON


def test_a_case_moved_without_a_line_of_its_record_is_named(record: Database) -> None:
    assert alter(record, "UPDATE \"case\" SET state = 'closed.listed' WHERE id = 2") == Broken("A-2", 5, "misplaced")
