"""The numbers of a round against its rows, told anew in another way, on both kinds of database."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from fractions import Fraction
from statistics import median
from typing import Any

import pytest
from sqlalchemy import select

from tests.fixtures.databases import ContextBuilder
from tests.fixtures.districts import Demonstrated
from tests.fixtures.office import Office
from tests.workflow.steps import listed, nominated, submitted
from workflow.bodies.queries import actor
from workflow.bodies.tables import Body
from workflow.calendar.queries import calendar
from workflow.cases.tables import Case
from workflow.context import OFFICE_ZONE, Context
from workflow.engine.guards.base import full_years
from workflow.panels.tables import Panel
from workflow.people.tables import Account, Person
from workflow.problems import Forbidden, Missing
from workflow.record.tables import Event
from workflow.reports.composition import composition
from workflow.reports.durations import stage_times
from workflow.reports.listing import cases_behind
from workflow.reports.queries import answers, funnel, heading, reported_rounds
from workflow.rounds.operations import file_nil_return
from workflow.rounds.tables import NilReturn, Round, RoundCall
from workflow.store.database import Database
from workflow.tables import metadata

STAGES = ("recommendation", "review", "assessment", "decision", "notice", "appointment")


@pytest.fixture(params=["review", "appointed"])
def stage(request: pytest.FixtureRequest) -> str:
    """How far the demonstration has got."""
    return str(request.param)


@pytest.fixture
def district(
    any_database: Database, sqlite_database: Database, demonstrated: Demonstrated, stage: str, now: datetime
) -> Database:
    """The demonstration at a stage, on SQLite and, copied row by row, on PostgreSQL."""
    played = sqlite_database
    demonstrated(played, stage, now)
    if played is not any_database:
        with played.reading() as source, any_database.writing() as target:
            for table in metadata.sorted_tables:
                if rows := source.execute(table.select().order_by(*table.primary_key)).mappings().all():
                    target.execute(table.insert(), [dict(row) for row in rows])
    return any_database


@pytest.fixture
def as_reader(district: Database, now: datetime) -> Iterator[Callable[[str], Context]]:
    """A context of one of the demonstration's accounts."""
    with district.reading() as session:

        def context(name: str) -> Context:
            account = session.scalars(select(Account.id).where(Account.sign_in_name == name)).one()
            return Context(session, actor(session, account, now.date()), now)

        yield context


def rows_of(context: Context) -> tuple[dict[int, Case], dict[int, list[Event]]]:
    cases = {row.id: row for row in context.session.scalars(select(Case).where(Case.round_id == 1))}
    lines: dict[int, list[Event]] = {number: [] for number in cases}
    for line in context.session.scalars(select(Event).order_by(Event.seq)):
        if line.case_id in lines:
            lines[line.case_id].append(line)
    return cases, lines


def wanted_funnel(context: Context) -> dict[str, int]:
    """The funnel counted case by case, with the panels' rows for what the committee said."""
    cases, lines = rows_of(context)
    been = {number: {line.to_state for line in lines[number]} for number in cases}
    stages = {number: {state.partition(".")[0] for state in states} for number, states in been.items()}
    meetings = select(Panel).where(Panel.state == "decision.committee", Panel.case_id.in_(cases))
    said: dict[str | None, set[int]] = {}
    for panel in context.session.scalars(meetings):
        said.setdefault(panel.outcome, set()).add(panel.case_id)
    back = [n for n, own in lines.items() if any(one.action == "return" for one in own)]
    outcomes = Counter(case.outcome for case in cases.values())
    return {
        "nominated": len(cases),
        "submitted": sum("review" in one for one in stages.values()),
        "reviewed": sum("assessment" in one for one in stages.values()),
        "assessed": sum("assessment.ready" in one for one in been.values()),
        "decided_for": len(said.get("agreed", ())),
        "decided_against": len(said.get("refused", ())),
        "published": sum("notice.published" in one for one in been.values()),
        "listed": outcomes["listed"],
        "returned": len(back),
        "rejected": outcomes["not_selected"],
        "withdrawn": outcomes["withdrawn"],
    }


def check_funnel(context: Context, stage: str) -> None:
    counted = {line.key: line.count for line in funnel(context, 1)}
    assert counted == wanted_funnel(context)
    assert (counted["nominated"], counted["submitted"]) == (95, 70)
    if stage == "appointed":
        assert (counted["reviewed"], counted["assessed"], counted["listed"]) == (55, 45, 40)
    for key, number in counted.items():
        assert length_of_list(context, key) == number, key


