"""What became of each article: pure, from a small procedure and a record written by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from workflow.engine.articles import ArticleStanding, Recorded, article_standings
from workflow.engine.catalogue import Catalogue
from workflow.procedure.loader import parse_procedure

PROCEDURE = parse_procedure(
    """\
procedure: small
title: {en: Small, zh: 小}
about: {en: A small one., zh: 很小。}
prefix: SM
starts: desk.draft
sources:
  r/age: {en: Age., zh: 年龄。}
  r/time: {en: Time., zh: 期限。}
  r/quorum: {en: Quorum., zh: 法定人数。}
  r/notice: {en: Notice., zh: 公示。}
  r/object: {en: Objection., zh: 异议。}
  r/refusal: {en: Refusal., zh: 不同意。}
  r/done: {en: Done., zh: 办结。}
roles:
  clerk: {of: office, holds: officer, title: {en: Clerk, zh: 经办人}}
  head: {of: office, holds: head, title: {en: Head, zh: 负责人}}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft:
        title: {en: Draft, zh: 起草}
        deadline: {working_days: 3, remind: [-1], cites: r/time}
        actions:
          submit: {by: clerk, guards: [{age: {at_most: 45, cites: r/age, waivable_by: head}}], to: board.meeting}
  board:
    title: {en: Board, zh: 会议}
    states:
      meeting:
        title: {en: Meeting, zh: 会议}
        panel:
          of: {everyone: head}
          recorded_by: clerk
          opinions: [agree, disagree]
          quorum: {present: 2/3, cites: r/quorum}
          settle: {rule: majority}
        outcomes: {agreed: notice.out, refused: closed.refused, void: board.meeting}
        outcome_effects: {refused: [{notify: {to: clerk, template: case_closed, cites: r/refusal}}]}
  notice:
    title: {en: Notice, zh: 公示}
    states:
      out:
        title: {en: Out, zh: 公示中}
        notice: {working_days: 5, cites: r/notice}
        actions:
          object: {by: clerk, awaited: false, cites: r/object, to: desk.draft}
        outcomes: {expired: closed.done}
  closed:
    title: {en: Closed, zh: 办结}
    states:
      done: {title: {en: Done, zh: 办结}, cites: r/done, final: done}
      refused: {title: {en: Refused, zh: 不同意}, final: refused}
