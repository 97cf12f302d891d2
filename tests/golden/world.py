"""A small world for any procedure: the bodies it names, three holders for every role, and cases begun as its rules say."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from workflow import composition  # noqa: F401 - registers what follows when a case moves
from workflow.bodies.tables import Body, BodyRole, RoleHolding
from workflow.cases.operations import open_case
from workflow.cases.versions import publish_all
from workflow.context import CLOCK, OFFICE_ZONE, Actor, Context, Holding
from workflow.people.tables import Account, Person, Post, Training, YearlyGrade
from workflow.pools.tables import Membership, Pool
from workflow.procedure.model import PARENT_BODY, RELATIONS, Procedure
from workflow.reviews.operations import open_review
from workflow.reviews.tables import Review
from workflow.rounds.tables import Round
from workflow.store.database import Database

MORNING = datetime(2026, 9, 7, 10, 0, tzinfo=OFFICE_ZONE)
DECEMBER = datetime(2026, 12, 1, 10, 0, tzinfo=OFFICE_ZONE)
HOLDERS = 3
OWN, ABOVE = "own", "above"


@dataclass
class World:
    """Handles to what was set up for one procedure; `now` moves on with the walks."""

    database: Database
    procedure: Procedure
    versions: dict[str, int] = field(default_factory=dict)
    now: datetime = MORNING
    actors: list[Actor] = field(default_factory=list)
    bodies: dict[str, int] = field(default_factory=dict)
    round_id: int | None = None
    is_patient: bool = False
    """Whether people mostly wait for the others of their round where only giving up is left to do."""


def set_up(database: Database, procedures: dict[str, Procedure], key: str) -> World:
    """Fills an empty database with what the procedure needs."""
    world = World(database, procedures[key])
    with database.writing() as session:
        world.versions = publish_all(Context(session, CLOCK, MORNING), procedures.values())
        for code in (ABOVE, OWN, *_codes(world.procedure)):
            _add_body(session, world, code)
        for code, role in dict.fromkeys(_roles(world.procedure)):
            for number in range(HOLDERS):
                world.actors.append(_add_holder(session, world, code, role, number))
        if world.procedure.rounds_by:
            world.round_id = _add_round(session, world)
        for category in world.procedure.categories.values():
            if category.pool:
                _pool(session, category.pool)
    return world


def _codes(procedure: Procedure) -> list[str]:
    named = [role.of for role in procedure.roles.values() if role.of and role.of not in RELATIONS]
    return list(dict.fromkeys(named))


def _roles(procedure: Procedure) -> list[tuple[str, str]]:
    code = dict.fromkeys(RELATIONS, OWN) | {PARENT_BODY: ABOVE}
    return [(code.get(role.of, role.of), role.holds) for role in procedure.roles.values() if role.of]


def _add_body(session: Session, world: World, code: str) -> None:
    row = Body(code=code, kind="department", title_zh=f"{code}部", title_en=code.title())
    row.parent_id = world.bodies.get(ABOVE) if code == OWN else None
    session.add(row)
    session.flush()
    world.bodies[code] = row.id


def _add_holder(session: Session, world: World, code: str, role: str, number: int) -> Actor:
    body_role = session.query(BodyRole).filter_by(body_id=world.bodies[code], role=role).one_or_none()
    if body_role is None:
        body_role = BodyRole(body_id=world.bodies[code], role=role)
        session.add(body_role)
    account = _add_account(session, world, f"{code}.{role}.{number + 1}")
    session.add(RoleHolding(body_role_id=body_role.id, account_id=account.id, from_date=date(2020, 1, 1)))
    held = Holding(body_role.id, world.bodies[code], code, role)
    return Actor(account.id, account.name, (held,), account.person_id)


def _add_account(session: Session, world: World, name: str) -> Account:
    account = Account(sign_in_name=name, name=name, name_latin=name, email="", created_at=MORNING)
    account.person_id = _add_person(session, world)
    session.add(account)
    session.flush()
    return account


def _add_person(session: Session, world: World) -> int:
    """A person everybody could agree on."""
    row = Person(
        reference=f"P-{session.query(Person).count() + 1:05d}", name="温朗", name_latin="Wen Lang", sort_strokes="",
        sort_pinyin="", sex="male", nationality="ha", birth_date=date(1990, 5, 1), political_status="cdl",
        work_start_date=date(2012, 7, 1), education="master", body_id=world.bodies[OWN], created_at=MORNING,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add(Post(person_id=row.id, organization="Own", title="Deputy", rank="142", from_date=date(2020, 3, 1)))
    session.add(YearlyGrade(person_id=row.id, year=2025, grade="competent"))
    course = {"course": "Autumn", "organizer": "Institute", "hours": 80, "is_off_job": True, "is_completed": True}
    session.add(Training(person_id=row.id, from_date=date(2025, 9, 1), to_date=date(2025, 9, 12), **course))
    return row.id


def _add_round(session: Session, world: World) -> int:
    rubric = world.procedure.rubric
    items = [
        {"key": key, "title": item.title.model_dump(), "weight": item.weight, "out_of": item.out_of}
        for key, item in (rubric.items.items() if rubric else ())
    ]
    row = Round(
        reference="R-2026-01", title_zh="批次", title_en="Round", seats={}, rubric=items, opens_date=date(2026, 9, 1),
        procedure_version_id=world.versions[world.procedure.procedure], closes_date=date(2026, 12, 31),
        opened_at=MORNING, opened_by=world.actors[0].account_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def _pool(session: Session, key: str) -> Pool:
    row = session.query(Pool).filter_by(key=key).one_or_none()
    if row is None:
        row = Pool(key=key, title_zh="名单", title_en="List", target=100)
        session.add(row)
        session.flush()
    return row


def begin(world: World, number: int) -> int:
    """A case of the procedure about somebody who signs in; the number chooses among its categories."""
    with world.database.writing() as session:
        account = _add_account(session, world, f"subject.{number}")
        actor, person_id = Actor(account.id, account.name, (), account.person_id), account.person_id
    world.actors.append(actor)
    key, categories = world.procedure.procedure, list(world.procedure.categories)
    if any(use.name == "finish_review" for state in world.procedure.states.values() for use in state.every_effect):
        return _begin_review(world, person_id or 0)
    world.now = MORNING
    with world.database.writing() as session:
        for pool in _lists_drawn_from(world.procedure)[:1]:
            _enter(session, _pool(session, pool).id, person_id or 0)
        return open_case(
            Context(session, CLOCK, world.now),
            version_id=world.versions[key],
            person_id=person_id if world.procedure.subject == "person" else None,
            title=None if world.procedure.subject == "person" else "Post",
            body_id=world.bodies[OWN],
            round_id=world.round_id,
            category=categories[number % len(categories)] if categories else None,
        ).case_id


def _lists_drawn_from(procedure: Procedure) -> list[str]:
    """The lists on one of which a person has to be."""
    actions = [action for state in procedure.states.values() for action in state.actions.values()]
    return [key for action in actions for use in action.guards if use.name == "on_list" for key in use.params["lists"]]


def _enter(session: Session, pool_id: int, person_id: int) -> Membership:
    member = Membership(pool_id=pool_id, person_id=person_id, tenure_from_date=date(2026, 1, 5), entered_at=MORNING)
    session.add(member)
    session.flush()
    return member


def _begin_review(world: World, person_id: int) -> int:
    """A review of somebody on a list, on its opening day."""
    world.now = DECEMBER
    with world.database.writing() as session:
        member = _enter(session, _pool(session, "reserve").id, person_id)
        days = {"opens_date": date(2026, 12, 1), "due_date": date(2026, 12, 31)}
        review = Review(membership_id=member.id, procedure=world.procedure.procedure, year=2026, **days)
        session.add(review)
        session.flush()
        return open_review(Context(session, CLOCK, world.now), review_id=review.id).case_id
