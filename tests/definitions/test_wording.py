"""What a procedure makes up is called by its own words, else by the catalogue's, and never by its key."""

from definitions.explaining import line_text
from definitions.wording import ending_text, opinion_text, outcome_text
from tests.workflow.language.playing import HEAD
from workflow.engine.catalogue import Catalogue
from workflow.engine.panels import Line
from workflow.procedure.loader import parse_procedure
from workflow.procedure.model import Procedure

VOTE = """
starts: desk.vote
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      vote:
        title: {en: Vote, zh: 表决}
        panel:
          of: [front, head]
          opinions: [agree, shrugs]
          titles: {shrugs: {en: Does not mind, zh: 无所谓}, agree: {en: With pleasure, zh: 欣然同意}}
          settle: {rule: most, cites: r/1}
        outcomes: {agree: desk.done, shrugs: desk.done, tied: desk.dropped}
        outcome_titles: {tied: {en: A draw, zh: 打平}}
      done: {title: {en: Approved, zh: 批准}, final: approved}
      dropped: {title: {en: Put aside, zh: 搁置}, final: put_aside}
"""


def procedure() -> Procedure:
    return parse_procedure(HEAD + VOTE, "vote.yaml", Catalogue())


def test_the_panels_own_words_come_before_the_catalogue() -> None:
    panel = procedure().states["desk.vote"].panel
    assert opinion_text(panel, "shrugs", "en") == "Does not mind"
    assert opinion_text(panel, "agree", "zh") == "欣然同意"
    assert opinion_text(None, "agree", "zh") == "同意"


def test_an_outcome_is_called_by_the_state_by_its_opinion_or_by_the_catalogue() -> None:
    state = procedure().states["desk.vote"]
    assert outcome_text(state, "tied", "en") == "A draw"
    assert outcome_text(state, "shrugs", "zh") == "无所谓"
    assert outcome_text(None, "tied", "zh") == "票数相等"


def test_a_final_word_is_said_by_the_title_of_its_state() -> None:
    assert ending_text(procedure(), "put_aside", "zh") == "搁置"


def test_what_nobody_put_into_words_is_spelt_out() -> None:
    assert opinion_text(None, "rather_not", "en") == "Rather not"
    assert ending_text(procedure(), "gone_astray", "en") == "Gone astray"


def test_silence_is_explained_in_the_panels_words() -> None:
    panel = procedure().states["desk.vote"].panel
    line = Line("panel.silent", {"silent": 2, "opinion": "shrugs"})
    assert "Does not mind" in line_text(line, "en", panel)
