"""Who may call a round, nominate in it and survey it, whether its timetable takes nominations, and what its rows must be."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from workflow.calendar.rules import FIRST_YEAR, LAST_YEAR
from workflow.context import Actor
from workflow.engine.guards.case import RoundOpen
from workflow.people.rules import is_one_line
from workflow.problems import Invalid, Problem, Reason
from workflow.procedure.model import RELATIONS, Procedure, Role

WITHDRAWN = "withdrawn"
"""The outcome of a case its own body took back: it no longer counts as a nomination."""
MAX_TITLE = 200
MAX_SEATS = 10_000
MAX_REASON = 2_000


def holds_role(actor: Actor, role: Role) -> bool:
    """Whether the actor holds a role of a body that the procedure names by its code; relations to a case do not count."""
    if role.of is None or role.of in RELATIONS:
        return False
    return any(held.body_code == role.of and held.role == role.holds for held in actor.holdings)


def may_call(procedure: Procedure, actor: Actor) -> bool:
    """Whether the actor opens and closes rounds of a procedure."""
    return procedure.rounds_by is not None and holds_role(actor, procedure.roles[procedure.rounds_by])


def may_survey(procedure: Procedure, actor: Actor) -> bool:
    """Whether the actor sees how a round stands as a whole: who calls it, who reads every stage or the first one."""
    return any(holds_role(actor, role) for role in surveying_roles(procedure))


def surveying_roles(procedure: Procedure) -> tuple[Role, ...]:
    """The roles that see how a round stands as a whole."""
    first = procedure.starts.partition(".")[0]
    keys = {*procedure.seen_by, *procedure.stages[first].seen_by, *filter(None, (procedure.rounds_by,))}
    return tuple(procedure.roles[key] for key in sorted(keys))


def may_compare(procedure: Procedure, actor: Actor) -> bool:
    """Whether the actor sees all candidates' scores side by side: who reads the scoring stage without acting in it alone.

    An assessor reads the candidates of their own teams, case by case.
    """
    keys = set(procedure.seen_by)
    for stage in procedure.stages.values():
        if any(state.panel and state.panel.scores for state in stage.states.values()):
            keys.update(stage.seen_by)
    return any(holds_role(actor, procedure.roles[key]) for key in keys)


def nominating_holds(procedure: Procedure) -> frozenset[str]:
    """Roles held in a nominating body (`officer`) that put people forward: those who act in the first state."""
    actions = procedure.states[procedure.starts].actions.values()
    roles = [procedure.roles[key] for action in actions for key in action.by]
    return frozenset(role.holds for role in roles if role.of in RELATIONS)


def bodies_nominated_for(procedure: Procedure, actor: Actor) -> frozenset[int]:
    """Bodies in whose name the actor may nominate."""
    holds = nominating_holds(procedure)
    return frozenset(held.body_id for held in actor.holdings if held.role in holds)


def not_open(*, today: date, opens_date: date, closes_date: date, is_closed: bool) -> tuple[Reason, ...]:
    """Why a round takes no nominations today: the same rule that a submission is measured by."""
    facts = {
        "today": today.isoformat(),
        "round.opens_date": opens_date.isoformat(),
        "round.closes_date": closes_date.isoformat(),
        "round.is_closed": is_closed,
    }
    return tuple(RoundOpen().reasons(facts))


def rubric_of(procedure: Procedure) -> list[dict[str, Any]]:
    """The procedure's yardstick as a round keeps it; empty where the procedure has none."""
    if procedure.rubric is None:
        return []
    return [
        {"key": key, "title": item.title.model_dump(), "weight": item.weight, "out_of": item.out_of}
        | ({"at_least": item.at_least} if item.at_least else {})
        for key, item in procedure.rubric.items.items()
    ]


def check_round(
    procedure: Procedure,
    *,
    titles: Mapping[str, str],
    opens_date: date,
    closes_date: date,
    seats: Mapping[str, Any],
    body_ids: Collection[int],
    today: date,
    planned: Mapping[str, date] = {},
) -> None:
    """Raises Invalid naming every field of a new round that is wrong."""
    problems: list[Problem] = []
    for field, title in titles.items():
        if not title.strip():
            problems.append(Invalid("field_required", field=field))
        elif len(title.strip()) > MAX_TITLE:
            problems.append(Invalid("field_too_long", field=field, limit=MAX_TITLE, length=len(title.strip())))
        elif not is_one_line(title.strip()):
            problems.append(Invalid("field_not_one_line", field=field))
    problems += timetable_problems(procedure, opens_date=opens_date, closes_date=closes_date, planned=planned)
    if opens_date <= closes_date < today:
        problems.append(Invalid("round_closes_past", field="closes_date", today=today))
    if not body_ids:
        problems.append(Invalid("round_calls_nobody", field="body_ids"))
    for category, number in seats.items():
        if category not in procedure.categories:
            problems.append(Invalid("category_unknown", field=f"seats_{category}"))
        elif isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MAX_SEATS:
            problems.append(Invalid("round_seats_faulty", field=f"seats_{category}", limit=MAX_SEATS))
    if problems:
        raise Invalid("form_faulty", problems=tuple(problems), count=len(problems))


def timetable_problems(
    procedure: Procedure, *, opens_date: date, closes_date: date, planned: Mapping[str, date]
) -> Iterator[Problem]:
    """Dates outside the calendar, before one they follow, or of no timetable of the procedure."""
    days = {"opens_date": opens_date, "closes_date": closes_date, **_in_order(procedure, planned)}
    latest = opens_date
    for field, day in days.items():
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            yield Invalid("date_out_of_range", field=field, first=FIRST_YEAR, last=LAST_YEAR)
        elif field == "closes_date" and day < opens_date:
            yield Invalid("round_closes_first", field=field, opens_date=opens_date)
        elif day < latest:
            yield Invalid("date_too_early", field=field, before_date=latest)
        latest = max(latest, day)
    for key in planned.keys() - procedure.timetable.keys():
        yield Invalid("date_unknown", field=key)


def _in_order(procedure: Procedure, planned: Mapping[str, date]) -> dict[str, date]:
    """The planned dates that are set, as they follow each other."""
    return {key: planned[key] for key in procedure.timetable if key in planned}


def checked_reason(reason: str) -> str:
    """The reason without blanks around it. Raises Invalid where there is none, or too much."""
    text = reason.strip()
    if not text:
        raise Invalid("reason_required", field="reason")
    if len(text) > MAX_REASON:
        raise Invalid("field_too_long", field="reason", limit=MAX_REASON, length=len(text))
    return text
