"""An office with everybody a procedure asks for: bodies with their codes, holders of every role, the person of the case."""

from datetime import date
from typing import Any

from sqlalchemy import select

from tests.fixtures.office import Office
from workflow.bodies.tables import Body, BodyRole, RoleHolding
from workflow.cases.operations import open_case
from workflow.context import Actor, Holding
from workflow.people.tables import Account
from workflow.procedure.model import PARENT_BODY, RELATIONS, Procedure, Role
from workflow.rounds.tables import Round

SEVERAL = 6
"""So many hold a role of which everybody sits on a panel."""


def staff(office: Office, procedure: Procedure) -> None:
    """Adds bodies and accounts until every role of the procedure has somebody; asked again it adds nothing."""
    crowded = {
        state.panel.of.everyone for state in procedure.states.values() if state.panel and state.panel.of.everyone
    }
    with office.database.writing() as session:
        for key, role in procedure.roles.items():
            if role.of is None:
                continue
            body_id = _body(session, office, role)
            for number in range(SEVERAL if key in crowded else 1):
                _holder(session, office, body_id, role, f"{body_id}-{role.holds}-{number}")


def _body(session: Any, office: Office, role: Role) -> int:
    street = office.bodies["street"]
    if role.of == PARENT_BODY:
        parent = session.get_one(Body, street)
        if parent.parent_id is None:
            parent.parent_id = office.bodies["organization"]
        return int(parent.parent_id)
    if role.of in RELATIONS:
        return street
    code = role.of or ""
    if code not in office.bodies:
        body = Body(code=code, kind="department", title_zh=code, title_en=code.title())
        session.add(body)
        session.flush()
        office.bodies[code] = body.id
    return office.bodies[code]


def _holder(session: Any, office: Office, body_id: int, role: Role, name: str) -> None:
    held = [
        actor
        for actor in office.actors.values()
        for holding in actor.holdings
        if (holding.body_id, holding.role) == (body_id, role.holds)
    ]
    if name in office.actors or (held and name.endswith("-0")):
        return
    body_role = session.scalar(select(BodyRole).where(BodyRole.body_id == body_id, BodyRole.role == role.holds))
    if body_role is None:
        body_role = BodyRole(body_id=body_id, role=role.holds)
        session.add(body_role)
        session.flush()
    account = _account(session, office, name, office_person=None)
    session.add(RoleHolding(body_role_id=body_role.id, account_id=account, from_date=date(2020, 1, 1)))
    holding = Holding(body_role.id, body_id, role.of or "", role.holds)
    office.actors[name] = Actor(account_id=account, name=name, holdings=(holding,))


def _account(session: Any, office: Office, name: str, *, office_person: int | None) -> int:
    account = Account(
        sign_in_name=name,
        name=name,
        name_latin=name,
        email=f"{name}@office.example",
        created_at=office.now,
        person_id=office_person,
    )
    session.add(account)
    session.flush()
    return int(account.id)


def begin(office: Office, key: str, procedure: Procedure) -> int:
    """A case of a procedure about somebody new, in a round of its own where the procedure has rounds."""
    staff(office, procedure)
    person_id = office.person()
    with office.database.writing() as session:
        name = f"person-{person_id}"
        account = _account(session, office, name, office_person=person_id)
        office.actors[name] = Actor(account_id=account, name=name, person_id=person_id)
        round_id = _round(session, office, key, procedure) if procedure.rounds_by else None
    with office.as_("nominator") as context:
        return open_case(
            context,
            version_id=office.versions[key],
            person_id=person_id if procedure.subject == "person" else None,
            title=None if procedure.subject == "person" else "A post",
            body_id=office.bodies["street"],
            round_id=round_id,
            category=next(iter(procedure.categories), None),
        ).case_id


def _round(session: Any, office: Office, key: str, procedure: Procedure) -> int:
    if key == "reserve-official":
        return office.round_id
    known = session.scalar(select(Round.id).where(Round.procedure_version_id == office.versions[key]))
    if known is not None:
        return int(known)
    items = procedure.rubric.items.items() if procedure.rubric else ()
    row = Round(
        reference=f"R-{key}",
        title_zh=key,
        title_en=key,
        procedure_version_id=office.versions[key],
        opens_date=date(2026, 9, 1),
        closes_date=date(2026, 9, 30),
        seats=dict.fromkeys(procedure.categories, 100),
        rubric=[
            {"key": item, "title": each.title.model_dump(), "weight": each.weight, "out_of": each.out_of}
            for item, each in items
        ],
        opened_at=office.now,
        opened_by=office.actors["secretary"].account_id,
    )
    session.add(row)
    session.flush()
    return int(row.id)
