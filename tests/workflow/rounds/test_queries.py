"""What bodies see of their calls, and what the departments see of a round as a whole."""

from typing import Self

import pytest
from sqlalchemy import event

from tests.fixtures.office import REPORT, Office
from tests.workflow.steps import SCORES, listed, nominated, scored, submitted
from workflow.context import Context
from workflow.problems import Forbidden, Missing
from workflow.rounds.board import board, stuck_cases
from workflow.rounds.comparing import ranking, returns_by_body
from workflow.rounds.operations import file_nil_return
from workflow.rounds.queries import called_rounds, open_rounds, round_view, rounds


class Statements:
    """Counts what a reading asks the database."""

    def __init__(self, office: Office) -> None:
        self.office, self.count = office, 0

    def __enter__(self) -> Self:
        event.listen(self.office.database.engine, "after_cursor_execute", self._seen)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.office.database.engine, "after_cursor_execute", self._seen)

    def _seen(self, *_: object) -> None:
        self.count += 1


def test_a_body_sees_its_call_with_days_left_seats_and_its_own_nominations(office: Office) -> None:
    submitted(office, office.person())
    nominated(office, office.person(name="韦青", name_latin="Wei Qing"), category="youth")
    with office.as_("nominator") as context:
        (call,) = open_rounds(context, body_id=office.bodies["street"])
    # 8 to 30 September 2026; Sunday the 20th is worked, Friday the 25th is off.
    assert call.round.working_days_left == 17
    assert [(seat.category, seat.seats) for seat in call.round.seats] == [("reserve", 2), ("youth", 2)]
    assert [one.state_ref for one in call.nominations] == ["review.formal_check", "recommendation.draft"]
    assert call.nominations[1].person == "韦青"
    assert call.has_answered
    assert not call.round.not_open
    with office.as_("other_nominator") as context:
        (other,) = open_rounds(context, body_id=office.bodies["mill"])
        assert (other.nominations, other.has_answered) == ((), False)
        with pytest.raises(Forbidden):
            open_rounds(context, body_id=office.bodies["street"])


def test_a_round_that_has_ended_is_no_longer_open_but_still_called(office: Office) -> None:
    office.later(days=40)
    with office.as_("nominator") as context:
        assert open_rounds(context, body_id=office.bodies["street"]) == ()
        (call,) = called_rounds(context, body_id=office.bodies["street"])
    assert [reason.code for reason in call.round.not_open] == ["round_open.closed"]
    assert call.round.working_days_left == 0


def test_the_board_counts_stages_and_answers(office: Office) -> None:
    submitted(office, office.person())
    submitted(office, office.person())
    withdrawn = nominated(office, office.person())
    office.act("nominator", withdrawn, "withdraw", reason="Sent by mistake.")
    with office.as_("other_nominator") as context:
        file_nil_return(context, round_id=office.round_id, reason="Nobody.")
    with office.as_("secretary") as context:
        seen = board(context, office.round_id)
    assert [stage.key for stage in seen.stages][:3] == ["recommendation", "review", "assessment"]
    assert {stage.key: stage.count for stage in seen.stages if stage.count} == {"review": 2, "closed": 1}
    assert seen.stages[1].states[0].ref == "review.formal_check"
    assert (seen.nominated, seen.nil_returns, seen.unanswered) == (2, 1, 0)


def test_the_board_asks_as_often_for_many_cases_as_for_one(office: Office) -> None:
    def cost() -> int:
        with office.as_("secretary") as context:
            context.session.connection()
            with Statements(office) as statements:
                board(context, office.round_id)
            return statements.count

    submitted(office, office.person())
    first = cost()
    for _ in range(6):
        submitted(office, office.person())
    assert cost() == first <= 8


def test_a_round_is_hidden_from_who_has_no_part_in_it(office: Office) -> None:
    for look in (board, ranking, round_view, returns_by_body):
        with pytest.raises(Missing), office.as_("stranger") as context:
            look(context, office.round_id)
    with office.as_("stranger") as context:
        assert rounds(context) == ()
    for look in (board, ranking, returns_by_body):
        with pytest.raises(Missing), office.as_("nominator") as context:
            look(context, office.round_id)
    with office.as_("nominator") as context:
        assert round_view(context, office.round_id).reference == "R-2026-01"
    with pytest.raises(Missing), office.as_("assessor1") as context:
        ranking(context, office.round_id)


def test_candidates_are_compared_by_one_yardstick(office: Office) -> None:
    better = dict.fromkeys(SCORES, 100)
    first = scored(office, office.person(), SCORES, better)
    second = scored(office, office.person(), better)
    submitted(office, office.person())
    with office.as_("secretary") as context:
        seen = ranking(context, office.round_id)
    assert [one.case_id for one in seen.candidates] == [second, first]
    assert seen.candidates[1].means["ability"] == 90
    # 30·90 + 20·80 + 15·85 + 25·88 + 10·95 = 8725 hundredths; the other gave 100.
    assert seen.candidates[1].total == pytest.approx((87.25 + 100) / 2)
    assert [(one.assessors, one.is_complete) for one in seen.candidates] == [(1, False), (2, True)]
    assert seen.source is not None
    assert "not select" in seen.source.en


def test_returns_tell_how_far_each_bodys_nominations_came(office: Office) -> None:
    person = office.person()
    listed(office, person)
    nominated(office, person, category="youth")
    with office.as_("secretary") as context:
        street, mill = returns_by_body(context, office.round_id)
    assert (street.nominated, street.people, street.outcomes) == (2, 1, {"listed": 1})
    assert street.reached["recommendation"] == 2
    assert street.reached["decision"] == street.reached["closed"] == 1
    assert (mill.nominated, mill.reached["review"]) == (0, 0)


def test_cases_overdue_or_without_a_word_are_stuck(office: Office) -> None:
    checked = submitted(office, office.person())
    waiting = scored(office, office.person(), SCORES, SCORES)
    office.act("assessor1", waiting, "file_report", form=REPORT)

    def stuck(context: Context) -> list[tuple[int, bool]]:
        return [(one.case_id, one.is_overdue) for one in stuck_cases(context, office.round_id, quiet_days=14)]

    office.later(days=10)
    with office.as_("secretary") as context:
        assert stuck(context) == [(checked, True)]
    office.later(days=10)
    with office.as_("secretary") as context:
        assert stuck(context) == [(checked, True), (waiting, False)]
    with office.as_("other_nominator") as context:
        assert stuck(context) == []
