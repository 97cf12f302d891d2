"""Fills an empty database with the invented district: bodies, accounts, about 420 people, and the plan of one round."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from definitions.demo.accounts import PASSWORD
from definitions.demo.bodies import NOMINATING, STEERING, DemoBody
from definitions.demo.casting import Cast, Part, cast_people
from definitions.demo.plan import Nominee, OldMember, Plan
from workflow.access.operations import hash_password
from workflow.bodies.tables import Body, BodyRole, RoleHolding
from workflow.context import Context
from workflow.people.names import latin_name, pinyin_key, strokes_key
from workflow.people.tables import Account, Kinship, Person, Post, Posting, Sanction, Training, YearlyGrade

SINCE = date(2019, 1, 1)
"""Roles of the demonstration are held from this day on."""
COMMITTEE_SIZE = 11


def fill(context: Context, opens: date) -> Plan:
    """Writes the district and says what the round is played with; ages are measured on the day the round opens."""
    bodies = _write_bodies(context)
    cast = cast_people(opens)
    people = _write_people(context, cast, bodies, opens)
    _write_accounts(context, cast, bodies, people)
    return _plan(cast, bodies, people)


def _rows(context: Context, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        context.session.execute(insert(table), rows)
    if rows and "id" in rows[0] and context.session.get_bind().dialect.name == "postgresql":
        # PostgreSQL counts apart from the ids written here, and would begin with 1 again.
        sequence = func.pg_get_serial_sequence(table.__tablename__, "id")
        context.session.execute(select(func.setval(sequence, max(row["id"] for row in rows))))


def _write_bodies(context: Context) -> dict[str, int]:
    every = (*STEERING, *NOMINATING)
    ids = {body.code: number for number, body in enumerate(every, 1)}
    _rows(context, Body, [_body_row(body, ids) for body in every])
    return ids


def _body_row(body: DemoBody, ids: dict[str, int]) -> dict[str, Any]:
    return {
        "id": ids[body.code],
        "code": body.code,
        "kind": body.kind,
        "title_zh": body.title_zh,
        "title_en": body.title_en,
        "position": ids[body.code],
        "parent_id": None if body.code == "district_committee" else ids["district_committee"],
    }


def _write_people(context: Context, cast: Cast, bodies: dict[str, int], opens: date) -> dict[int, int]:
    """Place in the cast → id of the person."""
    ids = {place: place + 1 for place in range(len(cast.parts))}
    numbered = [(ids[place], part) for place, part in enumerate(cast.parts)]
    _rows(context, Person, [_person(context, number, part, bodies) for number, part in numbered])
    _rows(context, Post, [_post(number, part) for number, part in numbered])
    grades = [(number, year, grade) for number, part in numbered for year, grade in part.draw.grades.items()]
    _rows(context, YearlyGrade, [{"person_id": n, "year": year, "grade": grade} for n, year, grade in grades])
    sanctions = [(number, *part.draw.sanction) for number, part in numbered if part.draw.sanction]
    rows = [
        {"person_id": n, "kind": kind, "from_date": since, "until_date": until} for n, kind, since, until in sanctions
    ]
    _rows(context, Sanction, rows)
    _rows(context, Training, [_training(n, opens, is_completed=part.draw.is_trained) for n, part in numbered])
    _rows(context, Posting, [_secondment(n, opens, p.secondment_months) for n, p in numbered if p.secondment_months])
    _rows(context, Kinship, [{"person_id": ids[a], "relative_id": ids[b], "relation": r} for a, b, r in cast.kin])
    return ids


def _person(context: Context, person_id: int, part: Part, bodies: dict[str, int]) -> dict[str, Any]:
    draw = part.draw
    return {
        "id": person_id,
        "reference": f"P-{person_id:05d}",
        "name": draw.name,
        "name_latin": latin_name(draw.name),
        "sort_strokes": strokes_key(draw.name),
        "sort_pinyin": pinyin_key(draw.name),
        "sex": draw.sex,
        "nationality": draw.nationality,
        "native_place": "云汀",
        "birth_date": draw.birth_date,
        "id_number": draw.id_number,
        "political_status": draw.political_status,
        "work_start_date": draw.work_start_date,
        "education": draw.education,
        "degree": draw.degree,
        "school": draw.school,
        "specialty": draw.specialty,
        "technical_title": "",
        "tier": part.tier,
        "category": part.category,
        "is_chief": part.is_chief,
        "body_id": bodies.get(part.body or ""),
        "phone": "",
        "created_at": context.now,
    }


def _post(person_id: int, part: Part) -> dict[str, Any]:
    row = {"person_id": person_id, "organization": "云汀区", "title": part.post, "rank": part.rank}
    return {**row, "is_chief": part.is_chief, "from_date": part.draw.post_since, "to_date": None}


def _training(person_id: int, opens: date, *, is_completed: bool) -> dict[str, Any]:
    end = opens - timedelta(days=120 + person_id % 200)
    row = {"person_id": person_id, "course": "党外干部培训班", "organizer": "区社会主义学院", "hours": 80}
    return {
        **row,
        "from_date": end - timedelta(days=12),
        "to_date": end,
        "is_off_job": True,
        "is_completed": is_completed,
    }


def _secondment(person_id: int, opens: date, months: int) -> dict[str, Any]:
    end = opens - timedelta(days=60)
    row = {
        "person_id": person_id,
        "kind": "secondment",
        "host": "望溪街道办事处",
        "title": "主任助理",
        "appraisal": "表现良好。",
    }
    return {**row, "from_date": end - timedelta(days=months * 30 + 5), "to_date": end}


def _write_accounts(context: Context, cast: Cast, bodies: dict[str, int], people: dict[int, int]) -> None:
    """Accounts for every role, and for listed people so that they write their own reports."""
    clerks = [
        (clerk.sign_in_name, clerk.name, people[clerk.place] if clerk.place is not None else None, clerk.roles)
        for clerk in cast.clerks
    ]
    listed = [
        (f"p{people[n]:05d}", part.draw.name, people[n], ()) for n, part in enumerate(cast.parts) if part.signs_in
    ]
    every = [*clerks, *listed]
    hashed = hash_password(PASSWORD)
    rows = [
        _account(context, number, name, shown, person, hashed)
        for number, (name, shown, person, _) in enumerate(every, 1)
    ]
    _rows(context, Account, rows)
    held = [(number, *role) for number, (_, _, _, roles) in enumerate(every, 1) for role in roles]
    ids = {pair: number for number, pair in enumerate(sorted({(code, role) for _, code, role in held}), 1)}
    _rows(context, BodyRole, [{"id": ids[c, r], "body_id": bodies[c], "role": r} for c, r in ids])
    holdings = [{"body_role_id": ids[c, r], "account_id": a, "from_date": SINCE, "to_date": None} for a, c, r in held]
    _rows(context, RoleHolding, holdings)


def _account(
    context: Context, account_id: int, sign_in_name: str, name: str, person_id: int | None, password_hash: str
) -> dict[str, Any]:
    return {
        "id": account_id,
        "sign_in_name": sign_in_name,
        "name": name,
        "name_latin": latin_name(name),
        "email": f"{sign_in_name}@yunting.example",
        "password_hash": password_hash,
        "locale": "zh",
        "theme": "system",
        "is_active": True,
        "is_administrator": sign_in_name == "admin",
        "person_id": person_id,
        "created_at": context.now,
    }


def _plan(cast: Cast, bodies: dict[str, int], people: dict[int, int]) -> Plan:
    nominees = [Nominee(people[n.place], bodies[n.body], n.category, n.fate, is_kin=n.is_kin) for n in cast.nominations]
    older = [OldMember(people[place], pool, since) for place, pool, since in cast.older]
    return Plan([bodies[body.code] for body in NOMINATING], nominees, older)
