"""What is documented exists, and what exists is documented."""

import re
from dataclasses import fields

import pytest

from scheduler.jobs import JOBS
from tests.architecture.house import HOME, modules, tracked
from workflow.settings import OF_THE_FRONT_DOOR, Settings, variables

SETTINGS_PAGE = HOME / "docs" / "reference" / "settings.md"
JOBS_PAGE = HOME / "docs" / "reference" / "jobs.md"
DECISIONS = HOME / "docs" / "decisions"


def _documented():
    """Each variable of the page with its default and meaning."""
    rows = re.findall(
        r"^\| `(SELECTION_\w+)` \| (.+?) \| (.+?) \|$", SETTINGS_PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {name: (default, meaning) for name, default, meaning in rows}


def test_every_setting_is_documented_and_no_other():
    assert _documented().keys() == variables().keys() | OF_THE_FRONT_DOOR


@pytest.mark.parametrize(("variable", "field"), sorted(variables().items()))
def test_the_documented_default_is_the_default(variable, field):
    documented, meaning = _documented()[variable]
    default = next(found.default for found in fields(Settings) if found.name == field)
    words = {"": "empty", None: "unset", False: "no"}
    # Defaults that depend on another setting are explained in words.
    if "var" not in documented:
        expected = words[default] if isinstance(default, bool | str | None) and default in words else str(default)
        assert documented.strip("`") == expected
    assert len(meaning) > 15


def test_every_setting_is_used():
    """A setting nobody reads is a promise nobody keeps."""
    source = "\n".join(module.text for module in modules("web", "scheduler", "definitions", "workflow"))
    unused = [found.name for found in fields(Settings) if not re.search(rf"\w\)?\.{found.name}\b", source)]
    assert unused == []


def test_every_job_is_documented_with_its_interval_and_no_other():
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| .{20,} \|$", JOBS_PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [(name, float(seconds)) for name, seconds in rows] == [(job.name, job.seconds) for job in JOBS]


def test_decisions_are_numbered_without_gaps_and_complete():
    pages = sorted(DECISIONS.glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(page.name[:4])}. "), page.name
        for part in ("**Context.**", "**Choice.**", "**Consequence.**"):
            assert part in text, f"{page.name}: {part}"


def test_links_between_pages_lead_somewhere():
    broken = [
        f"{page.relative_to(HOME)}: {target}"
        for page in tracked()
        if page.suffix == ".md"
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_direct_requirement_has_a_decision():
    """Why a dependency is there stands in a decision, by its name."""
    decisions = " ".join(page.read_text(encoding="utf-8") for page in DECISIONS.glob("*.md")).lower()
    wanted = re.findall(r"^([A-Za-z][\w-]+)", (HOME / "requirements.in").read_text(encoding="utf-8"), re.MULTILINE)
    unexplained = [name for name in wanted if name.lower() not in decisions]
    assert unexplained == []
