"""Many people at one case at the same moment: one of them wins, nothing is lost, nothing happens twice."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from sqlalchemy import func, select

from tests.fixtures.office import NOMINATION, REPORT, Office
from tests.workflow.steps import SCORES, nominated, open_seats, scored, submitted
from workflow.cases.operations import Acted, act
from workflow.cases.tables import Case, CaseForm, WorkItem
from workflow.context import Context
from workflow.panels.operations import give_opinion, record_meeting
from workflow.panels.tables import Panel
from workflow.problems import Conflict, Problem
from workflow.record.queries import verify
from workflow.record.tables import Event
from workflow.rounds.operations import nominate

CROWD = 50


def at_once(tasks: list[Callable[[], Any]]) -> list[Any]:
    """What each task gave or raised; all of them begin together."""
    gate = Barrier(len(tasks))
    results: list[Any] = [None] * len(tasks)

    def run(number: int) -> None:
        gate.wait()
        try:
            results[number] = tasks[number]()
        except Exception as error:  # noqa: BLE001 - judged by the test
            results[number] = error

    threads = [Thread(target=run, args=(number,)) for number in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def count(office: Office, table: Any, *conditions: Any) -> int:
    with office.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


def assert_record_holds(office: Office, case_id: int) -> None:
    with office.database.reading() as session:
        assert verify(session).first_broken is None
        case = session.get_one(Case, case_id)
        assert case.last_seq == session.scalar(select(func.max(Event.seq)).where(Event.case_id == case_id))


def test_of_fifty_who_decide_at_once_one_wins(any_office: Office) -> None:
    office = any_office
    case_id = nominated(office, office.person())
    seen = office.case(case_id).version
    events = count(office, Event, Event.case_id == case_id)

    def submit() -> Acted:
        with office.database.stepping() as session:
            context = Context(session, office.actors["nominator"], office.now)
            return act(context, case_id=case_id, action="submit", seen_version=seen, form=NOMINATION)

    results = at_once([submit] * CROWD)
    assert sum(isinstance(result, Acted) for result in results) == 1
    assert [type(r) for r in results if not isinstance(r, Acted)] == [Conflict] * (CROWD - 1)
    assert {r.code for r in results if isinstance(r, Conflict)} == {"case_changed"}
    assert office.case(case_id).version == seen + 1
    assert count(office, Event, Event.case_id == case_id) == events + 1
    assert count(office, WorkItem, WorkItem.case_id == case_id, WorkItem.is_open) == 1
    assert count(office, CaseForm, CaseForm.case_id == case_id) == 1
    assert_record_holds(office, case_id)


def test_of_fifty_plain_approvals_at_once_one_wins(any_office: Office) -> None:
    office = any_office
    case_id = submitted(office, office.person())
    seen = office.case(case_id).version

    def approve() -> Acted:
        with office.database.stepping() as session:
            context = Context(session, office.actors["secretary"], office.now)
            return act(context, case_id=case_id, action="approve", seen_version=seen)

    results = at_once([approve] * CROWD)
    assert sum(isinstance(result, Acted) for result in results) == 1
    assert [type(r) for r in results if not isinstance(r, Acted)] == [Conflict] * (CROWD - 1)
    assert count(office, WorkItem, WorkItem.case_id == case_id, WorkItem.is_open) == 3
    assert_record_holds(office, case_id)


def test_one_command_sent_twenty_times_is_carried_out_once(any_office: Office) -> None:
    office = any_office
    case_id = nominated(office, office.person())
    seen = office.case(case_id).version

    def submit() -> Acted:
        with office.as_("nominator") as context:
            return act(
                context, case_id=case_id, action="submit", seen_version=seen, form=NOMINATION, command_key="one-click"
            )

    results = at_once([submit] * 20)
    done = [result for result in results if isinstance(result, Acted)]
    assert [result.is_repeat for result in done].count(False) == 1
    assert len({(result.seq, result.state) for result in done}) == 1
    assert all(isinstance(result, Acted | Conflict) for result in results)
    assert submit().is_repeat
    assert count(office, CaseForm, CaseForm.case_id == case_id) == 1
    assert_record_holds(office, case_id)


def test_opinions_given_at_once_are_all_kept_and_settle_once(any_office: Office) -> None:
    office = any_office
    case_id = submitted(office, office.person())
    office.act("secretary", case_id, "approve")
    seats = {
        name: seat.id
        for seat in open_seats(office, case_id)
        for name in ("orghead", "frontier", "personnel")
        if seat.body_role_id in office.actors[name].body_role_ids
    }

    def speak(name: str, seat_id: int) -> Any:
        with office.as_(name) as context:
            return give_opinion(context, case_id=case_id, seat_id=seat_id, opinion="agree").settlement.outcome

    results = at_once([lambda n=name, s=seat: speak(n, s) for name, seat in seats.items()])  # type: ignore[misc]
    assert sorted(results, key=str) == [None, None, "agreed"]
    assert office.case(case_id).state.startswith("assessment.")
    assert count(office, Panel, Panel.case_id == case_id, Panel.outcome == "agreed") == 1
    assert_record_holds(office, case_id)


def test_one_meeting_recorded_twice_at_once_counts_once(any_office: Office) -> None:
    office = any_office
    case_id = _before_the_committee(office)
    seen = office.case(case_id).version
    entries = {seat.id: {"attendance": "present", "opinion": "agree"} for seat in open_seats(office, case_id)}

    def record() -> Any:
        with office.as_("recorder") as context:
            return record_meeting(context, case_id=case_id, entries=entries, seen_version=seen)

    results = at_once([record] * 6)
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert all(isinstance(result, Problem) for result in results if isinstance(result, Exception))
    assert office.case(case_id).version == seen + 1
    assert_record_holds(office, case_id)


def test_a_person_nominated_ten_times_at_once_gets_one_active_case(any_office: Office) -> None:
    office = any_office
    person_id = office.person()
    cases = [nominated(office, person_id) for _ in range(1)]

    def nominate_and_submit() -> Any:
        with office.as_("nominator") as context:
            begun = nominate(context, round_id=office.round_id, person_id=person_id, category="reserve")
            return act(context, case_id=begun.case_id, action="submit", seen_version=begun.version, form=NOMINATION)

    office.act("nominator", cases[0], "withdraw", reason="Begun again.")
    results = at_once([nominate_and_submit] * 10)
    assert sum(isinstance(result, Acted) for result in results) == 1
    assert all(isinstance(result, Problem) for result in results if isinstance(result, Exception)), results
    assert count(office, Case, Case.person_id == person_id, Case.closed_at.is_(None)) == 1


def _before_the_committee(office: Office) -> int:
    case_id = scored(office, office.person(), SCORES, SCORES)
    office.act("assessor1", case_id, "file_report", form=REPORT)
    office.act("secretary", case_id, "submit_to_committee")
    return case_id
