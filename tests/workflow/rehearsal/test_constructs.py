"""Every construct of the language can be played in a scenario, and what comes of it can be looked at."""

import pytest

from definitions.codes import tables
from definitions.explaining import finding_text
from definitions.rehearsing import is_text, report_lines
from tests.workflow.language.playing import HEAD
from tests.workflow.language.test_assigning import SIMPLE
from tests.workflow.language.test_children import BRANCHES, ROWS
from tests.workflow.language.test_choices import ROUTED
from tests.workflow.language.test_effects import OFFERS
from tests.workflow.language.test_panel_settings import ASSESSOR, ELECTION, RECUSING
from tests.workflow.language.test_resting import RESTING
from tests.workflow.language.test_roles import RELATIONS
from workflow.engine.catalogue import Catalogue
from workflow.procedure.findings import Unsound
from workflow.procedure.loader import parse_procedure
from workflow.rehearsal.loader import parse_scenarios
from workflow.rehearsal.running import Rehearsed, rehearse

GIVEN = """\
procedure: played
given:
  today: 2026-09-07
  bodies:
    organization: {officer: [chen], head: [wu], assessor: [fang, song, tang]}
    united_front: {head: [he]}
    street: {kind: subdistrict, parent: organization, officer: [li]}
  people: {wen: {body: street}, wu: {}, he: {}, ma: {}}
  case: {person: wen, by: chen}
scenarios:
  - title: {en: One, zh: 一}
    steps:
"""


def play(body: str, *steps: str) -> Rehearsed:
    """The rehearsal of one scenario of a procedure whose text goes on after the head that all have in common."""
    procedure = parse_procedure(HEAD + body.lstrip("\n"), "played.yaml", Catalogue())
    text = GIVEN + "\n".join(f"      - {step}" for step in steps) + "\n"
    return rehearse(procedure, parse_scenarios(text, "p.yaml", procedure, codes=tables(), has_text=is_text))


def passes(rehearsed: Rehearsed) -> dict[str, tuple[str, ...]]:
    """What was missed of each kind, where everything came out as written."""
    assert rehearsed.passed, "\n".join(report_lines(rehearsed, "en"))
    return {share.kind: share.missed for share in rehearsed.coverage}


def test_ways_of_a_choice_and_targets_chosen() -> None:
    missed = passes(
        play(
            ROUTED,
            "{who: chen, does: submit, form: {sum: '1000'}, refused: [field_required]}",
            "{who: chen, does: submit, form: {sum: '1000', why: A car.}, then: {state: desk.large}}",
            "{who: wu, does: send, refused: [target_required]}",
            "{who: wu, does: send, to: desk.done, refused: [action.no_way_there]}",
            "{who: wu, does: return, to: desk.draft, reason: Not yet., then: {state: desk.draft}}",
            "{who: chen, does: submit, form: {sum: '50'}, then: {ended: done}}",
        )
    )
    assert missed["ways"] == (
        "desk.how_large>desk.checked",
        "desk.large.send>desk.checked",
        "desk.large.send>desk.draft",
    )
    assert "desk.how_large" not in missed["states"], "a state that chooses by itself counts when it was passed through"
    assert "desk.draft.submit" not in missed["actions"]


VOTED = """
starts: desk.draft
cancelled: candidate.out
forms:
  list:
    title: {en: List, zh: 名单}
    fields: {people: {type: accounts, holders_of: reader, title: {en: People, zh: 人员}}}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft: {title: {en: Draft, zh: 起草}, actions: {submit: {by: clerk, form: list, effects: [{open_child: {branch: candidate.asked, for_each: list.people, names: named}}], to: desk.open}}}
      open: {title: {en: Open, zh: 进行中}, actions: {close: {by: clerk, to: desk.done}}}
      done: {title: {en: Done, zh: 办结}, final: done}
  candidate:
    title: {en: Candidate, zh: 候选人}
    states:
      asked:
        title: {en: Asked, zh: 征询}
        panel: {of: {everyone: reader}, opinions: [agree, disagree], settle: {rule: majority, cites: r/1}}
        outcomes: {agreed: candidate.in, refused: candidate.out}
      in: {title: {en: In, zh: 入选}, final: in}
      out: {title: {en: Out, zh: 落选}, final: out}
"""
READERS = (
    "  reader: {of: organization, holds: assessor, title: {en: Readers, zh: 评阅人}}\n"
    "  named: {chosen_in: list.people, title: {en: Named, zh: 被指定人}}\n"
)


