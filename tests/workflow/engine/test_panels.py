"""The arithmetic of panels: quorum, majorities, vetoes, and the words that explain them."""

import pytest

from workflow.engine.panels import Given, settle, with_silence
from workflow.procedure.panel import Panel

COMMITTEE = Panel.model_validate(
    {
        "of": {"everyone": "member"},
        "opinions": ("agree", "disagree", "defer"),
        "recorded_by": "recorder",
        "quorum": {"present": "2/3"},
        "settle": {"rule": "majority", "base": "should_attend"},
    }
)


def meeting(present: int, agree: int, *, defer: int = 0, recused: int = 0, members: int = 11) -> list[Given]:
    stances = ["agree"] * agree + ["defer"] * defer + ["disagree"] * (present - agree - defer)
    away = [Given(None, "recused")] * recused + [Given(None, "absent")] * (members - present - recused)
    return [Given(stance, "present") for stance in stances] + away


@pytest.mark.parametrize(
    ("seats", "outcome"),
    [
        (meeting(7, 7), "void"),
        (meeting(8, 5), "refused"),
        (meeting(8, 6), "agreed"),
        (meeting(11, 5), "refused"),
        (meeting(11, 6), "agreed"),
        (meeting(8, 2, defer=6), "deferred"),
        (meeting(8, 0, defer=5), "refused"),
        (meeting(10, 6, recused=1), "agreed"),
        (meeting(7, 7, recused=1), "void"),
    ],
)
def test_committee_of_eleven(seats: list[Given], outcome: str) -> None:
    assert settle(COMMITTEE, seats).outcome == outcome


def test_a_member_who_left_the_room_still_counts_among_those_who_should_attend() -> None:
    assert settle(COMMITTEE, meeting(10, 5, recused=1)).outcome == "refused"
    rules = COMMITTEE.settle.model_copy(update={"recused_counts": False})
    lenient = COMMITTEE.model_copy(update={"settle": rules})
    assert settle(lenient, meeting(9, 5, recused=2)).outcome == "agreed", "5 of 9"


def test_the_explanation_names_the_numbers() -> None:
    lines = settle(COMMITTEE, meeting(8, 5)).lines
    assert [line.code for line in lines] == ["panel.quorum_met", "panel.majority"]
    assert lines[0].params == {"present": 8, "seats": 11, "needed": 8, "share": "2/3"}
    assert {"base": 11, "needed": 6, "agreed": 5, "against": 3, "deferred": 0}.items() <= lines[1].params.items()


def test_it_warns_when_no_majority_is_possible_any_more() -> None:
    small = COMMITTEE.model_copy(update={"quorum": None})
    codes = [line.code for line in settle(small, meeting(5, 5, recused=6)).lines]
    assert "panel.majority_impossible" in codes


def co_sign(*, veto: bool) -> Panel:
    rule = {"rule": "all", "one_veto": veto}
    return Panel.model_validate({"of": ["a", "b", "c"], "opinions": ("agree", "disagree"), "settle": rule})


@pytest.mark.parametrize(
    ("opinions", "with_veto", "without_veto"),
    [
        ((None, None, None), None, None),
        (("agree", None, "agree"), None, None),
        (("agree", "agree", "agree"), "agreed", "agreed"),
        (("disagree", None, None), "refused", None),
        (("disagree", "agree", "agree"), "refused", "refused"),
    ],
)
def test_all_must_agree(opinions: tuple[str | None, ...], with_veto: str | None, without_veto: str | None) -> None:
    seats = [Given(opinion) for opinion in opinions]
    assert settle(co_sign(veto=True), seats).outcome == with_veto
    assert settle(co_sign(veto=False), seats).outcome == without_veto


def test_scoring_is_complete_when_everybody_has_answered() -> None:
    panel = Panel.model_validate(
        {"of": {"chosen": "x"}, "opinions": ("assessed",), "settle": {"rule": "everyone_answered"}}
    )
    assert settle(panel, [Given("assessed"), Given()]).outcome is None
    assert settle(panel, [Given("assessed"), Given("assessed")]).outcome == "complete"
    assert settle(panel, []).outcome is None, "nobody asked is not everybody answered"


def test_a_vote_each_gives_alone_settles_as_soon_as_nothing_can_change_it() -> None:
    panel = Panel.model_validate(
        {"of": {"everyone": "m"}, "opinions": ("agree", "disagree"), "settle": {"rule": "majority"}}
    )
    assert settle(panel, [Given("agree"), Given("agree"), Given()]).outcome == "agreed"
    assert settle(panel, [Given("agree"), Given("disagree"), Given()]).outcome is None
    assert settle(panel, [Given("disagree"), Given("disagree"), Given()]).outcome == "refused"


def asked(rule: dict[str, object], *opinions: str | None, **more: object) -> str | None:
    known = ("agree", "disagree", "abstain", "none_of_them")
    panel = Panel.model_validate({"of": {"everyone": "m"}, "opinions": known, "settle": rule, **more})
    return settle(panel, [Given(opinion) for opinion in opinions]).outcome


@pytest.mark.parametrize(
    ("rule", "opinions", "outcome"),
    [
        ({"rule": "share", "share": "2/3"}, ("agree", "agree", "disagree"), "agreed"),
        ({"rule": "share", "share": "2/3"}, ("agree", "disagree", "disagree"), "refused"),
        ({"rule": "share", "share": "2/3"}, ("agree", "agree", None), "agreed"),
        ({"rule": "share", "share": "2/3"}, ("agree", None, "disagree"), None),
        ({"rule": "share", "share": "2/3", "base": "cast"}, ("agree", "agree", None), None),
        ({"rule": "majority", "base": "cast"}, ("agree", None, None), None),
        ({"rule": "majority", "base": "cast"}, ("agree", "agree", "disagree"), "agreed"),
        ({"rule": "at_least", "at_least": 2}, ("agree", "agree", None), "agreed"),
        ({"rule": "at_least", "at_least": 2}, ("agree", "disagree", None), None),
        ({"rule": "at_least", "at_least": 2}, ("disagree", "disagree", None), "refused"),
        ({"rule": "most"}, ("case:4", "case:4", "case:9"), "chosen"),
        ({"rule": "most"}, ("case:4", "case:9", None), None),
        ({"rule": "most"}, ("case:4", "case:9", "none_of_them", "none_of_them"), "none_of_them"),
        ({"rule": "most"}, ("case:4", "case:9"), "tied"),
        ({"rule": "most"}, ("case:4", "case:4", "case:4", "case:9", None), "chosen"),
    ],
)
def test_other_rules(rule: dict[str, object], opinions: tuple[str | None, ...], outcome: str | None) -> None:
    assert asked(rule, *opinions, candidates="children") == outcome


def test_the_one_with_the_most_votes_is_named() -> None:
    panel = Panel.model_validate(
        {"of": {"everyone": "m"}, "opinions": ("none_of_them",), "candidates": "children", "settle": {"rule": "most"}}
    )
    votes = [Given("case:4"), Given("case:9"), Given("case:9")]
    assert settle(panel, votes).winner == 9
    assert settle(panel, [*votes, Given("case:4")]).winner is None


def test_silence_counts_as_the_panel_says() -> None:
    panel = Panel.model_validate(
        {"of": ["a", "b"], "opinions": ("agree", "disagree"), "silence": "agree", "settle": {"rule": "all"}}
    )
    seats = [Given("agree"), Given()]
    assert settle(panel, seats).outcome is None
    assert settle(panel, with_silence(panel, seats)).outcome == "agreed"
    assert settle(panel, with_silence(panel, [Given("disagree"), Given()])).outcome == "refused"
