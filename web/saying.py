"""How pages say things in one language: days, titles, words of the catalogue. Nothing here asks who reads or when."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from definitions.explaining import action_text, code_text, line_text, way_text
from definitions.texts import has, say
from definitions.wording import ending_text, opinion_text, outcome_text, spelt_out
from web.input_names import input_name
from workflow.engine.panels import Line
from workflow.panels.views import PanelView
from workflow.procedure.model import Procedure
from workflow.procedure.stages import State

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOTHING = "–"
ISO_DAY = 10
"""Characters of a day as it is kept."""
MIDNIGHT = time(0)
KEPT = 8_192
"""Days, moments and titles kept in memory, about 100 bytes each."""

Saying = Callable[..., Any]


def words_in(language: str, text: Any) -> str:
    """A pair of texts in a language: Words, or a mapping with `en` and `zh`; empty for None."""
    if text is None:
        return ""
    return str(text[language] if isinstance(text, dict) else getattr(text, language))


def catalogue_text_in(language: str, kind: str, key: str) -> str:
    """A word of the text catalogue; the key spelt out for one it does not have."""
    name = f"{kind}.{key}"
    return say(name, language) if has(name) else spelt_out(key)


@lru_cache(maxsize=KEPT, typed=True)
def day_in(language: str, zone: tzinfo, value: date | datetime | str | None) -> str:
    """2026年11月23日, or 23 Nov 2026, by the wall of a zone."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        value = value.astimezone(zone).date()
    if language == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


@lru_cache(maxsize=KEPT, typed=True)
def moment_in(language: str, zone: tzinfo, value: datetime | str | None) -> str:
    """A day with the time on the wall of a zone."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return f"{day_in(language, zone, value)} {clock_in(zone, value)}"


def clock_in(zone: tzinfo, value: datetime) -> str:
    """The time on the wall of a zone, without the day."""
    return f"{value.astimezone(zone):%H:%M}"


def deadline_in(language: str, zone: tzinfo, value: datetime) -> str:
    """A moment by which something is due; midnight is said as the end of the day before."""
    local = value.astimezone(zone)
    if local.time() == MIDNIGHT:
        return f"{day_in(language, zone, local - timedelta(days=1))} 24:00"
    return moment_in(language, zone, value)


def month_in(language: str, value: date) -> str:
    """1990年5月, or May 1990."""
    return f"{value.year}年{value.month}月" if language == "zh" else f"{MONTHS[value.month - 1]} {value.year}"


def birth_month_in(language: str, value: date) -> str:
    """1990年5月生, or b. May 1990: what tells people of one name apart without the whole day of birth."""
    return f"{month_in(language, value)}生" if language == "zh" else f"b. {month_in(language, value)}"


def is_date(text: str) -> bool:
    """Whether a text is a day as it is kept: what was only typed so far may be anything."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == ISO_DAY


def filters_in(language: str, zone: tzinfo) -> dict[str, Saying]:
    """What templates put values into words with."""
    return {
        "words": lambda text: words_in(language, text),
        "title_of": lambda row, prefix="title": str(getattr(row, f"{prefix}_{language}")),
        "option_list": lambda options: [(key, words_in(language, text)) for key, text in options.items()],
        "day": lambda value: day_in(language, zone, value),
        "moment": lambda value: moment_in(language, zone, value),
        "clock": lambda value: clock_in(zone, value),
        "deadline": lambda value: deadline_in(language, zone, value),
        "month": lambda value: month_in(language, value),
        "is_date": is_date,
        "birth_month": lambda value: birth_month_in(language, value),
    }


def stance_text(view: PanelView, opinion: str, language: str) -> str:
    """What a member has said: an opinion in words, or the name of the candidate it is for."""
    for candidate in view.candidates:
        if candidate.opinion == opinion:
            return candidate.name if language == "zh" else candidate.name_latin
    return opinion_text(view.rules, opinion, language)


def stances_text(view: PanelView, opinions: Iterable[str], language: str) -> str:
    """Several stances, one after the other."""
    return ("、" if language == "zh" else ", ").join(stance_text(view, opinion, language) for opinion in opinions)


def functions_in(language: str) -> dict[str, Saying]:
    """What templates call for words of the catalogue and of a procedure."""

    @lru_cache(maxsize=KEPT)
    def action_title(procedure: Procedure, state: str | None, name: str) -> str:
        return action_text(procedure, state, name, language)

    def explanation_texts(
        rows: Iterable[Mapping[str, Any]], state: State | None = None, procedure: Procedure | None = None
    ) -> list[str]:
        panel = state.panel if state else None
        return [line_text(Line(row["code"], row["params"]), language, panel, procedure) for row in rows]

    return {
        "outcome_text": lambda key, state=None: outcome_text(state, key, language),
        "opinion_text": lambda key, panel=None: opinion_text(panel, key, language),
        "stance_text": lambda key, view: stance_text(view, key, language),
        "stances_text": lambda keys, view: stances_text(view, keys, language),
        "ending_text": lambda procedure, key: ending_text(procedure, key, language),
        "attendance_text": lambda key: catalogue_text_in(language, "attendance", key),
        "code_text": lambda table, code: code_text(table, code, language),
        "action_title": action_title,
        "way_text": lambda procedure, ref, name: way_text(procedure, ref, name, language),
        "input_name": input_name,
        "line_text": lambda line, panel=None: line_text(line, language, panel),
        "explanation_texts": explanation_texts,
    }
