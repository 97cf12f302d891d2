"""Who is who in the invented district: leaders, the round's candidates with what makes or breaks them, and everybody else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from definitions.demo.bodies import NOMINATING
from definitions.demo.hard_names import hard_names
from definitions.demo.invented import Crowd, Draw
from definitions.demo.plan import FUNNEL, SEATS, Fate
from workflow.people.rules import check_character

SEED = 20_220_914
NOMINATING_BODIES = 30
"""So many of the 37 bodies nominate somebody; the others file nil returns or stay silent."""
LEADERS, CHIEFS, ADMINISTRATIVE_HEADS = 10, 5, 3
MEMBERS, ENTREPRENEURS, OFFICE_PEOPLE = 100, 100, 110
AGES = {"leader": (44, 57), "reserve": (34, 45), "youth": (27, 34), "member": (30, 60), "entrepreneur": (32, 62)}
COMMITTEE = 11
ASSESSORS = 4
DIVISION_CHIEF, DIVISION_DEPUTY, SECTION_CHIEF, SECTION_DEPUTY = "131", "132", "141", "142"


@dataclass(frozen=True, slots=True)
class Part:
    """A person's place in the district; `body` is the code of the body whose archive has them, None for nobody's."""

    draw: Draw
    body: str | None = None
    post: str = "科员"
    rank: str = "150"
    tier: str | None = None
    category: str | None = None
    is_chief: bool = False
    signs_in: bool = False
    secondment_months: int = 0


@dataclass(frozen=True, slots=True)
class Nomination:
    """One nomination: the person's place among the parts, the body's code, and how far it gets."""

    place: int
    body: str
    category: str
    fate: Fate
    is_kin: bool = False


@dataclass(frozen=True, slots=True)
class Clerk:
    """An account of the offices with its roles as (body, role)."""

    sign_in_name: str
    name: str
    roles: tuple[tuple[str, str], ...]
    place: int | None = None


@dataclass
class Cast:
    """Everybody, and what they do in the round."""

    parts: list[Part] = field(default_factory=list)
    nominations: list[Nomination] = field(default_factory=list)
    older: list[tuple[int, str, date]] = field(default_factory=list)
    clerks: list[Clerk] = field(default_factory=list)
    kin: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, part: Part) -> int:
        self.parts.append(part)
        return len(self.parts) - 1


def cast_people(opens: date) -> Cast:
    """The whole district, the same for the same opening day."""
    crowd, cast = Crowd(SEED), Cast()
    _leaders(cast, crowd, opens)
    _candidates(cast, crowd, opens)
    _hard_names(cast)
    _offices(cast, crowd, opens)
    for category, count in (("member", MEMBERS), ("entrepreneur", ENTREPRENEURS)):
        for _ in range(count):
            cast.add(Part(crowd.draw(on=opens, ages=AGES[category]), category=category, post="委员", rank="199"))
    return cast


def _leaders(cast: Cast, crowd: Crowd, opens: date) -> None:
    """Ten division-level leaders: five chiefs; five in sub-districts, three of them heads of the administration."""
    for number in range(LEADERS):
        in_subdistrict = number < LEADERS // 2
        body = NOMINATING[number if in_subdistrict else 20 + number].code
        is_chief = number < ADMINISTRATIVE_HEADS or number in {5, 6}
        post = (
            "街道办事处主任"
            if number < ADMINISTRATIVE_HEADS
            else "局长"
            if is_chief
            else "副主任"
            if in_subdistrict
            else "副局长"
        )
        part = Part(
            crowd.draw(on=opens, ages=AGES["leader"], years_in_post=(2, 9)),
            body=body,
            post=post,
            rank=DIVISION_CHIEF if is_chief else DIVISION_DEPUTY,
            tier="division",
            category="leader",
            is_chief=is_chief,
            signs_in=True,
        )
        cast.older.append((cast.add(part), "leader", date(opens.year - 3, 6, 15)))


def _hard_names(cast: Cast) -> None:
    listed = [one for one in cast.nominations if one.fate == "listed"]
    known = [(one.place, cast.parts[one.place].draw, one.body, one.category) for one in listed]
    for place, draw in hard_names(known).items():
        cast.parts[place] = replace(cast.parts[place], draw=draw)


def _fates() -> Iterator[tuple[Fate, int]]:
    """Each nomination's fate with its number within it, mixed as a round would bring them."""
    left = {fate: count for fate, count in FUNNEL.items() if fate != "twice"}
    total = dict(left)
    while any(left.values()):
        fate = max(left, key=lambda name: left[name] / total[name])
        yield fate, total[fate] - left[fate]
        left[fate] -= 1


def _candidates(cast: Cast, crowd: Crowd, opens: date) -> None:
    """85 people, 95 nominations; who is nominated twice is in nobody's archive, so that any body may put them forward."""
    seats = dict(SEATS)
    for order, (fate, rank) in enumerate(_fates()):
        category = _category(fate, rank, seats)
        is_twice = fate == "unreviewed" and rank < FUNNEL["twice"]
        body = NOMINATING[order % NOMINATING_BODIES].code
        draw = eligible(crowd, opens, category)
        if fate == "ineligible":
            draw = _BREAKS[rank % len(_BREAKS)](draw, opens)
        part = Part(
            draw,
            body=None if is_twice else body,
            post="副科长" if category == "reserve" else "一级科员",
            rank=SECTION_DEPUTY if category == "reserve" else "150",
            signs_in=fate == "listed",
            secondment_months={3: 5, 4: 7}.get(rank, 0) if fate == "listed" else 0,
        )
        if fate == "listed" and rank in {0, 1}:
            part = _hard_case(part, opens, rank)
        place = cast.add(part)
        cast.nominations.append(Nomination(place, body, category, fate, is_kin=fate == "listed" and rank == 2))
        if is_twice:
            second = NOMINATING[(order + 7) % NOMINATING_BODIES].code
            cast.nominations.append(Nomination(place, second, category, "twice"))


