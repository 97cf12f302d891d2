"""Every guard, by table: facts that pass it and facts that fail it with the reason it gives."""

from typing import Any

import pytest

from workflow.engine.guards import REGISTRY

ROUND = {
    "today": "2026-09-10",
    "round.opens_date": "2026-09-01",
    "round.closes_date": "2026-09-30",
    "round.is_closed": False,
}
AGE = {"at_most": {"reserve": 45, "youth": 35}, "on": "round.opens_date"}
COURSE = {"to_date": "2025-01-20", "hours": 80, "is_off_job": True, "is_completed": True}
LARGE = {"when": {"this": "field.sum", "at_least": 10}, "otherwise": {"en": "Too small.", "zh": "太小。"}}
OTHER = [{"reference": "RO-1", "state": "review.co_sign"}]
TEN = {
    "round__seats": {"reserve": 2},
    "round__states": {"reserve": {"d.x": 8, "d.y": 1, "e.y": 9}},
    "case__state": "d.x",
}
RANKED = {"rank.written.mark": 6, "round__seats": {"reserve": 2}}


def facts(**named: Any) -> dict[str, Any]:
    base = {
        **ROUND,
        "case.category": "reserve",
        "form.values": {},
        "case.doers": {},
        "team.persons": {},
        "team.kin": [],
    }
    return base | {name.replace("__", "."): value for name, value in named.items()}


PASSES = [
    ("condition", LARGE, facts(form__values={"sum": 10})),
    (
        "last_done",
        {"actions": ["submit"]},
        facts(case__last_done={"action": "submit", "account_id": 7}, actor__account_id=7),
    ),
    ("exclusive", {"per": ["person"], "in_stages": ["decision"]}, facts(others__person=OTHER)),
    ("exclusive", {"per": ["person"], "not_counting": ["review.co_sign"]}, facts(others__person=OTHER)),
    ("age", AGE, facts(person__birth_date="1980-10-15")),
    ("age", {"at_least": 18}, facts(person__birth_date="2008-09-30")),
    ("age", {"at_most": {"youth": 35}}, facts(person__birth_date="1950-01-01")),
    ("political_status", {"not_in": ["cpc"]}, facts(person__political_status="cdl")),
    ("education", {"at_least": "bachelor"}, facts(person__education="bachelor")),
    ("years_of_service", {"at_least": 5}, facts(person__work_start_date="2021-09-10")),
    ("years_in_post", {"at_least": {"youth": 9}}, facts(person__post_since=None)),
    ("no_sanction_in_effect", {}, facts(person__sanctions=[{"kind": "admonition", "until": "2026-09-09"}])),
    ("yearly_grades", {"at_least": "competent"}, facts(person__grades={"2024": "incompetent", "2025": "excellent"})),
    ("yearly_grades", {"at_least": "competent"}, facts(person__grades={"2025": "none", "2024": "competent"})),
    ("trained_within", {"months": 24, "hours": 80}, facts(person__trainings=[COURSE])),
    (
        "one_active_case",
        {"not_counting": ["a.draft"]},
        facts(case__other_active=[{"reference": "X-1", "state": "a.draft"}]),
    ),
    ("round_open", {}, facts()),
    (
        "seats_left",
        {"in_stages": ["d"]},
        facts(round__seats={"reserve": 2}, round__states={"reserve": {"d.x": 1, "e.y": 9}}),
    ),
    ("not_done_by_same", {"actions": "submit"}, facts(actor__account_id=2, case__doers={"submit": [1]})),
    ("team", {"field": "m", "at_least": 2}, facts(form__values={"m": [1, 2]})),
    ("field_is", {"fields": "ok", "one_of": ["yes"]}, facts(form__values={"ok": True})),
    ("round_count", {"in_stages": ["d"], "at_least": 5, "per_seat": True}, facts(**TEN)),
    ("round_count", {"in_states": ["d.x"], "fewer_than": 10}, facts(**TEN)),
    ("round_count", {"in_states": ["d.x"], "at_least": 9, "per_seat": True}, facts(**TEN | {"round__seats": {}})),
    ("ranked", {"by": "written.mark", "first": 3}, facts(**{"rank.written.mark": 3, "round__seats": {}})),
    ("ranked", {"by": "written.mark", "first": 3, "per_seat": True}, facts(**RANKED)),
    ("on_list", {"lists": ["reserve", "youth"]}, facts(person__lists=["leader", "youth"])),
    ("share", {"part": "came", "whole": "asked", "at_least": "2/3"}, facts(form__values={"came": 20, "asked": 30})),
    ("share", {"part": "came", "whole": "asked", "at_most": "1"}, facts(form__values={"came": "7.5", "asked": "7.5"})),
    ("share", {"part": "came", "whole": "asked", "at_least": "2/3"}, facts(form__values={"came": 1})),
]

