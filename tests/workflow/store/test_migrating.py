"""Migrations lead to exactly the tables of the code, on both databases, whole or not at all."""

import shutil
from threading import Thread

import pytest
from sqlalchemy import Column, Integer, Table, inspect, text
from sqlalchemy.exc import IntegrityError

from tests.workflow.steps import nominated
from workflow.problems import Unavailable
from workflow.store import migrating
from workflow.store.database import Database
from workflow.tables import metadata


@pytest.fixture
def empty(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/empty.db")
    yield database
    database.dispose()


def test_migrations_and_tables_agree(any_database):
    assert migrating.differences(any_database) == ()
    assert migrating.is_current(any_database)


def test_all_tables_of_the_code_are_made(empty):
    assert not migrating.is_current(empty)
    migrating.upgrade(empty)
    assert set(inspect(empty.engine).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_upgrading_again_changes_nothing(any_database):
    migrating.upgrade(any_database)
    assert migrating.is_current(any_database)


def test_going_back_leaves_nothing_behind(any_database):
    migrating.downgrade(any_database, "base")
    assert inspect(any_database.engine).get_table_names() == ["alembic_version"]
    migrating.upgrade(any_database)
    assert migrating.differences(any_database) == ()


def test_a_database_with_cases_goes_back_and_forth_with_everything_in_it(any_office):
    """SQLite makes a table anew to change it: rows that point at it must survive, and still be checked afterwards."""
    database = any_office.database
    case_id = nominated(any_office, any_office.person())
    migrating.downgrade(database, "0001")
    migrating.upgrade(database)
    assert migrating.differences(database) == ()
    assert any_office.case(case_id).state == "recommendation.draft"
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(text("DELETE FROM procedure_version"))


def test_a_table_the_migrations_do_not_have_is_a_difference(database):
    extra = Table("not_yet_migrated", metadata, Column("id", Integer, primary_key=True))
    try:
        assert "not_yet_migrated" in str(migrating.differences(database))
    finally:
        metadata.remove(extra)


def test_a_missing_column_is_a_difference(any_database):
    with any_database.writing() as session:
        session.execute(text("ALTER TABLE body DROP COLUMN title_en"))
    assert "title_en" in str(migrating.differences(any_database))


def test_a_failing_migration_leaves_the_database_as_it_was(empty, tmp_path, monkeypatch):
    scripts = tmp_path / "migrations"
    shutil.copytree(migrating.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    known = migrating.newest()
    assert known is not None
    (newest,) = [path for path in (scripts / "versions").glob("*.py") if path.stem == known.stem]
    broken = newest.read_text().replace(
        "def downgrade()", "    op.execute('SELECT no_such_thing')\n\n\ndef downgrade()"
    )
    newest.write_text(broken)
    monkeypatch.setattr(migrating, "SCRIPTS", scripts)
    with pytest.raises(Unavailable):
        migrating.upgrade(empty)
    assert inspect(empty.engine).get_table_names() == []


@pytest.mark.postgres
def test_servers_that_start_together_migrate_once(postgres_database):
    migrating.downgrade(postgres_database, "base")
    faults: list[Exception] = []

    def start():
        database = Database(postgres_database.url)
        try:
            migrating.upgrade(database)
        except Exception as error:  # noqa: BLE001 every fault counts
            faults.append(error)
        finally:
            database.dispose()

    starting = [Thread(target=start) for _number in range(3)]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join()
    assert faults == []
    assert migrating.is_current(postgres_database)


def test_nothing_is_written_when_nothing_changed():
    assert migrating.write_revision(message="Nothing") is None


def test_a_new_table_is_written_as_the_next_revision(tmp_path, monkeypatch):
    scripts = tmp_path / "migrations"
    shutil.copytree(migrating.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrating, "SCRIPTS", scripts)
    count = len(list((scripts / "versions").glob("*.py")))
    extra = Table("not_yet_migrated", metadata, Column("id", Integer, primary_key=True))
    try:
        path = migrating.write_revision(message="Add a table")
    finally:
        metadata.remove(extra)
    assert path is not None
    assert path.name == f"{count + 1:04}_add_a_table.py"
    assert "not_yet_migrated" in path.read_text()
    assert path.is_relative_to(tmp_path)
