"""Every reason, explanation, finding and problem the code can raise has words in both languages."""

import re
from pathlib import Path
from typing import Any

import pytest

from definitions.explaining import finding_text
from definitions.texts import has, say
from workflow.engine.guards import REGISTRY
from workflow.procedure.findings import Finding

ROOT = Path(__file__).parents[2]


def raised(folder: str, pattern: str) -> set[str]:
    found: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        found.update(re.findall(pattern, path.read_text(encoding="utf-8")))
    return found


def test_every_reason_of_every_guard_has_words() -> None:
    for key, guard in REGISTRY.items():
        source = Path(str(__import__("inspect").getsourcefile(guard))).read_text(encoding="utf-8")
        body = source.split(f'key: ClassVar[str] = "{key}"')[1].split("\nclass ")[0]
        codes = re.findall(r'self\.reason\(\s*"([a-z_]+)"', body)
        assert codes, f"{key} gives no reason"
        for code in codes:
            assert has(f"{key}.{code}"), f"{key}.{code}"


@pytest.mark.parametrize("package", ["workflow", "web", "scheduler"])
def test_every_problem_raised_has_words(package: str) -> None:
    kinds = "Invalid|Forbidden|Missing|Conflict|Unavailable"
    codes = raised(package, rf'(?:{kinds})\(\s*"([a-z_]+)"')
    assert sorted(code for code in codes if not has(code)) == []


def test_every_finding_has_words() -> None:
    codes = raised(
        "workflow/procedure",
        r'(?:yield |yield \w+, |yield \([^()]*\), |finding\(path, |self\.fault\(\w+, |line, |file, 1, )"([a-z_]+)"',
    )
    assert len(codes) > 20
    assert sorted(code for code in codes if not has(code)) == []


def test_every_line_of_a_settlement_has_words() -> None:
    codes = raised("workflow/engine", r'Line\("([a-z_.]+)"')
    assert len(codes) == 11
    assert all(has(code) for code in codes)


def test_a_reason_reads_as_a_sentence_in_both_languages() -> None:
    given: dict[str, Any] = {"age": 46, "on_date": "2026-09-01", "birth_date": "1980-08-31", "limit": 45}
    assert say("age.at_most", "en", **given) == "Aged 46 on 1 Sep 2026 (born 31 Aug 1980); the limit is 45."
    assert say("age.at_most", "zh", **given) == "截至 2026年9月1日为 46 周岁（1980年8月31日出生），超过 45 周岁的上限。"


def test_a_finding_may_speak_of_a_key_and_of_anything_else() -> None:
    """Values of a text are called as they like: `key` and `locale` are names like any other."""
    finding = Finding("x.yaml", 3, "missing_key", {"key": "title", "locale": "zh"})
    assert finding_text(finding, "en").startswith("x.yaml:3: error: “title” is missing here.\n")


def test_of_many_allowed_names_those_most_alike_are_said_with_their_number() -> None:
    names = [f"review.state_{n}" for n in range(30)] + ["recommendation.draft"]
    finding = Finding("x.yaml", 7, "unknown_state", {"state": "recommendation.drafft", "allowed": ", ".join(names)})
    english, chinese = (finding_text(finding, locale) for locale in ("en", "zh"))
    assert "Allowed: recommendation.draft, " in english
    assert english.count("review.state") == 7
    assert "31 in all" in english
    assert "等 31 项" in chinese
    few = Finding("x.yaml", 7, "unknown_state", {"state": "a", "allowed": "b, c"})
    assert "Allowed: b, c." in finding_text(few, "en")
