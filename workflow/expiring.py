"""What the clock may do to a case when its time is up: the steps the procedure names for that, and no others."""

from workflow import composition
from workflow.cases.loading import load_case
from workflow.cases.operations import act
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.notices.operations import expire_notice
from workflow.problems import Conflict
from workflow.reviews.operations import open_review

__all__ = ["act_on_expiry", "composition", "open_review"]
# Importing the composition registers what follows when a case moves.


def act_on_expiry(context: Context, *, case_id: int, state: str) -> None:
    """Ends a notice, or takes the action the state's deadline names. Raises Conflict where the case has moved on."""
    case = load_case(context.session, case_id, is_locked=True)
    if case.state != state:
        raise Conflict("case_changed", reference=case.reference, seen=case.version)
    rules = compiled_version(context.session, case.version_id).procedure.states[state]
    if rules.notice:
        expire_notice(context, case_id=case_id, state=state)
    elif rules.deadline and rules.deadline.on_expiry:
        act(context, case_id=case_id, action=rules.deadline.on_expiry, seen_version=case.version)