def length_of_list(context: Context, key: str) -> int:
    total, cursor = 0, None
    while True:
        page = cases_behind(context, 1, key, cursor=cursor)
        assert page is not None
        total, cursor = total + len(page.lines), page.next_cursor
        if cursor is None:
            return total


def local(at: datetime) -> date:
    return at.astimezone(OFFICE_ZONE).date()


def stays(lines: list[Event]) -> Iterator[tuple[str, datetime, datetime | None]]:
    """The stays of one case in stages, walked along its record."""
    stage, since = "", lines[0].at
    for line in lines:
        here = line.to_state.partition(".")[0]
        if here != stage:
            if stage:
                yield stage, since, line.at
            stage, since = here, line.at
    yield stage, since, None


def check_times(context: Context) -> None:
    days = calendar(context)
    _, lines = rows_of(context)
    ended: dict[str, list[int]] = {key: [] for key in STAGES}
    waiting: dict[str, list[tuple[datetime, int]]] = {key: [] for key in (*STAGES, "closed")}
    for number, own in lines.items():
        for stage, since, left in stays(own):
            if left is None:
                waiting[stage].append((since, number))
            else:
                ended[stage].append(days.working_days_between(local(since), local(left)))
    found = stage_times(context, 1)
    assert [line.stage for line in found] == list(STAGES)
    for line in found:
        took = sorted(ended[line.stage])
        assert line.ended == len(took)
        assert line.median == (median(took) if took else None)
        assert line.ninetieth == (took[-(-9 * len(took) // 10) - 1] if took else None)
        assert line.waiting == len(waiting[line.stage])
        assert length_of_list(context, f"waiting-{line.stage}") == line.waiting
        if line.waiting:
            since, number = min(waiting[line.stage])
            assert (line.oldest_case_id, line.oldest_days) == (
                number,
                days.working_days_between(local(since), context.today),
            )


def groups_of(person: Person, opens: date) -> dict[str, str]:
    age = full_years(person.birth_date, opens)
    limits = [(30, "to_30"), (35, "31_35"), (40, "36_40"), (45, "41_45")]
    return {
        "sex": person.sex,
        "age": next((name for limit, name in limits if age <= limit), "from_46"),
        "political_status": person.political_status,
        "education": person.education,
        "nationality": person.nationality,
        "tier": person.tier or "",
    }


def wanted_groups(context: Context) -> dict[str, dict[str, tuple[int, int]]]:
    cases, _ = rows_of(context)
    opens = context.session.scalars(select(Round.opens_date)).one()
    nominated_ids = {case.person_id for case in cases.values()}
    listed_ids = {case.person_id for case in cases.values() if case.outcome == "listed"}
    wanted: dict[str, dict[str, tuple[int, int]]] = {}
    for person in context.session.scalars(select(Person).where(Person.id.in_(nominated_ids))):
        for key, code in groups_of(person, opens).items():
            before = wanted.setdefault(key, {}).get(code, (0, 0))
            wanted[key][code] = (before[0] + 1, before[1] + (person.id in listed_ids))
    return wanted


def check_groups(context: Context, stage: str) -> None:
    found = composition(context, 1)
    assert {
        one.key: {group.code: (group.nominated.number, group.listed.number) for group in one.groups}
        for one in found.dimensions
    } == wanted_groups(context)
    assert (found.nominated, found.listed) == (85, 40 if stage == "appointed" else 0)
    assert not found.is_masked


def check_hidden_groups(context: Context) -> None:
    wanted = wanted_groups(context)
    found = composition(context, 1)
    assert found.is_masked
    seen_hidden = 0
    for one in found.dimensions:
        for group in one.groups:
            numbers = wanted[one.key][group.code]
            for count, number in zip((group.nominated, group.listed), numbers, strict=True):
                seen_hidden += count.hidden is not None
                assert count.hidden or count.number == number
                assert count.hidden != "few" or number < 3
                assert count.hidden != "cover" or number >= 3
                assert count.hidden or number not in {1, 2}
    assert seen_hidden


def check_answers(context: Context) -> None:
    days = calendar(context)
    cases, _ = rows_of(context)
    called = context.session.scalars(select(Round)).one()
    bodies = context.session.execute(
        select(RoundCall, Body).join(Body, Body.id == RoundCall.body_id).order_by(Body.position)
    ).all()
    found = answers(context, 1)
    assert [line.body_id for line in found] == [body.id for _, body in bodies]
    for line, (call, body) in zip(found, bodies, strict=True):
        own = [case for case in cases.values() if case.body_id == body.id and case.outcome != "withdrawn"]
        returns = context.session.scalars(select(NilReturn).where(NilReturn.round_call_id == call.id)).all()
        in_force = any(one.withdrawn_at is None for one in returns)
        said = [*(case.opened_at for case in own), *(one.filed_at for one in returns)] if own or in_force else []
        assert line.nominated == len(own)
        assert length_of_list(context, f"body-{body.id}") == len(own)
        assert line.answer == ("nominated" if own else "nil_return" if in_force else None)
        assert line.answered_at == min(said, default=None)
        if said:
            assert line.working_days == days.working_days_between(local(called.opened_at), local(min(said)))
    assert {line.answer for line in found} == {"nominated", "nil_return", None}


def test_every_number_is_what_the_rows_say(as_reader: Callable[[str], Context], stage: str) -> None:
    secretary = as_reader("secretary")
    check_funnel(secretary, stage)
    check_times(secretary)
    check_answers(secretary)
    check_groups(as_reader("orghead"), stage)
    for name in ("unitedfront", "ufofficer", "admin"):
        check_hidden_groups(as_reader(name))


def test_a_case_sent_back_is_counted_and_stays_twice(any_office: Office) -> None:
    case_id = submitted(any_office, any_office.person())
    any_office.later(days=4)
    any_office.act("secretary", case_id, "return", reason="Papers are missing.")
    any_office.later(days=1)
    with any_office.as_("secretary") as context:
        counted = {line.key: line.count for line in funnel(context, any_office.round_id)}
        first, review = stage_times(context, any_office.round_id)[:2]
    assert (counted["submitted"], counted["reviewed"], counted["returned"]) == (1, 0, 1)
    # Monday 7 to Friday 11 September 2026; Saturday 12 is no working day.
    assert (review.ended, review.median, review.ninetieth, review.waiting) == (1, 4, 4, 0)
    assert (first.ended, first.waiting, first.oldest_days, first.oldest_case_id) == (1, 1, 0, case_id)


def test_the_median_of_an_even_number_lies_between(any_office: Office) -> None:
    for wait in (1, 2):
        case_id = submitted(any_office, any_office.person())
        any_office.later(days=wait)
        any_office.act("secretary", case_id, "reject", reason="Not in order.")
    with any_office.as_("secretary") as context:
        review = stage_times(context, any_office.round_id)[1]
        counted = {line.key: line.count for line in funnel(context, any_office.round_id)}
    assert (review.ended, review.median, review.ninetieth) == (2, float(Fraction(3, 2)), 2)
    assert counted["rejected"] == 2


def test_an_empty_round_has_numbers_too(any_office: Office) -> None:
    with any_office.as_("secretary") as context:
        assert {line.count for line in funnel(context, any_office.round_id)} == {0}
        assert all(line.median is None for line in stage_times(context, any_office.round_id))
        assert composition(context, any_office.round_id).dimensions[0].groups == ()
        assert [line.answer for line in answers(context, any_office.round_id)] == [None, None]


def test_a_nil_return_corrected_by_a_nomination_was_the_first_answer(any_office: Office) -> None:
    any_office.later(days=1)
    with any_office.as_("nominator") as context:
        file_nil_return(context, round_id=any_office.round_id, reason="Nobody.")
    any_office.later(days=2)
    nominated(any_office, any_office.person())
    with any_office.as_("secretary") as context:
        street, mill = answers(context, any_office.round_id)
    assert (street.answer, street.nominated, street.working_days) == ("nominated", 1, 1)
    assert (mill.answer, mill.working_days) == (None, None)


@pytest.mark.parametrize("look", [heading, funnel, stage_times, composition, answers])
def test_numbers_are_closed_to_whoever_surveys_no_round(office: Office, look: Any) -> None:
    for name in ("nominator", "street_head", "stranger", "personnel", "assessor1", "member01", "recorder"):
        with pytest.raises(Forbidden), office.as_(name) as context:
            look(context, office.round_id)
    with pytest.raises(Missing), office.as_("secretary") as context:
        look(context, office.round_id + 1)


def test_who_may_read_only_some_cases_finds_only_those_behind_a_number(office: Office) -> None:
    listed(office, office.person())
    nominated(office, office.person())
    with office.as_("frontier") as context:
        assert funnel(context, office.round_id)[0].count == 2
        assert length_of_list(context, "nominated") == 1
        assert cases_behind(context, office.round_id, "nothing") is None
        assert cases_behind(context, office.round_id, "waiting-closed") is None
        assert cases_behind(context, office.round_id, "body-" + "9" * 30) is None
        (seen,) = reported_rounds(context)
    assert (seen.cases, seen.listed) == (2, 1)


def test_a_context_without_roles_sees_nothing(database: Database, context_for: ContextBuilder) -> None:
    with pytest.raises(Forbidden), database.reading() as session:
        reported_rounds(context_for(session))
