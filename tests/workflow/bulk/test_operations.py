"""Bulk jobs do each case once in a transaction of its own, tell what they could not do, and survive a crash."""

import json
from collections import Counter
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import func, select, update

from tests.fixtures.office import Office
from tests.workflow.steps import begun, nominated, speak, submitted
from workflow.bodies.tables import RoleHolding
from workflow.bulk import operations
from workflow.bulk.operations import Seen, cancel_bulk, go_on, start_bulk
from workflow.bulk.queries import EntryView, JobView, entries, job, jobs, open_jobs
from workflow.bulk.selecting import Selection, everything_waiting, preview, selection
from workflow.cases.inbox import EVERYTHING, inbox
from workflow.cases.operations import act
from workflow.problems import Invalid, Missing, Unavailable
from workflow.record.tables import Event


def waiting(office: Office, count: int) -> list[int]:
    """Cases that wait for the secretary's formal check."""
    return [submitted(office, office.person()) for _ in range(count)]


def chosen(office: Office, name: str) -> Selection:
    with office.as_(name) as context:
        return selection(context, [item.item_id for item in inbox(context).items])


def worked(office: Office, job_id: int, limit: int = 100) -> int:
    return go_on(office.database, office.now, job_id=job_id, limit=limit)


def seen_of(office: Office, job_id: int, name: str = "secretary") -> tuple[JobView, tuple[EntryView, ...]]:
    with office.as_(name) as context:
        return job(context, job_id), entries(context, job_id)


def events(office: Office, case_id: int, action: str) -> int:
    with office.database.reading() as session:
        counted = select(func.count()).select_from(Event).where(Event.case_id == case_id, Event.action == action)
        return session.scalar(counted) or 0


def test_every_case_is_done_once_and_ends_the_job(any_office: Office) -> None:
    office = any_office
    cases = waiting(office, 3)
    number = begun(office, *cases)
    assert (worked(office, number), worked(office, number)) == (3, 0)
    assert [office.case(case).state for case in cases] == ["review.co_sign"] * 3
    view, lines = seen_of(office, number)
    assert (view.done, view.total, view.ended_at) == (3, 3, office.now)
    assert [line.outcome for line in lines] == ["done"] * 3


def test_what_is_sent_twice_begins_once(office: Office) -> None:
    cases = waiting(office, 2)
    assert begun(office, *cases) == begun(office, *cases)


def test_what_the_preview_foresees_is_what_happens(office: Office) -> None:
    """Whoever submitted a case may not check it: one of three is refused, with the reason of its own page."""
    office.actors["secretary"], kept = office.actors["nominator"], office.actors["secretary"]
    own = submitted(office, office.person())
    office.actors["secretary"] = kept
    with office.database.writing() as session:
        changed = update(Event).where(Event.case_id == own, Event.action == "submit")
        session.execute(changed.values(actor_id=kept.account_id))
    others = waiting(office, 2)
    with office.as_("secretary") as context:
        found = selection(context, [item.item_id for item in inbox(context).items])
        foreseen = preview(context, found, "act:approve")
    assert [one.chosen.case_id for one in foreseen.passing] == others
    assert [(one.chosen.case_id, len(one.reasons)) for one in foreseen.stopped] == [(own, 1)]
    number = begun(office, own, *others)
    worked(office, number)
    _view, lines = seen_of(office, number)
    assert [line.outcome for line in lines] == ["refused", "done", "done"]
    assert lines[0].reasons == foreseen.stopped[0].reasons
    assert office.case(own).state == "review.formal_check"


def test_a_case_changed_since_the_preview_is_left_and_told(any_office: Office) -> None:
    office = any_office
    gone, left = waiting(office, 2)
    number = begun(office, gone, left)
    office.act("secretary", gone, "return", reason="A page is missing.")
    office.act(
        "nominator", gone, "submit", form={"channel": "nominating_body", "grounds": "New.", "is_consented": "yes"}
    )
    worked(office, number)
    view, lines = seen_of(office, number)
    assert [line.outcome for line in lines] == ["changed", "done"]
    assert (view.changed, view.done) == (1, 1)
    assert office.case(gone).state == "review.formal_check"


