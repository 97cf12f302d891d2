"""The first half of the demonstration's round: bodies are called and answer, papers are checked and co-signed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from definitions.demo import stages
from definitions.demo.acting import is_in, speak, take
from definitions.demo.diary import Desk, Diary, Entry
from definitions.demo.plan import SEATS, Fate, Nominee, Plan
from workflow.problems import Refused
from workflow.rounds.operations import file_nil_return, nominate, open_round

GROUNDS = (
    "该同志政治立场坚定，长期在基层一线工作，牵头完成多项重点任务，群众认可度高。",
    "业务能力突出，近年来主持的项目均按期完成，善于带队伍，具有较强的组织协调能力。",
    "作风务实，敢于担当，在化解历史遗留问题中表现突出，具有较好的培养潜力。",
    "专业基础扎实，勇于创新，工作实绩明显，综合素质较好，建议作为重点培养对象。",
)
SIGNERS = ("orghead", "unitedfront", "personnel")


@dataclass(frozen=True, slots=True)
class Candidacy:
    """A nomination of the plan: its place there, and its place among those with the same fate."""

    place: int
    rank: int
    nominee: Nominee

    @property
    def fate(self) -> Fate:
        return self.nominee.fate


@dataclass
class Progress:
    """What later entries need of earlier ones: the round, and the case of each nomination by its place in the plan."""

    round_id: int = 0
    cases: dict[int, int] = field(default_factory=dict)

    def on(self, candidacy: Candidacy, do: Callable[[Desk, int], None]) -> Entry:
        """An entry about a nomination's case."""
        return lambda desk: do(desk, self.cases[candidacy.place])


def candidacies(plan: Plan) -> list[Candidacy]:
    """The plan's nominations, numbered within their fates."""
    seen: dict[str, int] = {}
    found = []
    for place, nominee in enumerate(plan.nominees):
        rank = seen[nominee.fate] = seen.get(nominee.fate, -1) + 1
        found.append(Candidacy(place, rank, nominee))
    return found


def call_bodies(diary: Diary, plan: Plan, progress: Progress) -> None:
    """Opens the round and files nil returns of the bodies that nominate nobody; the last of them stays silent."""

    def open_it(desk: Desk) -> None:
        opened = open_round(
            desk.as_name("secretary"),
            procedure="reserve-official",
            title_zh=f"{diary.first.year}年科级后备干部和优秀青年推荐选拔",
            title_en=f"Selection of reserves and outstanding youths {diary.first.year}",
            opens_date=diary.first,
            closes_date=_day(diary, stages.CLOSES),
            planned={key: _day(diary, day) for key, day in stages.PLANNED.items()},
            body_ids=plan.called,
            seats=SEATS,
        )
        progress.round_id = opened.round_id

    def nil_return(body_id: int, reason: str) -> Entry:
        return lambda desk: _file(desk, progress, body_id, reason)

    diary.write(stages.CALLED, open_it)
    nominating = [nominee.body_id for nominee in plan.nominees]
    silent = [body_id for body_id in plan.called if body_id not in nominating]
    for place, body_id in enumerate(silent[:-1]):
        diary.write(3 + place * 0.9 % 9, nil_return(body_id, "本单位符合条件的人选尚需进一步培养，本次不推荐。"))
    # One body finds candidates after all: the nomination corrects its nil return, which stays on record.
    diary.write(stages.NOMINATING - 0.2, nil_return(nominating[0], "经研究，暂无合适人选。"))


def nominate_all(diary: Diary, plan: Plan, progress: Progress) -> None:
    """Has everybody of the plan put forward, submitted where the rules allow it, and checked."""
    everybody = candidacies(plan)
    first_of = {one.nominee.person_id: one for one in everybody if one.fate != "twice"}
    for one in everybody:
        # Who is nominated a second time is so when the first nomination has been sent in.
        leader = first_of.get(one.nominee.person_id, one)
        day = stages.NOMINATING + 11 * leader.place / len(everybody) + (0.6 if one.fate == "twice" else 0)
        diary.write(day, _nomination(progress, one))
        diary.write(day + 0.3, progress.on(one, _submission(one)))
        if one.fate in {"twice", "ineligible"}:
            _end_draft(diary, progress, one, day)
        else:
            _check(diary, progress, one, day + 0.3)


def _day(diary: Diary, place: float) -> date:
    return diary.moment(place).date()


