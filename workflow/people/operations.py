"""Writes to the archive and to accounts."""

from workflow.context import Context
from workflow.people.tables import Account
from workflow.problems import Invalid


def change_locale(context: Context, *, locale: str) -> None:
    """Sets the language of the actor's pages and mail."""
    if locale not in {"zh", "en"}:
        raise Invalid("locale_unknown", field="locale")
    context.session.get_one(Account, context.actor.account_id).locale = locale


def change_theme(context: Context, *, theme: str) -> None:
    """Sets light, dark or the system's."""
    if theme not in {"light", "dark", "system"}:
        raise Invalid("theme_unknown", field="theme")
    context.session.get_one(Account, context.actor.account_id).theme = theme
