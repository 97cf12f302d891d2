"""Tables as files that a spreadsheet program opens: comma-separated, with Chinese intact and no formulas."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

DANGEROUS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""A cell that begins so would be worked out, or could break the row, instead of being shown."""


def csv_response(rows: Iterable[Sequence[str]], *, name: str) -> Response:
    """The rows as `name`.csv in UTF-8 with a byte order mark, which spreadsheet programs need to read Chinese."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    response = Response(buffer.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def harmless(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet program would take for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(DANGEROUS) else cell