def test_a_child_is_called_by_who_is_named_in_it_and_not_by_who_sits_on_its_panel() -> None:
    rehearsed = play(
        READERS + VOTED,
        "{who: chen, does: submit, form: {people: [fang, song]}}",
        "{who: [song, tang], gives: agree, case: case/fang, then: {ended: in, cases: {case/song: candidate.asked}}}",
    )
    assert rehearsed.passed, "\n".join(report_lines(rehearsed, "en"))


def test_of_several_who_speak_the_one_refused_is_named() -> None:
    rehearsed = play(
        READERS + VOTED,
        "{who: chen, does: submit, form: {people: [fang]}}",
        "{who: [song, chen], gives: agree, case: case/1}",
    )
    assert "This was refused to chen (seat_not_yours), and should have been done:" in "\n".join(
        report_lines(rehearsed, "en")
    )


def test_a_closed_case_is_reopened_by_a_second_person() -> None:
    missed = passes(
        play(
            ROUTED,
            "{who: chen, does: withdraw, reason: Enough., then: {ended: withdrawn}}",
            "{who: chen, does: reopen, reason: A mistake., refused: [not_done_by_same]}",
            "{who: wu, does: reopen, reason: A mistake., then: {state: desk.draft, waits_for: [clerk]}}",
        )
    )
    assert (missed["guards_passed"], missed["guards_failed"]) == ((), ())


CHILDREN = "  reader: {chosen_in: list.readers, title: {en: Reader, zh: 评阅人}}\n" + BRANCHES.replace(
    "JOINED_OPENS", ROWS
).replace("JOINED_RULE", "{rule: at_least, at_least: 2, counting: written}").replace(
    "JOINED_OUTCOMES", "{complete: desk.done, short: desk.short}"
)
LIST = "{letters: [{from: Ann}, {from: Bo}, {from: Cy}]}"


def test_child_cases_by_number_how_many_are_where_and_what_their_forms_say() -> None:
    missed = passes(
        play(
            CHILDREN,
            f"{{who: chen, does: submit, form: {LIST}, then: {{state: desk.asked, children: {{letter.asked: 3}}, waits_for: []}}}}",
            "{who: he, does: write, case: case/1, form: {text: Good.}, then: {ended: written, answers: {letter.text: Good.}}}",
            "{who: he, does: write, case: case/4, refused: [rehearsal_child_missing]}",
            "{who: chen, does: add, then: {state: desk.asked_again, children: {letter.asked: 3, letter.written: 1}, outcome: ~}}",
            "{who: he, does: write, case: case/3, then: {cases: {case: desk.done, case/2: desk.cancelled}}}",
            "{who: he, does: write, case: case/2, refused: [action.unknown_here]}",
        )
    )
    assert missed["outcomes"] == ("desk.asked.complete", "desk.asked.short", "desk.asked_again.short")


def test_an_outcome_of_children_is_seen_on_the_case_they_belong_to() -> None:
    passes(
        play(
            CHILDREN,
            f"{{who: chen, does: submit, form: {LIST}}}",
            "{who: he, does: decline, case: case/1}",
            "{who: he, does: decline, case: case/2, then: {cases: {case: desk.short}, outcome: ~}}",
        )
    )


def test_members_vote_for_child_cases_by_whom_they_are_about() -> None:
    passes(
        play(
            ASSESSOR + ELECTION,
            "{who: wu, does: stand}",
            "{who: he, does: stand, then: {children: {run.standing: 2}}}",
            "{until: 2026-09-14, then: {state: vote.polling, seats: [fang, song, tang]}}",
            "{who: wu, votes_for: he, refused: [seat_not_yours]}",
            "{who: [fang, song], votes_for: he, then: {outcome: chosen, cases: {case/he: run.elected, case/wu: run.defeated, case/1: run.defeated}}}",
        )
    )


def test_members_step_aside() -> None:
    passes(
        play(
            ASSESSOR + RECUSING.replace("FEWEST", "2"),
            "{who: fang, gives: recused, refused: [reason_required]}",
            "{who: fang, gives: recused, reason: We wrote a paper together., then: {state: desk.readers}}",
            "{who: [song, tang], gives: agree, then: {ended: done, outcome: agreed}}",
        )
    )


def test_systems_outside_take_their_actions_once() -> None:
    missed = passes(
        play(
            RELATIONS,
            "{who: li, does: submit}",
            "{source: registry, triggers: submit, key: m-0, refused: [action.unknown_here]}",
            "{source: registry, triggers: recall, key: m-0, refused: [role_needed]}",
            "{source: registry, triggers: register, key: m-1, then: {state: desk.registered, waits_for: [writer]}}",
            "{source: registry, triggers: register, key: m-1, then: {state: desk.registered}}",
            "{source: registry, triggers: register, key: m-2, refused: [action.unknown_here]}",
            "{who: li, does: finish, then: {ended: done}}",
        )
    )
    assert "desk.sent.register" not in missed["actions"]


