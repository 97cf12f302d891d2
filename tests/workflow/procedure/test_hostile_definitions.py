"""Definitions gone wrong, by chance and on purpose: always findings or a sound procedure, at a bounded price."""

import json
import time
import tracemalloc
from pathlib import Path

import pytest

from definitions.explaining import finding_text
from definitions.library import FOLDER, catalogue
from tests.architecture.house import HOME
from tests.workflow.procedure.mutating import bases, mutated
from workflow.engine.decide import compile_procedure
from workflow.procedure import source
from workflow.procedure.bpmn import write_bpmn
from workflow.procedure.diagram import draw_svg
from workflow.procedure.findings import MAX_FINDINGS, Finding, Unsound
from workflow.procedure.loader import examine_procedure, load_procedure
from workflow.procedure.mermaid import draw_mermaid
from workflow.procedure.model import Procedure
from workflow.procedure.source import MAX_BYTES, MAX_VALUES, read_source

DEFINITIONS = 5_000
CHUNKS = 20
SIZE = DEFINITIONS // CHUNKS
LONGEST = 2.0
"""Seconds of this process's own time that the answer to one definition may take: promised, and 50 times what is usual."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "definition.yaml"


def answer(path: Path, data: bytes) -> tuple[Procedure | None, tuple[Finding, ...]]:
    """The procedure of a file, if it is one, and what is wrong with it; anything else is an error of the loader."""
    path.write_bytes(data)
    started = time.process_time()
    try:
        return examine_procedure(path, catalogue())
    except Unsound as unsound:
        return None, unsound.findings
    finally:
        assert time.process_time() - started < LONGEST


def codes(path: Path, data: bytes) -> set[str]:
    procedure, findings = answer(path, data)
    assert procedure is None
    return {finding.code for finding in findings}


def assert_readable(findings: tuple[Finding, ...], lines: int) -> None:
    """Each finding is a line in both languages that can be printed, and names a line of the file."""
    assert len(findings) <= MAX_FINDINGS + 1
    for finding in findings:
        assert 1 <= finding.line <= lines + 1
        for language in ("en", "zh"):
            text = finding_text(finding, language).encode()
            assert len(text) < 4_000


def assert_usable(procedure: Procedure) -> None:
    """What was called sound can be kept, run and drawn."""
    assert Procedure.model_validate_json(procedure.canonical.encode()) == procedure
    compile_procedure(procedure)
    for draw in (draw_svg, draw_mermaid, write_bpmn):
        assert draw(procedure, lambda words: words.zh).encode()


def test_what_is_mutated_was_sound_before(path: Path) -> None:
    for base in bases():
        assert answer(path, json.dumps(base).encode())[0] is not None


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_mutated_definition_is_sound_or_has_findings(path: Path, chunk: int) -> None:
    sound = 0
    for number in range(chunk * SIZE, (chunk + 1) * SIZE):
        data = mutated(number)
        procedure, findings = answer(path, data)
        assert_readable(findings, len(data.decode(errors="replace").splitlines()))
        if procedure is not None:
            assert_usable(procedure)
            sound += 1
        assert {finding.severity for finding in findings} <= {"error" if procedure is None else "warning"}
        assert procedure is not None or findings
    assert 0 < sound < SIZE / 2


@pytest.mark.parametrize("kind", ["written", "mutated"])
def test_both_readers_read_alike(kind: str) -> None:
    """The fast one is asked first; whatever it takes, the exact one reads the same way, to the line."""
    written = [path.read_text(encoding="utf-8") for path in HOME.glob("definitions/**/*.yaml")]
    texts = written if kind == "written" else [mutated(n).decode(errors="replace") for n in range(0, DEFINITIONS, 25)]
    fast = {text: source._read_fast(text, "a") for text in texts if not source.READ_UNLIKE.search(text)}
    taken = {text: read for text, read in fast.items() if read is not None}
    assert len(taken) == len(texts) if kind == "written" else len(taken) > len(texts) / 4
    for text, read in taken.items():
        assert read == source._read(text, "a")


SMALL = (FOLDER / "annual-review.yaml").read_text(encoding="utf-8")


def changed(old: str, new: str) -> bytes:
    assert old in SMALL
    return SMALL.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("codes: grade", "codes: [grade]", "wrong_type"),
        ("codes: grade", "codes: {grade: 1}", "wrong_type"),
        ("{rule: all, one_veto", "{rule: [all], one_veto", "not_allowed"),
        ("prefix: AR", 'prefix: "\\ud800"', "yaml_character"),
        ("prefix: AR", 'prefix: "A\\0"', "yaml_character"),
        ("prefix: AR", '"\\ud800": AR', "yaml_character"),
        ("procedure: annual", "%YAML 1.1\n---\nprocedure: annual", "yaml_directive"),
        ("procedure: annual", "%TAG !e! tag:example.org,2026:\n---\nprocedure: annual", "yaml_directive"),
        ("stages:\n", "---\nstages:\n", "yaml_documents"),
        ("prefix: AR", "prefix: !!int '+-3'", "yaml_syntax"),
        ("prefix: AR", "? {a: b}\n: AR", "yaml_key_not_text"),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_a_finding(path: Path, old: str, new: str, code: str) -> None:
    assert code in codes(path, changed(old, new))


@pytest.mark.parametrize(
    "share", ["1e999999999", "1/0", "1/" + "9" * 5_000, "0." + "0" * 5_000 + "1", "-1/2", "3/2", "0/1", "½", "1_0/2_0"]
)
def test_no_share_is_computed_without_limit(path: Path, share: str) -> None:
    assert "share" in codes(
        path, changed("settle: {rule: all", f'quorum: {{present: "{share}"}}\n          settle: {{rule: all')
    )


def test_a_mark_of_the_byte_order_is_no_fault(path: Path) -> None:
    procedure, _findings = answer(path, b"\xef\xbb\xbf" + SMALL.encode())
    assert procedure is not None


def test_a_file_without_end_is_not_read_to_its_end() -> None:
    with pytest.raises(Unsound) as caught:
        load_procedure(Path("/dev/zero"), catalogue())
    assert caught.value.findings[0].code == "yaml_too_large"


MANY_STATES = "".join(
    f"      s{n}: {{title: {{en: S, zh: 态}}, actions: {{go: {{by: nobody, to: desk.none}}}}}}\n" for n in range(1_700)
)
HEAVY = {
    "lists": "a: [" + "[]," * (MAX_BYTES // 3 - 3) + "]",
    "commas": "a: [" + "1," * (MAX_BYTES // 2 - 3) + "]",
    "keys": "".join(f"k{n}: 1\n" for n in range(MAX_BYTES // 12)),
    "one key often": "a: 1\n" * (MAX_BYTES // 5),
    "one long word": "a: " + "x" * (MAX_BYTES - 3),
    "one long key": '"' + "x" * (MAX_BYTES - 8) + '": 1',
    "one long number": "a: " + "9" * (MAX_BYTES - 3),
    "one long text": 'a: "' + "\\n" * (MAX_BYTES // 2 - 4) + '"',
    "one long block": "a: |\n" + " x\n" * (MAX_BYTES // 3 - 3),
    "one long plain text": "a:\n" + " x\n" * (MAX_BYTES // 3 - 3),
    "comments": "# x\n" * (MAX_BYTES // 4),
    "nothing": "\n" * MAX_BYTES,
    "dashes": "- " * (MAX_BYTES // 2),
    "brackets": "[" * MAX_BYTES,
    "questions": "? " * (MAX_BYTES // 2),
    "quotes": "'" * MAX_BYTES,
    "anchors": "".join(f"k{n}: &a{n} 1\n" for n in range(MAX_BYTES // 20)),
    "unknown states": SMALL.partition("stages:")[0] + "stages:\n  desk:\n    title: {en: D, zh: 办}\n    states:\n" + MANY_STATES,
}  # fmt: skip


@pytest.mark.parametrize("text", HEAVY.values(), ids=HEAVY)
def test_a_heavy_file_is_answered_in_time(path: Path, text: str) -> None:
    data = text.encode()
    assert len(data) <= MAX_BYTES
    procedure, findings = answer(path, data)
    assert procedure is None
    assert findings
    assert_readable(findings, text.count("\n") + 1)


def test_values_take_a_bounded_memory() -> None:
    """A quarter of what a file may hold takes less than a quarter of 64 MiB."""
    text = "a:\n" + "".join(f"  k{n}: {{b: [1]}}\n" for n in range(MAX_VALUES // 20))
    tracemalloc.start()
    try:
        read_source(text, "many.yaml")
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 * 1024 * 1024


def test_one_value_more_than_allowed_is_too_many() -> None:
    read_source("a: [" + "1," * (MAX_VALUES - 3) + "]", "as-many.yaml")
    with pytest.raises(Unsound) as caught:
        read_source("a: [" + "1," * (MAX_VALUES - 2) + "]", "one-more.yaml")
    assert {finding.code for finding in caught.value.findings} == {"yaml_too_many"}


def test_a_branch_that_is_no_text_is_a_finding(path: Path) -> None:
    text = next(text for text in map(json.dumps, bases()) if '"open_child": {"branch": "letter.asked"' in text)
    assert answer(path, text.encode())[0] is not None
    assert codes(path, text.replace('"branch": "letter.asked"', '"branch": ["letter.asked"]', 1).encode())
