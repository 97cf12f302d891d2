"""Texts are found by key, filled strictly, and refused with file and line when a catalogue is faulty."""

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from definitions.placeholders import ParameterMissing, PlaceholderFaulty, parse, written
from definitions.texts import TextMissing, TextsFaulty, has, keys, load, message_text, say, texts, variant
from tests.fixtures.snapshots import Compare
from workflow.context import OFFICE_ZONE
from workflow.procedure.findings import Unsound

CASE: dict[str, Any] = {
    "reference": "RO-2026-0001",
    "state": {"en": "Co-sign by three departments", "zh": "三部门会签"},
    "due_at": "2026-11-27T09:00:00.000000Z",
}
ROUND: dict[str, Any] = {
    "reference": "R-2026-01",
    "title": {"en": "Round of 2026", "zh": "二〇二六年批次"},
    "opens_date": "2026-09-01",
    "closes_date": "2026-09-30",
}
PLANNED = [
    {"title": {"en": "Review finished by", "zh": "组织把关完成"}, "on_date": "2026-10-30"},
    {"title": {"en": "Assessment finished by", "zh": "组织考察完成"}, "on_date": "2026-11-20"},
]
SITUATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "work_waiting": ("work_waiting", CASE),
    "work_waiting-no_deadline": ("work_waiting", CASE | {"due_at": None}),
    "deadline_reminder-before": ("deadline_reminder", CASE | {"days": -7}),
    "deadline_reminder-day_before": ("deadline_reminder", CASE | {"days": -1}),
    "deadline_reminder-on_day": ("deadline_reminder", CASE | {"days": 0}),
    "deadline_reminder-after": ("deadline_reminder", CASE | {"days": 7}),
    "deadline_escalation": ("deadline_escalation", CASE),
    "deadline_escalation-digest": (
        "deadline_escalation",
        {"cases": [CASE, CASE | {"reference": "RO-2026-0002"}], "count": 2},
    ),
    "case_returned": ("case_returned", CASE | {"reason": "缺少近三年考核结果"}),
    "case_returned-no_reason": ("case_returned", CASE | {"reason": ""}),
    "case_closed": ("case_closed", CASE | {"reason": "本人申请退出"}),
    "case_closed-no_reason": ("case_closed", CASE | {"reason": ""}),
    "case_listed": ("case_listed", CASE),
    "case_appointed": ("case_appointed", CASE),
    "probation_passed": ("probation_passed", CASE),
    "probation_failed": ("probation_failed", CASE | {"reason": "经常委会研究，不胜任现职"}),
    "probation_failed-no_reason": ("probation_failed", CASE | {"reason": ""}),
    "correction_made": ("correction_made", CASE),
    "upward_answered": ("upward_answered", CASE),
    "exception_answered": ("exception_answered", CASE | {"reason": "同意例外"}),
    "exception_answered-no_reason": ("exception_answered", CASE | {"reason": ""}),
    "round_called": ("round_called", ROUND),
    "round_reminder": ("round_reminder", ROUND),
    "round_called_planned": ("round_called_planned", ROUND | {"planned": PLANNED}),
    "round_rescheduled": ("round_rescheduled", ROUND | {"planned": PLANNED, "reason": "考察人数较多"}),
    "deadline_moved": ("deadline_moved", CASE | {"cases": [CASE], "count": 1, "reason": "考察人数较多"}),
    "deadline_moved-many": (
        "deadline_moved",
        CASE | {"cases": [CASE, CASE | {"reference": "RO-2026-0002"}], "count": 2, "reason": "考察人数较多"},
    ),
    "review_opened": ("review_opened", CASE | {"year": 2026, "due_date": "2026-12-31"}),
}


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_message_reads_as_its_snapshot(situation: str, language: str, compare_snapshot: Compare) -> None:
    template, params = SITUATIONS[situation]
    subject, body = message_text(template, language, params)
    compare_snapshot(f"{situation}.{language}.txt", f"{subject}\n\n{body}\n")


def test_every_message_has_a_snapshot() -> None:
    shown = {variant(template, params) for template, params in SITUATIONS.values()}
    assert {key.removesuffix(".subject") for key in keys() if key.endswith(".subject")} == shown


def test_every_key_has_both_languages_with_the_same_placeholders() -> None:
    assert len(keys()) > 40
    for key, pair in texts().items():
        assert set(pair) == {"en", "zh"}, key
        assert pair["en"].names == pair["zh"].names, key


