"""Rooms stay liveable: sizes, names and a sentence at every door."""

import ast
import re

from tests.architecture.house import HOME, PACKAGES, modules, tracked

LONGEST_MODULE = 300
LONGEST_TEST_MODULE = 500
LONGEST_FUNCTION = 30
FORBIDDEN_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"})


def _lines_of_code(function):
    """Lines from the first statement to the last, without the docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def test_modules_are_short():
    too_long = {
        str(module): lines for module in modules(*PACKAGES) if (lines := module.text.count("\n")) > LONGEST_MODULE
    }
    too_long |= {
        str(module): lines for module in modules("tests") if (lines := module.text.count("\n")) > LONGEST_TEST_MODULE
    }
    assert too_long == {}


def test_functions_are_short():
    too_long = [
        f"{module}:{node.lineno} {node.name} {_lines_of_code(node)}"
        for module in modules(*PACKAGES)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _lines_of_code(node) > LONGEST_FUNCTION
    ]
    assert too_long == []


def test_modules_open_with_one_sentence():
    without = []
    for module in modules(*PACKAGES, "tests"):
        first = (ast.get_docstring(module.tree) or "").partition("\n")[0]
        if module.text.strip() and not first.endswith((".", "?", "!", "。")):
            without.append(str(module))
    assert without == []


def test_every_package_says_what_it_is():
    silent = [
        str(folder.relative_to(HOME))
        for name in PACKAGES
        for folder in {path.path.parent for path in modules(name)}
        if not (folder / "__init__.py").is_file() or not (folder / "__init__.py").read_text(encoding="utf-8").strip()
    ]
    assert sorted(silent) == []


def test_nothing_has_a_name_that_says_nothing():
    nothing = {
        str(path.relative_to(HOME))
        for path in tracked()
        if FORBIDDEN_NAMES.intersection(re.split(r"[/._-]", str(path.relative_to(HOME)).lower()))
    }
    assert nothing == set()


def test_functions_import_nothing():
    """What a module needs stands at its head; tests and the choice of the SQLite module are the exceptions."""
    inside = [
        f"{module}:{node.lineno}"
        for module in modules(*PACKAGES)
        for function in ast.walk(module.tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert [place for place in inside if not place.startswith("workflow/store/database.py")] == []


def test_nothing_is_left_for_later():
    left = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
    assert [str(module) for module in modules(*PACKAGES, "tests") if left.search(module.text)] == []


def test_clocks_are_read_at_the_edge_only():
    """An operation is told the moment; only where a request, a tick or a command begins may the clock be read."""
    reading = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time)\(")
    inner = [str(module) for module in modules("workflow", "definitions") if reading.search(module.text)]
    assert inner == []


def test_boolean_columns_say_so():
    booleans = re.compile(r"^    (\w+): Mapped\[bool( \| None)?\]", re.MULTILINE)
    names = [name for module in modules("workflow") for name, _null in booleans.findall(module.text)]
    assert [name for name in names if not name.startswith(("is_", "has_", "may_"))] == []


def test_moments_end_in_at_and_days_in_date():
    instants = re.compile(r"^    (\w+): Mapped\[datetime", re.MULTILINE)
    days = re.compile(r"^    (\w+): Mapped\[date( \| None)?\]", re.MULTILINE)
    wrong = [
        f"{module} {name}"
        for module in modules("workflow")
        for name in [
            *(name for name in instants.findall(module.text) if name != "at" and not name.endswith("_at")),
            *(name for name, _null in days.findall(module.text) if not name.endswith(("_date", "_on"))),
        ]
    ]
    assert wrong == []