def _category(fate: Fate, rank: int, seats: dict[str, int]) -> str:
    """The 40 listed fill 15 and 25 seats; the others are divided in the same proportion."""
    wanted = "reserve" if rank % 8 < 3 else "youth"
    if fate != "listed":
        return wanted
    other = "youth" if wanted == "reserve" else "reserve"
    chosen = wanted if seats[wanted] else other
    seats[chosen] -= 1
    return chosen


def eligible(crowd: Crowd, opens: date, category: str) -> Draw:
    """Somebody no rule of the procedure speaks against."""
    draw = crowd.draw(on=opens, ages=AGES[category], years_in_post=(3, 6))
    if draw.education == "diploma":
        draw.education, draw.degree = "bachelor", "bachelor"
    years = 5 if category == "reserve" else 2
    draw.work_start_date = min(draw.work_start_date, date(opens.year - years - 1, 7, 1))
    last = max(draw.grades)
    if draw.grades[last] not in {"excellent", "competent"}:
        draw.grades[last] = "competent"
    for year in list(draw.grades):
        if draw.grades[year] == "basically_competent":
            draw.grades[year] = "competent"
    return draw


def _hard_case(part: Part, opens: date, rank: int) -> Part:
    """Three years of the highest grade in a row; unfinished training, which asks for a waiver before listing."""
    if rank == 0:
        return replace(part, draw=replace(part.draw, grades={opens.year - 1 - back: "excellent" for back in range(3)}))
    return replace(part, draw=replace(part.draw, is_trained=False))


def _too_old(draw: Draw, opens: date) -> Draw:
    birth = draw.birth_date.replace(year=opens.year - 47)
    return replace(draw, birth_date=birth, id_number=_renumbered(draw.id_number, birth))


def _renumbered(number: str, birth: date) -> str:
    digits = f"{number[:6]}{birth:%Y%m%d}{number[14:17]}"
    return digits + check_character(digits)


def _diploma(draw: Draw, _opens: date) -> Draw:
    return replace(draw, education="diploma", degree=None)


def _party_member(draw: Draw, _opens: date) -> Draw:
    return replace(draw, political_status="cpc")


def _sanctioned(draw: Draw, opens: date) -> Draw:
    """A sanction whose effect is about to end."""
    until = opens + timedelta(days=110)
    return replace(draw, sanction=("admin_warning", until - timedelta(days=182), until))


def _graded_low(draw: Draw, _opens: date) -> Draw:
    return replace(draw, grades={**draw.grades, max(draw.grades): "basically_competent"})


def _new_at_work(draw: Draw, opens: date) -> Draw:
    return replace(draw, work_start_date=date(opens.year - 1, 7, 1))


_BREAKS: tuple[Callable[[Draw, date], Draw], ...] = (
    _too_old,
    _diploma,
    _party_member,
    _sanctioned,
    _graded_low,
    _new_at_work,
)


def _offices(cast: Cast, crowd: Crowd, opens: date) -> None:
    """About 110 people who run the procedure: committee, departments, assessors, and two of every nominating body."""
    named = {
        "secretary": (("organization", "officer"),),
        "orghead": (("organization", "head"),),
        "unitedfront": (("united_front", "head"),),
        "ufofficer": (("united_front", "officer"),),
        "personnel": (("personnel", "head"),),
        "recorder": (("standing_committee", "recorder"),),
        "discipline": (("discipline", "head"),),
        "admin": (("office", "administrator"),),
        **{f"assessor{n}": (("organization", "assessor"),) for n in range(1, ASSESSORS + 1)},
        **{f"member{n:02d}": (("standing_committee", "member"),) for n in range(1, COMMITTEE + 1)},
    }
    own = {
        ("subdistrict-01", "officer"): "nominator",
        ("subdistrict-01", "head"): "bodyhead",
        ("industry-01", "officer"): "nominator2",
    }
    for body in NOMINATING:
        for role in ("officer", "head"):
            named[own.get((body.code, role), f"{body.code}.{role}")] = ((body.code, role),)
    named["designer"] = (("organization", "designer"),)
    kin_place = next(n.place for n in cast.nominations if n.is_kin)
    for sign_in_name, roles in named.items():
        draw = replace(crowd.draw(on=opens, ages=(30, 58)), political_status="cpc")
        place = cast.add(Part(draw, post="工作人员", rank="199"))
        cast.clerks.append(Clerk(sign_in_name, draw.name, roles, place))
        if sign_in_name == "member03":
            cast.kin.append((kin_place, place, "father"))
    for _ in range(max(0, OFFICE_PEOPLE - len(named))):
        cast.add(Part(crowd.draw(on=opens, ages=(25, 58)), post="工作人员", rank="199"))
