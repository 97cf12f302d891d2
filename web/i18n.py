"""Languages: which one a reader gets, the merged catalogue, and how dates are written."""

import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import g, has_request_context, request
from flask_babel import Babel

from definitions.explaining import code_text
from definitions.texts import has, say
from web.rendering import Application, environment_in, load_translations
from web.request import reader, settings

LANGUAGES = ("zh", "en")
COOKIE = "selection_language"
FOLDER = Path(__file__).parent / "translations"
CHINESE = FOLDER / "zh" / "LC_MESSAGES"


def merged_catalogue(folder: Path = CHINESE) -> Catalog:
    """Every area's catalogue in one; the same message in two areas must have the same translation."""
    merged = Catalog(locale="zh")
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="zh"):
                if not message.id:
                    continue
                known = merged.get(message.id if isinstance(message.id, str) else message.id[0])
                if known is not None and known.string != message.string:
                    raise ValueError(f"{path.name}:{message.lineno}: {message.id!r} is translated otherwise elsewhere")
                merged.add(message.id, message.string)
    return merged


def compile_catalogues() -> None:
    """Writes `messages.mo` anew where an area's catalogue is younger."""
    target = CHINESE / "messages.mo"
    sources = list(CHINESE.glob("*.po"))
    if target.exists() and all(path.stat().st_mtime <= target.stat().st_mtime for path in sources):
        return
    buffer = io.BytesIO()
    write_mo(buffer, merged_catalogue())
    fresh = target.with_suffix(".new")
    fresh.write_bytes(buffer.getvalue())
    fresh.replace(target)


def choose_language() -> str:
    """The account's language, else the one chosen before signing in, else the browser's, else Chinese."""
    signed = reader()
    if signed is not None:
        return signed.locale
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES) or "zh"


def language() -> str:
    """The language of this request, `zh` or `en`; Chinese outside any."""
    if not has_request_context():
        return "zh"
    if "language" not in g:
        g.language = choose_language()
    return str(g.language)


def words(text: Any) -> str:
    """A pair of texts in the reader's language: Words, or a mapping with `en` and `zh`."""
    if text is None:
        return ""
    return str(text[language()] if isinstance(text, dict) else getattr(text, language()))


def title_of(row: Any, prefix: str = "title") -> str:
    """The title of a row that has `title_zh` and `title_en` (or `body_zh`, `body_en`)."""
    return str(getattr(row, f"{prefix}_{language()}"))


def option_list(options: dict[str, Any]) -> list[tuple[str, str]]:
    """A choice's answers as (value, words)."""
    return [(key, words(text)) for key, text in options.items()]


def catalogue_text(kind: str, key: str) -> str:
    """A word of the text catalogue; the key itself for one a procedure made up."""
    name = f"{kind}.{key}"
    return say(name, language()) if has(name) else key


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date | datetime | str | None) -> str:
    """2026年11月23日, or 23 Nov 2026."""
    if value is None or value == "":
        return "–"
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        value = value.astimezone(settings().zone).date()
    if language() == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def birth_month(value: date) -> str:
    """1990年5月生, or b. May 1990: what tells people of one name apart without the whole day of birth."""
    return f"{value.year}年{value.month}月生" if language() == "zh" else f"b. {MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime | str | None) -> str:
    """A day with the time on the office's wall."""
    if value is None or value == "":
        return "–"
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    local = value.astimezone(settings().zone)
    return f"{day(local)} {local:%H:%M}"


def clock(value: datetime) -> str:
    """The time on the office's wall, without the day."""
    return f"{value.astimezone(settings().zone):%H:%M}"


def bind_languages(app: Application) -> None:
    """Gives the application its environment for each language; called when every filter and global is there."""
    app.environments = {
        name: environment_in(app.common_env, name, load_translations(str(FOLDER), name), _filters(name))
        for name in LANGUAGES
    }
    app.choose_language = language


def _filters(name: str) -> dict[str, Callable[..., Any]]:
    """The filters that say something in one language."""

    def words_in(text: Any) -> str:
        if text is None:
            return ""
        return str(text[name] if isinstance(text, dict) else getattr(text, name))

    return {
        "words": words_in,
        "title_of": lambda row, prefix="title": str(getattr(row, f"{prefix}_{name}")),
        "option_list": lambda options: [(key, words_in(text)) for key, text in options.items()],
    }


def init_app(app: Application) -> None:
    """Sets up languages and the filters templates use."""
    compile_catalogues()
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(FOLDER))
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "zh")
    Babel(app, locale_selector=language)
    app.jinja_env.filters.update(
        birth_month=birth_month,
        words=words,
        day=day,
        moment=moment,
        clock=clock,
        title_of=title_of,
        option_list=option_list,
    )
    app.jinja_env.globals.update(
        outcome_text=lambda key: catalogue_text("outcome", key),
        opinion_text=lambda key: catalogue_text("opinion", key),
        attendance_text=lambda key: catalogue_text("attendance", key),
        code_text=lambda table, code: code_text(table, code, language()),
    )
    app.context_processor(lambda: {"language": language()})
