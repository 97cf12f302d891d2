"""A session for one step: whole by itself, or together with whatever was written before it."""

import pytest
from sqlalchemy import func, select, update

from tests.fixtures.office import NOMINATION, Office, set_up
from tests.workflow.steps import nominated, submitted
from workflow.cases.loading import load_case
from workflow.cases.operations import act
from workflow.cases.tables import Case, CaseForm, Draft
from workflow.context import Context
from workflow.problems import Conflict
from workflow.procedure.model import Procedure
from workflow.store.database import Database
from workflow.store.stepping import StepSession


class StopError(Exception):
    """Something goes wrong after a step has begun."""


def forms(office: Office) -> int:
    with office.database.reading() as session:
        return session.scalar(select(func.count()).select_from(CaseForm)) or 0


def test_a_step_with_a_form_is_undone_as_a_whole(any_office: Office) -> None:
    office = any_office
    case_id = nominated(office, office.person())
    seen = office.case(case_id).version

    def submit_and_stop() -> None:
        with office.database.stepping() as session:
            context = Context(session, office.actors["nominator"], office.now)
            act(context, case_id=case_id, action="submit", seen_version=seen, form=NOMINATION)
            raise StopError

    with pytest.raises(StopError):
        submit_and_stop()
    assert office.case(case_id).version == seen
    assert forms(office) == 0


def test_a_step_that_comes_too_late_leaves_nothing(any_office: Office) -> None:
    office = any_office
    case_id = nominated(office, office.person())
    seen = office.case(case_id).version
    office.act("nominator", case_id, "submit", form=NOMINATION)
    kept = forms(office)
    with pytest.raises(Conflict):
        office.act("nominator", case_id, "submit", form=NOMINATION, seen_version=seen)
    assert forms(office) == kept


@pytest.mark.postgres
def test_nothing_may_be_written_after_a_step_that_stands_alone(
    postgres_database: Database, shipped: dict[str, Procedure]
) -> None:
    office = set_up(postgres_database, shipped)
    case_id = submitted(office, office.person())
    account_id = office.actors["secretary"].account_id
    seen = office.case(case_id).version

    def return_and_go_on() -> None:
        with office.database.stepping() as session:
            context = Context(session, office.actors["secretary"], office.now)
            act(context, case_id=case_id, action="reject", seen_version=seen, reason="Not this year.")
            session.add(Draft(account_id=account_id, place="x", values={}, saved_at=office.now))

    with pytest.raises(RuntimeError, match="after it"):
        return_and_go_on()


def category(office: Office, case_id: int) -> str | None:
    return office.case(case_id).category


def test_reading_on_the_driver_wakes_no_session(any_office: Office) -> None:
    case_id = nominated(any_office, any_office.person())
    with any_office.database.stepping() as session:
        assert isinstance(session, StepSession)
        assert load_case(session, case_id).id == case_id
        session.flush()
        assert not session.in_transaction()
        assert session.connected is None


def test_whatever_else_is_asked_of_a_step_is_kept_with_it(any_office: Office) -> None:
    office = any_office
    case_id = nominated(office, office.person())
    with office.database.stepping() as session:
        load_case(session, case_id)
        session.add(Draft(account_id=office.actors["secretary"].account_id, place="y", values={}, saved_at=office.now))
        session.execute(update(Case).where(Case.id == case_id).values(category="youth"))
    assert category(office, case_id) == "youth"
    with office.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 1


@pytest.mark.parametrize("is_awake", [True, False])
def test_what_a_step_wrote_before_it_failed_is_undone(any_office: Office, is_awake: bool) -> None:
    office = any_office
    case_id = nominated(office, office.person())
    before = category(office, case_id)

    def change_and_stop() -> None:
        with office.database.stepping() as session:
            if is_awake:
                session.execute(update(Case).where(Case.id == case_id).values(category="youth"))
            elif office.database.is_sqlite:  # elsewhere a statement on the driver is whole by itself
                cursor, _ = session.info["driver"]
                cursor.execute('UPDATE "case" SET category = ? WHERE id = ?', ("youth", case_id))
            raise StopError

    with pytest.raises(StopError):
        change_and_stop()
    assert category(office, case_id) == before != "youth"
    with office.database.writing() as session:  # and nobody is kept waiting
        session.execute(update(Case).where(Case.id == case_id).values(category="youth"))


def test_steps_leave_no_connection_behind(any_office: Office) -> None:
    office = any_office
    case_id = nominated(office, office.person())
    for number in range(20):
        with office.database.stepping() as session:
            load_case(session, case_id)
            if number % 2:
                session.get(Case, case_id)
    assert office.database.engine.pool.status().count("Current Checked out connections: 0") == 1
