"""Statements asked together say what they say alone, on either database."""

from typing import Any

from sqlalchemy import Select, String, bindparam, select, type_coerce

from tests.fixtures.office import Office
from tests.workflow.steps import submitted
from workflow.cases.tables import CaseForm
from workflow.record.tables import Event
from workflow.store.hot import Hot
from workflow.store.together import Together, rows_in

IN_CASE = Event.case_id == bindparam("case_id")
RECORD = select(Event.seq, Event.action, Event.from_state, Event.hash).where(IN_CASE).order_by(Event.seq)
BACKWARDS = select(Event.seq, type_coerce(Event.at, String)).where(IN_CASE).order_by(Event.seq.desc())
FORMS = select(CaseForm.id, CaseForm.form).where(CaseForm.case_id == bindparam("case_id"))


def asked(office: Office, case_id: int, **statements: Select[*tuple[Any, ...]]) -> dict[str, Any]:
    with office.database.reading() as session:
        texts = Together(**statements).texts(session, {"case_id": case_id})
    return {name: rows_in(text) for name, text in texts.items()}


def test_rows_come_as_each_statement_gives_and_orders_them(any_office: Office) -> None:
    office = any_office
    case_id = submitted(office, office.person())
    together = asked(office, case_id, record=RECORD, backwards=BACKWARDS, forms=FORMS)
    with office.database.reading() as session:
        for name, statement in {"record": RECORD, "backwards": BACKWARDS, "forms": FORMS}.items():
            alone = Hot(statement).all(session, {"case_id": case_id})
            assert together[name] == [list(row) for row in alone], name
    assert [seq for seq, _ in together["backwards"]] == [2, 1]
    assert together["record"][0][2] is None


def test_a_statement_without_rows_gives_none(any_office: Office) -> None:
    assert asked(any_office, 1, record=RECORD, forms=FORMS) == {"record": [], "forms": []}


def test_any_text_comes_back_as_it_was(any_office: Office) -> None:
    office = any_office
    text = '"quoted", \\ back, 引号“”, tab\t, line\n, </script>, [1, null]'
    case_id = submitted(office, office.person(name=text))
    other = select(CaseForm.form, bindparam("text", type_=String)).where(CaseForm.case_id == bindparam("case_id"))
    with office.database.reading() as session:
        texts = Together(found=other).texts(session, {"case_id": case_id, "text": text})
    assert [row[1] for row in rows_in(texts["found"])] == [text]