FAILS = [
    ("age", AGE, facts(person__birth_date="1980-08-31"), ["age.at_most"], {"age": 46, "limit": 45}),
    ("age", {"at_least": 18}, facts(person__birth_date="2008-10-01"), ["age.at_least"], {"age": 17}),
    ("political_status", {"not_in": ["cpc"]}, facts(person__political_status="cpc"), ["political_status.not_in"], {}),
    ("education", {"at_least": "bachelor"}, facts(person__education="diploma"), ["education.at_least"], {}),
    ("education", {"at_least": "diploma"}, facts(person__education="unheard_of"), ["education.at_least"], {}),
    (
        "years_of_service",
        {"at_least": 5},
        facts(person__work_start_date="2021-09-11"),
        ["years_of_service.at_least"],
        {"years": 4},
    ),
    ("years_of_service", {"at_least": 5}, facts(person__work_start_date=None), ["years_of_service.unknown"], {}),
    (
        "years_in_post",
        {"at_least": 2},
        facts(person__post_since="2025-01-01"),
        ["years_in_post.at_least"],
        {"years": 1},
    ),
    ("years_in_post", {"at_least": 2}, facts(person__post_since=None), ["years_in_post.unknown"], {}),
    (
        "no_sanction_in_effect",
        {},
        facts(person__sanctions=[{"kind": "demerit", "until": "2026-09-10"}]),
        ["no_sanction_in_effect.until"],
        {"until_date": "2026-09-10"},
    ),
    (
        "yearly_grades",
        {"at_least": "competent"},
        facts(person__grades={"2025": "incompetent"}),
        ["yearly_grades.at_least"],
        {"year": 2025},
    ),
    ("trained_within", {"months": 12}, facts(person__trainings=[COURSE]), ["trained_within.none"], {"months": 12}),
    (
        "trained_within",
        {"months": 24, "hours": 90},
        facts(person__trainings=[COURSE]),
        ["trained_within.hours"],
        {"hours": 80},
    ),
    (
        "trained_within",
        {"months": 24},
        facts(person__trainings=[COURSE | {"is_completed": False}, COURSE | {"is_off_job": False}]),
        ["trained_within.none"],
        {},
    ),
    (
        "one_active_case",
        {},
        facts(case__other_active=[{"reference": "X-1", "state": "a.b"}, {"reference": "X-2", "state": "a.b"}]),
        ["one_active_case.other", "one_active_case.other"],
        {"reference": "X-1"},
    ),
    ("round_open", {}, facts(today="2026-08-31"), ["round_open.not_yet"], {"opens_date": "2026-09-01"}),
    ("round_open", {}, facts(today="2026-10-01"), ["round_open.closed"], {"closes_date": "2026-09-30"}),
    (
        "seats_left",
        {"in_stages": ["d"], "in_states": ["z.listed"]},
        facts(round__seats={"reserve": 2}, round__states={"reserve": {"d.x": 1, "z.listed": 1}}),
        ["seats_left.none"],
        {"seats": 2, "taken": 2},
    ),
    (
        "not_done_by_same",
        {"actions": "submit"},
        facts(actor__account_id=1, case__doers={"submit": [1]}),
        ["not_done_by_same.same"],
        {},
    ),
    (
        "team",
        {"field": "m", "at_least": 2, "none_who_did": ["submit"]},
        facts(form__values={"m": [7]}, case__doers={"submit": [7]}, team__persons={"7": 70}, team__kin=[70]),
        ["team.at_least", "team.took_part", "team.kin"],
        {"count": 1, "limit": 2},
    ),
    (
        "condition",
        LARGE,
        facts(form__values={"sum": 9}),
        ["condition.told"],
        {"text": {"en": "Too small.", "zh": "太小。"}},
    ),
    ("condition", LARGE, facts(form__values={}), ["condition.told"], {}),
    (
        "last_done",
        {"actions": ["submit"]},
        facts(case__last_done={"action": "approve", "account_id": 7}, actor__account_id=7),
        ["last_done.gone_on"],
        {"action": "action:approve"},
    ),
    (
        "last_done",
        {"actions": ["submit"]},
        facts(
            case__last_done={"action": "approve", "account_id": 8, "at": "2026-09-07T02:00:00Z"}, actor__account_id=7
        ),
        ["last_done.acted"],
        {"action": "action:approve", "account": "account:8", "done_at": "2026-09-07T02:00:00Z"},
    ),
    (
        "last_done",
        {"actions": ["submit"]},
        facts(
            case__last_done={"action": "expire", "account_id": None, "at": "2026-09-07T02:00:00Z"}, actor__account_id=7
        ),
        ["last_done.gone_on_by_itself"],
        {"action": "action:expire", "done_at": "2026-09-07T02:00:00Z"},
    ),
    (
        "last_done",
        {"actions": ["submit"]},
        facts(case__last_done={"action": "submit", "account_id": 8}, actor__account_id=7),
        ["last_done.other"],
        {},
    ),
    (
        "exclusive",
        {"per": ["person"], "in_stages": ["review"]},
        facts(others__person=OTHER),
        ["exclusive.other"],
        {"reference": "RO-1"},
    ),
    ("team", {"field": "m", "at_least": 2}, facts(form__values={"m": [7, 7]}), ["team.distinct", "team.at_least"], {}),
    (
        "field_is",
        {"fields": ["a", "b"], "one_of": ["passed"]},
        facts(form__values={"a": "passed"}),
        ["field_is.one_of"],
        {},
    ),
    (
        "round_count",
        {"in_stages": ["d"], "at_least": 6, "per_seat": True},
        facts(**TEN),
        ["round_count.at_least"],
        {"count": 10, "limit": 12},
    ),
    (
        "round_count",
        {"in_states": ["d.x"], "fewer_than": 1},
        facts(**TEN | {"case__state": "e.y"}),
        ["round_count.fewer_than"],
        {"count": 8, "limit": 1},
    ),
    ("ranked", {"by": "written.mark", "first": 3}, facts(**RANKED), ["ranked.behind"], {"place": 6, "limit": 3}),
    (
        "ranked",
        {"by": "written.mark", "first": 3, "per_seat": True},
        facts(**RANKED | {"rank.written.mark": None}),
        ["ranked.unknown"],
        {"limit": 6},
    ),
    ("on_list", {"lists": "reserve"}, facts(person__lists=["youth"]), ["on_list.none"], {}),
    (
        "share",
        {"part": "came", "whole": "asked", "at_least": "2/3"},
        facts(form__values={"came": 19, "asked": 30}),
        ["share.at_least"],
        {"count": "19", "of": "30", "share": "2/3"},
    ),
    (
        "share",
        {"part": "came", "whole": "asked", "at_most": 1},
        facts(form__values={"came": 31, "asked": 30}),
        ["share.at_most"],
        {"part": "field:came", "whole": "field:asked"},
    ),
]


