"""What the elements of a drawn procedure say: names of timers and conditions, and the notes with everything else."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workflow.procedure.conditions import Condition
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Part, Words
from workflow.procedure.stages import EARLIER, Deadline, Notice, State

OTHERWISE = Words(en="otherwise", zh="否则")
EARLIER_STATE = Words(en="An earlier state", zh="此前的环节")
SUSPENDED_STATE = Words(en="Where it was suspended", zh="中止前的环节")
CHILD_CASE = Words(en="Child case", zh="子案件")
CANCELLED = Words(en="Cancelled with the case it belongs to", zh="随上级案件取消")
FROM = Words(en="From", zh="来自")
ANYWHERE = Words(en="At any time", zh="任何时候")
DATES = {
    "round.closes_date": Words(en="The round closes", zh="批次截止"),
    "review.due_date": Words(en="The review is due", zh="考核到期"),
}
COUNTED = {"working_days": ("working day", "个工作日"), "days": ("day", "天"), "months": ("month", "个月")}
OUTCOMES = {
    "agreed": Words(en="Agreed", zh="通过"),
    "refused": Words(en="Not agreed", zh="未通过"),
    "deferred": Words(en="Deferred", zh="缓议"),
    "void": Words(en="Void (no quorum)", zh="无效（未达法定人数）"),
    "complete": Words(en="Complete", zh="已完成"),
    "expired": Words(en="Ended", zh="期满"),
    "chosen": Words(en="Chosen", zh="已选出"),
    "tied": Words(en="Equal votes", zh="票数相等"),
    "too_few": Words(en="Too few may take part", zh="可参加人数不足"),
    "short": Words(en="Too few have come in", zh="数量不足"),
}
"""Every outcome the language knows; a procedure's own opinions go by their key."""
FACTS = {
    "children.open": Words(en="open child cases", zh="未结子案件数"),
    "children.total": Words(en="child cases", zh="子案件数"),
    "case.category": Words(en="category", zh="类别"),
}
ANSWERS = {"yes": Words(en="yes", zh="是"), "no": Words(en="no", zh="否")}
JOINTS = {
    "en": (" and ", " or ", "not {}", "{} is known", "{} is not known"),
    "zh": ("且", "或", "非{}", "已知{}", "未知{}"),
}
SIGNS = {"equals": "=", "one_of": "=", "none_of": "≠", "at_least": "≥", "at_most": "≤"}


def both(words: Words) -> str:
    """Both languages on one line."""
    return f"{words.zh} / {words.en}"


def joined(*parts: Words | None) -> Words:
    """The parts there are, with a colon between them."""
    there = [part for part in parts if part]
    return _words(": ".join(part.en for part in there), "：".join(part.zh for part in there))


def outcome_title(state: State, name: str) -> Words:
    """What an outcome of a state is called: there, as the opinion it is, in general, or by its key."""
    own = state.outcome_titles.get(name) or (state.panel.titles.get(name) if state.panel else None)
    return own or OUTCOMES.get(name) or _spelt_out(name)


def _spelt_out(name: str) -> Words:
    plain = name.replace("_", " ")
    return _words(plain[:1].upper() + plain[1:], plain)


def way_words(procedure: Procedure, ref: str, name: str) -> Words:
    """What a way out of a state is called: the action's title, the outcome, or the action's name."""
    state = procedure.states[ref]
    action = state.actions.get(name)
    if action:
        return action.title or _spelt_out(name)
    return outcome_title(state, name)


def named_together(titles: Iterable[Words]) -> Words:
    """Several titles as one."""
    there = list(titles)
    return _words(" / ".join(one.en for one in there), " / ".join(one.zh for one in there))


def _words(en: str, zh: str) -> Words:
    """Words put together may be longer than words that are written."""
    return Words.model_construct(en=en, zh=zh)


def back_title(to: object) -> Words:
    """What a target is called that depends on the case."""
    return EARLIER_STATE if to == EARLIER else SUSPENDED_STATE


def timer_title(procedure: Procedure, timer: Deadline | Notice) -> Words:
    """How long a deadline is, or the date it hangs on."""
    unit = "working_days" if timer.working_days else "days"
    if isinstance(timer, Notice) or timer.on is None:
        length = _length(timer)
        shift = 0 if isinstance(timer, Notice) else timer.shift_days
        more = _counted(abs(shift), *COUNTED[unit])
        joint = (" less ", "减") if shift < 0 else (" and ", "又")
        return _words(f"{length.en}{joint[0]}{more.en}", f"{length.zh}{joint[1]}{more.zh}") if shift else length
    date = DATES.get(timer.on) or _answer(procedure, timer.on) or _words(timer.on, timer.on)
    if not timer.shift_days:
        return date
    length = _counted(abs(timer.shift_days), *COUNTED[unit])
    side = ("before", "前") if timer.shift_days < 0 else ("after", "后")
    return _words(f"{length.en} {side[0]}: {date.en}", f"{date.zh}{side[1]}{length.zh}")