def test_work_is_taken_given_back_and_handed_on() -> None:
    passes(
        play(
            SIMPLE,
            "{who: fang, claims: assessor, then: {inbox_of: [fang]}}",
            "{who: song, claims: assessor, refused: [item_taken]}",
            "{who: fang, releases: assessor, then: {inbox_of: [fang, song, tang]}}",
            "{who: tang, claims: assessor}",
            "{who: wu, reassigns: assessor, to: li, reason: Ill., refused: [account_not_eligible]}",
            "{who: wu, reassigns: assessor, to: song, reason: Ill., then: {inbox_of: [song]}}",
            "{who: song, does: submit, then: {ended: done, inbox_of: []}}",
            "{who: song, claims: assessor, refused: [item_missing]}",
        )
    )


def test_what_follows_from_an_action_is_looked_at() -> None:
    passes(
        play(
            OFFERS,
            "{who: chen, does: promote, then: {due: 2026-10-07, calls: []}}",
            "{who: chen, does: extend, form: {more: 2}, reason: A birth., then: {due: 2026-12-07}}",
            "who: chen\n        does: accept\n        form: {post: Fellow, at: Institute}\n"
            "        then: {ended: taken, posts: {wen: Fellow}, calls: [registry], answers: {offer.told: accepted, offer.rank: ~}}",
        )
    )


def test_a_case_rests_and_is_resumed() -> None:
    passes(
        play(
            RESTING,
            "{who: chen, gives: agree}",
            "{who: wu, does: suspend, reason: A letter is awaited., then: {state: desk.resting, due: none}}",
            "{on: 2026-09-17, who: wu, does: resume, reason: It came., then: {state: desk.signing, waits_for: [front], due: 2026-10-08}}",
        )
    )


NAMED = """
starts: desk.draft
forms:
  wish:
    title: {en: Wish, zh: 申请}
    fields:
      friend: {type: person, required: true, title: {en: Friend, zh: 同伴}}
      where: {type: body, required: true, title: {en: Where, zh: 单位}}
      share: {type: number, decimals: 1, title: {en: Share, zh: 比例}}
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft: {title: {en: Draft, zh: 起草}, actions: {submit: {by: clerk, form: wish, effects: [{open_child: {branch: visit.due, about: each, for_each: wish.friend}}], to: desk.sent}}}
      sent: {title: {en: Sent, zh: 已报送}, actions: {close: {by: clerk, to: desk.done}}}
      done: {title: {en: Done, zh: 办结}, final: done}
  visit:
    title: {en: Visit, zh: 走访}
    states:
      due: {title: {en: Due, zh: 待走访}, actions: {visit: {by: clerk, to: visit.paid}}}
      paid: {title: {en: Paid, zh: 已走访}, final: paid}
cancelled: visit.paid
"""


def test_people_and_bodies_are_answered_by_name() -> None:
    passes(
        play(
            NAMED,
            "{who: chen, does: submit, form: {friend: ma, where: street, share: 0.5}, then: {children: {visit.due: 1}}}",
            "{who: chen, does: visit, case: case/ma, then: {ended: paid}}",
        )
    )


@pytest.mark.parametrize(
    ("then", "text"),
    [
        (
            "{cases: {case/1: letter.written}}",
            "The case “case/1” should be at “Written” (letter.written); it is at “Asked”",
        ),
        ("{cases: {case/9: letter.written}}", "it is at “nothing” (–)"),
        ("{children: {letter.asked: 1}}", "There should be child cases: letter.asked: 1. There are: letter.asked: 3."),
        ("{answers: {letter.text: Good.}}", "The answer to letter.text should be: Good.. It is: nothing."),
        ("{inbox_of: [li]}", "It should stand in the inbox of: li. It stands in that of: nothing."),
        ("{seats: [fang]}", "There should sit: fang. There sit: nothing."),
        ("{posts: {wen: Fellow}}", "The archive of wen should have gained: Fellow. It has gained: nothing."),
        ("{calls: registry}", "Outside systems should have been told: registry. Told: nothing."),
    ],
)
def test_what_is_not_as_written_is_said(then: str, text: str) -> None:
    rehearsed = play(CHILDREN, f"{{who: chen, does: submit, form: {LIST}, then: {then}}}")
    assert text in "\n".join(report_lines(rehearsed, "en"))


