"""The second half of the demonstration's round: teams assess, the committee meets, notices run, people are listed."""

from collections.abc import Callable

from definitions.demo import stages
from definitions.demo.acting import is_in, meet, speak, take, take_with_waivers
from definitions.demo.diary import Desk, Diary
from definitions.demo.plan import Plan
from definitions.demo.recommending import Candidacy, Progress, candidacies
from definitions.demo.scoring import scores_of

ASSESSORS = ("assessor1", "assessor2", "assessor3", "assessor4")
PASSED = {
    "file_audited": "passed",
    "declaration_verified": "passed",
    "discipline_heard": "passed",
    "complaints_investigated": "passed",
    "strengths": "政治素质好，工作思路清晰，执行力强，注重团结协作，群众基础较好。",
    "weaknesses": "主持全局工作的经历还不够丰富，调查研究的深度有待加强。",
}
ADVERSE = PASSED | {"file_audited": "adverse", "weaknesses": "档案中主要经历记载存在前后矛盾，尚未查清。"}
OBJECTION = {"text": "来信反映其任现职期间项目验收程序不规范，请组织核实。", "complainant": "匿名来信人"}
VOID, NARROW, FIRST_OBJECTED, SECOND_OBJECTED = 3, 5, 7, 30
"""Places among the listed: a first meeting without quorum, eight present with six for it, and two objections."""


def assess_all(diary: Diary, plan: Plan, progress: Progress) -> None:
    """Names teams for everybody the departments agreed to, and has them score and report."""
    reviewed = [one for one in candidacies(plan) if one.fate in {"unassessed", "unlisted", "listed"}]
    for place, one in enumerate(reviewed):
        team = [ASSESSORS[(place + step) % 4] for step in range(3 if place % 5 == 0 else 2)]
        rank = one.rank if one.fate == "unassessed" else -1
        day = stages.ASSESSING + place * 0.04
        diary.write(day, progress.on(one, _team(team)))
        for step, name in enumerate(team):
            if not (rank >= 8 and step == 1):
                diary.write(day + 2 + (place * 7 + step * 5) % 20 * 0.5, progress.on(one, _scoring(name, one)))
        if rank < 7:
            diary.write(day + 13, progress.on(one, _report(team[0], is_barred=rank >= 0)))
        if 0 <= rank < 6:
            diary.write(day + 14, progress.on(one, _by_secretary("close", "考察发现问题，终止程序。")))


def decide_all(diary: Diary, plan: Plan, progress: Progress) -> None:
    """Puts as many before the committee as there are seats, holds its two meetings, and sets the others aside."""
    assessed = [one for one in candidacies(plan) if one.fate in {"unlisted", "listed"}]
    refused = next(one for one in assessed if one.fate == "unlisted")
    waiting = [one for one in assessed if one.fate == "listed" and one.nominee.category == refused.nominee.category][-1]
    submit = _by_secretary("submit_to_committee")
    for place, one in enumerate(assessed):
        if one is refused:
            diary.write(stages.SUBMITTING, progress.on(one, submit))
            _fail(diary, progress, one)
        elif one.fate == "unlisted":
            diary.write(
                stages.SECOND_MEETING + 0.7, progress.on(one, _by_secretary("set_aside", "名额已满，转入日常培养。"))
            )
        elif one is waiting:
            diary.write(stages.FIRST_MEETING + 1.4, progress.on(one, submit))
            _agree(diary, progress, one, stages.SECOND_MEETING + 0.5)
        else:
            diary.write(stages.SUBMITTING + place * 0.015, progress.on(one, submit))
            is_second = one.rank in {VOID, SECOND_OBJECTED} or one.rank >= 25
            meeting = stages.SECOND_MEETING if is_second else stages.FIRST_MEETING
            _agree(diary, progress, one, meeting + one.rank * 0.01)
            if one.rank == VOID:
                void = _meeting(7, 7, "到会7人，不足应到会成员三分之二，会议无效。")
                diary.write(stages.FIRST_MEETING + 0.3, progress.on(one, void))


def _team(names: list[str]) -> Callable[[Desk, int], None]:
    def appoint(desk: Desk, case: int) -> None:
        members = [desk.as_name(name).actor.account_id for name in names]
        take(desk.as_name("secretary"), case, "appoint_team", form={"members": members})

    return appoint


def _scoring(name: str, one: Candidacy) -> Callable[[Desk, int], None]:
    scores = scores_of(one.place, one.fate, name)
    return lambda desk, case: speak(desk.as_name(name), case, "assessed", scores=scores)


def _report(name: str, *, is_barred: bool) -> Callable[[Desk, int], None]:
    if is_barred:
        reason = "档案审核发现问题，建议终止考察。"
        return lambda desk, case: take(desk.as_name(name), case, "bar", form=ADVERSE, reason=reason)
    return lambda desk, case: take(desk.as_name(name), case, "file_report", form=PASSED)


def _by_secretary(action: str, reason: str = "") -> Callable[[Desk, int], None]:
    return lambda desk, case: take(desk.as_name("secretary"), case, action, reason=reason)


def _meeting(present: int, agreed: int, remark: str = "") -> Callable[[Desk, int], None]:
    return lambda desk, case: meet(desk.as_name("recorder"), case, present=present, agreed=agreed, remark=remark)


def _fail(diary: Diary, progress: Progress, one: Candidacy) -> None:
    """Eight present and five for it: fewer than half of those who should attend; the seat is free again."""
    diary.write(stages.FIRST_MEETING + 0.35, progress.on(one, _meeting(8, 5)))
    diary.write(stages.FIRST_MEETING + 1.2, progress.on(one, _by_secretary("close", "常委会表决未通过。")))


def _agree(diary: Diary, progress: Progress, one: Candidacy, day: float) -> None:
    """The committee agrees; once the notice has run its five working days the person is listed."""
    present, agreed = (8, 6) if one.rank == NARROW else (11 - one.rank % 3, 11 - one.rank % 3 - (one.rank % 4 == 0))
    diary.write(day, progress.on(one, _meeting(present, agreed)))
    listing = int(day) + 6.1 + one.rank * 0.02
    if one.rank in {FIRST_OBJECTED, SECOND_OBJECTED}:
        objected = int(day) + (1.9 if one.rank == FIRST_OBJECTED else 3.5)
        diary.write(objected, progress.on(one, _object))
        diary.write(objected + 1.6, progress.on(one, _dismiss))
        listing += 2.3
    diary.write(listing, progress.on(one, _list))


def _object(desk: Desk, case: int) -> None:
    take(desk.as_name("secretary"), case, "object", form=OBJECTION)


def _dismiss(desk: Desk, case: int) -> None:
    take(desk.as_name("orghead"), case, "dismiss", reason="经核查，反映问题不属实。")


def _list(desk: Desk, case: int) -> None:
    context = desk.as_name("orghead")
    if is_in(context, case, "appointment.confirm"):
        reason = "已列入下期脱产培训班，因工作需要先行列入名单。"
        take_with_waivers(context, case, "list", reason=reason)
