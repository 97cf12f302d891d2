"""The forms of a case as one reader may see them: every filling, with the answers that are open to them."""

import json
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import String, Text, bindparam, select, type_coerce

from workflow.cases.case_views import FormView
from workflow.cases.tables import CaseForm
from workflow.people.called import Name, names_by_id
from workflow.procedure.forms import Form
from workflow.procedure.model import Procedure
from workflow.store.together import rows_in
from workflow.store.types import instant

FILLINGS = (
    select(
        CaseForm.form,
        CaseForm.stage,
        CaseForm.seq,
        type_coerce(CaseForm.values, Text),
        type_coerce(CaseForm.filled_at, String),
        CaseForm.filled_by,
    )
    .where(CaseForm.case_id == bindparam("case_id"))
    .order_by(CaseForm.id)
)


KEPT = 2_048
"""Cases of which what one reader sees of forms and record is kept in memory, some 5 KB each."""


Past = tuple[tuple[int, Procedure], ...]
"""(seq, rules) of the events that were written while a case ran by another version than now."""


class Called(NamedTuple):
    """What answers are put into words with: names of accounts, and whatever else answers name."""

    names: Mapping[int, Name]
    titles: Mapping[str, Mapping[str, str]]


@lru_cache(maxsize=KEPT)
def fillings(
    procedure: Procedure,
    past: Past,
    text: str,
    names_text: str,
    titles_text: str,
    visible: frozenset[str],
    roles: frozenset[str],
    own: int | None,
) -> tuple[FormView, ...]:
    """Every filling of every form in stages the reader sees, oldest first; `text` is the rows of `FILLINGS`.

    `past` holds the rules of what was filled in by another version. Made of nothing but what stands here, so the same
    is the same object.
    """
    called = Called(MappingProxyType(names_by_id(rows_in(names_text))), MappingProxyType(json.loads(titles_text)))
    then = dict(past)
    ruled = [(row, then.get(row[2], procedure)) for row in rows_in(text)]
    return tuple(
        _filling(rules, row, roles, called, own)
        for row, rules in ruled
        if row[1] in visible or (rules is not procedure and rules.readers(row[1]) & roles)
    )


def newest_of_each(filled: tuple[FormView, ...]) -> tuple[FormView, ...]:
    """The filling of each form that counts now."""
    return tuple({one.key: one for one in filled}.values())


def _filling(procedure: Procedure, row: Any, roles: frozenset[str], called: Called, own: int | None) -> FormView:
    key, stage, seq, text, filled_at, filled_by = row
    form = procedure.forms[key]
    answers = json.loads(text)
    shown = visible_values(form, answers, roles)
    return FormView(
        key=key,
        form=form,
        values=MappingProxyType(shown),
        names=called.names,
        titles=called.titles,
        stage=procedure.stages[stage].title,
        filled_at=instant(filled_at),
        filled_by=called.names.get(filled_by or 0),
        hidden=len(answers) - len(shown),
        seq=seq,
        is_own=filled_by is not None and filled_by == own,
    )


def visible_values(form: Form, values: dict[str, Any], roles: frozenset[str]) -> dict[str, Any]:
    """The answers of a form its reader may see."""

    def is_open(key: str) -> bool:
        readers = form.fields[key].visible_to or form.visible_to
        return not readers or bool(roles & set(readers))

    return {key: value for key, value in values.items() if key in form.fields and is_open(key)}


def first_text(form: Form, shown: Mapping[str, Any]) -> str:
    """The first text among the answers a reader may see, which a branch is called after; empty where there is none."""
    texts = (shown.get(key) for key, field in form.fields.items() if field.type == "text")
    return next((str(text) for text in texts if text), "")
