"""Rows that tests of the upper rooms stand on: a case with its chain, a body role with holders, accounts."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from definitions.library import procedures
from workflow.bodies.tables import Body, BodyRole, RoleHolding
from workflow.cases.tables import Case, ProcedureVersion, Timer, WorkItem
from workflow.people.names import latin_name, pinyin_key, strokes_key
from workflow.people.tables import Account, Person
from workflow.record.rules import GENESIS, event_hash
from workflow.record.tables import Event
from workflow.store.types import canonical_json, instant_text

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
"""Tuesday 2026-11-24, 12:00 on the office's wall."""


def add_account(session: Session, name: str, *, email: str = "", locale: str = "zh", is_active: bool = True) -> int:
    row = Account(
        sign_in_name=name,
        name=name,
        name_latin=name,
        email=email,
        password_hash=None,
        locale=locale,
        is_active=is_active,
        created_at=NOON,
    )
    session.add(row)
    session.flush()
    return row.id


def add_body_role(
    session: Session,
    code: str,
    role: str,
    *accounts: int,
    from_date: date = date(2020, 1, 1),
    to_date: date | None = None,
) -> int:
    body = session.query(Body).filter_by(code=code).one_or_none()
    if body is None:
        body = Body(code=code, kind="department", title_zh=f"{code}单位", title_en=code)
        session.add(body)
        session.flush()
    row = BodyRole(body_id=body.id, role=role)
    session.add(row)
    session.flush()
    session.add_all(
        RoleHolding(body_role_id=row.id, account_id=account, from_date=from_date, to_date=to_date)
        for account in accounts
    )
    session.flush()
    return row.id


def add_case(session: Session, reference: str, *, state: str = "review.co_sign", **columns: Any) -> int:
    version = session.query(ProcedureVersion).first()
    if version is None:
        rules = procedures()["reserve-official"]
        version = ProcedureVersion(
            key=rules.procedure, number=1, digest=rules.digest, canonical=rules.canonical, published_at=NOON
        )
        session.add(version)
        session.flush()
    values = {"version": 1, "last_seq": 0, "last_hash": GENESIS, "entered_at": NOON, "opened_at": NOON, **columns}
    row = Case(reference=reference, procedure_version_id=version.id, state=state, **values)
    session.add(row)
    session.flush()
    return row.id


def add_events(session: Session, case_id: int, count: int) -> None:
    """A whole chain of `count` lines, and the case's count and hash with it."""
    case = session.get_one(Case, case_id)
    for seq in range(case.last_seq + 1, case.last_seq + count + 1):
        line: dict[str, Any] = {
            "case_id": case_id,
            "seq": seq,
            "at": instant_text(NOON),
            "actor_id": None if seq == 1 else 7,
            "role": "secretary",
            "action": "approve",
            "from_state": "review.formal_check",
            "to_state": "review.co_sign",
            "procedure_digest": "d" * 64,
            "command_key": f"key-{seq}",
            "data": canonical_json({"remark": "同意推荐"}),
            "facts": canonical_json({"age": 38}),
            "previous_hash": case.last_hash,
        }
        hashed = event_hash(case.last_hash, line)
        session.add(Event(**{**line, "at": NOON}, hash=hashed))
        case.last_seq, case.last_hash = seq, hashed
    session.flush()


def add_work_item(session: Session, case_id: int, *, state: str = "review.co_sign", **whom: int) -> int:
    row = WorkItem(case_id=case_id, role="reviewer", state=state, created_at=NOON, is_open=True, **whom)
    session.add(row)
    session.flush()
    return row.id


def add_timer(
    session: Session,
    kind: str,
    case_id: int | None,
    due_at: datetime,
    *,
    state: str | None = "review.co_sign",
    **columns: Any,
) -> int:
    row = Timer(kind=kind, case_id=case_id, state=state, due_at=due_at, is_open=True, **columns)
    session.add(row)
    session.flush()
    return row.id


def add_person(session: Session, name: str = "温朗", **columns: Any) -> int:
    """Somebody in nobody's archive, outside the Party, unless something is changed."""
    values = {
        "reference": f"P-{session.query(Person).count() + 1:05d}",
        "name": name,
        "name_latin": latin_name(name),
        "sort_strokes": strokes_key(name),
        "sort_pinyin": pinyin_key(name),
        "sex": "male",
        "nationality": "ha",
        "birth_date": date(1990, 5, 1),
        "political_status": "cdl",
        "education": "master",
        "created_at": NOON,
    }
    row = Person(**{**values, **columns})
    session.add(row)
    session.flush()
    return row.id


def add_body(session: Session, code: str, **columns: Any) -> int:
    row = Body(**{"code": code, "kind": "department", "title_zh": f"{code}单位", "title_en": code, **columns})
    session.add(row)
    session.flush()
    return row.id