def _file(desk: Desk, progress: Progress, body_id: int, reason: str) -> None:
    file_nil_return(desk.as_holder(body_id, "officer"), round_id=progress.round_id, body_id=body_id, reason=reason)


def _nomination(progress: Progress, one: Candidacy) -> Entry:
    def nominate_one(desk: Desk) -> None:
        acted = nominate(
            desk.as_holder(one.nominee.body_id, "officer"),
            round_id=progress.round_id,
            body_id=one.nominee.body_id,
            person_id=one.nominee.person_id,
            category=one.nominee.category,
            channel="nominating_body",
        )
        progress.cases[one.place] = acted.case_id

    return nominate_one


def _submission(one: Candidacy) -> Callable[[Desk, int], None]:
    form = {
        "channel": "nominating_body",
        "grounds": GROUNDS[one.place % len(GROUNDS)],
        "invited": 40 + one.place % 17,
        "votes": 28 + one.place % 11,
        "is_consented": "yes",
    }

    def submit(desk: Desk, case_id: int) -> None:
        try:
            take(desk.as_holder(one.nominee.body_id, "officer"), case_id, "submit", form=form)
        except Refused:
            # The rules decide, not the plan: what they refuse stays a draft, as it would in the office.
            return

    return submit


def _end_draft(diary: Diary, progress: Progress, one: Candidacy, day: float) -> None:
    """Most drafts that were refused are withdrawn; an exception is refused, another one waited for, a few are forgotten."""
    body_id = one.nominee.body_id

    def by_body(action: str, reason: str) -> Entry:
        return progress.on(
            one, lambda desk, case: take(desk.as_holder(body_id, "officer"), case, action, reason=reason)
        )

    if one.fate == "twice":
        if one.rank >= 4:
            diary.write(day + 1.1, by_body("withdraw", "经核对，该同志已另行推荐，本件撤回。"))
    elif one.rank < 2:
        diary.write(day + 0.9, by_body("ask_exception", "该同志实绩特别突出，恳请按例外情形予以考虑。"))
        if one.rank == 0:
            diary.write(day + 2.4, progress.on(one, _refuse_exception))
    elif one.rank >= 4:
        diary.write(day + 1.3, by_body("withdraw", "经审核不符合推荐条件，予以撤回。"))


def _refuse_exception(desk: Desk, case: int) -> None:
    take(desk.as_name("orghead"), case, "answer", reason="经研究，不符合例外情形，请按程序撤回或补充材料。")


def _check(diary: Diary, progress: Progress, one: Candidacy, submitted: float) -> None:
    """The formal check and the co-sign; those whose way ends here end it in the ways there are."""
    day = submitted + 1.5 + one.place % 5 * 0.4
    rank = one.rank if one.fate == "unreviewed" else -1
    action = "reject" if 0 <= rank < 5 else "return" if rank == 11 else "approve"
    reason = {"reject": "申报材料与档案记载不一致，不予受理。", "return": "缺少近三年年度考核材料，请补充后重新提交。"}

    def check(desk: Desk, case: int) -> None:
        take(desk.as_name("secretary"), case, action, reason=reason.get(action, ""))

    diary.write(day, progress.on(one, check))
    if action != "approve":
        return
    silent = {12: "personnel", 13: "unitedfront", 14: "orghead"}.get(rank)
    against = SIGNERS[rank % 3] if 5 <= rank <= 10 else None
    for place, name in enumerate(SIGNERS):
        if name != silent:
            diary.write(
                day + 1.2 + (one.place * 3 + place * 5) % 14 * 0.45, progress.on(one, _signature(name, against))
            )
    if against and rank < 10:
        diary.write(day + 9, progress.on(one, _closing_of_returned))


def _signature(name: str, against: str | None) -> Callable[[Desk, int], None]:
    def sign(desk: Desk, case: int) -> None:
        context = desk.as_name(name)
        if name == against and is_in(context, case, "review.co_sign"):
            speak(context, case, "disagree", reason="现阶段基层经历不足，建议进一步培养后再行推荐。")
        elif is_in(context, case, "review.co_sign"):
            speak(context, case, "agree")

    return sign


def _closing_of_returned(desk: Desk, case: int) -> None:
    take(desk.as_name("secretary"), case, "reject", reason="会签未通过，终止程序。")
