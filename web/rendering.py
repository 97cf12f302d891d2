"""One template environment per language: texts and addresses are bound when templates are set up, not page by page.

A page has more than a hundred texts and dozens of links; looking each of them up through the request cost more than
the page's own queries.
"""

from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, url_for
from jinja2 import Environment
from markupsafe import Markup

from web.folding import PageEnvironment

SPECIMEN = 987_654_321
"""Stands in an address for a number that is put in later."""


class Application(Flask):
    """Flask with an environment for each language; outside a request there is the common one."""

    jinja_environment = PageEnvironment
    choose_language: Callable[[], str] | None = None
    environments: Mapping[str, Environment] = {}

    @cached_property
    def common_env(self) -> PageEnvironment:
        """Where extensions put their filters and globals."""
        made = self.create_jinja_environment()
        assert isinstance(made, PageEnvironment)
        return made

    @property
    def jinja_env(self) -> Environment:  # type: ignore[override]
        if self.choose_language is not None and has_request_context():
            return self.environments[self.choose_language()]
        return self.common_env


def environment_in(
    common: PageEnvironment,
    language: str,
    *,
    translations: NullTranslations,
    filters: Mapping[str, Callable[..., Any]],
    functions: Mapping[str, Callable[..., Any]],
) -> PageEnvironment:
    """The common environment bound to one language."""
    bound = common.overlay()
    assert isinstance(bound, PageEnvironment)
    gettext, ngettext = _texts(translations)
    bound.globals = {
        **common.globals,
        **functions,
        "_": gettext,
        "gettext": gettext,
        "ngettext": ngettext,
        "url_for": address,
        "icon": icon,
        "once": once,
        "language": language,
    }
    bound.foldable = {"_": gettext, "url_for": address, "icon": icon}
    bound.filters = {**common.filters, **filters}
    return bound


ICON = Markup('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>')


@lru_cache(maxsize=512)
def icon(name: str) -> Markup:
    """A Bootstrap icon by its name, for the eye only."""
    return ICON.format(address("bootstrap.static", filename="icons/bootstrap-icons.svg"), name)


KEPT = 4_096
"""Pieces of pages kept in memory, 1 to 10 KB each."""


@lru_cache(maxsize=KEPT)
def once(macro: Callable[..., Markup], *values: Any) -> Markup:
    """What a macro makes of values that can be compared: drawn once, and again only for other values.

    The macro must say nothing that depends on who asks or when. Each language has macros of its own.
    """
    return macro(*values)


def load_translations(folder: str, language: str) -> NullTranslations:
    """The compiled catalogue of a language; English texts are their own."""
    return NullTranslations() if language == "en" else Translations.load(folder, [language])


def _texts(translations: NullTranslations) -> tuple[Callable[..., Markup], Callable[..., Markup]]:
    """What templates call as `_` and `ngettext`; values are escaped where they go in."""
    known: dict[str, Markup] = {}
    bare: dict[str, Markup] = {}

    def gettext(text: str, /, **values: Any) -> Markup:
        if not values:
            found = bare.get(text)
            if found is None:
                found = bare[text] = Markup(translations.gettext(text)) % {}  # noqa: S704 - a text of ours
            return found
        pattern = known.get(text)
        if pattern is None:
            pattern = known[text] = Markup(translations.gettext(text))  # noqa: S704 - a text of ours
        return pattern % values

    def ngettext(one: str, many: str, num: int, /, **values: Any) -> Markup:
        pattern = Markup(translations.ngettext(one, many, num))  # noqa: S704 - a text of ours
        return pattern % {"num": num, **values}

    return gettext, ngettext


KEPT_ADDRESSES = 4_096
_patterns: dict[tuple[Any, ...], str | None] = {}


def address(endpoint: str, **values: Any) -> str:
    """`url_for` for templates: an address that differs only by its numbers is built once."""
    if not values or not all(type(value) is int for value in values.values()):
        return _built(endpoint, **values)
    key = (endpoint, *values)
    if key not in _patterns:
        _patterns[key] = _pattern(endpoint, tuple(values))
    pattern = _patterns[key]
    return url_for(endpoint, **values) if pattern is None else pattern % values


@lru_cache(maxsize=KEPT_ADDRESSES, typed=True)
def _built(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **values)


def _pattern(endpoint: str, names: tuple[str, ...]) -> str | None:
    """The address with places for its numbers; None where that is not safe."""
    specimens: dict[str, Any] = {name: SPECIMEN + number for number, name in enumerate(names)}
    built = url_for(endpoint, **specimens)
    if "%" in built or endpoint.startswith("."):
        return None
    for name, specimen in specimens.items():
        if built.count(str(specimen)) != 1:
            return None
        built = built.replace(str(specimen), f"%({name})d")
    return built