@pytest.mark.parametrize(
    ("step", "code", "named"),
    [
        ("{who: chen, does: add, to: desk.nowhere}", "unknown_state", "desk.done"),
        ("{who: chen, does: add, case: other/1}", "unknown_case", "case"),
        ("{who: chen, does: add, case: case/nobody}", "unknown_child", "chen"),
        ("{who: chen, votes_for: nobody}", "unknown_child", "chen"),
        ("{source: post, triggers: add}", "unknown_outside", "–"),
        ("{who: chen, claims: clrk}", "unknown_role", "clerk"),
        ("{who: chen, reassigns: clerk, to: nobody}", "unknown_name", "chen"),
        ("{who: chen, does: add, then: {cases: {case/1: letter.gone}}}", "unknown_state", "letter.asked"),
        ("{who: chen, does: add, then: {children: {letter.gone: 1}}}", "unknown_state", "letter.asked"),
        ("{who: chen, does: add, then: {answers: {letter.gone: 1}}}", "unknown_answer", "letter.text"),
        ("{who: chen, does: add, then: {seats: [nobody]}}", "unknown_name", "chen"),
        ("{who: chen, does: add, then: {posts: {nobody: A}}}", "unknown_person", "wen"),
    ],
)
def test_a_faulty_step_is_found_at_its_line(step: str, code: str, named: str) -> None:
    with pytest.raises(Unsound) as caught:
        play(CHILDREN, "{who: chen, does: add}", step)
    assert [(one.code, one.line) for one in caught.value.findings] == [(code, GIVEN.count("\n") + 2)]
    for language in ("en", "zh"):
        assert named in finding_text(caught.value.findings[0], language)


PILED = """
  assessor: {of: organization, holds: assessor, title: {en: Assessor, zh: 考察人员}}
opened_by: clerk
starts: desk.draft
stages:
  desk:
    title: {en: Desk, zh: 办理}
    states:
      draft: {title: {en: Draft, zh: 起草}, actions: {submit: {by: clerk, bulk: true, guards: [{not_done_by_same: {actions: back}}], to: desk.sent}}}
      sent: {title: {en: Sent, zh: 已报送}, actions: {back: {by: clerk, to: desk.draft}, close: {by: clerk, to: desk.done}}}
      done: {title: {en: Done, zh: 办结}, final: done}
"""


def test_the_same_is_done_to_several_cases_and_inboxes_are_narrowed() -> None:
    passes(
        play(
            PILED,
            "{who: chen, opens: {person: ma, body: street}, as: second}",
            "{who: chen, does_all: submit, cases: [case, second], then: {state: desk.sent, cases: {second: desk.sent}}}",
            "{who: chen, does: back}",
            "{who: chen, does: back, case: second}",
            "{who: chen, does_all: submit, cases: [case, second], refused: [not_done_by_same], then: {cases: {second: desk.draft}}}",
            "{until: 2026-09-07, then: {narrowed: {chen: {stage: desk, finds: [case, second]}, he: {finds: []}}}}",
        )
    )


@pytest.mark.parametrize(
    ("step", "word"),
    [
        ("{who: chen, does_all: submit, cases: [third]}", "third"),
        ("{who: chen, does_all: submits, cases: [case]}", "submits"),
        ("{who: chen, does_all: submit, cases: []}", "At least one"),
        ("{until: 2026-09-07, then: {narrowed: {chen: {stage: bench, finds: [case]}}}}", "bench"),
        ("{until: 2026-09-07, then: {narrowed: {chen: {finds: [third]}}}}", "third"),
        ("{until: 2026-09-07, then: {narrowed: {nobody: {finds: [case]}}}}", "nobody"),
    ],
)
def test_what_is_named_for_several_cases_and_does_not_exist_is_a_finding(step: str, word: str) -> None:
    with pytest.raises(Unsound) as unsound:
        play(PILED, step)
    assert word in " ".join(finding_text(one, "en") for one in unsound.value.findings)


def test_an_inbox_that_holds_something_else_is_a_difference() -> None:
    rehearsed = play(PILED, "{until: 2026-09-07, then: {narrowed: {chen: {finds: []}}}}")
    assert "chen should find, narrowed like this: nothing. There stand: case." in "\n".join(
        report_lines(rehearsed, "en")
    )


def test_several_where_one_is_wanted_are_said_so() -> None:
    with pytest.raises(Unsound) as caught:
        play(READERS + VOTED, "{who: [chen, wu], does: submit}")
    found = caught.value.findings[0]
    assert found.code == "scenario_one_only"
    assert "only “gives” and “votes_for” take several people" in finding_text(found, "en")


def test_a_child_to_vote_for_may_be_a_number() -> None:
    rehearsed = play(ASSESSOR + ELECTION, "{who: fang, votes_for: 1, refused: [rehearsal_child_missing]}")
    assert rehearsed.passed, "\n".join(report_lines(rehearsed, "en"))
