"""Languages: which one a reader gets, the merged catalogue, and how dates are written."""

import io
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import g, has_request_context, request
from flask_babel import Babel

from web.rendering import Application, environment_in, load_translations
from web.request import reader, settings
from web.saying import catalogue_text_in, clock_in, day_in, filters_in, functions_in, words_in

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
    fresh = target.with_suffix(f".{os.getpid()}")  # several may start at once
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
    return words_in(language(), text)


def title_of(row: Any, prefix: str = "title") -> str:
    """The title of a row that has `title_zh` and `title_en` (or `body_zh`, `body_en`)."""
    return str(getattr(row, f"{prefix}_{language()}"))


def catalogue_text(kind: str, key: str) -> str:
    """A word of the text catalogue; the key spelt out for one it does not have."""
    return catalogue_text_in(language(), kind, key)


def day(value: date | datetime | str | None) -> str:
    """2026年11月23日, or 23 Nov 2026."""
    return day_in(language(), settings().zone, value)


def clock(value: datetime) -> str:
    """The time on the office's wall, without the day."""
    return clock_in(settings().zone, value)


def bind_languages(app: Application) -> None:
    """Gives the application its environment for each language; called when every filter and global is there."""
    zone = app.config["SETTINGS"].zone
    app.environments = {
        name: environment_in(
            app.common_env,
            name,
            translations=load_translations(str(FOLDER), name),
            filters=filters_in(name, zone),
            functions=functions_in(name),
        )
        for name in LANGUAGES
    }
    app.choose_language = language


def init_app(app: Application) -> None:
    """Sets up languages."""
    compile_catalogues()
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(FOLDER))
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "zh")
    Babel(app, locale_selector=language)
    app.context_processor(lambda: {"language": language()})
