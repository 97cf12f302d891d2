"""A panel asked because another came out tied: a casting vote among what had equal votes, and nothing else."""

from contextlib import AbstractContextManager

import pytest

from definitions.library import procedures
from tests.fixtures.office import Office
from tests.workflow.language.playing import Play
from workflow.engine.panels import leading
from workflow.panels.operations import preview_meeting
from workflow.panels.queries import open_seats
from workflow.problems import Invalid
from workflow.procedure.ties import asked_about

ASSESSOR = "  assessor: {of: organization, holds: assessor, title: {en: Assessor, zh: 考察人员}}\n"
SITES = (
    ASSESSOR
    + """\
starts: desk.voting
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      voting:
        title: {en: Voting, zh: 投票}
        panel: {of: {everyone: assessor}, opinions: [north, south, east], settle: {rule: most, cites: r/1}}
        deadline: {days: 7, on_expiry: tied, cites: r/1}
        outcomes: {north: desk.done, south: desk.done, east: desk.done, tied: desk.how}
      how: {title: {en: How, zh: 方式}, choose: [{to: desk.casting}]}
      casting:
        title: {en: Casting vote, zh: 决定票}
        panel: {of: [head], AMONGopinions: [north, south, east], settle: {rule: most, cites: r/1}}
        outcomes: {north: desk.done, south: desk.done, east: desk.done}
        actions: {aside: {by: clerk, awaited: false, to: desk.pause}}
      pause: {title: {en: Pause, zh: 暂停}, actions: {back: {by: clerk, to: desk.casting}, anew: {by: clerk, to: desk.voting}}}
      done: {title: {en: Done, zh: 办结}, final: done}
"""
)


def tied(office: Office, among: str = "") -> Play:
    played = Play.of(office, SITES.replace("AMONG", among))
    played.gives("assessor1", "north")
    played.gives("assessor2", "south")
    assert played.expires() == "desk.casting"
    return played


def refused() -> AbstractContextManager[pytest.ExceptionInfo[Invalid]]:
    return pytest.raises(Invalid, match="opinion_not_tied")


def test_a_casting_vote_is_among_what_had_equal_votes(office: Office) -> None:
    played = tied(office)
    with refused():
        played.gives("orghead", "east")
    assert played.gives("orghead", "south") == "desk.done"
    played.verify()


def test_who_comes_back_to_the_casting_vote_finds_the_same_choice(office: Office) -> None:
    played = tied(office)
    played.act("secretary", "aside")
    assert played.act("secretary", "back") == "desk.casting"
    with refused():
        played.gives("orghead", "east")


def test_an_equal_vote_of_before_is_forgotten_when_voted_anew(office: Office) -> None:
    played = tied(office)
    played.act("secretary", "aside")
    played.act("secretary", "anew")
    played.gives("assessor1", "east")
    played.gives("assessor2", "south")
    assert played.expires() == "desk.casting"
    with refused():
        played.gives("orghead", "north")
    assert played.gives("orghead", "east") == "desk.done"


def test_without_any_vote_nothing_is_tied_and_everything_open(office: Office) -> None:
    played = Play.of(office, SITES.replace("AMONG", ""))
    assert played.expires() == "desk.casting"
    assert played.gives("orghead", "east") == "desk.done"


def test_a_definition_may_open_everything_again(office: Office) -> None:
    assert tied(office, "among: all, ").gives("orghead", "east") == "desk.done"


def test_a_meeting_that_settles_a_tie_is_limited_likewise(office: Office) -> None:
    recorded = "of: {everyone: head}, recorded_by: clerk, "
    text = SITES.replace("of: [head], AMONG", recorded)
    text = text.replace("east: desk.done}\n        actions", "east: desk.done, tied: desk.casting}\n        actions")
    played = Play.of(office, text)
    played.gives("assessor1", "north")
    played.gives("assessor2", "south")
    played.expires()
    with office.as_("secretary") as context:
        (seat,) = open_seats(context.session, played.case_id)
        for opinion in ("north", "east"):
            entries = {seat.id: {"attendance": "present", "opinion": opinion}}
            if opinion == "east":
                with pytest.raises(Invalid) as faulty:
                    preview_meeting(context, case_id=played.case_id, entries=entries)
                assert [one.code for one in faulty.value.problems] == ["opinion_not_tied"]
            else:
                assert preview_meeting(context, case_id=played.case_id, entries=entries).outcome == "north"


def test_only_a_tie_that_leads_on_limits_what_follows() -> None:
    election = procedures()["project-leader-election"]
    assert asked_about(election, "polling.tie") == {"polling.voting"}
    assert asked_about(election, "polling.voting") == frozenset()


def test_abstentions_are_not_ahead_of_what_they_abstain_from(office: Office) -> None:
    text = SITES.replace("AMONG", "").replace(
        "east], settle: {rule: most,", "east, none], settle: {rule: most, uncounted: none,", 1
    )
    played = Play.of(office, text)
    played.gives("assessor1", "none")
    assert played.expires() == "desk.casting", "nobody voted for anything"
    assert played.gives("orghead", "east") == "desk.done", "where nothing had votes, everything can be chosen"
    assert leading(["north", "south", "none", "none", None, "recused"], ("none",)) == {"north", "south"}
