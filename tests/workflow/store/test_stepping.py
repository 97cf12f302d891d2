"""A session for one step: whole by itself, or together with whatever was written before it."""

import pytest
from sqlalchemy import func, select

from tests.fixtures.office import NOMINATION, Office, set_up
from tests.workflow.steps import nominated, submitted
from workflow.cases.operations import act
from workflow.cases.tables import CaseForm, Draft
from workflow.context import Context
from workflow.problems import Conflict
from workflow.procedure.model import Procedure
from workflow.store.database import Database


def forms(office: Office) -> int:
    with office.database.reading() as session:
        return session.scalar(select(func.count()).select_from(CaseForm)) or 0


def test_a_step_with_a_form_is_undone_as_a_whole(any_office: Office) -> None:
    office = any_office
    case_id = nominated(office, office.person())
    seen = office.case(case_id).version

    class StopError(Exception):
        pass

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
