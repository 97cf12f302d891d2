"""What somebody sees who plays every role: the case with everything in it, who is awaited, what comes next, what one may do."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workflow.bodies.queries import actor
from workflow.cases.case_page import case_page
from workflow.cases.case_views import CaseView
from workflow.cases.loading import load_case
from workflow.cases.naming import eligible_accounts
from workflow.cases.roles import roles_of_actor
from workflow.cases.subjects import SUBJECT
from workflow.cases.tables import Case, CaseReader, WorkItem
from workflow.cases.upcoming import Upcoming, reviews_opening, upcoming_timers
from workflow.cases.versions import compiled_version
from workflow.context import Actor, Context
from workflow.messages.tables import Delivery, Message
from workflow.notices.queries import NoticeView, notices_of_case
from workflow.panels.queries import panels_of_case
from workflow.panels.tables import Seat
from workflow.panels.views import PanelView
from workflow.people.tables import Account, Person
from workflow.problems import Missing
from workflow.procedure.parts import Words
from workflow.rehearsal.play import Play

MOST_MESSAGES = 60
MOST_CASES = 60


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody who signs in: the name scenarios use, the roles held in the case, and whether it waits for them."""

    name: str
    shown: str
    roles: tuple[str, ...]
    is_awaited: bool


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case of the sandbox; `name` is what steps call it, None for one they cannot name."""

    id: int
    name: str | None
    reference: str
    about: str
    state: Words
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Sent:
    """A message with the names of those it went to."""

    at: datetime
    template: str
    params: Any
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """Everything at one moment; `mine` is the case as `who` sees it, None where it is not open to them."""

    case: CaseView
    panels: tuple[PanelView, ...]
    notices: tuple[NoticeView, ...]
    players: tuple[Player, ...]
    cases: tuple[CaseLine, ...]
    timers: tuple[Upcoming, ...]
    messages: tuple[Sent, ...]
    who: Player | None
    mine: CaseView | None
    my_panels: tuple[PanelView, ...]
    eligible: dict[str, list[tuple[str, str]]]
    """Field that picks people → (name, shown name) of who may be picked."""
    seat_names: dict[int, str]
    """Seat → the name of whoever sits on it."""


def look(play: Play, *, name: str | None, who: str) -> Sight | None:
    """The case of a name as it stands, and what one of the players may do about it; None where there is no case yet."""
    try:
        case_id = play.case_id(name)
    except Missing:
        return None
    with _seeing_everything(play, case_id) as context:
        view = case_page(context, case_id)
        panels = panels_of_case(context, view.case, roles=view.roles, visited=view.visited)
        notices = notices_of_case(context, view.case, roles=view.roles, visited=view.visited)
    with play.looking() as context:
        players = tuple(_players(context, play, case_id))
        chosen = _chosen(players, who)
        mine, my_panels = _as_player(context, play, case_id, chosen)
        return Sight(
            view, panels, notices, players, tuple(_cases(context, play)), upcoming_timers(context, case_id=case_id),
            _messages(context, play), chosen, mine, my_panels, _eligible(context, play, mine), _seats(context, play, my_panels),
        )  # fmt: skip


@contextmanager
def _seeing_everything(play: Play, case_id: int) -> Iterator[Context]:
    """A context of an onlooker who reads as every role; nothing of it stays in the database."""
    with play.looking() as context:
        onlooker = Account(sign_in_name="-", name="-", name_latin="-", email="", created_at=play.now)
        context.session.add(onlooker)
        context.session.flush()
        procedure = compiled_version(context.session, load_case(context.session, case_id).version_id).procedure
        context.session.add_all(
            CaseReader(case_id=case_id, account_id=onlooker.id, role=role) for role in procedure.roles
        )
        context.session.flush()
        yield replace(context, actor=Actor(onlooker.id, "-"))


def _players(context: Context, play: Play, case_id: int) -> Iterator[Player]:
    """Everybody who signs in; those awaited first, those with no role in the case last."""
    case = load_case(context.session, case_id)
    compiled = compiled_version(context.session, case.version_id)
    open_items = select(WorkItem.body_role_id, WorkItem.account_id).where(WorkItem.case_id == case_id, WorkItem.is_open)
    awaited = context.session.execute(open_items).all()
    found = []
    for name, account in play.office.accounts.items():
        one = replace(context, actor=actor(context.session, account, context.today))
        is_awaited = any(row[0] in one.actor.body_role_ids or row[1] == account for row in awaited)
        roles = tuple(key for key in compiled.procedure.roles if key in roles_of_actor(one, compiled, case))
        found.append(Player(name, one.actor.name, roles, is_awaited))
    yield from sorted(found, key=lambda player: (not player.is_awaited, not player.roles))


def _chosen(players: Sequence[Player], who: str) -> Player | None:
    return next((one for one in players if one.name == who), players[0] if players else None)


def _as_player(
    context: Context, play: Play, case_id: int, who: Player | None
) -> tuple[CaseView | None, tuple[PanelView, ...]]:
    if who is None:
        return None, ()
    mine = replace(context, actor=actor(context.session, play.office.accounts[who.name], context.today))
    with suppress(Missing):
        view = case_page(mine, case_id)
        return view, panels_of_case(mine, view.case, roles=view.roles, visited=view.visited)
    return None, ()


def _cases(context: Context, play: Play) -> Iterator[CaseLine]:
    """Every case in the order they were opened; a child is called by its number below its parent."""
    names = {case_id: name for name, case_id in play.cases.items()}
    children: Counter[int] = Counter()
    rows = context.session.execute(
        select(Case.id, Case.parent_id, Case.reference, SUBJECT, Case.state, Case.outcome, Case.procedure_version_id)
        .outerjoin(Person, Person.id == Case.person_id)
        .order_by(Case.id)
        .limit(MOST_CASES)
    )
    for number, parent, reference, about, state, outcome, version in rows:
        if parent is not None:
            children[parent] += 1
            if parent in names:
                names[number] = f"{names[parent]}/{children[parent]}"
        title = compiled_version(context.session, version).procedure.states[state].title
        yield CaseLine(number, names.get(number), reference, about, title, outcome)


def _messages(context: Context, play: Play) -> tuple[Sent, ...]:
    """The newest messages first."""
    rows = context.session.scalars(select(Message).order_by(Message.id.desc()).limit(MOST_MESSAGES)).all()
    to: dict[int, list[str]] = {}
    told = context.session.execute(
        select(Delivery.message_id, Account.sign_in_name)
        .join(Account, Account.id == Delivery.account_id)
        .where(Delivery.message_id.in_([row.id for row in rows]), Delivery.channel == "in_app")
        .order_by(Delivery.id)
    )
    for message_id, name in told:
        to.setdefault(message_id, []).append(name)
    return tuple(Sent(row.created_at, row.template, row.params, tuple(to.get(row.id, ()))) for row in rows)


def _eligible(context: Context, play: Play, mine: CaseView | None) -> dict[str, list[tuple[str, str]]]:
    if mine is None:
        return {}
    compiled = compiled_version(context.session, mine.case.version_id)
    names = {account: name for name, account in play.office.accounts.items()}
    fields = {
        key: field
        for action in mine.actions
        if action.form
        for key, field in mine.procedure.forms[action.form].fields.items()
        if field.type == "accounts" and field.holders_of
    }
    return {
        key: [
            (names[account], shown.zh)
            for account, shown in eligible_accounts(context, compiled, mine.case, field.holders_of or "").items()
        ]
        for key, field in fields.items()
    }


def _seats(context: Context, play: Play, panels: Sequence[PanelView]) -> dict[int, str]:
    names = {account: name for name, account in play.office.accounts.items()}
    seats = [seat.id for panel in panels for seat in panel.seats]
    rows = context.session.execute(select(Seat.id, Seat.account_id).where(Seat.id.in_(seats)))
    return {number: names.get(account or 0, "") for number, account in rows}


def next_due(play: Play) -> datetime | None:
    """The moment at which the clock does something next, for any case of the sandbox."""
    with play.looking() as context:
        found = upcoming_timers(context, limit=1)
        reviews = reviews_opening(context)
    moments = [one.due_at for one in found] + ([reviews.due_at] if reviews else [])
    return min(moments, default=None)


def people_named(play: Play) -> list[tuple[str, str]]:
    """Name and shown name of everybody a case can be about."""
    with play.looking() as context:
        rows = dict(context.session.execute(select(Person.id, Person.name)).all())
    return [(name, rows[number]) for name, number in play.office.people.items()]
