"""What opinions, outcomes and endings are called: by the procedure itself where it says so, else by the catalogue."""

from definitions.texts import has, language_of, say
from workflow.procedure.model import Procedure
from workflow.procedure.panel import Panel
from workflow.procedure.parts import Words
from workflow.procedure.stages import State


def opinion_text(panel: Panel | None, opinion: str, locale: str) -> str:
    """An opinion of a panel in words."""
    own = panel.titles.get(opinion) if panel else None
    return _said(own, f"opinion.{opinion}", locale) or spelt_out(opinion)


def outcome_text(state: State | None, outcome: str, locale: str) -> str:
    """What a state has come to, in words; the winning opinion of a vote is an outcome too."""
    own = state.outcome_titles.get(outcome) if state else None
    said = _said(own, f"outcome.{outcome}", locale)
    return said or opinion_text(state.panel if state else None, outcome, locale)


def ending_text(procedure: Procedure, ending: str, locale: str) -> str:
    """How a case has ended: the title of the final state with that word."""
    titles = (state.title for state in procedure.states.values() if state.final == ending)
    title = next(titles, None)
    return _said(title, "", locale) if title else spelt_out(ending)


def spelt_out(key: str) -> str:
    """A key nobody has put into words, as near to words as it comes: `none_of_them` is None of them."""
    return key.replace("_", " ").capitalize()


def _said(own: Words | None, key: str, locale: str) -> str:
    if own is not None:
        return own.zh if language_of(locale) == "zh" else own.en
    return say(key, locale) if has(key) else ""