@pytest.mark.parametrize(("name", "params", "given"), PASSES, ids=[f"{row[0]}-{n}" for n, row in enumerate(PASSES)])
def test_guard_passes_without_a_reason(name: str, params: dict[str, Any], given: dict[str, Any]) -> None:
    assert list(REGISTRY[name].model_validate(params).reasons(given)) == []


@pytest.mark.parametrize(
    ("name", "params", "given", "codes", "shown"), FAILS, ids=[f"{row[0]}-{n}" for n, row in enumerate(FAILS)]
)
def test_guard_fails_with_every_reason(
    name: str, params: dict[str, Any], given: dict[str, Any], codes: list[str], shown: dict[str, Any]
) -> None:
    reasons = list(REGISTRY[name].model_validate(params).reasons(given))
    assert [reason.code for reason in reasons] == codes
    assert shown.items() <= reasons[0].params.items()


def test_every_guard_is_in_both_tables() -> None:
    assert {row[0] for row in PASSES} == {row[0] for row in FAILS} == set(REGISTRY)


def test_a_guard_looks_only_at_facts_it_names() -> None:
    for name, params, given in PASSES:
        guard = REGISTRY[name].model_validate(params)
        assert list(guard.reasons({fact: given[fact] for fact in guard.facts_needed})) == [], name
