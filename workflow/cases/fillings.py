"""The forms of a case as one reader may see them: every filling, with the answers that are open to them."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import String, Text, bindparam, select, type_coerce

from workflow.cases.case_views import FormView
from workflow.cases.tables import CaseForm
from workflow.context import Context
from workflow.procedure.forms import Form
from workflow.procedure.model import Procedure
from workflow.store.hot import Hot
from workflow.store.types import instant

_FILLINGS = Hot(
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


def fillings(
    context: Context,
    procedure: Procedure,
    case_id: int,
    visible: frozenset[str],
    roles: frozenset[str],
    names: dict[int, str],
    past: Mapping[int, Procedure],
) -> tuple[FormView, ...]:
    """Every filling of every form in stages the reader sees, oldest first.

    `past` holds the rules (by the seq of an event) of what was filled in while the case ran by another version.
    """
    rows = _FILLINGS.all(context.session, {"case_id": case_id})
    ruled = [(row, past.get(row[2], procedure)) for row in rows]
    return tuple(
        _filling(context, rules, row, roles, names)
        for row, rules in ruled
        if row[1] in visible or (rules is not procedure and rules.readers(row[1]) & roles)
    )


def newest_of_each(filled: tuple[FormView, ...]) -> tuple[FormView, ...]:
    """The filling of each form that counts now."""
    return tuple({one.key: one for one in filled}.values())


def _filling(
    context: Context, procedure: Procedure, row: Any, roles: frozenset[str], names: dict[int, str]
) -> FormView:
    key, stage, seq, text, filled_at, filled_by = row
    form = procedure.forms[key]
    answers = json.loads(text)
    shown = visible_values(form, answers, roles)
    return FormView(
        key=key,
        form=form,
        values=shown,
        stage=procedure.stages[stage].title,
        filled_at=instant(filled_at),
        filled_by=names.get(filled_by or 0, ""),
        hidden=len(answers) - len(shown),
        seq=seq,
        is_own=filled_by is not None and filled_by == context.actor.account_id,
    )


def visible_values(form: Form, values: dict[str, Any], roles: frozenset[str]) -> dict[str, Any]:
    """The answers of a form its reader may see."""

    def is_open(key: str) -> bool:
        readers = form.fields[key].visible_to or form.visible_to
        return not readers or bool(roles & set(readers))

    return {key: value for key, value in values.items() if key in form.fields and is_open(key)}