""",
    "small.yaml",
    Catalogue(),
)
MONDAY = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
GUARD = "desk.draft.submit.age"
CLERK, HEAD = 1, 2


Step = tuple[int, int | None, str, str | None, str, dict[str, Any]]


def history(*steps: Step) -> list[Recorded]:
    """Events from (day, actor, action, from, to, data)."""
    return [
        Recorded(seq, MONDAY + timedelta(days=day), actor, action, before, to, data)
        for seq, (day, actor, action, before, to, data) in enumerate(steps, 1)
    ]


DUE = {"due": {"at": (MONDAY + timedelta(days=3)).isoformat()}}
OPENED: Step = (0, CLERK, "open", None, "desk.draft", DUE)
SUBMITTED: Step = (1, CLERK, "submit", "desk.draft", "board.meeting", {})
AGREED: Step = (2, CLERK, "record_meeting", "board.meeting", "notice.out", {"outcome": "agreed"})
EXPIRED: Step = (9, None, "expire", "notice.out", "closed.done", {"outcome": "expired"})


def standings(events: list[Recorded], *, day: int = 20, **more: Any) -> dict[str, ArticleStanding]:
    found = article_standings(PROCEDURE, events, {}, now=MONDAY + timedelta(days=day), **more)
    return {one.article.removeprefix("r/"): one for one in found}


def words(events: list[Recorded], *, day: int = 20) -> dict[str, str]:
    return {article: one.standing for article, one in standings(events, day=day).items()}


def test_everything_that_is_awaited_is_missing_at_the_beginning() -> None:
    assert words(history(OPENED), day=1) == {
        "time": "missing",
        "age": "missing",
        "quorum": "missing",
        "refusal": "missing",
        "notice": "missing",
        "object": "not_applicable",
        "done": "missing",
    }


def test_a_case_that_went_all_the_way_says_by_which_events() -> None:
    found = standings(history(OPENED, SUBMITTED, AGREED, EXPIRED))
    assert {article: (one.standing, one.events) for article, one in found.items()} == {
        "time": ("satisfied", (2,)),
        "age": ("satisfied", (2,)),
        "quorum": ("satisfied", (3,)),
        "refusal": ("not_applicable", ()),
        "notice": ("satisfied", (4,)),
        "object": ("not_applicable", ()),
        "done": ("satisfied", (4,)),
    }


def test_what_a_refusal_cuts_off_does_not_apply() -> None:
    refused = (2, CLERK, "record_meeting", "board.meeting", "closed.refused", {"outcome": "refused"})
    found = words(history(OPENED, SUBMITTED, refused))
    assert (found["quorum"], found["refusal"]) == ("satisfied", "satisfied")
    assert (found["notice"], found["done"]) == ("not_applicable", "not_applicable")


@pytest.mark.parametrize(("day", "standing"), [(3, "missing"), (4, "late")])
def test_a_running_deadline_is_late_once_it_has_passed(day: int, standing: str) -> None:
    assert standings(history(OPENED), day=day)["time"].standing == standing


def test_a_deadline_passed_before_somebody_acted_stays_late() -> None:
    late: Step = (5, CLERK, "submit", "desk.draft", "board.meeting", {})
    assert standings(history(OPENED, late))["time"].events == (2,)
    assert words(history(OPENED, late))["time"] == "late"


def test_what_the_clock_does_when_a_deadline_expires_is_no_delay() -> None:
    by_clock: Step = (4, None, "submit", "desk.draft", "board.meeting", {})
    assert words(history(OPENED, by_clock))["time"] == "satisfied"


def test_the_timer_that_is_open_counts_before_what_was_said_on_entry() -> None:
    found = article_standings(
        PROCEDURE, history(OPENED), {"desk.draft": MONDAY + timedelta(days=30)}, now=MONDAY + timedelta(days=20)
    )
    assert next(one for one in found if one.article == "r/time").standing == "missing"


def test_a_deadline_that_was_moved_on_counts_as_it_was_moved() -> None:
    moved = {"due": {"at": (MONDAY + timedelta(days=30)).isoformat()}}
    extended = (2, HEAD, "extend", "desk.draft", "desk.draft", moved)
    assert words(history(OPENED, extended))["time"] == "missing"


def test_a_guard_set_aside_is_waived_with_who_and_why_before_and_after_the_step() -> None:
    waived = (0, HEAD, "waive", "desk.draft", "desk.draft", {"guard": GUARD, "reason": "Rare skill."})
    submitted = (1, CLERK, "submit", "desk.draft", "board.meeting", {"waived": [GUARD]})
    for events in (history(OPENED, waived), history(OPENED, waived, submitted)):
        age = standings(events, day=1)["age"]
        assert age.standing == "waived"
        assert (age.places[0].waived_by, age.places[0].reason) == (HEAD, "Rare skill.")


def test_a_waiver_nobody_needed_is_none() -> None:
    waived = (0, HEAD, "waive", "desk.draft", "desk.draft", {"guard": GUARD, "reason": "Rare skill."})
    assert words(history(OPENED, waived, SUBMITTED))["age"] == "satisfied"


def test_a_meeting_short_of_its_quorum_did_not_keep_the_article() -> None:
    void = (2, CLERK, "record_meeting", "board.meeting", "board.meeting", {"outcome": "void"})
    assert words(history(OPENED, SUBMITTED, void))["quorum"] == "missing"
    again = (3, *AGREED[1:])
    assert standings(history(OPENED, SUBMITTED, void, again))["quorum"].events == (4,)


def test_a_case_that_came_back_has_to_do_it_again() -> None:
    objected = (3, CLERK, "object", "notice.out", "desk.draft", DUE)
    found = standings(history(OPENED, SUBMITTED, AGREED, objected), day=3)
    assert (found["age"].standing, found["object"].standing) == ("missing", "satisfied")
    assert found["quorum"].standing == "satisfied"


def test_citations_of_other_stages_are_left_out() -> None:
    assert set(standings(history(OPENED), only=frozenset({"desk"}))) == {"time", "age"}
