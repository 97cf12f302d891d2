"""A district just large enough for the round: 37 nominating bodies, the departments, 85 candidates, ten leaders."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from definitions.demo.plan import FUNNEL, SEATS, Nominee, OldMember, Plan
from workflow.bodies.tables import Body, BodyRole, RoleHolding
from workflow.context import Context
from workflow.people.tables import Account, Kinship, Person, Post, Training, YearlyGrade

SINCE = date(2010, 1, 1)
CENTRAL = {
    "organization": {"officer": ["secretary"], "head": ["orghead"], "assessor": [f"assessor{n}" for n in range(1, 5)]},
    "united_front": {"head": ["unitedfront"]},
    "personnel": {"head": ["personnel"]},
    "standing_committee": {"recorder": ["recorder"], "member": [f"member{n:02d}" for n in range(1, 12)]},
}
NAMES = {"subdistrict-01": ("nominator", "bodyhead"), "industry-01": ("nominator2", "industry-01-head")}


class _Filling:
    def __init__(self, context: Context, opens: date) -> None:
        self.context, self.opens, self.session = context, opens, context.session
        self.numbers = count(1)
        self.accounts: dict[str, Account] = {}

    def body(self, code: str, roles: dict[str, list[str]]) -> int:
        body = Body(code=code, kind=code.partition("-")[0], title_zh=code, title_en=code)
        self.session.add(body)
        self.session.flush()
        for role, names in roles.items():
            held = BodyRole(body_id=body.id, role=role)
            self.session.add(held)
            self.session.flush()
            for name in names:
                account = Account(sign_in_name=name, name=name, name_latin=name, email="", created_at=self.context.now)
                self.session.add(account)
                self.session.flush()
                self.accounts[name] = account
                self.session.add(RoleHolding(body_role_id=held.id, account_id=account.id, from_date=SINCE))
        return body.id

    def person(self, body_id: int, **changed: Any) -> int:
        number = next(self.numbers)
        values = {
            "reference": f"P-{number:05d}",
            "name": f"人{number}",
            "name_latin": f"Person {number}",
            "sort_strokes": "",
            "sort_pinyin": "",
            "sex": "male" if number % 5 < 3 else "female",
            "nationality": "ha",
            "birth_date": date(self.opens.year - 33, 5, 1),
            "political_status": "cdl",
            "work_start_date": date(self.opens.year - 9, 7, 1),
            "education": "master",
            "body_id": body_id,
            "created_at": self.context.now,
        }
        row = Person(**{**values, **changed})
        self.session.add(row)
        self.session.flush()
        post = {"organization": "局", "title": "副局长", "rank": "142"}
        self.session.add(Post(person_id=row.id, from_date=self.opens - timedelta(days=1500), **post))
        if number % 13:  # now and then somebody has not been to a course
            course = {"course": "班", "organizer": "院", "hours": 80, "is_off_job": True, "is_completed": True}
            on = self.opens - timedelta(days=90)
            self.session.add(Training(person_id=row.id, from_date=on, to_date=on, **course))
        self.session.add(YearlyGrade(person_id=row.id, year=self.opens.year - 2, grade="competent"))
        return row.id


def fill(context: Context, opens: date) -> Plan:
    """Fills an empty database with what the round needs."""
    filling = _Filling(context, opens)
    for code, roles in CENTRAL.items():
        filling.body(code, roles)
    codes = [
        f"{kind}-{n:02d}"
        for kind, top in (("subdistrict", 8), ("industry", 12), ("department", 17))
        for n in range(1, top + 1)
    ]
    called = []
    for code in codes:
        officer, head = NAMES.get(code, (f"{code}-officer", f"{code}-head"))
        called.append(filling.body(code, {"officer": [officer], "head": [head]}))
    nominees = _nominees(filling, called[:33])
    older = [
        OldMember(
            filling.person(called[n], birth_date=date(opens.year - 50, 3, 1)), "leader", date(opens.year - 4, 6, 1)
        )
        for n in range(10)
    ]
    context.session.flush()
    return Plan(called, nominees, older)


def _nominees(filling: _Filling, bodies: list[int]) -> list[Nominee]:
    nominees: list[Nominee] = []
    categories = ["reserve"] * SEATS["reserve"] + ["youth"] * SEATS["youth"]
    for fate in ("listed", "unlisted", "unassessed", "unreviewed", "ineligible"):
        for rank in range(FUNNEL[fate]):
            body = bodies[len(nominees) % len(bodies)]
            changed = {"education": "diploma"} if fate == "ineligible" else {}
            category = categories[rank] if fate == "listed" else ("reserve", "youth")[rank % 2]
            nominees.append(Nominee(filling.person(body, **changed), body, category, fate))
    kin = nominees[0]
    relative = filling.person(kin.body_id)
    filling.session.add(Kinship(person_id=relative, relative_id=kin.person_id, relation="spouse"))
    filling.accounts["member03"].person_id = relative
    for one in nominees[10 : 10 + FUNNEL["twice"]]:
        other = "youth" if one.category == "reserve" else "reserve"
        nominees.append(Nominee(one.person_id, one.body_id, other, "twice"))
    return nominees
