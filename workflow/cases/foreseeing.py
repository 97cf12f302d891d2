"""What would stand against an action with the answers typed so far: the question of the click, asked before it."""

from collections.abc import Mapping
from typing import Any

from workflow.cases.deciding import ask
from workflow.cases.loading import load_case
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.engine.forms import check_form
from workflow.problems import Invalid, Reason


def foreseen_reasons(context: Context, *, case_id: int, action: str, typed: Mapping[str, Any]) -> tuple[Reason, ...]:
    """Every reason that would refuse the action; answers that are not complete yet are asked about by no rule."""
    case = load_case(context.session, case_id)
    compiled = compiled_version(context.session, case.version_id)
    form = compiled.actions[case.state, action].action.form
    values = None
    if form:
        try:
            values = check_form(compiled.procedure.forms[form], typed)
        except Invalid:
            values = None
    return ask(context, compiled, case, action, form=values).decision.reasons
