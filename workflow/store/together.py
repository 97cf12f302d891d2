"""Several statements asked in one trip: the rows of each come back as the text of a JSON array.

A page that asks ten small things would go to the server ten times. The texts are complete, so what is made of one may
be kept under it.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, func, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from workflow.store.hot import Hot


class _AllRows(FunctionElement[str]):
    """An aggregate: every row as an array of its columns, in one array."""

    name = "all_rows"
    type = Text()
    inherit_cache = True


@compiles(_AllRows, "sqlite")
def _on_sqlite(element: _AllRows, compiler: Any, **kw: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **kw)}))"


@compiles(_AllRows, "postgresql")
def _on_postgresql(element: _AllRows, compiler: Any, **kw: Any) -> str:
    return f"CAST(json_agg(json_build_array({compiler.process(element.clauses, **kw)})) AS TEXT)"


def rows_of(statement: Select[*tuple[Any, ...]]) -> ColumnElement[str]:
    """The rows of a statement, in its order, as one value: the text of a JSON array of arrays."""
    rows = statement.subquery()
    everything = select(_AllRows(*rows.c)).select_from(rows).scalar_subquery()
    return func.coalesce(everything, literal_column("'[]'", Text))


class Together:
    """Statements that share their values, asked as one."""

    __slots__ = ("_hot", "_names")

    def __init__(self, **statements: Select[*tuple[Any, ...]]) -> None:
        self._names = tuple(statements)
        self._hot = Hot(select(*(rows_of(statement).label(name) for name, statement in statements.items())))

    def texts(self, session: Session, values: Mapping[str, Any]) -> dict[str, str]:
        """Name → the rows as the text of a JSON array."""
        return dict(zip(self._names, self._hot.one(session, values), strict=True))


def rows_in(text: str) -> list[list[Any]]:
    """The rows in a text of `rows_of`: numbers, text and None; dates and moments are texts."""
    found: list[list[Any]] = json.loads(text)
    return found
