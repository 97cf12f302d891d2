"""From a procedure's role to the people behind it in one case, and from an actor to the roles they hold there."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, bindparam, or_, select
from sqlalchemy.orm import Session

from workflow.bodies.tables import Body, BodyRole
from workflow.cases.loading import LoadedCase
from workflow.cases.tables import CaseReader
from workflow.context import Context
from workflow.engine.decide import Compiled
from workflow.people.tables import Account
from workflow.problems import Invalid
from workflow.procedure.model import PARENT_BODY, RELATIONS, Role
from workflow.record.tables import Event
from workflow.store.database import engine_of
from workflow.store.hot import Hot

CLOCK_ROLE = "clock"


@dataclass(frozen=True, slots=True)
class Address:
    """Where something for a role goes: a role in a body, or one account."""

    role: str
    body_role_id: int | None = None
    account_id: int | None = None


class _Directory:
    """Ids that never change once given, remembered per database."""

    def __init__(self) -> None:
        self.bodies: dict[str, int] = {}
        self.body_roles: dict[tuple[str, int | None, str], int] = {}
        """By where a role is sought, the case's body where that matters, and what is held there."""


_directories: WeakKeyDictionary[Engine, _Directory] = WeakKeyDictionary()


def _directory(session: Session) -> _Directory:
    engine = engine_of(session)
    known = _directories.get(engine)
    return known if known is not None else _directories.setdefault(engine, _Directory())


def _body_id(session: Session, role: Role, body_id: int | None) -> int:
    if role.of in RELATIONS:
        if body_id is None:
            raise Invalid("case_without_body")
        return _body_above(session, body_id) if role.of == PARENT_BODY else body_id
    directory = _directory(session)
    known = directory.bodies.get(role.of or "")
    if known is None:
        known = session.scalar(select(Body.id).where(Body.code == role.of))
        if known is None:
            raise Invalid("body_missing", body=role.of or "")
        directory.bodies[role.of or ""] = known
    return known


def _body_above(session: Session, body_id: int) -> int:
    """The body above one in the tree. Raises Invalid for one at the top."""
    above = session.scalar(select(Body.parent_id).where(Body.id == body_id))
    if above is None:
        raise Invalid("body_without_parent")
    return above


def known_body_role(session: Session, role: Role, body_id: int | None) -> int | None:
    """The id of the role in its body; None where nobody has held it yet."""
    key = (role.of or "", body_id if role.of in RELATIONS else None, role.holds)
    directory = _directory(session)
    known = directory.body_roles.get(key)
    if known is None:
        there = _body_id(session, role, body_id)
        known = session.scalar(select(BodyRole.id).where(BodyRole.body_id == there, BodyRole.role == role.holds))
        if known is not None:
            directory.body_roles[key] = known
    return known


def body_role_of(session: Session, role: Role, body_id: int | None) -> int:
    """The id of the role in its body, made where nobody has held it yet."""
    known = known_body_role(session, role, body_id)
    if known is not None:
        return known
    row = BodyRole(body_id=_body_id(session, role, body_id), role=role.holds)
    session.add(row)
    session.flush()
    return row.id


def addresses_of(session: Session, compiled: Compiled, case: LoadedCase, role_key: str) -> tuple[Address, ...]:
    """Where to reach a role in a case: one address for a role in a body, one per account for people named."""
    role = compiled.procedure.roles[role_key]
    if role.is_subject:
        account = session.scalar(select(Account.id).where(Account.person_id == case.person_id, Account.is_active))
        return () if account is None else (Address(role_key, account_id=account),)
    if role.is_outside or role.is_automatic:
        return ()
    if role.did:
        return tuple(Address(role_key, account_id=account) for account in _who_did(session, case, role))
    if role.is_chosen:
        named = select(CaseReader.account_id).where(CaseReader.case_id == case.id, CaseReader.role == role_key)
        return tuple(
            Address(role_key, account_id=account) for account in session.scalars(named.order_by(CaseReader.id))
        )
    return (Address(role_key, body_role_id=body_role_of(session, role, case.body_id)),)


_DID = Hot(
    select(Event.actor_id, Event.action)
    .where(or_(Event.case_id == bindparam("case_id"), Event.case_id == bindparam("parent_id")))
    .where(Event.actor_id.is_not(None))
    .order_by(Event.case_id, Event.seq)
)


def _who_did(session: Session, case: LoadedCase, role: Role) -> tuple[int, ...]:
    """Accounts that took one of the role's actions in the case or its parent, in the order they first did."""
    rows = _DID.all(session, {"case_id": case.id, "parent_id": case.parent_id})
    return tuple(dict.fromkeys(account for account, action in rows if action in role.did))


def roles_of_actor(context: Context, compiled: Compiled, case: LoadedCase) -> frozenset[str]:
    """The procedure's roles the actor holds in this case, by what they hold today."""
    actor = context.actor
    held = set()
    chosen_roles = []
    for key, role in compiled.procedure.roles.items():
        if role.is_subject:
            if actor.person_id is not None and actor.person_id == case.person_id:
                held.add(key)
        elif role.did:
            if actor.account_id is not None and actor.account_id in _who_did(context.session, case, role):
                held.add(key)
        elif role.is_outside or role.is_automatic:
            continue
        elif role.is_chosen:
            chosen_roles.append(key)
        elif known_body_role(context.session, role, case.body_id) in actor.body_role_ids:
            held.add(key)
    if chosen_roles and actor.account_id is not None and case.has_named:
        rows = _NAMED.all(context.session, {"case_id": case.id, "account_id": actor.account_id})
        held.update({row[0] for row in rows} & set(chosen_roles))
    return frozenset(held)


_NAMED = Hot(
    select(CaseReader.role).where(
        CaseReader.case_id == bindparam("case_id"), CaseReader.account_id == bindparam("account_id")
    )
)
