"""Files are what their content says, within the limits of the question; text is never taken for one."""

from typing import Any

import pytest

from workflow.engine.files import LONGEST_NAME, Upload, kind_of, shown_name
from workflow.engine.forms import check_form
from workflow.problems import Invalid
from workflow.procedure.forms import Form
from workflow.rehearsal.samples import sample

FORM = Form.model_validate(
    {
        "title": {"en": "Form", "zh": "表单"},
        "fields": {
            "paper": {"type": "file", "kinds": ["pdf", "docx"], "at_most": 2, "max_megabytes": 1, "title": {"en": "Paper", "zh": "材料"}},
            "any": {"type": "file", "title": {"en": "Any", "zh": "任意"}},
        },
    }
)  # fmt: skip
PDF = Upload("a.pdf", b"%PDF-1.7 content")


@pytest.mark.parametrize("kind", ["pdf", "ofd", "docx", "xlsx", "png", "jpeg"])
def test_a_kind_is_known_by_its_content(kind: str) -> None:
    assert kind_of(sample(f"x.{kind}").content) == kind
    assert Upload("program.exe", sample(f"x.{kind}").content).kind == kind, "whatever it is called"


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ\x90\x00", b"<html>%PDF-", b"PK\x03\x04 not an archive", b"GIF89a", sample("x.zip").content, b"<svg/>"],
)
def test_what_is_of_no_kind_is_of_none(content: bytes) -> None:
    assert kind_of(content) is None


def test_the_answer_says_name_kind_size_and_hash() -> None:
    values = check_form(FORM, {"paper": [PDF, sample("b.docx")]})
    assert values["paper"][0] == {"name": "a.pdf", "kind": "pdf", "size": 16, "sha256": PDF.sha256}
    assert values["paper"][1]["kind"] == "docx"


FAULTS: dict[str, tuple[Any, str]] = {
    "text": ("a.pdf", "file_not_sent"),
    "a description of a file kept before": ([PDF.line], "file_not_sent"),
    "three": ([PDF, PDF, PDF], "file_too_many"),
    "empty": ([Upload("a.pdf", b"")], "file_empty"),
    "too large": ([Upload("a.pdf", b"%PDF-" + b"x" * 1_000_000)], "file_too_large"),
    "another kind by its content": ([Upload("a.pdf", sample("a.png").content)], "file_of_other_kind"),
    "no kind at all": ([Upload("a.pdf", b"MZ")], "file_of_other_kind"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_does_not_fit_is_a_fault_of_its_field(name: str) -> None:
    raw, code = FAULTS[name]
    with pytest.raises(Invalid) as refused:
        check_form(FORM, {"paper": raw})
    assert [(one.field, one.code) for one in refused.value.problems] == [("paper", code)]


def test_a_file_of_exactly_the_limit_is_taken() -> None:
    largest = Upload("a.pdf", b"%PDF-" + b"x" * (1_000_000 - 5))
    assert check_form(FORM, {"paper": [largest]})["paper"][0]["size"] == 1_000_000


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C:\\papers\\diploma.pdf", "diploma.pdf"),
        ("../../etc/passwd", "passwd"),
        ("evil\u202efdp.exe", "evilfdp.exe"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("", "file"),
        ("毕业证书.pdf", "毕业证书.pdf"),
    ],
)
def test_a_name_is_shown_as_it_is(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_a_long_name_keeps_its_ending() -> None:
    assert shown_name("x" * 300 + ".pdf") == "x" * (LONGEST_NAME - 4) + ".pdf"