def test_chinese_meets_numbers_and_latin_with_one_space() -> None:
    """Written so in the texts, and made so where a value meets one: 于 2026年9月30日前报送 3 份."""
    no_space = re.compile(r"[\u3400-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u3400-\u9fff]")
    for key, pair in texts().items():
        for literal, _, _ in pair["zh"].pieces:
            assert not no_space.search(literal), key
    text = parse("共{n}件，{day}前，{who} 办理{n}", "zh")
    filled = text.fill({"n": 3, "day": date(2026, 9, 30), "who": "干部科"}, OFFICE_ZONE, say)
    assert filled == "共 3 件，2026年9月30日前，干部科办理 3"
    assert (
        parse("{who} 于{at}，{who}", "zh").fill(
            {"who": "Li Na", "at": datetime(2026, 9, 30, 1, tzinfo=OFFICE_ZONE)}, OFFICE_ZONE, say
        )
        == "Li Na 于 2026年9月30日 01:00，Li Na"
    )


def test_chinese_texts_use_full_width_punctuation() -> None:
    for key, pair in texts().items():
        words = "".join(literal for literal, _, _ in pair["zh"].pieces)
        assert not [mark for mark in ",;?!" if mark in words], key


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (date(2026, 11, 23), "23 Nov 2026", "2026年11月23日"),
        (datetime(2026, 11, 23, 9, 0, tzinfo=OFFICE_ZONE), "23 Nov 2026, 09:00", "2026年11月23日 09:00"),
        ({"en": "Co-sign", "zh": "会签"}, "Co-sign", "会签"),
        (["a", "b"], "a, b", "a、b"),
        ([{"en": "Age", "zh": "年龄"}, 3], "Age, 3", "年龄、3"),
        (12345, "12345", "12345"),
        (Decimal("1.50"), "1.50", "1.50"),
        (0.5, "0.5", "0.5"),
        (True, "yes", "是"),
    ],
)
def test_values_are_written_as_the_language_writes_them(value: Any, english: str, chinese: str) -> None:
    assert (written(value, "en", OFFICE_ZONE), written(value, "zh", OFFICE_ZONE)) == (english, chinese)


def test_a_moment_is_written_on_the_offices_wall() -> None:
    assert (
        "2026年11月28日 01:00"
        in message_text("work_waiting", "zh", CASE | {"due_at": "2026-11-27T17:00:00.000000Z"})[1]
    )


def test_what_cannot_be_written_is_refused() -> None:
    with pytest.raises(TypeError):
        written(object(), "en", OFFICE_ZONE)


@pytest.mark.parametrize("text", ["{a.b}", "{a[0]}", "{a!r}", "{}", "{0}", "{a:>10}", "{a", "{a:{b}}"])
def test_placeholders_reach_nothing_but_their_name(text: str) -> None:
    with pytest.raises(PlaceholderFaulty):
        parse(text, "en")


def test_unknown_key_and_missing_value_raise() -> None:
    with pytest.raises(TextMissing):
        say("no_such_text", "en")
    with pytest.raises(ParameterMissing):
        say("calendar_day_twice", "en")
    assert has("calendar_day_twice")
    assert has("work_waiting")
    assert not has("no_such_text")


def test_values_are_never_read_as_placeholders() -> None:
    assert say("calendar_day_twice", "en", date="{date}") == "{date} is listed twice."


def test_no_text_shows_the_sign_of_a_placeholder_of_another_kind() -> None:
    signs = [
        key
        for key, text in texts().items()
        for template in text.values()
        for literal, name, _ in template.pieces
        if name and literal.endswith(("%", "$"))
    ]
    assert signs == []


def test_a_subject_is_one_line() -> None:
    assert "\n" not in message_text("work_waiting", "en", CASE | {"state": {"en": "a\r\nBcc: b", "zh": ""}})[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: {en: A}\n", "one.yaml:1: a: exactly en and zh"),
        ("\na: {en: A, zh: ''}\n", "one.yaml:2: a: exactly en and zh"),
        ("a: {en: '{x}', zh: '{y}'}\n", "one.yaml:1: a: en names ['x'], zh names ['y']"),
        ("a: {en: '{x.y}', zh: '{x}'}\n", "one.yaml:1: a: no such placeholder: {x.y}"),
        ("a: words\n", "one.yaml:1: a: a text is a pair"),
        ("a:\n  subject: {en: A, zh: 甲}\n", "one.yaml:1: a: a message has a subject and a body"),
    ],
)
def test_faulty_catalogue_is_refused_with_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "one.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(TextsFaulty) as caught:
        load(tmp_path)
    assert said in str(caught.value)


def test_key_filed_in_two_files_is_refused_with_both_places(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("a: {en: A, zh: 甲}\n", encoding="utf-8")
    (tmp_path / "two.yaml").write_text("b: {en: B, zh: 乙}\na: {en: A, zh: 甲}\n", encoding="utf-8")
    with pytest.raises(TextsFaulty, match=r"two\.yaml:2: a is already filed at one\.yaml:1"):
        load(tmp_path)


def test_key_twice_in_one_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("a: {en: A, zh: 甲}\na: {en: A, zh: 甲}\n", encoding="utf-8")
    with pytest.raises(Unsound):
        load(tmp_path)
