"""A fault in the log names its place; what people entered stays out of it."""

import subprocess
import sys

PROGRAM = """
import structlog
from workflow.log_lines import configure_logging

configure_logging()
try:
    name = "温" + "朗"
    raise ValueError("what went wrong")
except ValueError as error:
    structlog.get_logger().error("request_failed", reference="ab12", exc_info=error)
"""


def test_a_fault_is_one_line_with_its_trace_and_without_the_values_it_met() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, encoding="utf-8")
    (line,) = done.stderr.splitlines()
    assert "event=request_failed" in line
    assert "ValueError: what went wrong" in line
    assert "温朗" not in line