def test_a_crash_half_way_leaves_the_rest_for_later(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = waiting(office, 3)
    number = begun(office, *cases)
    real, calls = act, iter(range(9))

    def dying(*given: Any, **named: Any) -> Any:
        acted = real(*given, **named)
        if next(calls) == 1:
            raise KeyboardInterrupt
        return acted

    monkeypatch.setattr(operations, "act", dying)
    with pytest.raises(KeyboardInterrupt):
        worked(office, number)
    states = [office.case(case).state for case in cases]
    assert states == ["review.co_sign", "review.formal_check", "review.formal_check"]
    assert [line.outcome for line in seen_of(office, number)[1]] == ["done", None, None]
    assert worked(office, number) == 2
    assert [events(office, case, "approve") for case in cases] == [1, 1, 1]


def test_a_busy_database_settles_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    number = begun(office, *waiting(office, 1))

    def busy(*_given: Any, **_named: Any) -> Any:
        raise Unavailable("database_unavailable")

    with monkeypatch.context() as patched:
        patched.setattr(operations, "act", busy)
        with pytest.raises(Unavailable):
            worked(office, number)
    assert seen_of(office, number)[0].waiting == 1
    assert worked(office, number) == 1


def test_two_that_go_on_at_once_do_nothing_twice(any_office: Office) -> None:
    office = any_office
    cases = waiting(office, 6)
    number = begun(office, *cases)
    barrier, done = Barrier(3), Counter[int]()

    def work(who: int) -> None:
        barrier.wait()
        done[who] = worked(office, number)

    threads = [Thread(target=work, args=(who,)) for who in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done.values()) == 6
    assert [events(office, case, "approve") for case in cases] == [1] * 6
    assert seen_of(office, number)[0].done == 6


def test_cancelling_leaves_what_was_not_done(any_office: Office) -> None:
    office = any_office
    cases = waiting(office, 3)
    number = begun(office, *cases)
    assert worked(office, number, limit=1) == 1
    with office.as_("secretary") as context:
        assert (cancel_bulk(context, job_id=number), cancel_bulk(context, job_id=number)) == (2, 0)
    assert worked(office, number) == 0
    view, _lines = seen_of(office, number)
    assert (view.done, view.cancelled, view.ended_at) == (1, 2, office.now)
    assert office.case(cases[2]).state == "review.formal_check"
    with office.as_(None) as context:
        assert open_jobs(context) == ()


def test_a_reason_asked_for_is_typed_once_and_recorded_with_each(office: Office) -> None:
    cases = waiting(office, 2)
    seen = [Seen(case, office.case(case).version) for case in cases]
    given: dict[str, Any] = {"state": "review.formal_check", "doing": "act:return", "seen": seen, "once_key": "k"}
    with office.as_("secretary") as context, pytest.raises(Invalid, match="reason_required"):
        start_bulk(context, reason="  ", **given)
    with office.as_("secretary") as context:
        number = start_bulk(context, reason="The seal is missing.", **given)
    worked(office, number)
    with office.database.reading() as session:
        told = session.scalars(select(Event.data).where(Event.action == "return")).all()
    assert [json.loads(data)["reason"] for data in told] == ["The seal is missing."] * 2


def test_departments_sign_many_cases_and_never_twice(any_office: Office) -> None:
    office = any_office
    cases = waiting(office, 2)
    for case in cases:
        office.act("secretary", case, "approve")
    found = chosen(office, "frontier")
    assert found.ways == ("opinion:agree",)
    speak(office, "personnel", cases[0], "agree")
    seen = [Seen(one.case_id, one.version, one.seat_id) for one in found.cases]
    with office.as_("frontier") as context:
        number = start_bulk(
            context, state="review.co_sign", doing="opinion:agree", seen=seen, reason="", once_key="sign"
        )
    speak(office, "frontier", cases[1], "agree")
    worked(office, number)
    _view, lines = seen_of(office, number, "frontier")
    assert [line.outcome for line in lines] == ["done", "changed"]


@pytest.mark.parametrize(
    ("state", "doing"),
    [
        ("review.formal_check", "act:reject"),
        ("review.co_sign", "opinion:disagree"),
        ("decision.committee", "opinion:agree"),
        ("appointment.confirm", "act:list"),
        ("assessment.scoring", "opinion:assessed"),
        ("no.where", "act:approve"),
    ],
)
def test_what_the_rules_do_not_offer_is_refused(office: Office, state: str, doing: str) -> None:
    case = waiting(office, 1)[0]
    with office.as_("secretary") as context, pytest.raises(Invalid, match="bulk_not_offered"):
        start_bulk(context, state=state, doing=doing, seen=[Seen(case, 2)], reason="R.", once_key="k")


def test_a_case_in_another_step_than_the_one_shown_is_not_touched(office: Office) -> None:
    """A forged selection cannot do what is offered in one step to a case in another."""
    draft = nominated(office, office.person())
    with office.as_("nominator") as context:
        number = start_bulk(
            context,
            state="review.formal_check",
            doing="act:approve",
            seen=[Seen(draft, office.case(draft).version)],
            reason="",
            once_key="k",
        )
    worked(office, number)
    assert seen_of(office, number, "nominator")[1][0].outcome == "changed"
    assert office.case(draft).state == "recommendation.draft"


def test_somebody_without_the_role_is_refused_case_by_case(office: Office) -> None:
    case = waiting(office, 1)[0]
    number = begun(office, case, name="nominator")
    worked(office, number)
    (line,) = seen_of(office, number, "nominator")[1]
    assert (line.outcome, line.reasons[0].code) == ("refused", "bulk_not_yours")
    assert office.case(case).state == "review.formal_check"


def test_a_role_lost_meanwhile_counts(office: Office) -> None:
    number = begun(office, *waiting(office, 1))
    with office.database.writing() as session:
        mine = RoleHolding.account_id == office.actors["secretary"].account_id
        session.execute(update(RoleHolding).where(mine).values(to_date=date(2026, 9, 6)))
    worked(office, number)
    with office.as_("secretary") as context:
        assert job(context, number).refused == 1


def test_a_job_is_its_own_reader_s_alone(office: Office) -> None:
    number = begun(office, *waiting(office, 1))
    with office.as_("orghead") as context:
        assert jobs(context) == ()
        for ask in (job, entries):
            with pytest.raises(Missing):
                ask(context, number)
        with pytest.raises(Missing):
            cancel_bulk(context, job_id=number)


def test_nobody_begins_with_a_case_they_may_not_read(office: Office) -> None:
    case = waiting(office, 1)[0]
    with pytest.raises(Missing):
        begun(office, case, name="stranger")


def test_only_one_step_at_a_time_and_only_what_still_waits(office: Office) -> None:
    cases = waiting(office, 2)
    with office.as_("secretary") as context:
        items = everything_waiting(context, bucket="all", narrowing=EVERYTHING)
    office.act("secretary", cases[0], "approve")
    with office.as_("secretary") as context:
        found = selection(context, items)
        nothing = selection(context, [])
    assert ([one.case_id for one in found.cases], found.gone) == ([cases[1]], 1)
    assert found.ways == ("act:approve", "act:return")
    assert (nothing.cases, nothing.ways) == ((), ())
    with office.as_("stranger") as context:
        assert selection(context, items).cases == ()
    with office.as_("secretary") as context, pytest.raises(Invalid, match="bulk_too_many"):
        selection(context, range(1, 300))


def test_cases_in_different_steps_are_told_apart(office: Office) -> None:
    first, second = waiting(office, 2)
    office.act("secretary", first, "approve")
    for name in ("orghead", "frontier", "personnel"):
        speak(office, name, first, "agree")
    found = chosen(office, "secretary")
    assert {one.case_id for one in found.cases} == {first, second}
    assert (found.ways, found.compiled) == ((), None)
    assert sorted(len(step.item_ids) for step in found.steps) == [1, 1]
