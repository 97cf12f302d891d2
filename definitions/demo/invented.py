"""Invented people: names, dates, parties and numbers drawn from one seed, so that every demonstration is the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from workflow.people.rules import check_character

SURNAMES = "温祝纪岑柏舒康翁阮蓝司詹窦章云苗凌喻俞倪陶葛项祁洪姚邵汪毛秦江史顾侯孟龙万段雷汤尹黎易常武乔贺赖龚文"
MALE = "朗辰峻恺岳澄樾铭昊屹泽恒衡煜景帆锐哲毅舟"
FEMALE = "岚澜芷菡昕瑶蓉沁妍婧璇筠若棠漪萱宁霏珂茵"
SHARED = "一文思嘉明子清云书安知远和新启"
PARTIES = (
    ("non_affiliated", 30), ("masses", 15), ("cdl", 12), ("cndca", 11), ("js", 10),
    ("cpwdp", 8), ("capd", 7), ("rcck", 4), ("zgp", 2), ("tsl", 1),
)  # fmt: skip
"""Political status and its share in the hundred."""
GRADES = (("excellent", 18), ("competent", 77), ("basically_competent", 1), ("none", 4))
SCHOOLS = ("云汀大学", "江渚工业大学", "南陌师范大学", "望溪农业大学", "岑山财经大学", "青屿医科大学")
SPECIALTIES = (
    "公共管理",
    "法学",
    "土木工程",
    "临床医学",
    "计算机科学",
    "会计学",
    "汉语言文学",
    "环境工程",
    "农学",
    "城市规划",
)
REGION = "990102"
WOMEN = 0.40
MASTERS, BACHELORS = 0.45, 0.95
"""Shares, the second with the first in it: the rest have a college diploma."""


@dataclass
class Draw:
    """One invented person before they get a place in the district; dates are real dates."""

    name: str
    sex: str
    birth_date: date
    id_number: str
    political_status: str
    education: str
    degree: str | None
    school: str
    specialty: str
    work_start_date: date
    post_since: date
    grades: dict[int, str] = field(default_factory=dict)
    sanction: tuple[str, date, date] | None = None
    is_trained: bool = True
    nationality: str = "ha"


class Crowd:
    """Draws people; names repeat only where asked to."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - invented people, not secrets
        self._names: set[str] = set()
        self._numbers: set[str] = set()

    def draw(self, *, on: date, ages: tuple[int, int], years_in_post: tuple[int, int] = (2, 7)) -> Draw:
        """A person whose age in full years on a day lies within two ages, both included."""
        random = self.random
        sex = "female" if random.random() < WOMEN else "male"
        birth = self._birth(on, ages)
        education = self._education()
        start = max(date(birth.year + 22, 7, 1), date(birth.year + 22, 7, 1) + timedelta(days=random.randrange(0, 900)))
        since = date(on.year - random.randint(*years_in_post), random.randint(1, 8), 1)
        return Draw(
            name=self._name(sex),
            sex=sex,
            birth_date=birth,
            id_number=self._id_number(birth, sex),
            political_status=self._weighted(PARTIES),
            education=education,
            degree={"master": "master", "bachelor": "bachelor"}.get(education),
            school=random.choice(SCHOOLS),
            specialty=random.choice(SPECIALTIES),
            work_start_date=min(start, on - timedelta(days=3 * 365)),
            post_since=since,
            grades={on.year - 1 - back: self._weighted(GRADES) for back in range(3)},
        )

    def _birth(self, on: date, ages: tuple[int, int]) -> date:
        age = self.random.randint(*ages)
        # Born in a month before the day's own, in January on or before the day: the year of birth alone decides the age.
        month = self.random.randint(1, max(1, on.month - 1))
        return date(on.year - age, month, self.random.randint(1, 28 if on.month > 1 else min(28, on.day)))

    def _education(self) -> str:
        roll = self.random.random()
        return "master" if roll < MASTERS else "bachelor" if roll < BACHELORS else "diploma"

    def _weighted(self, choices: Sequence[tuple[str, int]]) -> str:
        return self.random.choices([name for name, _ in choices], [weight for _, weight in choices])[0]

    def _name(self, sex: str) -> str:
        own = FEMALE if sex == "female" else MALE
        while True:
            middle = self.random.choice(SHARED) if self.random.random() < 0.75 else ""
            name = self.random.choice(SURNAMES) + middle + self.random.choice(own)
            if name not in self._names:
                self._names.add(name)
                return name

    def _id_number(self, birth: date, sex: str) -> str:
        while True:
            order = self.random.randrange(10, 999) // 2 * 2 + (sex == "male")
            digits = f"{REGION}{birth:%Y%m%d}{order:03d}"
            if digits not in self._numbers:
                self._numbers.add(digits)
                return digits + check_character(digits)