def _length(timer: Deadline | Notice) -> Words:
    numbers = {unit: getattr(timer, unit, None) for unit in COUNTED}
    return next(_counted(number, *COUNTED[unit]) for unit, number in numbers.items() if number)


def _counted(number: int, en: str, zh: str) -> Words:
    return _words(f"{number} {en}{'' if number == 1 else 's'}", f"{number}{zh}")


def condition_words(procedure: Procedure, condition: Condition) -> Words:
    """A condition as one sentence, with the titles of the fields, answers and states it names."""
    return _words(_said(procedure, condition, "en"), _said(procedure, condition, "zh"))


def _said(procedure: Procedure, condition: Condition, language: str) -> str:
    both_, either, negated, *_known = JOINTS[language]
    for parts, joint in ((condition.all_of, both_), (condition.any_of, either)):
        if parts:
            said = [_said(procedure, part, language) for part in parts]
            return joint.join(
                f"({one})" if part.any_of or part.all_of else one for part, one in zip(parts, said, strict=True)
            )
    if condition.negated:
        return negated.format(f"({_said(procedure, condition.negated, language)})")
    return both_.join(_compared(procedure, condition, language))


def _compared(procedure: Procedure, condition: Condition, language: str) -> Iterator[str]:
    name = condition.this or ""
    fact = _fact(procedure, name, language)
    for key, sign in SIGNS.items():
        value = getattr(condition, key)
        if value not in (None, ()):
            values = value if isinstance(value, tuple) else (value,)
            yield f"{fact} {sign} {' / '.join(_value(procedure, name, one, language) for one in values)}"
    for sign, other in (("=", condition.same_as), ("≠", condition.differs_from)):
        if other:
            yield f"{fact} {sign} {_fact(procedure, other, language)}"
    if condition.is_set is not None:
        yield JOINTS[language][3 if condition.is_set else 4].format(fact)


def _fact(procedure: Procedure, name: str, language: str) -> str:
    family, _, rest = name.partition(".")
    known = FACTS.get(name) or _answer(procedure, name)
    if known is None and family in {"outcome", "entered"} and rest in procedure.states:
        title = procedure.states[rest].title
        entered = _words(f"times in “{title.en}”", f"进入“{title.zh}”次数")
        known = entered if family == "entered" else _words(f"outcome of “{title.en}”", f"“{title.zh}”结果")
    return getattr(known, language) if known else name


def _answer(procedure: Procedure, name: str) -> Words | None:
    """The title of the question `form.FORM.KEY` names."""
    _, _, rest = name.partition(".")
    form, _, key = rest.partition(".")
    field = procedure.forms[form].fields.get(key) if form in procedure.forms else None
    return field.title if field else None


def _value(procedure: Procedure, name: str, value: object, language: str) -> str:
    """The title of an answer or an outcome, else the value."""
    family, _, rest = name.partition(".")
    form, _, key = rest.partition(".")
    words: Words | None = None
    if family == "outcome" and rest in procedure.states:
        words = outcome_title(procedure.states[rest], str(value))
    elif form in procedure.forms and key in procedure.forms[form].fields:
        words = procedure.forms[form].fields[key].options.get(str(value)) or ANSWERS.get(str(value))
    return getattr(words, language) if words else str(value)


def notes_of(procedure: Procedure, part: Part, *omitted: str) -> tuple[str, ...]:
    """What a part says beside the keys omitted, a line each, and the sources it cites in both languages."""
    said = part.model_dump(mode="json", exclude_defaults=True, exclude=set(omitted))
    lines: list[str] = []
    for key, value in said.items():
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            lines += [f"{key}: {_plain(item)}" for item in value]
        else:
            lines.append(f"{key}: {_plain(value)}")
    cited = [source for source in dict.fromkeys(_cited(said)) if source in procedure.sources]
    lines += [f"{source}: {both(procedure.sources[source])}" for source in cited]
    return tuple(lines)


def _plain(value: Any) -> str:
    """A value on one line, near to how it is written."""
    if isinstance(value, dict):
        if ("name" in value and "params" in value) or value.keys() == {"name"}:
            return f"{value['name']} {_plain(value.get('params', {}))}".strip()
        return ", ".join(f"{key}: {_plain(item)}" for key, item in value.items() if key != "cites")
    if isinstance(value, list):
        return f"[{', '.join(_plain(item) for item in value)}]"
    return str(value)


def _cited(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from value.get("cites", ())
        for item in value.values():
            yield from _cited(item)
    elif isinstance(value, list):
        for item in value:
            yield from _cited(item)
